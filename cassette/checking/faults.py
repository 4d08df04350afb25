"""What is wrong in a file, and the one way in which its place is named."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Any, NamedTuple

from cassette.wording import from_here


class Rule(enum.StrEnum):
    """What a file is held against."""

    SECRET = "secret"  # noqa: S105 - a secret stands there, unmasked
    MASK = "mask"  # what looks like a mask holds more than a mask
    FORMAT = "format"  # the file is damaged
    CONFLICT = "conflict"  # a merge has left its markers
    EDITED = "edited"  # a hand has changed what was recorded
    FRAMING = "framing"  # a length or a size contradicts what it frames
    EXPIRED = "expired"  # older than it may be
    JOURNAL = "journal"  # left by a recording that was not completed
    UNSEARCHED = "unsearched"  # a body could not be searched for secrets


class Fault(NamedTuple):
    """One thing that is wrong, and where.

    Attributes:
        path: The file.
        line: Line in it, counted from 1; 0 where no line is to blame.
        rule: What it breaks.
        problem: What was found, in a sentence without a secret.
        number: Interaction, counted from 0; None where it is none's.
        place: Place in the interaction, such as ``response.json.token``; may be empty.
    """

    path: Path
    line: int
    rule: Rule
    problem: str
    number: int | None = None
    place: str = ""

    def __str__(self) -> str:
        where = f"{from_here(self.path)}:{self.line}" if self.line else str(from_here(self.path))
        number = "" if self.number is None else f"#{self.number} "
        return f"{where}: {self.rule}: {number}{self.problem}"

    def as_json(self) -> dict[str, Any]:
        """Return it as data for JSON."""
        return {
            "path": Path(from_here(self.path)).as_posix(),
            "line": self.line,
            "rule": self.rule.value,
            "interaction": self.number,
            "place": self.place,
            "problem": self.problem,
        }
