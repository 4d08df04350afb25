"""Who is told of each request at the moment a cassette answers, records or refuses it.

Nearly every run has nobody to tell; then it costs a look at an empty list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Listener = Callable[["Told"], object]


class Told(NamedTuple):
    """What became of a request.

    Attributes:
        how: ``played``, ``recorded``, ``verified`` or ``refused``.
        path: The cassette.
        call: Method and URL, secrets masked.
        number: Number in the file of what was played; None for anything else.
        error: Why it was refused; empty where it was not.
    """

    how: str
    path: Path
    call: str
    number: int | None = None
    error: str = ""


listeners: Final[list[Listener]] = []
"""Functions that are told, on the thread and in the context of the request."""


def listen(listener: Listener) -> Callable[[], None]:
    """Let a function be told of every request; return what ends it."""
    listeners.append(listener)
    return lambda: listeners.remove(listener)


def tell(told: Told) -> None:
    """Tell the one that came last: a run of tests within another is no matter of the outer one."""
    if listeners:
        listeners[-1](told)
