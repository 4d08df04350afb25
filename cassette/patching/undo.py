"""What all patchers share: changes that undo themselves, and a register of what was given out."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

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
