"""What has drifted: live responses that are not as they were recorded, and the error that tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cassette.errors import CassetteError
from cassette.matching.differences import Difference, ignorable, rendered
from cassette.wording import counted, from_here

if TYPE_CHECKING:
    from datetime import datetime
    from os import PathLike


@dataclass(frozen=True, slots=True)
class Drift:
    """One live interaction that is not as it was recorded.

    Attributes:
        number: Number of the recording, counted from 0; None where there is none.
        call: Method and URL, secrets masked.
        parts: What differs.
        notes: What there is to say where no recording can be compared.
    """

    number: int | None
    call: str
    parts: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()

    def lines(self, limit: int) -> list[str]:
        """Return what differs as lines, about as many as asked for at most."""
        name = "not recorded:" if self.number is None else f"#{self.number}"
        told = [*rendered(self.parts, limit - 1), *self.notes[: limit - 1]]
        return [f"{name} {self.call}", *("  " + line for line in told)]

    @property
    def ignore(self) -> list[str]:
        """Entries of ``ignore`` with which this would be no drift; none where none would do."""
        return ignorable(self.parts)


class DriftError(CassetteError):
    """Live responses are not as they were recorded.

    Attributes:
        path: The cassette.
        recorded: When its recording began; None where there is no cassette.
        drifts: What has drifted, in the order in which it was met; it may still grow while the
            cassette is in use.
        remedy: What to do, in one line.
    """

    page = "verify.md#what-is-compared"

    def __init__(
        self, path: str | PathLike[str], *, recorded: datetime | None, remedy: str = ""
    ) -> None:
        super().__init__(path)
        self.path = path
        self.recorded = recorded
        self.drifts: list[Drift] = []
        self.remedy = remedy

    def __str__(self) -> str:
        since = f"recorded {self.recorded:%Y-%m-%d}" if self.recorded else "there is no such file"
        drifted = counted(len(self.drifts), "live interaction")
        shown = self.drifts[:_DRIFTS]
        lines = [
            f"{drifted} drifted from {from_here(self.path)} ({since})",
            "",
            "What was recorded (-) and what is live (+):",
        ]
        left = _DRIFT_LINES
        for at, drift in enumerate(shown):
            others = len(shown) - at - 1
            told = drift.lines(left - others * _DRIFT_LINES // _DRIFTS)
            left -= len(told)
            lines += ["  " + line for line in told]
        if len(self.drifts) > len(shown):
            lines.append(f"  ... {len(self.drifts) - len(shown)} more")
        lines.append("")
        ignore = [drift.ignore for drift in self.drifts]
        entries = list(dict.fromkeys(entry for some in ignore for entry in some))
        if all(ignore) and len(entries) <= _ENTRIES:
            option = f"verify=cassette.Verification(ignore={entries})"
            lines.append(f"If this is of no account, leave it out: {option}")
        return "\n".join([*lines, self.remedy]).rstrip("\n")


_DRIFTS: Final = 6
_DRIFT_LINES: Final = 30
"""Drifts that are shown, and lines for them together."""

_ENTRIES: Final = 3
"""Entries of ``ignore`` that are proposed."""
