"""Values of messages of more than 256 KiB: written in slices, so that none is in memory twice.

The same keys and forms as everywhere, with the choice made simpler: a text that a literal block
holds is one, all else is base64. ``large`` has the way back.
"""

from __future__ import annotations

import binascii
import codecs
from typing import TYPE_CHECKING, Final

from cassette.store.forms import (
    block_header,
    break_lines,
    has_trailing_blanks,
    is_plain_text,
    is_safe_text,
)
from cassette.store.scalars import decode_piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cassette.wire.parser import Span

_SLICE: Final = 3 << 18  # three quarters of a mebibyte: base64 makes it a whole one


def encode_spans(
    key: bytes, raw: bytes, spans: Sequence[Span], comment: bytes = b""
) -> Iterator[bytes]:
    """Give the lines of a large value in pieces.

    Args:
        key: What it stands under if it turns out to be a text.
        raw: The message.
        spans: Where in it the value is.
        comment: Lines before it if it turns out to be none.
    """
    form = _find_text_form(_slices(raw, spans))
    if form is None:
        binary_key = b"body" if key == b"text" else key
        yield b"%b    %b: !!binary " % (comment, binary_key)
        yield from _encode_binary(_slices(raw, spans))
        yield b"\n"
    else:
        header, newlines = form
        yield b"    %b: %b" % (key, header)
        yield from _encode_block(_slices(raw, spans))
        yield b"\n" * max(newlines, 1)


def _slices(raw: bytes, spans: Iterable[Span]) -> Iterator[bytes]:
    for start, stop in spans:
        for place in range(start, stop, _SLICE):
            yield raw[place : min(place + _SLICE, stop)]


def _find_text_form(slices: Iterable[bytes]) -> tuple[bytes, int] | None:
    """Return the header of a block and how many newlines end it; None if it must be base64."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    first = before = b""
    newlines = 0
    is_empty = True
    for piece in slices:
        try:
            text = decode_piece(decoder, piece).replace("\n", "").replace("\t", "")
        except UnicodeDecodeError:
            return None
        # A blank at the end of the piece before is a trailing one only if a newline follows.
        lines = before + piece
        if not is_safe_text(text) or (piece.isascii() and not is_plain_text(piece)):
            return None
        if has_trailing_blanks(lines.rstrip(b" \t") or b"\n"):
            return None
        first = first or piece[:1]
        before = lines[len(lines.rstrip(b" \t")) :][-1:]
        stripped = piece.rstrip(b"\n")
        newlines = len(piece) - len(stripped) + (0 if stripped else newlines)
        is_empty = is_empty and not stripped
    if before or decoder.getstate()[0] or is_empty:
        return None
    return block_header(first, newlines), newlines


def _encode_block(slices: Iterable[bytes]) -> Iterator[bytes]:
    # Newlines wait for the text that follows: whether a line is empty decides its indentation.
    held = b"\n"
    for piece in slices:
        lines = held + piece
        text = lines.rstrip(b"\n")
        held = lines[len(text) :]
        yield break_lines(text)


def _encode_binary(slices: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for piece in slices:
        data = held + piece
        whole = len(data) - len(data) % 3
        held = data[whole:]
        yield binascii.b2a_base64(data[:whole], newline=False)
    yield binascii.b2a_base64(held, newline=False)
