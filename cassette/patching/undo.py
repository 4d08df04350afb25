"""What all patchers share: changes that undo themselves."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ABSENT: Final = object()


class UndoLog:
    """Changes that were made, so that they can be taken back in reverse order.

    Only what is still ours is taken back. A tool that has wrapped an attribute meanwhile keeps its
    wrapper, and may uncover what we had put there when it goes: see `take_back_uncovered`.
    """

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def set(self, owner: Any, name: str, value: object) -> None:
        """Set an attribute; undoing puts back the very object that was there, or deletes it."""
        old = vars(owner).get(name, _ABSENT)
        setattr(owner, name, value)
        self.add(partial(_take_back, owner, {name: old}, {name: value}))

    def set_all(self, owner: Any, values: Mapping[str, object]) -> None:
        """Set attributes, as `set` does."""
        get = vars(owner).get
        old = {}
        for name, value in values.items():
            old[name] = get(name, _ABSENT)
            setattr(owner, name, value)
        self.add(partial(_take_back, owner, old, values))

    def add(self, undo: Callable[[], object]) -> None:
        """Note how to undo a change that was made."""
        self._undo.append(undo)

    def undo(self) -> None:
        """Take every change back, the last one first."""
        while self._undo:
            self._undo.pop()()


def _take_back(owner: Any, old: Mapping[str, object], new: Mapping[str, object]) -> None:
    """Restore the attributes that are still as they were set; remember the others."""
    get = vars(owner).get
    covered = {}
    for name, value in new.items():
        before = old[name]
        if get(name, _ABSENT) is not value:
            covered[name] = value
        elif before is _ABSENT:
            delattr(owner, name)
        else:
            setattr(owner, name, before)
    if covered:
        _covered.append(partial(_take_back, owner, old, covered))


_covered: Final[deque[Callable[[], None]]] = deque()
"""What could not be taken back, in the order in which it was to be."""


def take_back_uncovered() -> None:
    """Take back what other tools had covered at the time, and have uncovered since then.

    A tool that came while a cassette was in use has seen our attributes as the original ones, and
    puts them back when it is uninstalled.
    """
    for _ in range(len(_covered)):
        _covered.popleft()()
