"""One message being masked: its parts are searched, and masks are written back into the bytes."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final

from cassette.redaction import finders
from cassette.redaction.masks import Spot, mask_digits, mask_number
from cassette.redaction.names import has_name
from cassette.wire.framing import Framing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cassette.redaction.finders import Hit, IsSecret
    from cassette.redaction.masks import Ledger
    from cassette.wire.parser import MessageParser

SCAN_LIMIT: Final = 64 << 20
"""Bytes of a decompressed body that are searched; a longer one stays as it came.

A few kilobytes can decompress to gigabytes. 64 MiB is what urllib3 users set for such bodies.
"""

_BINARY: Final = re.compile(
    rb"(?:image/(?!svg)|audio/|video/|font/|application/(?:zip|gzip|pdf|x-tar|wasm|x-protobuf))",
    re.IGNORECASE,
)
_TEXTUAL: Final = re.compile(
    rb"text/|multipart/|[\w./+-]*(?:json|xml|urlencoded|javascript|graphql|yaml|html)",
    re.IGNORECASE,
)
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

_STRUCTURAL_NAMES: Final = """
    accept accept-charset accept-encoding accept-language accept-ranges age allow cache-control
    connection content-disposition content-encoding content-language content-length content-range
    content-type date expect expires host if-modified-since if-unmodified-since keep-alive
    last-modified max-forwards pragma proxy-connection range retry-after server te trailer
    transfer-encoding upgrade user-agent vary via
"""
_STRUCTURAL: Final = frozenset(_STRUCTURAL_NAMES.split())
"""Header fields in which a learned secret stands by chance only, and where a mask does harm."""

_FIELD_NAME: Final = re.compile(rb"[^\s:]+")


class Draft:
    """One message on its way to the disk.

    Args:
        raw: The message as on the wire.
        parser: Where its parts are.
        role: ``request`` or ``response``.
    """

    def __init__(self, raw: bytes, parser: MessageParser, role: str) -> None:
        self.raw = raw
        self.role = role
        self._parser = parser
        self._head_stop = parser.head_size
        if not parser.head_size:
            # No complete head, or no HTTP at all: fields may stand anywhere.
            self._head_stop = len(raw)
        self._kind = b""
        self._coding = b""
        for name, value in parser.fields:
            folded = name.lower()
            if folded == b"content-type":
                self._kind = value
            elif folded == b"content-encoding":
                self._coding = value.lower()
        self._truncated = False
        self._content = self._read_content()
        self._head_spots: list[Spot] = []
        self._content_spots: list[Spot] = []
        self.places: list[str] = []

    # -- reading

    def _read_content(self) -> bytes | None:
        """Return the body as its meaning, or None where it is nothing to be searched."""
        spans = self._parser.payload
        if not spans or self._parser.garbage or _BINARY.match(self._kind):
            return None
        raw = self.raw
        if self._coding and self._coding != b"identity":
            if self._kind and not _TEXTUAL.match(self._kind):
                return None
            return self._decompress(b"".join([raw[start:stop] for start, stop in spans]))
        if not _TEXTUAL.match(self._kind):
            start, stop = spans[0]
            if _CONTROL.search(raw, start, min(stop, start + 1024)):
                return None
        if len(spans) == 1 and spans[0] == (0, len(raw)):
            return raw
        return b"".join([raw[start:stop] for start, stop in spans])

    def _decompress(self, body: bytes) -> bytes | None:
        coding = self._coding.strip()
        windows = {b"gzip": (31,), b"x-gzip": (31,), b"deflate": (15, -15)}.get(coding, ())
        for window in windows:
            try:
                content, self._truncated = inflate(body, window)
            except zlib.error:
                continue
            self._window = window
            return content
        return None

    # -- searching

    def find(self, is_secret: IsSecret, words: frozenset[bytes], ledger: Ledger) -> None:
        """Mark the secrets that stand in fields of secret names, and learn them."""
        head = self.raw[: self._head_stop]
        if b"://" in head or has_name(head, words):
            self._take(self._in_head(head, is_secret), self._head_spots, ledger)
        start, stop = self._parser.trailers
        if start < stop:
            hits = finders.in_fields(self.raw, start, stop, is_secret)
            self._take(hits, self._head_spots, ledger)
        content = self._content
        if content is not None and (b"://" in content or has_name(content, words)):
            self._take(content_hits(content, self._kind, is_secret), self._content_spots, ledger)

    def _in_head(self, head: bytes, is_secret: IsSecret) -> Iterator[Hit]:
        line_stop = head.find(b"\n") + 1 or len(head)
        if self.role == "request":
            start = head.find(b" ", 0, line_stop) + 1
            stop = head.rfind(b" ", start, line_stop)
            if stop < 0 or not head.startswith(b"HTTP/", stop + 1):
                stop = len(head[:line_stop].rstrip())
            yield from finders.in_target(head, start, stop, is_secret)
        yield from finders.in_fields(head, 0, len(head), is_secret)
        yield from finders.in_urls(head, line_stop, len(head), is_secret, "headers")
        if self._parser.garbage:
            yield from _in_text(head, 0, len(head), is_secret)

    def _take(self, hits: Iterable[Hit], spots: list[Spot], ledger: Ledger) -> None:
        for hit in hits:
            number = mask_number(hit.secret)
            if number is not None:
                ledger.reserve(number)
                continue
            length = hit.stop - hit.start
            if hit.number:
                source = self.raw if spots is self._head_spots else self._content or b""
                text = source[hit.start : hit.stop]
                hidden = mask_digits(text)
                if hidden == text:
                    continue
            else:
                hidden = ledger.mask(hit.secret, length)
            spots.append(Spot(hit.start, hit.stop, hidden))
            self.places.append(f"{self.role}.{hit.place}")
            if hit.learn:
                ledger.learn(hit.secret)

    def find_learned(self, ledger: Ledger) -> None:
        """Mark what was learned elsewhere, wherever it stands in this message."""
        head = self.raw[: self._head_stop]
        for spot in ledger.spots(head):
            place = _head_place(head, spot, self.role)
            if place and _add(self._head_spots, spot):
                self.places.append(f"{self.role}.{place}")
        if self._content is not None:
            for spot in ledger.spots(self._content):
                if _add(self._content_spots, spot):
                    self.places.append(f"{self.role}.body")

    # -- writing

    def masked(self) -> bytes:
        """Return the message with its masks; the very same object where there are none."""
        if not self._head_spots and not self._content_spots:
            return self.raw
        if self._content_spots and self._coding and self._coding != b"identity":
            return self._recompressed()
        out = bytearray(self.raw)
        for start, stop, hidden in self._head_spots:
            out[start:stop] = hidden
        if self._content_spots:
            _write_through(out, self._parser.payload, self._content_spots)
        return bytes(out)

    def _recompressed(self) -> bytes:
        content = bytearray(self._content or b"")
        for start, stop, hidden in self._content_spots:
            content[start:stop] = hidden
        packer = zlib.compressobj(9, zlib.DEFLATED, self._window)
        # What was cut short stays cut short: no end mark.
        end = zlib.Z_SYNC_FLUSH if self._truncated else zlib.Z_FINISH
        body = packer.compress(bytes(content)) + packer.flush(end)
        parser = self._parser
        head = bytearray(self.raw[: parser.head_size])
        for start, stop, hidden in self._head_spots:
            if stop <= len(head):
                head[start:stop] = hidden
        if parser.framing is Framing.LENGTH:
            missing = parser.length - sum(stop - start for start, stop in parser.payload)
            return _set_length(bytes(head), len(body) + missing) + body
        if parser.framing is Framing.CHUNKED:
            start, stop = parser.payload[0][0], parser.payload[-1][1]
            del start
            chunk = b"%x\r\n%b" % (len(body), body)
            tail = bytearray(self.raw)
            for spot in self._head_spots:
                tail[spot.start : spot.stop] = spot.mask
            return bytes(head) + chunk + bytes(tail[stop:])
        return bytes(head) + body


def content_hits(content: bytes, kind: bytes, is_secret: IsSecret) -> Iterator[Hit]:
    """Yield the secrets in the fields of a body.

    Args:
        content: The body, decompressed and without chunk framing.
        kind: Value of Content-Type; empty where there is none.
        is_secret: Whether a name is the name of a secret.
    """
    media = kind.lower()
    boundary = finders.boundary_of(kind) if b"multipart" in media else None
    if boundary is not None:
        for part in finders.parts_of(content, boundary):
            name = finders.part_name(content[part.start : part.body])
            if is_secret(name) and part.body < part.stop:
                secret = content[part.body : part.stop]
                yield finders.Hit(part.body, part.stop, secret, f"form.{name}")
            elif not _CONTROL.search(content, part.body, min(part.stop, part.body + 1024)):
                yield from _in_text(content, part.body, part.stop, is_secret)
    elif b"urlencoded" in media and content[:1] not in b"{[":
        yield from finders.in_form(content, 0, len(content), is_secret)
    else:
        yield from _in_text(content, 0, len(content), is_secret)


def _in_text(data: bytes, start: int, stop: int, is_secret: IsSecret) -> Iterator[Hit]:
    yield from finders.in_json(data, start, stop, is_secret)
    if data.find(b'\\"', start, stop) >= 0:
        yield from finders.in_nested_json(data, start, stop, is_secret)
    if data.find(b"</", start, stop) >= 0:
        yield from finders.in_xml(data, start, stop, is_secret)
    yield from finders.in_urls(data, start, stop, is_secret, "body")


def inflate(body: bytes, window: int) -> tuple[bytes | None, bool]:
    """Return a compressed body decompressed, and whether it was cut short.

    Args:
        body: One or more compressed members.
        window: What ``zlib`` calls wbits.

    Returns:
        None in place of the content where it is longer than ``SCAN_LIMIT``.

    Raises:
        zlib.error: It is not compressed in this way.
    """
    out: list[bytes] = []
    room = SCAN_LIMIT
    while True:
        unpacker = zlib.decompressobj(window)
        out.append(unpacker.decompress(body, room))
        room -= len(out[-1])
        if unpacker.unconsumed_tail:
            return None, False
        if not unpacker.eof or not unpacker.unused_data:
            return b"".join(out), not unpacker.eof
        body = unpacker.unused_data


def _add(spots: list[Spot], spot: Spot) -> bool:
    """Add a spot that overlaps no other; return whether it was added."""
    if any(spot.start < other.stop and other.start < spot.stop for other in spots):
        return False
    spots.append(spot)
    return True


def _write_through(out: bytearray, spans: list[tuple[int, int]], spots: list[Spot]) -> None:
    """Write masks, given as offsets into the body, into a message whose body is in pieces."""
    ordered = iter(sorted(spots))
    spot = next(ordered, None)
    offset = 0  # of the current piece in the body
    for start, stop in spans:
        size = stop - start
        while spot is not None and spot.start < offset + size:
            first, last = max(spot.start, offset), min(spot.stop, offset + size)
            out[start + first - offset : start + last - offset] = spot.mask[
                first - spot.start : last - spot.start
            ]
            if spot.stop > offset + size:
                break  # the rest stands in the next piece
            spot = next(ordered, None)
        offset += size


_LENGTH: Final = re.compile(rb"(?im)^(content-length[ \t]*:[ \t]*)\d+")


def _set_length(head: bytes, length: int) -> bytes:
    return _LENGTH.sub(lambda found: b"%b%d" % (found[1], length), head)


def _head_place(head: bytes, spot: Spot, role: str) -> str:
    """Return what a learned secret would be masked in; empty where it must stay."""
    line_start = head.rfind(b"\n", 0, spot.start) + 1
    while line_start and head[line_start : line_start + 1] in (b" ", b"\t"):
        line_start = head.rfind(b"\n", 0, line_start - 1) + 1  # a folded line
    if not line_start:
        return "target" if role == "request" and spot.start > head.find(b" ") else ""
    found = _FIELD_NAME.match(head, line_start)
    if found is None:
        return "headers"
    if spot.start < found.end():
        return ""
    name = found[0].decode("latin-1").lower()
    return "" if name in _STRUCTURAL else f"headers.{name}"
