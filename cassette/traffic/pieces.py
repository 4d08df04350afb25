"""Lines for a person, made of pieces of text that each have a style."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STYLES: Final = ("", "strong", "quiet", "bad", "mask", "edit", "piece", "old", "new")
"""What a piece may be: plain; a title; of less account; gone wrong; masked; edited by hand; a piece
of a stream, or framing; in a comparison, what was and what is now."""

_MASK: Final = re.compile(r"(?<![A-Za-z])R?E?D?A?C?TED-\d+(?:-x*)?")


class Piece(NamedTuple):
    """Some text of one line.

    Attributes:
        text: The text; characters that would steer a terminal are shown as marks when it is
            printed.
        style: One of ``STYLES``.
    """

    text: str
    style: str = ""


Line = tuple[Piece, ...]


def line(*parts: str | Piece) -> Line:
    """Return a line of texts and pieces."""
    return tuple(part if isinstance(part, Piece) else Piece(part) for part in parts)


def indented(lines: Iterable[Line], blanks: int) -> Iterator[Line]:
    """Yield the lines with blanks before each that is not empty."""
    indent = Piece(" " * blanks)
    for one in lines:
        yield (indent, *one) if one else one


def with_masks(text: str, style: str = "") -> Line:
    """Return a text as pieces, those that stand for a secret apart."""
    pieces = []
    at = 0
    for found in _MASK.finditer(text):
        pieces += [Piece(text[at : found.start()], style), Piece(found[0], "mask")]
        at = found.end()
    pieces.append(Piece(text[at:], style))
    return tuple(piece for piece in pieces if piece.text)


def plain(one: Line) -> str:
    """Return the text of a line."""
    return "".join(text for text, _ in one)
