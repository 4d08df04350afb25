"""The network guard: what goes past the cassettes does not reach the network either.

The interpreter tells an audit hook of every connection, every datagram and every look-up that is
made through its ``socket`` module, whoever makes it: a function imported long before, a subclass,
an event loop, TLS. The hook refuses what is not allowed, by raising ``BlockedNetworkError``

- where a cassette is in force that only replays, and
- everywhere, while ``block_network`` is on.

What goes past a cassette that records is only noted, so that its user is warned: it is missing in
the recording, and the replay will refuse it.

A port of loopback that the cassette has no recording of is left alone by both: a database on this
machine is none of its business. ``block_network`` makes no such exception.

How the hook is told, and what it is told too late, stands in ``patching.network.audit``. What a
look-up gave is noted, since whoever may reach a name may reach its addresses.
"""

from __future__ import annotations

import functools
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from cassette.callers import asks_about_a_proxy, callers, is_exempt, who
from cassette.errors import BlockedNetworkError
from cassette.patching.network.audit import SocketWatch, is_here, text_of
from cassette.patching.network.services import remedy_for
from cassette.tapes.hosts import Hosts, address_of, is_loopback
from cassette.tapes.in_force import current, entered, is_lifted
from cassette.wording import from_here, told_of_attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType
    from typing import Self

    from cassette.errors import CassetteError
    from cassette.tapes.in_force import TapeInForce

__tracebackhide__ = True  # pytest then shows the code that tried, and none of ours

_NETWORK: Final = (socket.AF_INET, socket.AF_INET6)

_REPLAY_REMEDY: Final = (
    "Use a client that cassettes replay (all that is built on http.client, such as requests, "
    "urllib3 and boto3, httpx, aiohttp), or let the host through: allow_hosts=[{host!r}]."
)


class Guard:
    """What may be reached while this guard is on; the one entered last counts, in every thread.

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

    def __enter__(self) -> Self:
        # Which asks here in its turn.
        from cassette.patching.c_clients import CClientsPatcher  # noqa: PLC0415

        _watch.apply()
        self._c_clients = CClientsPatcher()
        self._c_clients.apply()
        _guards.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _guards.remove(self)
        self._c_clients.undo()
        _watch.undo()


_guards: Final[list[Guard]] = []  # in the order of entry


@contextmanager
def block_network(allow_hosts: Iterable[str] = ()) -> Iterator[Guard]:
    """Refuse every attempt to reach a host that is not allowed, with a cassette or without one.

    What a cassette records or plays is no such attempt. Unix sockets, look-ups of addresses, of
    ``localhost`` and of this machine's own name are left alone.

    Args:
        allow_hosts: What may be reached: patterns such as ``localhost``, ``*.local`` or
            ``127.0.0.1:8080``, and networks such as ``10.0.0.0/8``.

    Yields:
        The guard. Its list ``errors`` holds what was refused; the first one is raised again at the
        end, since the code under test may have swallowed it. Who expects one takes it out.

    Raises:
        OptionError: A pattern can be no host.
        BlockedNetworkError: Something was refused.
    """
    guard = Guard(
        Hosts(allow_hosts),
        reason="cassette.block_network is on",
        remedy="Record it into a cassette, or let the host through: allow_hosts=[{host!r}].",
    )
    with guard:
        yield guard
    if guard.errors:
        raise guard.errors[0]


class GuardPatcher:
    """Watches while a cassette is in use; whether it is one that only replays is asked later."""

    def apply(self) -> None:
        """Start to watch."""
        _watch.apply()

    def undo(self) -> None:
        """Stop watching."""
        _watch.undo()


# What is asked of the socket module.


def _send(kind: str, sock: Any, address: Any) -> None:
    """A connection or a datagram is on its way to an address, or to a name."""
    if sock.family in _NETWORK and isinstance(address, tuple) and len(address) > 1:
        host = text_of(address[0]) or "0.0.0.0"  # noqa: S104 - what an empty name means here
        try:
            _pass(kind, host, address[1])
        except BlockedNetworkError:
            # socket.create_connection leaves its socket open where an error is no OSError.
            if kind == "connection":
                sock.close()
            raise


def _look_up(host: Any, port: object = None, *_: object) -> None:
    """A name, or an address that could be one, is looked up, for the sake of a port or not."""
    name = text_of(host)
    if not name or address_of(name) is not None or name in _watch.vouched:
        return
    if name.lower() not in ("localhost", socket.gethostname().lower()):
        _pass("look-up", name, None, meant_for=port)


def _look_back(host: Any) -> None:
    """The name of an address is looked up, for which a name server is asked."""
    name = text_of(host)
    if name and address_of(name) is None:
        _look_up(name)
    elif name and not is_here(name):
        _pass("look-up", name, None)


_CHECKS: Final[dict[str, Callable[..., None]]] = {
    "socket.connect": functools.partial(_send, "connection"),
    "socket.sendto": functools.partial(_send, "datagram"),
    "socket.sendmsg": functools.partial(_send, "datagram"),
    "socket.getaddrinfo": _look_up,
    "socket.gethostbyname": _look_up,
    "socket.gethostbyaddr": _look_back,
    "socket.getnameinfo": lambda address: _look_back(address[0]),
}
"""What looks at each audit event of the interpreter."""


_watch: Final = SocketWatch(_CHECKS)


# The decision.


def ask(host: str, port: int) -> None:
    """Ask for a connection of which the interpreter does not tell; note it, or refuse it.

    Raises:
        BlockedNetworkError: It may not be made.
    """
    _pass("connection", host, port)


def _pass(kind: str, host: str, port: int | None, *, meant_for: object = None) -> None:
    """Let an attempt through, noted where a cassette records, or raise ``BlockedNetworkError``.

    Args:
        kind: As the error has it; so have ``host`` and ``port``.
        host: Where it leads.
        port: Where there; None for a look-up.
        meant_for: The port that a look-up is made for, as far as is known.
    """
    if is_lifted():
        return
    tape = current()
    guard = _guards[-1] if _guards else None
    if tape is not None and tape.policy.play and not tape.policy.record:
        if guard is None and _is_a_neighbour(tape, host, port):
            return
        note: Callable[[CassetteError], object] = tape.note_error
        mode = f"{tape.mode}{tape.why_mode}"
        reason = f"{from_here(tape.path)} is in use and only replays (record mode: {mode})"
        remedy = _REPLAY_REMEDY
    elif guard is not None:
        note, reason, remedy = guard.errors.append, guard.reason, guard.remedy
    else:
        if tape is not None and tape.policy.writes and _is_of_the_test(tape):
            _note(tape, kind, host, port, meant_for)
        return
    names = _watch.names_of(host)
    allowing = (tape and tape.allow_hosts, guard and guard.hosts)
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
        port is not None and is_loopback(host) and not tape.knows_port(_watch.names_of(host), port)
    )


def _note(tape: TapeInForce, kind: str, host: str, port: int | None, meant_for: object) -> None:
    """Note what goes past a cassette that records, the first attempt to reach each host.

    Whether a port of this machine is one that the cassette will have a recording of, and so will
    refuse, is known when the use ends.
    """
    names = _watch.names_of(host)
    known_as = names[0] if names else host
    told = tape.bypassed
    if is_loopback(host) and port is not None:
        told = tape.neighbours.setdefault(port, {})
    if known_as in told or _allows(tape.allow_hosts, (host, *names), port):
        return
    frames = callers()
    if is_exempt(frames) or asks_about_a_proxy(frames):
        return
    told[known_as] = told_of_attempt(
        kind,
        host,
        port,
        f"went past {from_here(tape.path)}: it is not in the cassette, and a replay will refuse it",
        who=who(frames),
        remedy=remedy_for(known_as, port or meant_for, _REPLAY_REMEDY),
    )


def _allows(hosts: Hosts, names: Sequence[str], port: int | None) -> bool:
    return any(hosts.allow(name, port) for name in names)
