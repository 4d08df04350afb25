"""Interactions in a table: for the width of a terminal, or in columns for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cassette.traffic.amounts import size_text, time_text
from cassette.traffic.pieces import Piece, line
from cassette.traffic.timeline import WIDTH as STRIP
from cassette.traffic.timeline import Axis, span, strip
from cassette.wording import counted, from_here

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cassette.traffic.entries import FiledInteraction, Traffic
    from cassette.traffic.pieces import Line

_FROM_STRIP: Final = 90
"""Columns of a terminal from which on the strip has room."""

_LEAST_URL: Final = 16


def table_lines(cassettes: Sequence[Traffic], width: int) -> Iterator[Line]:
    """Yield the tables of cassettes as they fit into a width, and what there is in all."""
    for cassette in cassettes:
        yield from _cassette_lines(cassette, width)
        yield ()
    yield line(Piece(summary(cassettes), "quiet"))


def summary(cassettes: Sequence[Traffic]) -> str:
    """Return what cassettes hold, in a sentence."""
    entries = [one for cassette in cassettes for one in cassette.entries]
    marked = (
        (sum(one.failed for one in entries), "ended badly"),
        (sum(bool(one.interaction.redacted) for one in entries), "masked (*)"),
        (sum(bool(one.edits) for one in entries), "edited (e)"),
    )
    said = ", ".join(f"{count} {what}" for count, what in marked if count)
    total = f"{counted(len(entries), 'interaction')} in {counted(len(cassettes), 'cassette')}"
    return f"{total}{': ' if said else ''}{said}. One in full: -n NUMBER"


def _cassette_lines(cassette: Traffic, width: int) -> Iterator[Line]:
    entries = cassette.entries
    facts = (
        counted(len(entries), "interaction"),
        f"recorded {cassette.recorded:%Y-%m-%d %H:%M}",
        *([time_text(span(entries))] if entries else []),
    )
    name = Piece(from_here(cassette.path), "strong")
    yield line(name, Piece(f"   {', '.join(facts)}", "quiet"))
    if entries:
        yield from _Table(entries, width).lines()


class _Table:
    """The table of one cassette.

    Args:
        entries: Its interactions.
        width: Columns that there are.
    """

    def __init__(self, entries: Sequence[FiledInteraction], width: int) -> None:
        self._entries = entries
        self._number = max(len(str(entries[-1].number)), 1) + 1
        self._method = max(6, *(len(one.method) for one in entries))
        self._status = max(6, *(len(one.result) for one in entries))
        self._type = max(4, *(len(one.type) for one in entries))
        self._pieces = any(one.pieces > 1 for one in entries)
        self._marks = any(one.interaction.redacted or one.edits for one in entries)
        self._axis = Axis(entries) if width >= _FROM_STRIP else None
        others = self._number + self._method + self._status + self._type + 3 + 2 * 8
        others += 7 * self._pieces + 3 * self._marks + (1 + STRIP) * (self._axis is not None)
        longest = max(sum(map(len, one.place)) + 2 for one in entries)
        self._url = max(_LEAST_URL, min(width - others - 1, longest))

    def lines(self) -> Iterator[Line]:
        pieces = " pieces" if self._pieces else ""
        yield line(
            Piece(
                f"{'#':>{self._number}} {'method':{self._method}} {'URL':{self._url}} "
                f"{'status':{self._status}} {'type':{self._type}} {'size':>7} {'took':>7}{pieces}",
                "quiet",
            )
        )
        for one in self._entries:
            yield tuple(piece for piece in self._row(one) if piece.text)

    def _row(self, one: FiledInteraction) -> Iterator[Piece]:
        yield Piece(f"{one.number:>{self._number}} ", "quiet")
        yield Piece(f"{one.method:{self._method}} ")
        yield from self._place(one)
        yield Piece(f" {one.result:{self._status}}", "bad" if one.bad else "")
        yield Piece(f" {one.type:{self._type}}")
        size = size_text(one.size) if one.size else ""
        yield Piece(f" {size:>7} {time_text(one.interaction.took):>7}", "quiet")
        if self._pieces:
            yield Piece(f" {one.pieces if one.pieces > 1 else '':>6}", "quiet")
        if self._axis is not None:
            drawn = strip(one, self._axis)
            marks = bool(one.interaction.redacted or one.edits)
            yield Piece(f" {drawn:{STRIP if marks else 0}}", "bad" if one.failed else "piece")
        if one.interaction.redacted:
            yield Piece(" *", "mask")
        if one.edits:
            yield Piece("e" if one.interaction.redacted else " e", "edit")

    def _place(self, one: FiledInteraction) -> Iterator[Piece]:
        """Yield the path and, where there is room, the host behind it."""
        host, path, query = one.place
        target, host = (path + query, f"  {host}") if path else (host, "")
        if len(target) > self._url:
            yield Piece(f"{target[: self._url - 1]}…")
            return
        room = self._url - len(target)
        yield Piece(target)
        if len(host) > room:
            host = f"{host[: room - 1]}…" if room > 6 else ""  # noqa: PLR2004 - less says nothing
        yield Piece(f"{host:{room}}", "quiet")


def column_lines(cassettes: Sequence[Traffic]) -> Iterator[Line]:
    """Yield a line for each interaction: sizes in bytes, times in seconds, no blank in a column."""
    rows = [
        _columns(name, one)
        for cassette in cassettes
        for name in [from_here(cassette.path).replace(" ", "%20")]
        for one in cassette.entries
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        yield line("  ".join(cells).rstrip())


def _columns(name: str, one: FiledInteraction) -> tuple[str, ...]:
    interaction = one.interaction
    marks = (("masked", interaction.redacted), ("edited", one.edits))
    return (
        f"{name}:{one.line}",
        str(one.number),
        one.method,
        interaction.call.partition(" ")[2],
        str(one.status or "-"),
        one.type or "-",
        str(one.size),
        f"{interaction.took:.3f}",
        str(one.pieces),
        str(interaction.ended).replace(" ", "-"),
        ",".join(name for name, there in marks if there) or "-",
    )
