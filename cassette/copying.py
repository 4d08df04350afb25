"""Exceptions that pickle and ``copy`` give back whole, whatever their constructors take."""

from __future__ import annotations

from typing import Any, TypeVar

Kind = TypeVar("Kind", bound=BaseException)


class Copyable(BaseException):
    """A base for exceptions, restored from their fields instead of by their constructors.

    An exception of Python's own is restored by calling its class with ``args``. That fails where a
    constructor takes other arguments; and a pool of processes hangs, or breaks, over an exception
    that it cannot restore.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _blank, (type(self), self.args), self.__dict__


def _blank(kind: type[Kind], args: tuple[object, ...]) -> Kind:
    """Return an exception whose fields are still to be set; its constructor does not run."""
    return kind.__new__(kind, *args)
