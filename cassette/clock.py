"""The real clock, also while a test runs at a frozen time.

freezegun replaces the functions of ``time`` in every module that holds one by name; it does not
look into classes, so here they stay real. Where it freezes already when this module is imported,
which a pytest plugin that imports late has to expect, it still has the real ones itself.

time-machine changes the functions themselves, whoever holds them, and has a way around that.
"""

from __future__ import annotations

import contextlib
import sys
import time
from datetime import UTC, datetime
from typing import Final

_freezegun: Final = sys.modules.get("freezegun.api")


class Clock:
    """Wall clock and stopwatch.

    ``wall`` gives seconds since 1970 in UTC, ``monotonic`` seconds from an arbitrary start;
    ``sleep`` lets the calling thread wait for some of them.
    """

    _wall = staticmethod(getattr(_freezegun, "real_time", time.time))
    monotonic = staticmethod(getattr(_freezegun, "real_monotonic", time.monotonic))
    sleep = staticmethod(time.sleep)
    _from_timestamp = staticmethod(getattr(_freezegun, "real_datetime", datetime).fromtimestamp)

    @classmethod
    def wall(cls) -> float:
        """Return the seconds since 1970 in UTC."""
        hatch = getattr(sys.modules.get("time_machine"), "escape_hatch", None)
        if hatch is not None:
            with contextlib.suppress(ValueError):  # nobody travels at the moment
                now: float = hatch.time.time()
                return now
        return float(cls._wall())

    @classmethod
    def now(cls) -> datetime:
        """Return the present moment in UTC, in whole milliseconds."""
        now: datetime = cls._from_timestamp(int(cls.wall() * 1000) / 1000, UTC)
        return now

    @classmethod
    def pass_to(cls, moment: float) -> float:
        """Return the seconds until a moment of ``monotonic``; 0 where it has passed."""
        remaining: float = moment - cls.monotonic()
        return max(0.0, remaining)
