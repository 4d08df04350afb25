"""Entries of more than 256 KiB in own shape: entries with a hole.

A large value is cut out of its entry, what is left is decoded as any other entry is, and the value
is put back when somebody asks for the message. It is decoded in slices, so that neither the value
nor the file is in memory beside the message.
"""

from __future__ import annotations

import codecs
import io
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.model import Ended, Request, Response, Standing
from cassette.store.edits import seal, settle_request, settle_response, settled
from cassette.store.mapped import forget
from cassette.store.scalars import (
    BLOCK_HEADER,
    BREAK,
    CR,
    LARGE,
    decode_binary,
    decode_piece,
    has_foreign_break,
)
from cassette.store.shape import decode_chunks, decode_standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from mmap import mmap

    from cassette.model import Interaction, Message

_SLICE: Final = 3 << 18
_WINDOW: Final = 1 << 16

# A newline at the end of a value: what follows it is a key, or nothing that YAML would accept.
_VALUE_END: Final = re.compile(rb"\n(?! {6}|\n)")
_LARGE_VALUE: Final = re.compile(
    rb"\n    (?:(?:text|wire|raw): (?=\|)|(?:body|text|wire|raw): (?=!!binary [\w+/]))"
)
_REQUEST: Final = b"\n  request:"
_RESPONSE: Final = b"\n  response:"
_CHUNKS: Final = b"\n    chunks: "

_FILLER: Final = b"\0hole\0"
"""Stands in for a large value until that is put back; no text that people write has it."""

_FILLER_SCALAR: Final = b"!!binary AGhvbGUA"
_FILLER_CHUNKS: Final = b"[6]"
_FILLER_FRAME: Final = (b"6\r\n", b"\r\n")


def decode_large_entry(
    call: str, text: bytes | mmap, start: int, stop: int, parse: Callable[[], Interaction]
) -> Interaction | None:
    """Return an interaction whose large values are decoded when asked for; None if not own shape.

    Args:
        call: Its call, read already.
        text: The file.
        start: Where the entry starts, behind the dash.
        stop: Where it ends, before its last newline.
        parse: Gives the interaction by way of a YAML parser.
    """
    hollow, holes = _hollow(text, start, stop)
    found = decode_standing(call, hollow)
    if found is None:
        return None
    interaction, digest = found
    if not holes:
        return settled(interaction, digest)
    sent, received = interaction.request, interaction.response
    method = call.partition(" ")[0]
    cut = interaction.ended is not Ended.OPEN
    fill_request = fill_response = None
    for section, hole in holes.items():
        fill = _prepare((sent if section == _REQUEST else received).raw, text, hole)
        if fill is None:
            return None
        if section == _REQUEST:
            fill_request = fill
        else:
            fill_response = fill

    def give_request() -> Standing:
        raw = sent.raw if fill_request is None else fill_request()
        return settle_request(Standing(raw), seal(digest, "request"), cut=cut)

    def give_response() -> Standing:
        raw = received.raw if fill_response is None else fill_response()
        return settle_response(Standing(raw), seal(digest, "response"), method, cut=cut)

    interaction.request = Request(_either(give_request, lambda: parse().request), sent.url)
    interaction.response = Response(_either(give_response, lambda: parse().response), method)
    return interaction


class _Hole(NamedTuple):
    """What was cut out of a message.

    Attributes:
        start: Where the scalar of the large value starts in the file.
        stop: Where it ends.
        chunks: The sizes of the chunks, as they stand in the file; None without chunked coding.
    """

    start: int
    stop: int
    chunks: bytes | None = None


def _hollow(text: bytes | mmap, start: int, stop: int) -> tuple[bytes, dict[bytes, _Hole]]:
    """Return an entry with a filler for the large value of a message, and what the filler replaces.

    A second large value in a message stays, and so does one that no writer would write.
    """
    pieces: list[bytes] = []
    holes: dict[bytes, _Hole] = {}
    chunks: dict[bytes, int] = {}
    section = b""
    for line, end in pairwise([start, *_value_ends(text, start, stop), stop]):
        if end - line > LARGE and section not in holes:
            found = _LARGE_VALUE.match(text, line)
            if found is not None:
                pieces.append(found[0] + _FILLER_SCALAR)
                holes[section] = _Hole(found.end(), end)
                continue
        piece = text[line:end]
        if piece in (_REQUEST, _RESPONSE):
            section = piece
        elif piece.startswith(_CHUNKS):
            chunks[section] = len(pieces)
        pieces.append(piece)
    for section, index in chunks.items():
        if section in holes:
            sizes = pieces[index].removeprefix(_CHUNKS)
            holes[section] = holes[section]._replace(chunks=sizes)
            pieces[index] = _CHUNKS + _FILLER_CHUNKS
    return b"".join(pieces), holes


def _value_ends(text: bytes | mmap, start: int, stop: int) -> Iterator[int]:
    """Give where the newlines are that end a value.

    Most windows of a large value hold no newline, and need no search for what follows one.
    """
    for place in range(start, stop, _WINDOW):
        end = min(place + _WINDOW, stop)
        if b"\n" in text[place:end]:
            # What follows the newline may stand in the next window.
            for found in _VALUE_END.finditer(text, place, min(end + len(BREAK), stop)):
                if found.start() < end:
                    yield found.start()


def _prepare(hollow: bytes, text: bytes | mmap, hole: _Hole) -> Callable[[], bytes] | None:
    """Return what gives a message with its large value, or None where only a parser can tell it.

    Args:
        hollow: The message with a filler for the value.
        text: The file.
        hole: Where the value is in it.
    """
    before, found, after = hollow.partition(_FILLER)
    if not found or _FILLER in after:
        return None
    sizes = None
    if hole.chunks is not None:
        sizes = decode_chunks(hole.chunks)
        if sizes is None:
            return None
        before, after = before.removesuffix(_FILLER_FRAME[0]), after.removeprefix(_FILLER_FRAME[1])
    return lambda: join_slices(before, decode_slices(text, hole.start, hole.stop), sizes, after)


def _either(fill: Callable[[], Standing], parse: Callable[[], Message]) -> Callable[[], Standing]:
    """Return what gives a message by filling its hole, or through a YAML parser if that fails."""

    def give() -> Standing:
        try:
            return fill()
        except ValueError:
            message = parse()
            return Standing(message.raw, message.edited)

    return give


def decode_slices(text: bytes | mmap, start: int, stop: int) -> Iterator[bytes]:
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


def _decode_binary(text: bytes | mmap, start: int, stop: int) -> Iterator[bytes]:
    for place in range(start, stop, LARGE):
        piece = text[place : min(place + LARGE, stop)]
        if piece.endswith(b"=") and place + LARGE < stop:
            raise ValueError("padding in the middle")
        yield decode_binary(piece)
        forget(text, place, place + len(piece))


def _decode_block(text: bytes | mmap, start: int, stop: int, chomping: bytes) -> Iterator[bytes]:
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
        if CR in piece or has_foreign_break(decode_piece(decoder, piece)):
            raise ValueError("a line break that only a YAML parser understands")
        # To find one newline takes a tenth of the time of looking for breaks, and most bodies as
        # large as this are a single line.
        yield piece.replace(BREAK, b"\n") if b"\n" in piece else piece
        forget(text, place, place + len(piece))
        place += len(piece)
    decoder.decode(b"", final=True)
    yield b"\n" * {b"-": 0, b"": 1, b"+": newlines}[chomping]
