"""The bytes of a message: its regions, and the lines of a hex dump."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.traffic.amounts import size_text
from cassette.traffic.pieces import Piece, line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cassette.model import Message
    from cassette.traffic.pieces import Line

ROW: Final = 16
"""Bytes in a line."""


class Region(NamedTuple):
    """Bytes of a message that mean one thing.

    Attributes:
        start: Offset of the first byte.
        stop: Offset behind the last one.
        name: What they are.
        framing: They say where the message ends, and are none of its content.
    """

    start: int
    stop: int
    name: str
    framing: bool = False


def regions(message: Message) -> list[Region]:
    """Return what the bytes of a message are, from the first one to the last."""
    parsed, size = message.parsed, len(message.raw)
    if parsed.garbage or not parsed.head_size:
        return [Region(0, size, "no HTTP")] if size else []
    found = [Region(0, parsed.head_size, "head")]
    at = parsed.head_size
    for number, (start, stop) in enumerate(parsed.payload, 1):
        if parsed.chunked and start > at:
            if number > 1:
                found.append(Region(at, at + 2, f"end of chunk {number - 1}", framing=True))
                at += 2
            found.append(Region(at, start, f"chunk {number}: {stop - start} bytes", framing=True))
        found.append(Region(start, stop, f"chunk {number}" if parsed.chunked else "body"))
        at = stop
    start, stop = parsed.trailers
    if parsed.chunked and parsed.payload and size > at:
        end = Region(at, min(at + 2, size), f"end of chunk {len(parsed.payload)}", framing=True)
        found.append(end)
        at = end.stop
    if stop > start:
        found += [
            Region(at, start, "chunk of 0 bytes, trailers follow", framing=True),
            Region(start, stop, "trailers"),
        ]
        at = stop
    if size > at:
        name = "behind the end"
        if parsed.chunked:
            name = "empty line, the end" if stop > start else "chunk of 0 bytes, the end"
        found.append(Region(at, size, name, framing=True))
    return [region for region in found if region.stop > region.start]


def dump(message: Message, arrived: Sequence[tuple[float, int]], limit: int = 0) -> Iterator[Line]:
    """Yield the lines of a dump: the bytes, what they are, and in which pieces they came.

    Args:
        message: The message.
        arrived: Seconds and bytes of each piece in which it came; empty where it was one.
        limit: Lines of bytes of a region that are shown; 0 for all.
    """
    raw = message.raw
    cuts: list[tuple[int, str]] = []
    at = 0
    for number, (moment, count) in enumerate(arrived, 1):
        cuts.append((at, f"piece {number}, +{moment:.3f} s, {size_text(count)}"))
        at += count
    for region in regions(message):
        at, rows, named = region.start, 0, False
        while at < region.stop:
            while cuts and cuts[0][0] <= at:
                yield line(Piece(f"-- {cuts.pop(0)[1]} ".ljust(78, "-"), "piece"))
                named = named and region.framing
            if not named and not region.framing:
                rest = "" if at > region.start else f", {size_text(region.stop - region.start)}"
                yield line(Piece(f"{region.name}{rest or ', continued'}", "quiet"))
            stop = min(region.stop, at + ROW, cuts[0][0] if cuts else region.stop)
            if limit and rows == limit and not region.framing:
                stop = min(region.stop, cuts[0][0] if cuts else region.stop)
                yield line(Piece(f"      ... {stop - at} more bytes", "quiet"))
                rows = -1
            else:
                yield _row(raw, at, stop, "" if not region.framing or named else region.name)
            rows, at, named = rows + 1, stop, True


def hex_rows(data: bytes, limit: int) -> list[Line]:
    """Return the first lines of a dump of some bytes; 0 for all of them."""
    stop = min(len(data), limit * ROW) if limit else len(data)
    rows = [_row(data, at, min(at + ROW, stop), "") for at in range(0, stop, ROW)]
    if stop < len(data):
        rows.append(line(Piece(f"      ... {len(data) - stop} more bytes", "quiet")))
    return rows


def _row(data: bytes, start: int, stop: int, label: str) -> Line:
    row = data[start:stop]
    pairs = f"{row[:8].hex(' '):23}  {row[8:].hex(' '):23}"
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)  # noqa: PLR2004 - ASCII
    style = "piece" if label else ""
    shown = line(Piece(f"  {start:04x}  ", "quiet"), Piece(f"{pairs}   ", style))
    return (
        (*shown, Piece(f"{text:16}", style), Piece(f"  {label}", "quiet"))
        if label
        else (
            *shown,
            Piece(text, style),
        )
    )
