"""The errors that a use has met, kept for its end: the code under test may swallow them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cassette.locks import make_rlock
from cassette.tapes import telling

if TYPE_CHECKING:
    from pathlib import Path

    from cassette.errors import CassetteError
    from cassette.tapes.family import Family


class NotedErrors:
    """The errors of one use, in this process and in those that it forks.

    It may be used from several threads.

    Args:
        path: The cassette.
        family: The processes that share the use.
        growing: An error that each of them has, and that grows by what others tell of it.
    """

    def __init__(self, path: Path, family: Family, growing: CassetteError | None = None) -> None:
        self._path = path
        self._family = family
        self._lock = make_rlock()
        self._errors: list[CassetteError] = []
        self._topic = f"error {id(self)}"
        self._growing = growing
        family.hear(self._topic, self._hear)

    @property
    def all(self) -> list[CassetteError]:
        """The errors, the first one first; whoever expects one takes it out of this list."""
        self._family.catch_up()
        return self._errors

    def note(self, error: CassetteError) -> None:
        """Keep an error, once."""
        with self._lock:
            if any(error is known for known in self._errors):
                return
            self._errors.append(error)
        if telling.listeners:
            call = str(getattr(error, "call", "") or type(error).__name__)
            telling.tell(telling.Told("refused", self._path, call, error=str(error)))
        self._family.tell(self._topic, None if error is self._growing else error)

    def _hear(self, error: CassetteError | None) -> None:
        if error is not None:
            self._errors.append(error)
        elif self._growing is not None and self._growing not in self._errors:
            self._errors.append(self._growing)
