"""What became of a cassette in one use of it."""

from __future__ import annotations

import enum
import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cassette.tapes.endings import EndedTape


class Fate(enum.StrEnum):
    """What became of a cassette in one use, or in all uses of a run; the first one that holds."""

    RECORDED = "recorded"  # there was none before
    REWRITTEN = "rewritten"  # another one stands in its place now
    UNFINISHED = "not completed"  # what was recorded stayed in the journal
    VERIFIED = "verified"  # the requests were sent, and the answers held against it
    REPLAYED = "replayed"
    UNUSED = "not used"  # no request was made


class UseRecord(NamedTuple):
    """One use of a cassette.

    Attributes:
        path: The cassette, as an absolute path.
        mode: Name of the record mode in force.
        fate: What became of the cassette.
        played: How many interactions were played.
        recorded: How many interactions were recorded.
        verified: How many interactions were sent live and held against the recording.
        unplayed: Calls of the interactions that were not played, by their number in the file.
        expired: Age of the oldest interaction in seconds, where it was more than ``max_age``.
        test: Node id of the test that ran when the use ended.
        is_own: The plugin put the cassette in force, not code that called ``cassette.use``.
    """

    path: str
    mode: str
    fate: Fate
    played: int = 0
    recorded: int = 0
    verified: int = 0
    unplayed: Mapping[int, str] = MappingProxyType({})
    expired: float | None = None
    test: str = ""
    is_own: bool = False

    def dump(self) -> dict[str, Any]:
        """Return the entry as data that JSON and every serialiser of reports can write."""
        # JSON has no numbers for keys.
        return self._asdict() | {
            "fate": self.fate.value,
            "unplayed": [[number, call] for number, call in self.unplayed.items()],
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Return the entry that was dumped."""
        return cls(**{**data, "fate": Fate(data["fate"]), "unplayed": dict(data["unplayed"])})

    def properties(self, root: str | os.PathLike[str]) -> list[tuple[str, object]]:
        """Return what machines want to know, as pytest's user properties.

        Args:
            root: The folder to which paths are relative.
        """
        return [
            ("cassette", shown(self.path, root)),
            ("cassette_mode", self.mode),
            ("cassette_played", self.played),
            ("cassette_recorded", self.recorded),
            ("cassette_left", len(self.unplayed)),
        ]


def entries_of(tape: EndedTape) -> Iterator[UseRecord]:
    """Yield an entry for each cassette of a use that has ended."""
    played = tape.played - sum(extra.played for extra in tape.extra)
    yield UseRecord(
        path=absolute(tape.path),
        mode=tape.mode.value,
        fate=_fate(tape, played),
        played=played,
        recorded=tape.recorded,
        verified=tape.verified,
        unplayed=tape.unplayed_by_number,
        expired=None if tape.expired is None else tape.expired.total_seconds(),
    )
    for extra in tape.extra:
        yield UseRecord(
            path=absolute(extra.path),
            mode="none",
            fate=Fate.REPLAYED if extra.played else Fate.UNUSED,
            played=extra.played,
            unplayed=extra.unplayed_by_number,
        )


def _fate(tape: EndedTape, played: int) -> Fate:
    if tape.journal is not None:
        return Fate.UNFINISHED
    if tape.recorded:
        return Fate.REWRITTEN if tape.existed else Fate.RECORDED
    if tape.verified:
        return Fate.VERIFIED
    return Fate.REPLAYED if played else Fate.UNUSED


def absolute(path: Path) -> str:
    """Return a path from the root, in which no link was followed."""
    return os.path.abspath(path)  # noqa: PTH100 - resolve() would follow them


def unplayed_by_all(uses: list[UseRecord]) -> dict[int, str]:
    """Return the interactions of a cassette that none of its uses has played."""
    first, *others = uses
    return {
        number: call
        for number, call in first.unplayed.items()
        if all(other.unplayed.get(number) == call for other in others)
    }


def shown(path: str | os.PathLike[str], root: str | os.PathLike[str]) -> str:
    """Return a path as a person reads it: relative to a folder, with slashes."""
    try:
        path = os.path.relpath(path, root)
    except ValueError:  # another drive
        path = os.fspath(path)
    return path.replace(os.sep, "/")
