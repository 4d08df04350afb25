"""A comparison as lines: what came, went and changed, in the words of mismatches."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from cassette.matching.differences import rendered
from cassette.traffic.pieces import Piece, line
from cassette.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cassette.traffic.comparing import LeftOut, Pair
    from cassette.traffic.pieces import Line

LINES: Final = 40
"""Lines that are shown of one interaction, unless all are wanted."""

_STYLES: Final = {"-": "old", "+": "new", "~": "strong", "=": "quiet"}


def difference_lines(name: str, pairs: Sequence[Pair], limit: int) -> Iterator[Line]:
    """Yield what differs in one cassette; nothing where nothing does.

    Args:
        name: What is compared, with the names of both.
        pairs: The interactions.
        limit: Lines for each of them.
    """
    if all(pair.sign == "=" for pair in pairs):
        return
    yield line(Piece(name, "strong"))
    for sign, some in groupby(pairs, lambda pair: pair.sign):
        if sign == "=":
            yield _same(list(some))
            continue
        for pair in some:
            yield from _pair_lines(pair, limit)
    yield ()


def _pair_lines(pair: Pair, limit: int) -> Iterator[Line]:
    sign, entry = pair.sign, pair.entry
    moved = ""
    if pair.old and pair.new and pair.old.number != pair.new.number:
        moved = f"   was #{pair.old.number}"
    result = f"   {entry.result}" if sign in "+-" else ""
    yield line(
        Piece(f"{sign} #{entry.number} {entry.interaction.call}", _STYLES[sign]),
        Piece(f"{result}{moved}", "quiet"),
    )
    for text in rendered(pair.parts, limit):
        style = {"-": "old", "+": "new"}.get(text.lstrip()[:1], "")
        yield line(Piece(f"    {text}", style))


def _same(pairs: list[Pair]) -> Line:
    first, last = pairs[0].entry.number, pairs[-1].entry.number
    return line(Piece(f"= #{first}" if first == last else f"= #{first} to #{last}", "quiet"))


def conclusion(pairs: Sequence[Pair], left_out: LeftOut) -> str:
    """Return how many interactions changed, came, went and stayed, in a sentence."""
    signs = [pair.sign for pair in pairs]
    words = {"~": "changed", "+": "new", "-": "gone", "=": "the same"}
    said = ", ".join(f"{signs.count(sign)} {word}" for sign, word in words.items() if sign in signs)
    text = f"{counted(len(pairs), 'interaction')}: {said or 'none to compare'}."
    only = sum(pair.left_out for pair in pairs)
    groups = ", ".join(sorted(left_out.groups))
    if groups:
        text += f" Left out: {groups}"
        text += f" ({only} of the same differ in what is left out)." if only else "."
    return text
