"""A record of one use of a cassette."""

from __future__ import annotations

import enum
import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from cassette.tapes.endings import EndedTape


class Outcome(enum.StrEnum):
    """The outcome of one use of a cassette, or of all in a run: the first that holds."""

    RECORDED = "recorded"  # there was none before
    REWRITTEN = "rewritten"  # another one stands in its place now
    CONFIRMED = "recorded anew without a change"  # it says what it said before
    RESTORED = "added to without a change"  # it says what it said before this run
    OUTAGE = "without an answer"  # nothing but failures to connect, which stayed in the journal
    UNFINISHED = "not completed"  # the recording stayed in the journal
    VERIFIED = "verified"  # the requests were sent, and the answers held against it
    REPLAYED = "replayed"
    UNUSED = "not used"  # no request was made


WRITTEN: Final = frozenset(
    (Outcome.RECORDED, Outcome.REWRITTEN, Outcome.CONFIRMED, Outcome.RESTORED)
)
"""Outcomes of a use that has written the cassette."""


class UseRecord(NamedTuple):
    """One use of a cassette.

    Attributes:
        path: The cassette, as an absolute path.
        mode: Name of the record mode in force.
        outcome: What became of the cassette.
        played: How many interactions were played.
        recorded: How many interactions were recorded.
        unanswered: How many of these are failures, which nobody had asked for.
        verified: How many interactions were sent live and held against the recording.
        drifted: How many of these are no longer what was recorded.
        unplayed: Calls of the interactions that were not played, by their number in the file.
        edited: Calls that were played and that a hand has edited, by their number in the file.
        expired: Age of the oldest interaction in seconds, where it was more than ``max_age``.
        test: Node id of the test that ran when the use ended.
        is_own: The plugin put the cassette in force, not code that called ``cassette.use``.
    """

    path: str
    mode: str
    outcome: Outcome
    played: int = 0
    recorded: int = 0
    unanswered: int = 0
    verified: int = 0
    drifted: int = 0
    unplayed: Mapping[int, str] = MappingProxyType({})
    edited: Mapping[int, str] = MappingProxyType({})
    expired: float | None = None
    test: str = ""
    is_own: bool = False

    def dump(self) -> dict[str, Any]:
        """Return the record as data that JSON and every serialiser of reports can write."""
        # JSON has no numbers for keys.
        return self._asdict() | {
            "outcome": self.outcome.value,
            "unplayed": [[number, call] for number, call in self.unplayed.items()],
            "edited": [[number, call] for number, call in self.edited.items()],
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Return the record that was dumped."""
        read = {
            "outcome": Outcome(data["outcome"]),
            "unplayed": dict(data["unplayed"]),
            "edited": dict(data["edited"]),
        }
        return cls(**{**data, **read})

    def properties(self, root: str | os.PathLike[str]) -> list[tuple[str, object]]:
        """Return path, mode and counts as the user properties of a test.

        Args:
            root: The folder to which paths are relative.
        """
        return [
            ("cassette", shown_path(self.path, root)),
            ("cassette_mode", self.mode),
            ("cassette_played", self.played),
            ("cassette_recorded", self.recorded),
            ("cassette_left", len(self.unplayed)),
        ]


def records_of(tape: EndedTape) -> Iterator[UseRecord]:
    """Yield a record for each cassette of a use that has ended."""
    played = tape.played - sum(extra.played for extra in tape.extra)
    yield UseRecord(
        path=absolute_path(tape.path),
        mode=tape.mode.value,
        outcome=_outcome(tape, played),
        played=played,
        recorded=tape.recorded,
        unanswered=tape.unanswered,
        verified=tape.verified,
        drifted=tape.drifted,
        unplayed=tape.unplayed_by_number,
        edited=tape.edited,
        expired=None if tape.expired is None else tape.expired.total_seconds(),
    )
    for extra in tape.extra:
        yield UseRecord(
            path=absolute_path(extra.path),
            mode="none",
            outcome=Outcome.REPLAYED if extra.played else Outcome.UNUSED,
            played=extra.played,
            unplayed=extra.unplayed_by_number,
            edited=extra.edited,
        )


def _outcome(tape: EndedTape, played: int) -> Outcome:
    if tape.outage:
        return Outcome.OUTAGE
    if tape.journal is not None:
        return Outcome.UNFINISHED
    if tape.unchanged:
        return Outcome.RESTORED if tape.adds else Outcome.CONFIRMED
    if tape.recorded:
        return Outcome.REWRITTEN if tape.existed else Outcome.RECORDED
    if tape.verified:
        return Outcome.VERIFIED
    return Outcome.REPLAYED if played else Outcome.UNUSED


def absolute_path(path: Path) -> str:
    """Return a path from the root of the file system, links not followed."""
    return os.path.abspath(path)  # noqa: PTH100 - resolve() would follow them


def unplayed_by_all(uses: Sequence[UseRecord]) -> dict[int, str]:
    """Return the calls that none of the uses of a cassette has played, by their number."""
    first, *others = uses
    return {
        number: call
        for number, call in first.unplayed.items()
        if all(other.unplayed.get(number) == call for other in others)
    }


def shown_path(path: str | os.PathLike[str], root: str | os.PathLike[str]) -> str:
    """Return a path as a person reads it: relative to a folder, with slashes."""
    try:
        path = os.path.relpath(path, root)
    except ValueError:  # another drive
        path = os.fspath(path)
    return path.replace(os.sep, "/")
