"""Phrases that several messages have in common."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike

_UNITS: Final = (
    ("day", timedelta(days=1), timedelta(hours=1)),
    ("hour", timedelta(hours=1), timedelta(minutes=1)),
    ("minute", timedelta(minutes=1), timedelta(seconds=1)),
    ("second", timedelta(seconds=1), timedelta(seconds=1)),
)
"""Name and length of each unit, and the rest from which on ``1 day`` would be wrong."""


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as ``2 interactions``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(items: Sequence[str], limit: int = 5) -> str:
    """Return the items separated by commas; dots stand for those above the limit."""
    return ", ".join([*items[:limit], *(["..."] if len(items) > limit else [])])


def suggestion(wrong: object, right: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the nearest of the right words, or nothing."""
    import difflib  # noqa: PLC0415 - only mistakes pay for it

    near = difflib.get_close_matches(str(wrong).lower(), map(str, right), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def from_here(path: str | PathLike[str]) -> str:
    """Return a path as a person would type it: relative where it is below the current folder."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def in_words(duration: timedelta) -> str:
    """Return a duration as a person says it, such as ``41 days`` or ``1 hour``.

    The duration is cut to the largest unit of which there are at least two, or one and nothing of
    the next.
    """
    for name, unit, finer in _UNITS:
        count, rest = divmod(duration, unit)
        if count > 1:
            return f"{count} {name}s"
        if count == 1 and rest < finer:
            return f"1 {name}"
    return "a moment"


def told_of_attempt(  # noqa: PLR0913 - the parts of one sentence
    kind: str,
    host: str,
    port: int | None,
    outcome: str,
    *,
    who: Sequence[str],
    remedy: str,
) -> str:
    """Return the sentences about an attempt to reach a host.

    Args:
        kind: As ``BlockedNetworkError`` has it; so have the others but ``outcome``.
        host: Name or address of the host.
        port: Port number; None for a look-up.
        outcome: What became of the attempt.
        who: Functions that made the attempt.
        remedy: What to do, in one line.
    """
    shown = f"[{host}]" if ":" in host else host
    where = {
        "connection": f"a connection to {shown}:{port}",
        "datagram": f"a datagram to {shown}:{port}",
        "look-up": f"a look-up of {host}",
    }[kind]
    return "\n".join([f"{where} {outcome}", *callers_listed(who), remedy])


def callers_listed(who: Sequence[str]) -> list[str]:
    """Return a line for each function that made an attempt, the nearest first."""
    return [f"  {verb} {one}" for verb, one in zip(("by", "called by"), who, strict=False)]
