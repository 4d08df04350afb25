"""What all patchers share: changes that undo themselves, and the cassette in force."""

from __future__ import annotations

import threading
import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cassette.deck import Deck

_ABSENT: Final = object()

Item = TypeVar("Item")


class UndoLog:
    """Changes that were made, so that they can be taken back in reverse order."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def set(self, owner: Any, name: str, value: object) -> None:
        """Set an attribute; undoing puts back the very object that was there, or deletes it."""
        old = vars(owner).get(name, _ABSENT)
        setattr(owner, name, value)
        self.add(lambda: delattr(owner, name) if old is _ABSENT else setattr(owner, name, old))

    def set_all(self, owner: type, values: Mapping[str, object]) -> None:
        """Set attributes of a class that has its own of these names, or may have."""
        now = vars(owner)
        old = {name: now.get(name, _ABSENT) for name in values}
        for name, value in values.items():
            setattr(owner, name, value)
        self.add(lambda: _put_back(owner, old))

    def add(self, undo: Callable[[], object]) -> None:
        """Note how to undo a change that was made."""
        self._undo.append(undo)

    def undo(self) -> None:
        """Take every change back, the last one first."""
        while self._undo:
            self._undo.pop()()


def _put_back(owner: type, old: Mapping[str, object]) -> None:
    for name, value in old.items():
        if value is _ABSENT:
            delattr(owner, name)
        else:
            setattr(owner, name, value)


class Register(Generic[Item]):
    """Things that were given out, each for as long as somebody else holds it; for any thread."""

    def __init__(self) -> None:
        self._items: weakref.WeakSet[Item] = weakref.WeakSet()
        self._lock = threading.Lock()

    def add(self, item: Item) -> None:
        """Note a thing."""
        with self._lock:
            self._items.add(item)

    def __iter__(self) -> Iterator[Item]:
        """Walk over what is noted now; what others add meanwhile does not disturb."""
        with self._lock:
            return iter(list(self._items))


class Patcher(Protocol):
    """Makes one family of clients use the cassette in force."""

    def apply(self) -> None:
        """Patch; called when the first cassette comes into use."""

    def undo(self) -> None:
        """Put everything back; called when the last cassette is left."""

    def leave(self, deck: Deck) -> None:
        """Let the connections of one cassette go; called when it is left."""


_current: ContextVar[Deck | None] = ContextVar("cassette", default=None)
_lock: Final = threading.RLock()
_in_use: Final[list[Deck]] = []  # in the order of entry
_applied: Final[list[Patcher]] = []


def current() -> Deck | None:
    """Return the cassette in force here, or None.

    Each context, and so each asyncio task, sees the cassette it entered, the inner one where they
    are nested. Code whose context knows of none, such as a thread started by the code under test,
    sees the one entered last: better that it meets a cassette which does not know its request
    than that it slips out to the network.
    """
    deck = entered()
    if deck is not None:
        return deck
    return _in_use[-1] if _in_use else None


def entered() -> Deck | None:
    """Return the cassette in force that this very context has entered, or None."""
    deck = _current.get()
    return deck if deck is not None and deck in _in_use else None


class Entry:
    """One use of a deck, from its entry to its end.

    Args:
        deck: The cassette to put in force.
        patchers: Makes the patchers; called for the first entry in the process.
    """

    def __init__(self, deck: Deck, patchers: Callable[[], list[Patcher]]) -> None:
        self._deck = deck
        self._patchers = patchers
        self._before: Deck | None = None

    def enter(self) -> None:
        """Put the deck in force; the first one in the process patches."""
        with _lock:
            if not _in_use:
                for patcher in self._patchers():
                    _applied.append(patcher)
                    patcher.apply()
            _in_use.append(self._deck)
        self._before = _current.get()
        _current.set(self._deck)

    def leave(self) -> None:
        """Take the deck out of force; the last one in the process puts everything back."""
        # Not ContextVar.reset: an async fixture is torn down in another context than its own.
        _current.set(self._before)
        with _lock:
            _in_use.remove(self._deck)
            for patcher in _applied:
                patcher.leave(self._deck)
            self._deck.settle()
            if not _in_use:
                while _applied:
                    _applied.pop().undo()
