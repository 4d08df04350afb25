"""How old a cassette may grow, and what happens then.

A cassette is as old as its oldest interaction: a file into which new episodes were recorded last
week still answers with what a server said two years ago. Only a use that plays asks for the age.
"""

from __future__ import annotations

import enum
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from cassette.clock import Clock
from cassette.errors import CassetteExpiredError, OptionError
from cassette.tapes.modes import RecordMode

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


class OnExpiry(enum.StrEnum):
    """What is done about a cassette that is too old."""

    WARN = "warn"  # play it, and say so
    FAIL = "fail"  # play nothing
    RERECORD = "rerecord"  # do as the record mode "rewrite" does


_INSTEAD: Final = {(RecordMode.NONE, OnExpiry.RERECORD): OnExpiry.WARN}
"""Where a mode does not allow what was asked for: in CI, say, nothing is ever recorded."""

_AGE: Final = re.compile(r"([1-9][0-9]{0,5})([hdw])")
_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class CassetteExpiredWarning(UserWarning):
    """A cassette is older than it may be, and was played all the same.

    Unintended: record it anew, in mode ``rewrite``, or let ``on_expiry="rerecord"`` do it.
    Intended: give it a longer ``max_age``.
    """


class Expiry(NamedTuple):
    """A limit of age.

    Attributes:
        max_age: How old the oldest interaction may be.
        on_expiry: What is done when it is older.
    """

    max_age: timedelta
    on_expiry: OnExpiry

    @classmethod
    def parse(cls, max_age: str | timedelta | None, on_expiry: str) -> Self | None:
        """Return the limit that these options of a use set; None where there is no limit.

        Raises:
            OptionError: One of them has a wrong value.
        """
        try:
            consequence = OnExpiry(on_expiry)
        except ValueError:
            raise OptionError(
                f"on_expiry is {on_expiry!r}\nIt may be: {', '.join(OnExpiry)}"
            ) from None
        return None if max_age is None else cls(parse_age(max_age), consequence)

    def objection(
        self, path: Path, oldest: datetime, mode: RecordMode, remedy: str, why_mode: str = ""
    ) -> CassetteExpiredError | None:
        """Return what there is to say against playing a cassette; None if it is young enough.

        Args:
            path: The cassette.
            oldest: When its oldest interaction was recorded.
            mode: The record mode in force.
            remedy: How to record it anew.
            why_mode: Why the record mode is what it is, where that may be news.
        """
        age = Clock.now() - oldest
        if age <= self.max_age:
            return None
        if (mode, self.on_expiry) in _INSTEAD:
            mode_and_why = f"{mode}{why_mode}," if why_mode else f"{mode}"
            remedy = (
                f"Record mode {mode_and_why} keeps on_expiry={self.on_expiry.value!r} from "
                "recording it anew; run this where another mode is in force."
            )
        else:
            remedy += "\nOr let on_expiry='rerecord' do that, or give it a longer max_age."
        return CassetteExpiredError(
            path,
            recorded=oldest,
            age=age,
            max_age=self.max_age,
            remedy=remedy,
        )

    def consequence(self, mode: RecordMode) -> OnExpiry:
        """Return what is done in this record mode."""
        return _INSTEAD.get((mode, self.on_expiry), self.on_expiry)


def parse_age(age: str | timedelta) -> timedelta:
    """Return an age that a person wrote: hours, days or weeks, such as ``12h``, ``30d``, ``2w``.

    Raises:
        OptionError: It is written in another way, or is not longer than nothing.
    """
    if isinstance(age, timedelta) and age > timedelta(0):
        return age
    found = _AGE.fullmatch(age) if isinstance(age, str) else None
    if found is None:
        raise OptionError(
            f"max_age is {age!r}\n"
            "It may be: a number of hours, days or weeks such as '12h', '30d' or '2w', "
            "or a positive timedelta"
        )
    return int(found[1]) * _UNITS[found[2]]
