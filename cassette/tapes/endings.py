"""Who is told about every use of a cassette that ends, whoever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta
    from pathlib import Path

    from cassette.tapes.modes import RecordMode

    Watcher = Callable[["EndedTape"], object]


class EndedSource(Protocol):
    """A cassette that answered beside the one in use; see ``cassette.tapes.source.Source``."""

    path: Path
    played: int
    edited: dict[int, str]

    @property
    def unplayed_by_number(self) -> dict[int, str]:
        """The calls that no request asked for, by their number in the file."""


class EndedTape(Protocol):
    """The facts about a use that has ended; see ``cassette.Tape`` for each of them."""

    path: Path
    mode: RecordMode
    existed: bool
    expired: timedelta | None
    outage: bool
    adds: bool

    @property
    def played(self) -> int:
        """How many interactions have been played."""

    @property
    def recorded(self) -> int:
        """How many interactions have been recorded."""

    @property
    def unanswered(self) -> int:
        """How many of these are failures that nobody asked for: nothing came back."""

    @property
    def unchanged(self) -> bool:
        """Whether the cassette was recorded anew and says what it said before."""

    @property
    def verified(self) -> int:
        """How many interactions have been compared."""

    @property
    def drifted(self) -> int:
        """How many of these are no longer what was recorded."""

    @property
    def journal(self) -> Path | None:
        """Where a recording stands that did not become the cassette."""

    @property
    def edited(self) -> dict[int, str]:
        """The calls that were played and that a hand has edited, by their number in the file."""

    @property
    def unplayed_by_number(self) -> dict[int, str]:
        """The calls that have not been played, by their number in the file."""

    @property
    def extra(self) -> Sequence[EndedSource]:
        """The cassettes that answered beside it."""


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


def tell(tape: EndedTape) -> None:
    """Tell the watcher, if there is one, that the use of a tape has ended."""
    if _watchers:
        _watchers[-1](tape)
