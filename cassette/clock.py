"""The real clock, also while a test runs at a frozen time.

freezegun replaces the functions of ``time`` in every module that holds one by name; it does not
look into classes, so here they stay real.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """Wall clock and stopwatch.

    ``wall`` gives seconds since 1970 in UTC, ``monotonic`` seconds from an arbitrary start.
    """

    wall = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    _from_timestamp = staticmethod(datetime.fromtimestamp)

    @classmethod
    def now(cls) -> datetime:
        """Return the present moment in UTC, in whole milliseconds."""
        return cls._from_timestamp(int(cls.wall() * 1000) / 1000, UTC)
