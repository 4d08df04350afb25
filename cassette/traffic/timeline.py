"""When interactions ran, drawn in a few characters; hours in which nothing happened are cut out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cassette.traffic.entries import FiledInteraction

WIDTH: Final = 16
_PAUSE: Final = 0.6
"""Seconds without traffic from which on they are cut out."""

_SHORTEST: Final = 0.002
"""Seconds that every interaction takes on the axis at least."""


class Axis:
    """Gives the place of a moment between the first and the last of some interactions.

    Args:
        entries: The interactions.
    """

    def __init__(self, entries: Sequence[FiledInteraction]) -> None:
        spans = sorted((_start(one), _start(one) + max(_took(one), _SHORTEST)) for one in entries)
        self._busy: list[tuple[float, float, float]] = []  # start, stop, time shown before
        shown = 0.0
        for start, stop in spans:
            last = self._busy[-1] if self._busy else None
            if last and start <= last[1] + _PAUSE:
                shown += max(stop - last[1], 0)
                self._busy[-1] = (last[0], max(stop, last[1]), last[2])
            else:
                self._busy.append((start, stop, shown))
                shown += stop - start
        self._total = shown or 1.0

    def place(self, moment: float) -> float:
        """Return where a moment in seconds since the epoch stands, from 0 to 1."""
        for start, stop, before in reversed(self._busy):
            if moment >= start:
                return min((before + min(moment, stop) - start) / self._total, 1.0)
        return 0.0


def strip(one: FiledInteraction, axis: Axis, width: int = WIDTH) -> str:
    """Return when an interaction ran, as a strip of characters.

    Thin is waiting, thick receiving, upright a piece of several, and a cross a bad end.
    """
    start = _start(one)

    def column(seconds: float) -> int:
        return min(int(axis.place(start + seconds) * width), width - 1)

    signs = [" "] * width
    first, last = column(one.first_byte), column(_took(one))
    signs[column(0) : first + 1] = "─" * (first + 1 - column(0))
    if one.interaction.response.raw:
        signs[first : last + 1] = "━" * (last + 1 - first)
    for moment, _ in one.interaction.arrived:
        signs[column(moment)] = "┃"
    if one.failed:
        signs[last] = "×"  # noqa: RUF001 - the sign of the table
    return "".join(signs).rstrip()


def span(entries: Sequence[FiledInteraction]) -> float:
    """Return the seconds from the first request to the end of the last response."""
    if not entries:
        return 0.0
    return max(_start(one) + _took(one) for one in entries) - min(map(_start, entries))


def _start(one: FiledInteraction) -> float:
    return one.interaction.at.timestamp()


def _took(one: FiledInteraction) -> float:
    return one.interaction.took
