"""How things stood when a use began."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import timedelta

    from cassette.tapes.modes import Policy, RecordMode


class Terms(NamedTuple):
    """How things stood when a use began.

    Attributes:
        mode: The record mode in force.
        policy: What the mode means for this use.
        existed: There was a cassette.
        expired: Age of the oldest interaction, where it is more than ``max_age``; else None.
    """

    mode: RecordMode
    policy: Policy
    existed: bool
    expired: timedelta | None = None
