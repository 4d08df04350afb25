"""Who is told about every use of a cassette that ends, whoever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from cassette.tapes.tape import Tape

    Watcher = Callable[[Tape], object]

_watchers: Final[list[Watcher]] = []


def watch(watcher: Watcher) -> Callable[[], None]:
    """Let a function be called with every tape whose use has ended.

    Only the one that came last is called: a run of tests within another, as authors of plugins
    have them, is no matter of the outer one.

    Returns:
        What ends it.
    """
    _watchers.append(watcher)
    return lambda: _watchers.remove(watcher)


def tell(tape: Tape) -> None:
    """Tell the watcher, if there is one, that the use of a tape has ended."""
    if _watchers:
        _watchers[-1](tape)
