"""Record modes: what each one lets happen, in one table."""

from __future__ import annotations

import enum
import os
from typing import Final, NamedTuple


class RecordMode(enum.StrEnum):
    """When requests go to the network, and when they are answered from the cassette."""

    NONE = "none"  # replay only
    ONCE = "once"  # record if there is no cassette, else replay only
    NEW_EPISODES = "new_episodes"  # replay what is there, record what is not
    ALL = "all"  # record everything; what was not asked for again is kept
    REWRITE = "rewrite"  # record everything into a new file
    VERIFY = "verify"  # send everything, write nothing, fail where the answers have drifted
    OFF = "off"  # as if there were no cassette


class Policy(NamedTuple):
    """What a use of a cassette does with a request.

    Attributes:
        play: Recorded interactions answer.
        record: What is not answered goes to the network, and the cassette is told of it.
        keep: Recorded interactions stay in the file when it is written.
        compare: What went to the network is held against the recording, and not written.
    """

    play: bool
    record: bool
    keep: bool
    compare: bool = False

    @property
    def writes(self) -> bool:
        """Whether what goes to the network is written down."""
        return self.record and not self.compare


_POLICIES: Final = {
    RecordMode.NONE: Policy(play=True, record=False, keep=True),
    RecordMode.NEW_EPISODES: Policy(play=True, record=True, keep=True),
    RecordMode.ALL: Policy(play=False, record=True, keep=True),
    RecordMode.REWRITE: Policy(play=False, record=True, keep=False),
    RecordMode.VERIFY: Policy(play=False, record=True, keep=True, compare=True),
    RecordMode.OFF: Policy(play=False, record=False, keep=False),
}


ADDING: Final = Policy(play=False, record=True, keep=True)
"""What a use does that adds to a cassette of the same run: everything goes live, what the cassette
answers already is not recorded again."""


def policy(mode: RecordMode, *, exists: bool) -> Policy:
    """Return what a mode means for a cassette that exists, or does not.

    Args:
        mode: The mode.
        exists: Whether there is a complete cassette; a ``.partial`` journal is none.
    """
    if mode is RecordMode.ONCE:
        mode = RecordMode.NONE if exists else RecordMode.REWRITE
    return _POLICIES[mode]


def default_mode() -> RecordMode:
    """Return ``none`` where ``CI`` is set in the environment, else ``once``."""
    in_ci = os.environ.get("CI", "").lower() not in ("", "0", "false")
    return RecordMode.NONE if in_ci else RecordMode.ONCE


def parse_mode(name: str | None) -> RecordMode:
    """Return the mode of this name; None stands for the default.

    Raises:
        OptionError: There is no such mode.
    """
    if name is None:
        return default_mode()
    try:
        return RecordMode(name)
    except ValueError:
        # Every run of pytest reads the names of the modes, and few are told that one is wrong.
        from cassette.errors import OptionError  # noqa: PLC0415
        from cassette.wording import suggestion  # noqa: PLC0415

        hint = suggestion(name, RecordMode)
        raise OptionError(
            f"there is no record mode {name!r}{hint}\nModes: {', '.join(RecordMode)}"
        ) from None
