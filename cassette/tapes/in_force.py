"""Which cassette is in force here."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from cassette.tapes.tape import Tape


class Patcher(Protocol):
    """Makes one family of clients use the cassette in force."""

    def apply(self) -> None:
        """Patch; called when the first cassette comes into use."""

    def undo(self) -> None:
        """Put everything back; called when the last cassette is left."""

    def leave(self, tape: Tape) -> None:
        """Let the connections of one cassette go; called when it is left."""


_current: ContextVar[Tape | None] = ContextVar("cassette", default=None)
_lock: Final = threading.RLock()
_in_use: Final[list[Tape]] = []  # in the order of entry
_applied: Final[list[Patcher]] = []


def current() -> Tape | None:
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


def entered() -> Tape | None:
    """Return the cassette in force that this very context has entered, or None."""
    tape = _current.get()
    return tape if tape is not None and tape in _in_use else None


class Entry:
    """One use of a tape, from its entry to its end.

    Args:
        tape: The cassette to put in force.
        patchers: Makes the patchers; called for the first entry in the process.
    """

    def __init__(self, tape: Tape, patchers: Callable[[], list[Patcher]]) -> None:
        self._tape = tape
        self._patchers = patchers
        self._before: Tape | None = None

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
            for patcher in _applied:
                patcher.leave(self._tape)
            self._tape.settle()
            if not _in_use:
                while _applied:
                    _applied.pop().undo()
