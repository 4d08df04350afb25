"""What ``pytest --markers`` tells about the options of ours."""

from __future__ import annotations

from typing import Final, get_args

from cassette import words
from cassette.plugin.settings import NAMES

_WORDS: Final = {
    "mode": words.Mode,
    "match_on": words.MatcherName,
    "on_unplayed": words.OnUnplayed,
    "on_expiry": words.OnExpiry,
}


def describe_options() -> tuple[str, str]:
    """Return the options by name, and a line for each that takes one of some words."""
    names = "*, " + ", ".join(name for name in NAMES if name != "name")
    values = "".join(
        f"\n    {name}: {', '.join(get_args(literal))}" for name, literal in _WORDS.items()
    )
    return names, values
