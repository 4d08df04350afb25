"""Which cassette is in force here, and whether this context may reach the network.

The shells and the network guard ask here. A tape is known as a protocol only, so that a tape may
ask here as well.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, Protocol

from cassette.locks import make_rlock

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cassette.errors import CassetteError
    from cassette.model import Endpoint
    from cassette.tapes.bypasses import Bypasses
    from cassette.tapes.hosts import Hosts
    from cassette.tapes.modes import Policy, RecordMode
    from cassette.transport.base import Dial, Transport
    from cassette.transport.line import Line


class TapeInForce(Protocol):
    """The part of ``cassette.Tape`` that clients and the guard look at."""

    path: Path
    mode: RecordMode
    why_mode: str
    policy: Policy
    allow_hosts: Hosts
    bypasses: Bypasses

    def connect(self, endpoint: Endpoint, dial: Dial, /) -> Transport:
        """Return the transport of a new connection."""

    def line(self, endpoint: Endpoint, /) -> Line:
        """Return the line of a new connection, for a shell that dials by itself."""

    def dialing(self, endpoint: Endpoint, /) -> AbstractContextManager[None]:
        """Let this context reach the network for one connection."""

    def attempting(self, endpoint: Endpoint, /) -> AbstractContextManager[None]:
        """Record that a connection does not come about, where it raises."""

    def knows(self, endpoint: Endpoint, /) -> bool:
        """Return whether something was recorded with an endpoint."""

    def passes(self, endpoint: Endpoint) -> bool:
        """Return whether an endpoint is left alone."""

    def knows_port(self, names: Collection[str], port: int) -> bool:
        """Return whether it has a recording of a port of this machine."""

    def note_error(self, error: CassetteError) -> None:
        """Keep an error for the end of the use."""

    def settle(self) -> None:
        """Let every connection go."""


class Patcher(Protocol):
    """Makes one family of clients use the cassette in force."""

    def apply(self) -> None:
        """Patch; called when the first cassette comes into use."""

    def undo(self) -> None:
        """Put everything back; called when the last cassette is left."""


_current: ContextVar[TapeInForce | None] = ContextVar("cassette", default=None)
_lifted: Final = ContextVar("lifted", default=False)
_lock: Final = make_rlock()
_in_use: Final[list[TapeInForce]] = []  # in the order of entry
_applied: Final[list[Patcher]] = []


def current() -> TapeInForce | None:
    """Return the cassette in force here, or None.

    Each context, and so each asyncio task, sees the cassette it entered, the inner one where they
    are nested. Code whose context knows of none, such as a thread started by the code under test,
    sees the one entered last: better that it meets a cassette which does not know its request
    than that it slips out to the network.
    """
    tape = entered()
    if tape is not None:
        return tape
    return _in_use[-1] if _in_use else None


def entered() -> TapeInForce | None:
    """Return the cassette in force that this very context has entered, or None."""
    tape = _current.get()
    return tape if tape is not None and tape in _in_use else None


@contextmanager
def lifted() -> Iterator[None]:
    """Let this context reach the network: a cassette dials, and records what comes."""
    token = _lifted.set(True)
    try:
        yield
    finally:
        _lifted.reset(token)


def is_lifted() -> bool:
    """Return whether this context may reach the network, whatever is in force."""
    return _lifted.get()


class UseInForce:
    """One use of a tape that is in force, from its entry to its end.

    Args:
        tape: The cassette to put in force.
        patchers: Makes the patchers; called for the first entry in the process.
    """

    def __init__(self, tape: TapeInForce, patchers: Callable[[], list[Patcher]]) -> None:
        self._tape = tape
        self._patchers = patchers
        self._before: TapeInForce | None = None

    def enter(self) -> None:
        """Put the tape in force; the first one in the process patches."""
        with _lock:
            if not _in_use:
                for patcher in self._patchers():
                    _applied.append(patcher)
                    patcher.apply()
            _in_use.append(self._tape)
        self._before = _current.get()
        _current.set(self._tape)

    def leave(self) -> None:
        """Take the tape out of force; the last one in the process puts everything back."""
        # Not ContextVar.reset: an async fixture is torn down in another context than its own.
        _current.set(self._before)
        with _lock:
            _in_use.remove(self._tape)
            self._tape.settle()
            if not _in_use:
                while _applied:
                    _applied.pop().undo()
