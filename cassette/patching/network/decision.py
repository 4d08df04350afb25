"""Whether an attempt to reach the network may be made: by the cassette in force and by guards."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Final

from cassette.callers import asks_about_a_proxy, callers, is_exempt, who
from cassette.errors import BlockedNetworkError
from cassette.patching.network.lookups import lookups
from cassette.patching.network.services import remedy_for
from cassette.tapes.hosts import is_loopback
from cassette.tapes.in_force import current, entered, is_lifted
from cassette.wording import from_here, told_of_attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cassette.errors import CassetteError
    from cassette.tapes.hosts import Hosts
    from cassette.tapes.in_force import TapeInForce

__tracebackhide__ = True  # pytest then shows the code that tried, and none of ours

_REPLAY_REMEDY: Final = (
    "Use a client that cassettes replay (all that is built on http.client, such as requests, "
    "urllib3 and boto3, httpx, aiohttp), or let the host through: allow_hosts=[{host!r}]."
)


class Limit:
    """What may be reached, with a cassette or without one.

    Args:
        hosts: What may be reached.
        reason: Why nothing else may, such as the test that runs.
        remedy: What to do about it; ``{host}`` stands for the pattern that would allow the host.

    Attributes:
        errors: What was refused, since whoever tried may have swallowed the error.
    """

    def __init__(self, hosts: Hosts, *, reason: str, remedy: str) -> None:
        self.hosts = hosts
        self.reason = reason
        self.remedy = remedy
        self.errors: list[CassetteError] = []


limits: Final[list[Limit]] = []
"""Those in force, in the order in which they came; the last one counts, in every thread."""


def ask(kind: str, host: str, port: int | None, *, meant_for: object = None) -> None:
    """Let an attempt through, noted where a cassette records, or refuse it.

    Args:
        kind: As the error has it; so have ``host`` and ``port``.
        host: Where it leads.
        port: Where there; None for a look-up.
        meant_for: The port that a look-up is made for, as far as is known.

    Raises:
        BlockedNetworkError: It may not be made.
    """
    if is_lifted():
        return
    tape = current()
    limit = limits[-1] if limits else None
    if tape is not None and tape.policy.play and not tape.policy.record:
        if limit is None and _is_a_neighbour(tape, host, port):
            return
        note: Callable[[CassetteError], object] = tape.note_error
        mode = f"{tape.mode}{tape.why_mode}"
        reason = f"{from_here(tape.path)} is in use and only replays (record mode: {mode})"
        remedy = _REPLAY_REMEDY
    elif limit is not None:
        note, reason, remedy = limit.errors.append, limit.reason, limit.remedy
    else:
        if tape is not None and tape.policy.writes and _is_of_the_test(tape):
            _note(tape, kind, host, port, meant_for)
        return
    names = lookups.names_of(host)
    allowing = (tape and tape.allow_hosts, limit and limit.hosts)
    if any(hosts and _allows(hosts, (host, *names), port) for hosts in allowing):
        return
    frames = callers()
    if is_exempt(frames):
        return
    if asks_about_a_proxy(frames):
        raise socket.gaierror(socket.EAI_NONAME, f"the network guard looks up no {host}")
    error = BlockedNetworkError(
        kind,
        host=host,
        port=port,
        who=who(frames),
        reason=reason,
        remedy=remedy_for(names[0] if names else host, port or meant_for, remedy),
    )
    note(error)
    raise error


def _is_of_the_test(tape: TapeInForce) -> bool:
    """Return whether it is the code that uses a cassette that runs here.

    A thread that knows of no cassette may be a server of the test's own, such as a proxy, which
    dials because it was sent what is being recorded. In the main thread it is the test all the
    same: anyio runs one in a task that a fixture of wider scope has started.
    """
    return entered() is tape or threading.current_thread() is threading.main_thread()


def _is_a_neighbour(tape: TapeInForce, host: str, port: int | None) -> bool:
    """Return whether it is a service on this machine that the cassette has no recording of.

    It speaks no HTTP as far as anybody has seen, such as a database, and is there on every run.
    """
    return (
        port is not None and is_loopback(host) and not tape.knows_port(lookups.names_of(host), port)
    )


def _note(tape: TapeInForce, kind: str, host: str, port: int | None, meant_for: object) -> None:
    """Note what goes past a cassette that records, the first attempt to reach each host.

    Whether a port of this machine is one that the cassette will have a recording of, and so will
    refuse, is known when the use ends.
    """
    names = lookups.names_of(host)
    known_as = names[0] if names else host
    own_port = port if is_loopback(host) else None
    if tape.bypasses.knows(known_as, own_port) or _allows(tape.allow_hosts, (host, *names), port):
        return
    frames = callers()
    if is_exempt(frames) or asks_about_a_proxy(frames):
        return
    told = told_of_attempt(
        kind,
        host,
        port,
        f"went past {from_here(tape.path)}: it is not in the cassette, and a replay will refuse it",
        who=who(frames),
        remedy=remedy_for(known_as, port or meant_for, _REPLAY_REMEDY),
    )
    tape.bypasses.note(known_as, told, own_port)


def _allows(hosts: Hosts, names: Sequence[str], port: int | None) -> bool:
    return any(hosts.allow(name, port) for name in names)
