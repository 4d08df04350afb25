"""Messages of more than 256 KiB: written and read in slices, so that none is in memory twice.

The same keys and forms as everywhere, with the choice made simpler: a text that a literal block
holds is one, all else is base64.
"""

from __future__ import annotations

import binascii
import codecs
import io
import mmap
from typing import TYPE_CHECKING, Final

from cassette.store.forms import (
    BLOCK_HEADER,
    BREAK,
    UNSAFE_BREAKS,
    UNSAFE_TEXT,
    block_header,
    break_lines,
    decode_binary,
    has_trailing_blanks,
    is_plain_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cassette.wire.parser import Span

LARGE: Final = 1 << 18
"""Bytes from which on a message is handled in slices."""

_SLICE: Final = 3 << 18  # three quarters of a mebibyte: base64 makes it a whole one


def forget(text: bytes | mmap.mmap, start: int, stop: int) -> None:
    """Let the pages of a mapped file go once they were read, in steps of a page.

    Else all of the file that was looked at would count as memory of this process; what is needed
    again is read again.
    """
    if isinstance(text, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        first = start - start % mmap.PAGESIZE
        text.madvise(mmap.MADV_DONTNEED, first, min(stop, len(text)) - first)


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
            text = _decode_text(decoder, piece)
        except UnicodeDecodeError:
            return None
        # A blank at the end of the piece before is a trailing one only if a newline follows.
        lines = before + piece
        if UNSAFE_TEXT.search(text) or (piece.isascii() and not is_plain_text(piece)):
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


def _decode_text(decoder: codecs.IncrementalDecoder, piece: bytes) -> str:
    """Return the next characters to look through; none for ASCII, which is looked through as bytes.

    That makes reading a mebibyte of JSON seven times as fast.
    """
    if piece.isascii() and not decoder.getstate()[0]:
        return ""
    return decoder.decode(piece)


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


def decode_slices(text: bytes | mmap.mmap, start: int, stop: int) -> Iterator[bytes]:
    """Give the bytes of a large value in pieces.

    Args:
        text: The file.
        start: Where the scalar starts, its tag or header included.
        stop: Where it ends, before the last newline.

    Raises:
        ValueError: The scalar is not in own shape.
    """
    if text[start : start + 9] == b"!!binary ":
        return _decode_binary(text, start + 9, stop)
    header = BLOCK_HEADER.match(text, start)
    if header is None:
        raise ValueError("neither base64 nor a block")
    start = header.end()
    first = text[start : start + len(BREAK) + 1]
    indented = first.startswith(BREAK) and first[-1:] not in b" \t"
    if not header[1] and not indented:
        raise ValueError("only an indicator can tell this indentation")
    return _decode_block(text, start, stop, header[2])


def join_slices(
    start: bytes, slices: Iterable[bytes], chunks: Sequence[int] | None, end: bytes
) -> bytes:
    """Return the message that these parts make; the body is held once.

    Args:
        start: What stands before the body.
        slices: The body.
        chunks: Sizes of its chunks in bytes, the last chunk left out; None for no chunk framing.
        end: What stands behind the body and its framing.

    Raises:
        ValueError: The chunks do not add up to the body.
    """
    # BytesIO hands out the buffer that it wrote to, where join would need all pieces beside it.
    out = io.BytesIO()
    out.write(start)
    if chunks is None:
        for piece in slices:
            out.write(piece)
        out.write(end)
        return out.getvalue()
    pieces = iter(slices)
    rest = memoryview(b"")
    for size in chunks:
        out.write(b"%x\r\n" % size)
        missing = size
        while missing:
            rest = rest or memoryview(next(pieces, b""))
            if not rest:
                raise ValueError("the chunks add up to more than the body")
            out.write(rest[:missing])
            taken = min(missing, len(rest))
            missing -= taken
            rest = rest[taken:]
        out.write(b"\r\n")
    if rest or any(pieces):
        raise ValueError("the chunks add up to less than the body")
    out.write(end)
    return out.getvalue()


def _decode_binary(text: bytes | mmap.mmap, start: int, stop: int) -> Iterator[bytes]:
    for place in range(start, stop, LARGE):
        piece = text[place : min(place + LARGE, stop)]
        if piece.endswith(b"=") and place + LARGE < stop:
            raise ValueError("padding in the middle")
        yield decode_binary(piece)
        forget(text, place, place + len(piece))


def _decode_block(
    text: bytes | mmap.mmap, start: int, stop: int, chomping: bytes
) -> Iterator[bytes]:
    newlines = 1
    while text[stop - 1 : stop] == b"\n":
        stop -= 1
        newlines += 1
    decoder = codecs.getincrementaldecoder("utf-8")()
    # The newline behind the header is no part of the text, nor is the indentation after it.
    place = start + (len(BREAK) if text[start : start + len(BREAK)] == BREAK else 1)
    while place < stop:
        piece = text[place : min(place + _SLICE, stop)]
        # A break must not be cut in two; one at the very start of the piece is whole.
        last_break = piece.rfind(b"\n", 1)
        if last_break > 0 and place + len(piece) < stop:
            piece = piece[:last_break]
        if b"\r" in piece or UNSAFE_BREAKS.search(_decode_text(decoder, piece)):
            raise ValueError("a line break that only a YAML parser understands")
        # To find one newline takes a tenth of the time of looking for breaks, and most bodies as
        # large as this are a single line.
        yield piece.replace(BREAK, b"\n") if b"\n" in piece else piece
        forget(text, place, place + len(piece))
        place += len(piece)
    decoder.decode(b"", final=True)
    yield b"\n" * {b"-": 0, b"": 1, b"+": newlines}[chomping]
