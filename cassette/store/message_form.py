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
from cassette.store.scalars import BREAK
from cassette.store.slices import encode_spans
from cassette.wire.headers import first_value, parse_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cassette.model import Message

_PLAIN_HEAD: Final = re.compile(rb"(?:[!-~][ -~]*+(?<! )\r\n)++\r\n")
"""A single head of printable ASCII, without a blank at the start or the end of a line."""


def encode_message(message: Message) -> bytes:
    """Return the lines of one message, from the key ``head`` on; empty for an empty message."""
    raw = message.raw
    head_size = find_head_end(raw)
    head = raw[:head_size]
    form = encode_head(head) if head else None
    if form is None:
        return b"    raw: %b\n" % encode_bytes(raw) if raw else b""
    if head_size == len(raw):
        return b"    head: %b\n" % form
    if not is_chunked(head):
        return b"    head: %b\n%b" % (form, encode_body(raw[head_size:], head))
    sizes = canonical_chunks(message, head_size)
    if sizes is None:
        return b"    head: %b\n    wire: %b\n" % (form, encode_bytes(raw[head_size:]))
    body = encode_body(message.body, head) if sizes else b""
    return b"    head: %b\n%b%b" % (form, body, encode_framing(message, sizes))


def encode_large_message(message: Message) -> Iterator[bytes]:
    """Give what ``encode_message`` returns in pieces, without a copy of the body."""
    raw = message.raw
    head_size = find_head_end(raw)
    head = raw[:head_size]
    form = encode_head(head) if head else None
    if form is None:
        yield from encode_spans(b"raw", raw, [(0, len(raw))])
        return
    yield b"    head: %b\n" % form
    rest = [(head_size, len(raw))]
    if not is_chunked(head):
        comment = preview(raw[head_size : head_size + MAX_BYTES], head)
        yield from encode_spans(b"text", raw, rest, comment)
    elif sizes := canonical_chunks(message, head_size):
        spans = message.parsed.payload
        comment = preview(raw[spans[0][0] : spans[0][1]][:MAX_BYTES], head)
        yield from encode_spans(b"text", raw, spans, comment)
        yield encode_framing(message, sizes)
    else:
        yield from encode_spans(b"wire", raw, rest)


def is_chunked(head: bytes) -> bool:
    """Return whether a head says that the body is in chunked coding."""
    if b"chunked" not in head.lower():
        return False
    return (first_value(parse_fields(head), b"transfer-encoding") or b"").lower() == b"chunked"


def encode_framing(message: Message, sizes: Sequence[int]) -> bytes:
    """Return the lines that tell the chunks of a body and its trailers."""
    start, stop = message.parsed.trailers
    line = b"    chunks: [%b]\n" % ", ".join(map(str, sizes)).encode()
    if start == stop:
        return line
    trailers = message.raw[start:stop]
    form = encode_text(to_text(trailers) or b"") or encode_binary(trailers)
    return b"%b    trailers: %b\n" % (line, form)


def find_head_end(raw: bytes) -> int:
    """Return where the final head ends, interim responses included; 0 where no head does.

    The interim ones stand before it (RFC 9110, section 15.2); 101 is no interim response, because
    what follows it is another protocol.
    """
    start = 0
    while (end := raw.find(HEAD_END, start)) >= 0:
        end += len(HEAD_END)
        interim = raw.startswith(b"HTTP/", start) and raw[start + 8 : start + 10] == b" 1"
        if not interim or raw[start + 9 : start + 12] == b"101":
            return end
        start = end
    return start


def encode_head(head: bytes) -> bytes | None:
    """Return the form of a head, or None where its lines do not end in CRLF."""
    if _PLAIN_HEAD.fullmatch(head):
        # What the general way returns, in half the time.
        return b"|" + BREAK + head[:-4].replace(CRLF, BREAK)
    text = to_text(head[:-2])
    if text is None:
        return None
    return encode_text(text) or encode_binary(head)


def to_text(lines: bytes) -> bytes | None:
    """Return the lines with newlines for their CRLFs; None if CR or LF stand anywhere else."""
    text = lines.replace(CRLF, b"\n")
    if b"\r" in text or text.count(b"\n") != len(lines) - len(text):
        return None
    return text


def canonical_chunks(message: Message, head_size: int) -> list[int] | None:
    """Return the chunk sizes if the chunk framing is what ``encode_chunks`` would write.

    Compares the framing alone, between the payload, so that a large body is not copied.
    """
    raw, parsed = message.raw, message.parsed
    if not parsed.complete or parsed.head_size != head_size or parsed.size != len(raw):
        return None
    place, before = head_size, b""
    sizes: list[int] = []
    for start, stop in parsed.payload:
        if raw[place:start] != b"%b%x\r\n" % (before, stop - start):
            return None
        sizes.append(stop - start)
        place, before = stop, CRLF
    start, stop = parsed.trailers
    canonical = raw[place:start] == before + b"0\r\n" and raw[stop:] == CRLF
    return sizes if canonical else None


def encode_body(body: bytes, head: bytes) -> bytes:
    """Return the lines of a body without chunk framing."""
    spread = encode_json(body)
    if spread is not None and is_plain_text(body):
        return b"    json: |%b\n    style: %b\n" % spread
    text = encode_text(body)
    if text is not None:
        return b"    text: %b\n" % text
    return b"%b    body: %b\n" % (preview(body, head), encode_binary(body))
