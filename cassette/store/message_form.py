"""A message of the wire and the keys under which it stands in a cassette.

``parts`` has the way back, which needs no HTTP; so a message is cut wherever that reads best.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cassette.store.forms import encode_binary, encode_bytes, encode_text, is_plain_text
from cassette.store.jsonform import encode_json
from cassette.store.parts import CRLF, HEAD_END
from cassette.store.preview import MAX_BYTES, preview
from cassette.store.scalars import BREAK, MAX_ITEMS
from cassette.store.slices import encode_spans
from cassette.wire.heads import head_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cassette.model import Message

_PLAIN_HEAD: Final = re.compile(rb"(?:[!-~][ -~]*+(?<! )\r\n)++\r\n")
"""A single head of printable ASCII, without a blank at the start or the end of a line."""


def encode_message(message: Message) -> bytes:
    """Return the lines of one message, from the key ``head`` on; empty for an empty message."""
    raw = message.raw
    head_size = find_head_end(message)
    head = raw[:head_size]
    form = encode_head(head) if head else None
    if form is None:
        return b"    raw: %b\n" % encode_bytes(raw) if raw else b""
    if head_size == len(raw):
        return b"    head: %b\n" % form
    if not message.parsed.chunked:
        return b"    head: %b\n%b" % (form, encode_body(raw[head_size:], message))
    sizes = canonical_chunks(message)
    if sizes is None:
        return b"    head: %b\n%b" % (form, encode_cut(message))
    body = encode_body(message.body, message) if sizes else b""
    return b"    head: %b\n%b%b" % (form, body, encode_framing(message, sizes))


def encode_large_message(message: Message) -> Iterator[bytes]:
    """Give what ``encode_message`` returns in pieces, without a copy of the body."""
    raw = message.raw
    head_size = find_head_end(message)
    head = raw[:head_size]
    form = encode_head(head) if head else None
    if form is None:
        yield from encode_spans(b"raw", raw, [(0, len(raw))])
        return
    yield b"    head: %b\n" % form
    rest = [(head_size, len(raw))]
    parsed = message.parsed
    if not parsed.chunked:
        comment = preview(raw[head_size : head_size + MAX_BYTES], parsed.fields)
        yield from encode_spans(b"text", raw, rest, comment)
    elif sizes := canonical_chunks(message):
        spans = parsed.payload
        comment = preview(raw[spans[0][0] : spans[0][1]][:MAX_BYTES], parsed.fields)
        yield from encode_spans(b"text", raw, spans, comment)
        yield encode_framing(message, sizes)
    else:
        yield from encode_spans(b"wire", raw, rest)


def encode_cut(message: Message) -> bytes:
    """Return the lines of a chunked body that is not canonical to its end.

    Where it is so up to some chunk, because it was cut short behind it, it stands there as any
    other, and what follows that chunk stands by itself.
    """
    raw, parsed = message.raw, message.parsed
    place, sizes = parsed.head_size, []
    many = parsed.complete or len(parsed.payload) > MAX_ITEMS
    for start, stop in [] if many else parsed.payload:
        if raw[place : stop + 2] != b"%x\r\n%b\r\n" % (stop - start, raw[start:stop]):
            break
        sizes.append(stop - start)
        place = stop + 2
    if not sizes:
        return b"    wire: %b\n" % encode_bytes(raw[parsed.head_size :])
    body = b"".join([raw[start:stop] for start, stop in parsed.payload[: len(sizes)]])
    chunks = ", ".join(map(str, sizes)).encode()
    return b"%b    chunks: [%b]\n    cut: %b\n" % (
        encode_body(body, message),
        chunks,
        encode_bytes(raw[place:]),
    )


def encode_framing(message: Message, sizes: Sequence[int]) -> bytes:
    """Return the lines that tell the chunks of a body and its trailers."""
    start, stop = message.parsed.trailers
    line = b"    chunks: [%b]\n" % ", ".join(map(str, sizes)).encode()
    if start == stop:
        return line
    trailers = message.raw[start:stop]
    text = to_text(trailers)
    form = None if text is None else encode_text(text)
    return b"%b    trailers: %b\n" % (line, form or encode_binary(trailers))


def find_head_end(message: Message) -> int:
    """Return where the head of a message ends, interim responses included; 0 where none does.

    What is no HTTP may have a head all the same, to the eye of a reader.
    """
    parsed = message.parsed
    return parsed.head_size or parsed.head_start or head_end(message.raw)


def encode_head(head: bytes) -> bytes | None:
    """Return the form of a head, or None where its lines do not end in CRLF."""
    if _PLAIN_HEAD.fullmatch(head):
        # What the general way returns, in half the time.
        return b"|" + BREAK + head[:-4].replace(CRLF, BREAK)
    # The newlines of "HTTP/1.1 200 OK\n\n" stand only behind its last line.
    text = to_text(head[:-2]) if head.endswith(HEAD_END) else None
    if text is None:
        return None
    return encode_text(text) or encode_binary(head)


def to_text(lines: bytes) -> bytes | None:
    """Return the lines with newlines for their CRLFs; None if CR or LF stand anywhere else."""
    text = lines.replace(CRLF, b"\n")
    if b"\r" in text or text.count(b"\n") != len(lines) - len(text):
        return None
    return text


def canonical_chunks(message: Message) -> list[int] | None:
    """Return the chunk sizes if the chunk framing is what ``encode_chunks`` would write.

    None too where there are more than ``MAX_ITEMS``.

    Compares the framing alone, between the payload, so that a large body is not copied.
    """
    raw, parsed = message.raw, message.parsed
    if not parsed.complete or parsed.size != len(raw) or len(parsed.payload) > MAX_ITEMS:
        return None
    place, before = parsed.head_size, b""
    sizes: list[int] = []
    for start, stop in parsed.payload:
        if raw[place:start] != b"%b%x\r\n" % (before, stop - start):
            return None
        sizes.append(stop - start)
        place, before = stop, CRLF
    start, stop = parsed.trailers
    canonical = raw[place:start] == before + b"0\r\n" and raw[stop:] == CRLF
    return sizes if canonical else None


def encode_body(body: bytes, message: Message) -> bytes:
    """Return the lines of the body of a message, chunk framing undone."""
    spread = encode_json(body)
    if spread is not None and is_plain_text(body):
        return b"    json: |%b\n    style: %b\n" % spread
    text = encode_text(body)
    if text is not None:
        return b"    text: %b\n" % text
    return b"%b    body: %b\n" % (preview(body, message.parsed.fields), encode_binary(body))
