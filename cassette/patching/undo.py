"""What all patchers share: changes that undo themselves."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple

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
        self.set_all(owner, {name: value})

    def set_all(self, owner: Any, values: Mapping[str, object]) -> None:
        """Set attributes, as `set` does."""
        now = vars(owner)
        old = {name: now.get(name, _ABSENT) for name in values}
        for name, value in values.items():
            setattr(owner, name, value)
        self.add(_Change(owner, old, values).take_back)

    def add(self, undo: Callable[[], object]) -> None:
        """Note how to undo a change that was made."""
        self._undo.append(undo)

    def undo(self) -> None:
        """Take every change back, the last one first."""
        while self._undo:
            self._undo.pop()()


class _Change(NamedTuple):
    """Attributes that were set: what stood there before, and what was put there."""

    owner: Any
    old: Mapping[str, object]
    new: Mapping[str, object]

    def take_back(self) -> None:
        """Restore the attributes that are still ours; remember the others."""
        now = vars(self.owner)
        covered = {}
        for name, value in self.new.items():
            if now.get(name, _ABSENT) is not value:
                covered[name] = value
            elif self.old[name] is _ABSENT:
                delattr(self.owner, name)
            else:
                setattr(self.owner, name, self.old[name])
        if covered:
            _covered.append(self._replace(new=covered))


_covered: Final[deque[_Change]] = deque()  # in the order in which they were to be taken back


def take_back_uncovered() -> None:
    """Take back what other tools had covered at the time, and have uncovered since then.

    A tool that came while a cassette was in use has seen our attributes as the original ones, and
    puts them back when it is uninstalled.
    """
    for _ in range(len(_covered)):
        _covered.popleft().take_back()
