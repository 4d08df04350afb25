"""Where two texts differ: a unified diff; and two byte sequences: a hexdump."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cassette.matching.differences.alignment import opcodes
from cassette.matching.differences.changes import (
    WIDTH,
    Change,
    change,
    cut,
    cut_alike,
    first_difference,
    short_name,
)
from cassette.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTEXT: Final = 2
"""Equal lines around a difference in a text."""

_ROW: Final = 16
_ROWS: Final = 3
"""Bytes in a row of a hexdump, and rows from the first difference on."""


def text_change(name: str, recorded: str, actual: str, ignored_by: str = "") -> Change:
    """Return where two texts differ: of several lines as a unified diff.

    Args:
        name: As for ``change``.
        recorded: The recorded text.
        actual: The one that is there instead.
        ignored_by: As in ``Change``.
    """
    if "\n" not in recorded and "\n" not in actual:
        return change(name, recorded, actual, ignored_by)
    if recorded.endswith("\n") and actual.endswith("\n"):
        recorded, actual = recorded[:-1], actual[:-1]
    old, new = recorded.split("\n"), actual.split("\n")
    lines = _heading(name)
    for group in _grouped(opcodes(old, new)):
        first, last = group[0], group[-1]
        lines.append(
            f"@@ -{first[1] + 1},{last[2] - first[1]} +{first[3] + 1},{last[4] - first[3]} @@"
        )
        for tag, i, i_end, j, j_end in group:
            if tag == "equal":
                lines += ["  " + cut(line) for line in old[i:i_end]]
            else:
                lines += _replaced(old[i:i_end], new[j:j_end])
    return Change(tuple(line.rstrip() for line in lines), ignored_by)


def _heading(name: str) -> list[str]:
    return [f"  {short_name(name)}:"] if name else []


def _replaced(old: list[str], new: list[str]) -> list[str]:
    """Return lines that became others; of as many, each is cut where it differs from its other."""
    if len(old) == len(new):
        pairs = [cut_alike(*pair, WIDTH) for pair in zip(old, new, strict=True)]
        olds, news = [one for one, _ in pairs], [other for _, other in pairs]
    else:
        olds, news = [cut(line) for line in old], [cut(line) for line in new]
    return ["- " + _with_end(line) for line in olds] + ["+ " + _with_end(line) for line in news]


def _with_end(line: str) -> str:
    """Return a line whose last blank can be seen."""
    return f"{line[:-1]}\\x20" if line.endswith(" ") else line


def _grouped(
    codes: list[tuple[str, int, int, int, int]],
) -> Iterator[list[tuple[str, int, int, int, int]]]:
    """Yield what differs with a few equal lines around it, near differences together."""
    group: list[tuple[str, int, int, int, int]] = []
    for at, (tag, i, i_end, j, j_end) in enumerate(codes):
        if tag != "equal":
            group.append((tag, i, i_end, j, j_end))
            continue
        after = min(_CONTEXT, i_end - i) if group else 0
        before = min(_CONTEXT, i_end - i) if at + 1 < len(codes) else 0
        if group and before and after + before >= i_end - i:
            group.append((tag, i, i_end, j, j_end))
            continue
        if group:
            yield [*group, (tag, i, i + after, j, j + after)]
        group = [(tag, i_end - before, i_end, j_end - before, j_end)] if before else []
    if any(tag != "equal" for tag, *_ in group):
        yield group


def bytes_change(name: str, recorded: bytes, actual: bytes, ignored_by: str = "") -> Change:
    """Return where two byte sequences differ: a hexdump around the first difference.

    A row is an offset, the bytes, and what they are in ASCII; ``^`` stands under what differs.

    Args:
        name: As for ``change``.
        recorded: The recorded bytes.
        actual: Those that are there instead.
        ignored_by: As in ``Change``.
    """
    at = first_difference(recorded, actual)
    first = at - at % _ROW
    sizes = f"{counted(len(recorded), 'byte')} recorded, {len(actual)} now"
    lines = [*_heading(name), f"  {sizes}; the first difference is at offset {at} ({at:#x})"]
    if first:
        lines.append(f"  {_hex_row(first - _ROW, recorded[first - _ROW : first])}")
    for start in range(first, first + _ROWS * _ROW, _ROW):
        old, new = recorded[start : start + _ROW], actual[start : start + _ROW]
        if old == new:
            lines += [f"  {_hex_row(start, old)}"] if old else []
            continue
        lines += [f"- {_hex_row(start, old)}"] if old else []
        lines += [f"+ {_hex_row(start, new)}"] if new else []
        differs = [old[k : k + 1] != new[k : k + 1] for k in range(_ROW)]
        marks = " ".join("^^" if odd else "  " for odd in differs)
        signs = "".join("^" if odd else " " for odd in differs)
        lines.append(f"{'':10}{marks}  {signs}".rstrip())
    return Change(tuple(lines), ignored_by)


def _hex_row(offset: int, row: bytes) -> str:
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)  # noqa: PLR2004 - ASCII
    return f"{offset:06x}  {row.hex(' '):{3 * _ROW - 1}}  {text}".rstrip()
