"""One message being masked: its parts are searched, and masks are written back into the bytes."""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.redaction import urls
from cassette.redaction.contents import CONTROL, content_hits, in_lines, packed_texts
from cassette.redaction.hits import KNOWN, NAME, Hit
from cassette.redaction.names import normal_name
from cassette.redaction.tokens import in_tokens
from cassette.wire.codings import GZIP_MAGIC, codings_of, pack, unpack
from cassette.wire.framing import Framing
from cassette.wire.heads import field_at, target_span, with_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cassette.model import Message
    from cassette.redaction.judging import Court
    from cassette.redaction.known import Sighting
    from cassette.redaction.memory import SecretMemory
    from cassette.redaction.rules import Rules
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
_UTF16: Final = re.compile(rb"utf-?16(?:-?(le|be))?", re.IGNORECASE)

_STRUCTURAL_NAMES: Final = """
    accept accept-charset accept-encoding accept-language accept-ranges age allow cache-control
    connection content-disposition content-encoding content-language content-length content-range
    content-type date expect expires host if-modified-since if-unmodified-since keep-alive
    last-modified max-forwards pragma proxy-connection range retry-after server te trailer
    transfer-encoding upgrade user-agent vary via
"""
_STRUCTURAL: Final = frozenset(_STRUCTURAL_NAMES.split())
"""Header fields in which a known secret stands by chance only, and where a mask does harm."""


_LONG_LINE: Final = 200
"""Bytes from which on a line of a head is no longer remembered."""

_REMEMBERED: Final = 4096
"""Lines that are remembered."""


class Spot(NamedTuple):
    """A place in some bytes where a mask must stand.

    Attributes:
        start: Offset of its first byte.
        stop: Offset after its last byte.
        mask: The mask, of the same length.
        secret: What it hides, escapes undone; empty where it is a text with masks in it.
    """

    start: int
    stop: int
    mask: bytes
    secret: bytes = b""


class Finds:
    """What was found in one message.

    Attributes:
        rules: The rule of each place, in the order in which they were found.
        masks: The masks that were written.
    """

    def __init__(self, memory: SecretMemory, role: str) -> None:
        self.rules: dict[str, str] = {}
        self.masks: dict[bytes, None] = {}
        self._memory = memory
        self._role = role

    def take(self, hits: Iterable[Hit], source: bytes, spots: list[Spot]) -> None:
        """Learn the secrets of hits, and note the masks that are to stand in their place.

        Args:
            hits: The hits.
            source: The bytes that they were found in.
            spots: Gets the masks.
        """
        memory = self._memory
        for hit in hits:
            if memory.is_mask(hit.secret):
                continue
            if memory.limits and hit.rule == NAME and not self._within_limits(hit.place):
                continue
            if hit.learn:
                memory.learn(hit.secret)
            size = hit.stop - hit.start
            if not size:
                continue
            rule, keep = hit.rule, hit.keep
            if rule == NAME and not hit.number:
                rule, keep = kind_of(hit.secret)
            if hit.packed:
                hidden = hit.packed
            else:
                plain = size == len(hit.secret)
                hidden = memory.mask(hit.secret, size, keep=keep if plain else 0, number=hit.number)
            if hidden != source[hit.start : hit.stop]:
                spots.append(Spot(hit.start, hit.stop, hidden, hit.secret))
                self.note(hit.place, rule, hidden, listed=not hit.packed)

    def _within_limits(self, place: str) -> bool:
        """Return whether a name is secret at a place, where a rule of the user's limits it."""
        applies = self._memory.limits.get(normal_name(place.rpartition(".")[2]))
        return applies is None or applies(f"{self._role}.{place}".lower())

    def note(self, place: str, rule: str, hidden: bytes, *, listed: bool) -> None:
        """Remember a mask, its place and its rule."""
        self.rules.setdefault(f"{self._role}.{place}" if self._role else place, rule)
        if listed:
            self.masks[hidden] = None


def kind_of(secret: bytes) -> tuple[str, int]:
    """Return the rule that says what a secret is, found by name, and how much of it stays."""
    for hit in in_tokens(secret, 0, len(secret), ""):
        if hit.start == 0 and hit.stop == len(secret):
            return hit.rule, hit.keep
        break
    return NAME, 0


class MaskedMessage:
    """One message on its way to the disk.

    Args:
        message: The message as it came.
        role: ``request`` or ``response``.
        court: Judges names and values.
        memory: Knows the masks.
        rules: Rules of the user's, if there are any.

    Attributes:
        finds: What was found.
        unsearched: Its body could not be searched.
    """

    def __init__(
        self,
        message: Message,
        role: str,
        court: Court,
        memory: SecretMemory,
        rules: Rules | None = None,
    ) -> None:
        self.raw = raw = message.raw
        self.role = role
        self.finds = Finds(memory, role)
        self.unsearched = False
        self._court = court
        self._memory = memory
        self._rules = rules
        self._parser = parser = message.parsed
        # No complete head, or no HTTP at all: fields may stand anywhere.
        self._head_stop = parser.head_size or len(raw)
        self._surplus = max(parser.size, self._head_stop)
        self._kinds = parser.fields.every(b"content-type")
        self._codings = codings_of(parser.fields.every(b"content-encoding"))
        self._packings: list[Packing] = []
        self._charset = ""  # in which the content was before it was made UTF-8
        # The body as it is searched: a region of the message itself where it stands there in one
        # piece, so that a large one is not copied; else the pieces put together, decompressed.
        self._content = raw
        self._start = self._stop = 0
        self._read_content()
        self._head_spots: list[Spot] = []
        self._content_spots: list[Spot] = []

    # -- reading

    def _read_content(self) -> None:
        spans, raw = self._parser.payload, self.raw
        if not spans or self._parser.garbage:
            return
        first, last = spans[0]
        start = raw[first : min(first + 4, last)]
        codings = self._codings
        if not codings and start.startswith(GZIP_MAGIC):
            codings = [b"gzip"]  # whatever its label says
        elif self._kinds and all(map(_BINARY.match, self._kinds)):
            return
        if codings:
            body = b"".join([raw[start:stop] for start, stop in spans])
            content, self._packings = unpack(body, codings, SCAN_LIMIT)
            if content is None or len(self._packings) < len(codings):
                self.unsearched = content is None or CONTROL.search(content[:1024]) is not None
            if self._packings and content is not None:
                self._take_content(content, 0, len(content))
                return
            # It is not compressed, whatever the fields say, or in a way that nobody here knows.
        if len(spans) == 1:
            self._take_content(raw, first, last)
        else:
            content = b"".join([raw[start:stop] for start, stop in spans])
            self._take_content(content, 0, len(content))

    def _take_content(self, content: bytes, start: int, stop: int) -> None:
        charset = self._utf16_of(content, start, stop)
        if charset:
            try:
                text = content[start:stop].decode(charset).encode()
            except UnicodeError:
                return
            self._charset = charset
            content, start, stop = text, 0, len(text)
        if self._is_text(content, start, stop):
            self._content, self._start, self._stop = content, start, stop

    def _utf16_of(self, content: bytes, start: int, stop: int) -> str:
        """Return the name of UTF-16 where a body is in it: by its mark, its label, or its zeros."""
        if (stop - start) % 2 or stop - start < 4:  # noqa: PLR2004 - two characters
            return ""
        mark = content[start : start + 2]
        if mark in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
        sample = content[start : min(start + 256, stop)]
        odd, even = sample[1::2].count(0), sample[::2].count(0)
        if odd * 2 > len(sample) // 2 and not even:
            return "utf-16-le"
        if even * 2 > len(sample) // 2 and not odd:
            return "utf-16-be"
        return ""

    def _is_text(self, data: bytes, start: int, stop: int) -> bool:
        """Return whether a body is text by its type, or may be by its first bytes."""
        whole = len(self._packings) >= len(self._codings)
        if whole and any(map(_TEXTUAL.match, self._kinds)):
            return True
        return not CONTROL.search(data, start, min(stop, start + 1024))

    # -- searching

    def find(self) -> None:
        """Mark the secrets that tell by name or shape, and learn them."""
        raw, court = self.raw, self._court
        if self._rules:
            self._find_by(self._rules)
        self.finds.take(self._in_head(raw[: self._head_stop]), raw, self._head_spots)
        start, stop = self._parser.trailers
        if start < stop:
            self.finds.take(in_lines(raw, start, stop, court), raw, self._head_spots)
        if self._surplus < len(raw):
            # What follows the end of a message, such as the body of an answer to HEAD.
            start, stop = self._surplus, len(raw)
            for hits in (
                in_lines(raw, start, stop, court),
                content_hits(raw, start, stop, b"", court),
            ):
                self.finds.take(hits, raw, self._head_spots)
        content, start, stop = self._content, self._start, self._stop
        if start < stop:
            kind = b", ".join(self._kinds)
            hits = content_hits(content, start, stop, kind, court)
            self.finds.take(hits, content, self._content_spots)
            if court.defaults:
                packed = packed_texts(content, start, stop, court, self._memory)
                self.finds.take(packed, content, self._content_spots)

    def _find_by(self, rules: Rules) -> None:
        """Mark what the user's own rules find."""
        raw, memory = self.raw, self._memory

        def in_head(offset: int) -> str:
            place = _head_place(raw, offset, self.role)
            return place and f"{self.role}.{place}"

        def in_body(_: int) -> str:
            return f"{self.role}.body"

        hits = rules.hits(raw, 0, self._head_stop, in_head, memory)
        self.finds.take(hits, raw, self._head_spots)
        if self._start < self._stop:
            found = rules.hits(self._content, self._start, self._stop, in_body, memory)
            self.finds.take(found, self._content, self._content_spots)

    def _in_head(self, head: bytes) -> Iterator[Hit]:
        court = self._court
        line_stop = head.find(b"\n") + 1 or len(head)
        if self.role == "request":
            target = target_span(head)
            yield from urls.in_target(head, *target, court)
            if court.defaults:
                yield from in_tokens(head, *target, "target")
        if not self._parser.head_size or b"\n " in head or b"\n\t" in head:
            yield from in_lines(head, line_stop if self._parser.head_size else 0, len(head), court)
            if self._parser.garbage:
                yield from content_hits(head, 0, len(head), b"", court)
            return
        # The lines of most heads are the same again and again, and hold nothing.
        harmless = court.harmless
        lines = head[line_stop:].split(b"\n")
        if harmless.issuperset(lines):
            return
        start = line_stop
        for line in lines:
            stop = start + len(line)
            if line not in harmless:
                found = False
                for hit in in_lines(head, start, stop, court):
                    found = True
                    yield hit
                if not found and len(line) < _LONG_LINE and len(harmless) < _REMEMBERED:
                    harmless.add(line)
            start = stop + 1

    def find_known(self) -> None:
        """Mark what is known to be a secret, wherever it stands in this message."""
        raw, known = self.raw, self._memory.known
        if not len(known):
            return
        in_head = chain(
            known.sightings(raw, 0, self._head_stop),
            known.sightings(raw, self._surplus, len(raw)),
        )
        self._head_spots.sort()
        for sighting in in_head:
            place = _head_place(raw, sighting[0], self.role)
            if place:
                self._take_known(raw, sighting, self._head_spots, place)
        content = self._content
        self._content_spots.sort()
        for sighting in known.sightings(content, self._start, self._stop):
            self._take_known(content, sighting, self._content_spots, "body")

    def _take_known(self, data: bytes, sighting: Sighting, spots: list[Spot], place: str) -> None:
        """Note a mask where no other one stands; the spots are in order, and stay so."""
        spot = self._spot_of(data, sighting)
        at = bisect(spots, spot)
        before = at and spots[at - 1].stop > spot.start
        if not before and not (at < len(spots) and spots[at].start < spot.stop):
            spots.insert(at, spot)
            self.finds.note(place, KNOWN, spot.mask, listed=bool(spot.secret))

    def _spot_of(self, data: bytes, sighting: Sighting) -> Spot:
        start, stop, secret, packed = sighting
        memory = self._memory
        if packed:
            spelt = _repacked(data[start:stop], secret, memory)
            if spelt is not None:
                return Spot(start, stop, spelt)
        text = data[start:stop]
        if text == secret:
            keep = kind_of(secret)[1]
            return Spot(start, stop, memory.mask(secret, len(text), keep=keep), secret)
        if _HEX.fullmatch(text) and len(text) == 2 * len(secret):
            hidden = memory.mask(text, len(text))
        else:
            hidden = memory.mask(secret, len(text))
        return Spot(start, stop, hidden, secret)

    # -- writing

    @property
    def is_touched(self) -> bool:
        """Whether there are masks to be written."""
        return bool(self._head_spots or self._content_spots)

    def masked(self) -> bytes:
        """Return the message with its masks; the very same object where there are none."""
        if not self.is_touched:
            return self.raw
        head_spots, content_spots = apart(self._head_spots), apart(self._content_spots)
        out = bytearray(self.raw)
        _write(out, head_spots)
        if not content_spots:
            return bytes(out)
        if self._content is self.raw:
            _write(out, content_spots)
            return bytes(out)
        if not self._packings and not self._charset:
            _write_through(out, self._parser.payload, content_spots)
            return bytes(out)
        content = bytearray(self._content)
        _write(content, content_spots)
        body = bytes(content)
        if self._charset:
            body = body.decode().encode(self._charset)
        if self._packings or len(body) != sum(b - a for a, b in self._parser.payload):
            return self._recompressed(bytes(out), pack(body, self._packings))
        return self._with_body(bytes(out), body)

    def _with_body(self, raw: bytes, body: bytes) -> bytes:
        """Return the message with a body of the same length, piece by piece."""
        out = bytearray(raw)
        at = 0
        for start, stop in self._parser.payload:
            out[start:stop] = body[at : at + stop - start]
            at += stop - start
        return bytes(out)

    def _recompressed(self, raw: bytes, body: bytes) -> bytes:
        """Return the message with another body, its framing corrected.

        Args:
            raw: The message with its head masked.
            body: The body, masked and compressed again.
        """
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


_HEX: Final = re.compile(rb"[0-9a-f]+|[0-9A-F]+")


def _repacked(token: bytes, secret: bytes, memory: SecretMemory) -> bytes | None:
    """Return base64 with a secret masked inside; None where it does not decode to it."""
    padded = token + b"=" * (-len(token) % 4)
    is_url_safe = b"-" in token or b"_" in token
    try:
        inner = base64.b64decode(padded, altchars=b"-_" if is_url_safe else None, validate=True)
    except binascii.Error:
        return None
    masked = bytearray(inner)
    for start, stop, other, is_packed in memory.known.sightings(inner):
        if not is_packed:
            keep = kind_of(other)[1] if stop - start == len(other) else 0
            masked[start:stop] = memory.mask(other, stop - start, keep=keep)
    if secret in masked:
        return None
    spelt = base64.b64encode(masked, altchars=b"-_" if is_url_safe else None)
    return spelt[: len(token)]


def apart(spots: list[Spot]) -> list[Spot]:
    """Return spots in order, each without the bytes that one before it covers."""
    found: list[Spot] = []
    end = 0
    for spot in sorted(spots, key=lambda spot: (spot.start, -spot.stop)):
        if spot.stop > end:
            first = max(spot.start, end)
            found.append(spot._replace(start=first, mask=spot.mask[first - spot.start :]))
            end = spot.stop
    return found


def _write(out: bytearray, spots: list[Spot]) -> None:
    for spot in spots:
        out[spot.start : spot.stop] = spot.mask


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


def _head_place(head: bytes, offset: int, role: str) -> str:
    """Return what a known secret would be masked in; empty where it must stay."""
    field = field_at(head, offset)
    if field is None:
        return "target" if role == "request" and offset > head.find(b" ") else ""
    if not field.name:
        return "headers"
    if offset < field.start:
        return ""
    name = field.name.decode("latin-1").lower()
    return "" if name in _STRUCTURAL else f"headers.{name}"
