"""One message being masked: its parts are searched, and masks are written back into the bytes."""

from __future__ import annotations

import re
from bisect import bisect
from itertools import chain
from typing import TYPE_CHECKING, Final

from cassette.redaction import finders
from cassette.redaction.alarms import has_name, has_userinfo
from cassette.redaction.masks import Spot, mask_digits, mask_number
from cassette.redaction.multipart import boundary_of, part_name, parts_of
from cassette.wire.codings import codings_of, pack, unpack
from cassette.wire.framing import Framing
from cassette.wire.grammar import MAX_HEAD
from cassette.wire.headers import first_value, parse_fields
from cassette.wire.heads import field_at, target_span, with_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cassette.model import Message
    from cassette.redaction.finders import Hit, IsSecret
    from cassette.redaction.masks import SecretMemory
    from cassette.wire.codings import Packing

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
_FORM: Final = re.compile(rb"[\w.~%+\[\]-]++=[^&\s\"'<>]*+(?:&[\w.~%+\[\]-]++=[^&\s\"'<>]*+)*+\s*+")
"""A body that is nothing but pairs; not every client, nor every server, says that it is a form."""

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


class MaskedMessage:
    """One message on its way to the disk.

    Args:
        message: The message as it came.
        role: ``request`` or ``response``.
    """

    def __init__(self, message: Message, role: str) -> None:
        self.raw = raw = message.raw
        self.role = role
        self._parser = parser = message.parsed
        self._head_stop = parser.head_size
        if not parser.head_size:
            # No complete head, or no HTTP at all: fields may stand anywhere.
            self._head_stop = len(raw)
        self._surplus = max(parser.size, self._head_stop)
        self._kinds = parser.fields.every(b"content-type")
        self._codings = codings_of(parser.fields.every(b"content-encoding"))
        self._packings: list[Packing] = []
        # The body as it is searched: a region of the message itself where it stands there in one
        # piece, so that a large one is not copied; else the pieces put together, decompressed.
        self._content = raw
        self._start = self._stop = 0
        self._read_content()
        self._head_spots: list[Spot] = []
        self._content_spots: list[Spot] = []
        self.places: list[str] = []

    # -- reading

    def _read_content(self) -> None:
        spans, raw = self._parser.payload, self.raw
        if not spans or self._parser.garbage:
            return
        if self._kinds and all(map(_BINARY.match, self._kinds)):
            return
        if self._codings:
            body = b"".join([raw[start:stop] for start, stop in spans])
            content, self._packings = unpack(body, self._codings, SCAN_LIMIT)
            if self._packings:
                if content is not None and self._is_text(content, 0, len(content)):
                    self._content, self._stop = content, len(content)
                return
            # It is not compressed, whatever the fields say, or in a way that nobody here knows.
        first, last = spans[0]
        if not self._is_text(raw, first, last):
            return
        if len(spans) == 1:
            self._start, self._stop = first, last
            return
        self._content = b"".join([raw[start:stop] for start, stop in spans])
        self._stop = len(self._content)

    def _is_text(self, data: bytes, start: int, stop: int) -> bool:
        """Return whether a body is text by its type, or may be by its first bytes."""
        if len(self._packings) == len(self._codings) and any(map(_TEXTUAL.match, self._kinds)):
            return True
        return not _CONTROL.search(data, start, min(stop, start + 1024))

    # -- searching

    def find(self, is_secret: IsSecret, words: frozenset[bytes], memory: SecretMemory) -> None:
        """Mark the secrets that stand in fields of secret names, and learn them."""
        raw, stop = self.raw, self._head_stop
        if has_name(raw, words, 0, stop) or has_userinfo(raw, 0, stop):
            self._take(self._in_head(raw[:stop], is_secret), raw, self._head_spots, memory)
        start, stop = self._parser.trailers
        if start < stop:
            self._take(_in_lines(raw, start, stop, is_secret), raw, self._head_spots, memory)
        if self._surplus < len(raw):
            # What follows the end of a message, such as the body of an answer to HEAD.
            start, stop = self._surplus, len(raw)
            for hits in (
                _in_lines(raw, start, stop, is_secret),
                content_hits(raw, start, stop, b"", is_secret),
            ):
                self._take(hits, raw, self._head_spots, memory)
        content, start, stop = self._content, self._start, self._stop
        if has_name(content, words, start, stop):
            hits = content_hits(content, start, stop, b", ".join(self._kinds), is_secret)
        elif has_userinfo(content, start, stop):
            hits = finders.in_urls(content, start, stop, is_secret, "body")
        else:
            return
        self._take(hits, content, self._content_spots, memory)

    def _in_head(self, head: bytes, is_secret: IsSecret) -> Iterator[Hit]:
        line_stop = head.find(b"\n") + 1 or len(head)
        if self.role == "request":
            yield from finders.in_target(head, *target_span(head), is_secret)
        yield from finders.in_fields(head, 0, len(head), is_secret)
        yield from finders.in_urls(head, line_stop, len(head), is_secret, "headers")
        if self._parser.garbage:
            yield from content_hits(head, 0, len(head), b"", is_secret)

    def _take(
        self, hits: Iterable[Hit], source: bytes, spots: list[Spot], memory: SecretMemory
    ) -> None:
        for hit in hits:
            text = source[hit.start : hit.stop]
            known = None if hit.number else mask_number(hit.secret)
            if known is not None:
                memory.reserve(known)
                continue
            if hit.learn:
                memory.learn(hit.secret)
            if not text:
                continue
            hidden = mask_digits(text) if hit.number else memory.mask(hit.secret, len(text))
            if hidden != text:
                spots.append(Spot(hit.start, hit.stop, hidden))
                self.places.append(f"{self.role}.{hit.place}")

    def find_learned(self, memory: SecretMemory) -> None:
        """Mark what was learned elsewhere, wherever it stands in this message."""
        raw = self.raw
        in_head = chain(
            memory.spots(raw, 0, self._head_stop), memory.spots(raw, self._surplus, len(raw))
        )
        for spot in _free(in_head, self._head_spots):
            place = _head_place(raw, spot, self.role)
            if place:
                self._head_spots.append(spot)
                self.places.append(f"{self.role}.{place}")
        found = memory.spots(self._content, self._start, self._stop)
        for spot in _free(found, self._content_spots):
            self._content_spots.append(spot)
            self.places.append(f"{self.role}.body")

    # -- writing

    def masked(self) -> bytes:
        """Return the message with its masks; the very same object where there are none."""
        head_spots, content_spots = _apart(self._head_spots), _apart(self._content_spots)
        if not head_spots and not content_spots:
            return self.raw
        out = bytearray(self.raw)
        _write(out, head_spots)
        if not content_spots:
            return bytes(out)
        if self._content is self.raw:
            _write(out, content_spots)
        elif self._packings:
            content = bytearray(self._content)
            _write(content, content_spots)
            return self._recompressed(bytes(out), bytes(content))
        else:
            _write_through(out, self._parser.payload, content_spots)
        return bytes(out)

    def _recompressed(self, raw: bytes, content: bytes) -> bytes:
        """Return the message with another content, its framing corrected.

        Args:
            raw: The message with its head masked.
            content: The body, decompressed and masked.
        """
        body = pack(content, self._packings)
        parser = self._parser
        head, payload = raw[: parser.head_size], parser.payload
        if parser.framing is Framing.LENGTH:
            missing = parser.length - sum(stop - start for start, stop in payload)
            head = with_length(head, len(body) + missing)
            return head + body + raw[self._surplus :]
        if parser.framing is Framing.CHUNKED:
            # One chunk; what stood behind the last one, its trailers too, stays.
            return head + b"%x\r\n" % len(body) + body + raw[payload[-1][1] :]
        return head + body


def content_hits(  # noqa: PLR0913 - the level is our own affair
    content: bytes,
    start: int,
    stop: int,
    kind: bytes,
    is_secret: IsSecret,
    *,
    levels: int = 4,
) -> Iterator[Hit]:
    """Yield the secrets in the fields of a body.

    Args:
        content: What holds the body, decompressed and without chunk framing.
        start: Where the body begins.
        stop: Where it ends.
        kind: Value of Content-Type; empty where there is none.
        is_secret: Whether a name is the name of a secret.
        levels: How deep multipart bodies within each other are taken apart.
    """
    media = kind.lower()
    boundary = boundary_of(kind) if levels and b"multipart" in media else None
    parts = list(parts_of(content, boundary, start, stop)) if boundary is not None else []
    if parts:
        for part in parts:
            head = content[part.start : min(part.body, part.start + MAX_HEAD)]
            name = part_name(head)
            yield from _in_lines(content, part.start, part.body, is_secret)
            if is_secret(name) and part.body < part.stop:
                secret = content[part.body : part.stop]
                yield finders.Hit(part.body, part.stop, secret, f"form.{name}")
            elif not _CONTROL.search(content, part.body, min(part.stop, part.body + 1024)):
                own = first_value(parse_fields(head), b"content-type") or b""
                yield from content_hits(
                    content, part.body, part.stop, own, is_secret, levels=levels - 1
                )
                if own.lower().startswith(b"application/http"):
                    yield from _in_lines(content, part.body, part.stop, is_secret)
    elif _is_form(content, start, stop, media):
        yield from finders.in_form(content, start, stop, is_secret)
        yield from finders.in_userinfo(content, start, stop, "form.userinfo")
        yield from finders.in_parameters(content, start, stop, is_secret, "form")
    else:
        yield from _in_text(content, start, stop, is_secret)


def _is_form(content: bytes, start: int, stop: int, media: bytes) -> bool:
    if content[start : start + 1] in b"{[":
        return False
    return b"urlencoded" in media or _FORM.fullmatch(content, start, stop) is not None


def _in_lines(data: bytes, start: int, stop: int, is_secret: IsSecret) -> Iterator[Hit]:
    """Yield the secrets in field lines: by their names, and in the URLs that they hold."""
    yield from finders.in_fields(data, start, stop, is_secret)
    yield from finders.in_urls(data, start, stop, is_secret, "headers")


def _in_text(data: bytes, start: int, stop: int, is_secret: IsSecret) -> Iterator[Hit]:
    yield from finders.in_json(data, start, stop, is_secret)
    if data.find(b'\\"', start, stop) >= 0:
        yield from finders.in_nested_json(data, start, stop, is_secret)
    if data.find(b"<", start, stop) >= 0:
        yield from finders.in_xml(data, start, stop, is_secret)
    yield from finders.in_urls(data, start, stop, is_secret, "body")


def _free(found: Iterable[Spot], taken: list[Spot]) -> Iterator[Spot]:
    """Yield the spots that overlap neither those taken nor one another."""
    taken = sorted(taken)
    for spot in found:
        at = bisect(taken, spot)
        before = at and taken[at - 1].stop > spot.start
        if not before and not (at < len(taken) and taken[at].start < spot.stop):
            taken.insert(at, spot)
            yield spot


def _apart(spots: list[Spot]) -> list[Spot]:
    """Return spots in order, each without the bytes that one before it covers."""
    apart: list[Spot] = []
    end = 0
    for start, stop, hidden in sorted(spots, key=lambda spot: (spot.start, -spot.stop)):
        if stop > end:
            first = max(start, end)
            apart.append(Spot(first, stop, hidden[first - start :]))
            end = stop
    return apart


def _write(out: bytearray, spots: list[Spot]) -> None:
    for start, stop, hidden in spots:
        out[start:stop] = hidden


def _write_through(out: bytearray, spans: list[tuple[int, int]], spots: list[Spot]) -> None:
    """Write masks, given as offsets into the body, into a message whose body is in pieces."""
    ordered = iter(spots)
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


def _head_place(head: bytes, spot: Spot, role: str) -> str:
    """Return what a learned secret would be masked in; empty where it must stay."""
    field = field_at(head, spot.start)
    if field is None:
        return "target" if role == "request" and spot.start > head.find(b" ") else ""
    if not field.name:
        return "headers"
    if spot.start < field.start:
        return ""
    name = field.name.decode("latin-1").lower()
    return "" if name in _STRUCTURAL else f"headers.{name}"
