"""Values that are known to be secrets, looked for wherever they may return.

One look at a text costs the same for ten secrets and for ten thousand: of each spelling a few bytes
stand in a dictionary, and only where these turn up the rest is compared. No pattern is compiled.
"""

from __future__ import annotations

import base64
import html
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.locks import make_lock
from cassette.redaction.tokens import RUNS
from cassette.redaction.values import looks_random

if TYPE_CHECKING:
    from collections.abc import Iterator

_GRAM: Final = 8
_MOST: Final = 16
"""Grams of each spelling that are remembered: text is looked at no farther apart than these."""

_ANCHOR: Final = 12
"""Shortest run of letters and digits in a spelling by which it is found inside of other runs."""

_RUN: Final = re.compile(rb"[A-Za-z0-9_-]+")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]*={0,2}")
_LONG: Final = b"a" * _ANCHOR
_LONGEST: Final = 1 << 14


class Anchor(NamedTuple):
    """What is looked for of one secret.

    Attributes:
        secret: The secret.
        text: The bytes in which the anchor stands: the secret, or a packed spelling of it.
        offset: Where in them it begins.
        glued: Bytes of an escape before it that look like a part of the same word.
        whole: It is made of words, or short: as part of a longer word, or as the name of a member,
            it is something else.
    """

    secret: bytes
    text: bytes
    offset: int
    glued: int = 0
    whole: bool = False


class Sighting(NamedTuple):
    """A known secret in some bytes.

    Attributes:
        start: Where it begins.
        stop: Where it ends.
        secret: The secret.
        packed: It stands inside of base64, which begins and ends there.
    """

    start: int
    stop: int
    secret: bytes
    packed: bool


class KnownValues:
    """Secrets by what they are made of. It may be used from several threads."""

    def __init__(self) -> None:
        self._lock = make_lock()
        self._secrets: set[bytes] = set()
        self._grams: dict[bytes, list[Anchor]] = {}
        self._words: dict[bytes, list[Anchor]] = {}
        self._stride = _MOST

    def __len__(self) -> int:
        return len(self._secrets)

    def add(self, secret: bytes) -> None:
        """Look for a secret from now on."""
        if secret in self._secrets or len(secret) > _LONGEST:
            return
        with self._lock:
            for text in (secret, *_packed(secret)):
                self._remember(secret, text)
            self._secrets.add(secret)

    def _remember(self, secret: bytes, text: bytes) -> None:
        runs = sorted(_RUN.finditer(text), key=lambda run: run.start() - run.end())
        if not runs:
            return
        start, word = runs[0].start(), runs[0][0]
        whole = text is secret and not looks_random(secret.decode("utf-8", "replace"), _ANCHOR)
        if len(word) < _ANCHOR:
            for glued in _glued(text, start):
                anchor = Anchor(secret, text, start, len(glued), whole)
                self._words.setdefault(glued + word, []).append(anchor)
            return
        # The stride goes down before the rest follows: the table is read while it grows.
        count = min(len(word) - _GRAM + 1, _MOST)
        self._stride = min(self._stride, count)
        for offset in range(start, start + count):
            gram = text[offset : offset + _GRAM]
            anchor = Anchor(secret, text, offset, 0, whole)
            self._grams.setdefault(gram, []).append(anchor)

    def sightings(self, data: bytes, start: int = 0, stop: int | None = None) -> Iterator[Sighting]:
        """Yield where known secrets stand in some bytes, in any of the usual spellings."""
        stop = len(data) if stop is None else stop
        if not self._secrets or start >= stop:
            return
        text = data if stop - start == len(data) else data[start:stop]
        ways = text.translate(RUNS)
        if self._grams:
            yield from self._in_runs(text, ways, start)
        if self._words:
            yield from self._in_words(text, start)

    def _in_runs(self, text: bytes, ways: bytes, shift: int) -> Iterator[Sighting]:
        grams, stride = self._grams, self._stride
        end = 0
        at = ways.find(_LONG)
        while at >= 0:
            last = ways.find(b" ", at)
            last = len(text) if last < 0 else last
            for place in range(at, last - _GRAM + 1, stride):
                spellings = grams.get(text[place : place + _GRAM])
                if spellings is None or place < end:
                    continue
                found = _longest(text, place, spellings)
                if found is not None:
                    end = found.stop
                    yield found._replace(start=found.start + shift, stop=found.stop + shift)
            at = ways.find(_LONG, last)

    def _in_words(self, text: bytes, shift: int) -> Iterator[Sighting]:
        words = self._words
        if words.keys().isdisjoint(text.translate(_SPACES).split()):
            return
        for run in _RUN.finditer(text):
            spellings = words.get(run[0])
            if spellings is not None:
                found = _longest(text, run.start(), spellings)
                if found is not None:
                    yield found._replace(start=found.start + shift, stop=found.stop + shift)


_SPACES: Final = bytes(code if way == ord("a") else ord(" ") for code, way in enumerate(RUNS))


def _longest(text: bytes, place: int, anchors: list[Anchor]) -> Sighting | None:
    """Return the longest secret of which one of some anchors stands at a place."""
    best: Sighting | None = None
    for secret, spelling, offset, glued, whole in anchors:
        if secret is spelling:
            at = place + glued
            start = _begin(text, at, secret[:offset])
            stop = _end(text, at, secret[offset:])
        else:
            start = place - offset
            stop = start + len(spelling)
            if start < 0 or not text.startswith(spelling, start):
                continue
        if start < 0 or stop < 0:
            continue
        if whole and (_is_part_of_a_word(text, start, stop) or _KEY_END.match(text, stop)):
            continue
        packed = secret is not spelling and not _HEX.fullmatch(spelling)
        if packed:
            low = start
            while low and (text[low - 1 : low].isalnum() or text[low - 1 : low] in _SIGNS):
                low -= 1
            token = _BASE64.match(text, low)
            start, stop = low, stop if token is None else token.end()
        if best is None or stop - start > best.stop - best.start:
            best = Sighting(start, stop, secret, packed)
    return best


_KEY_END: Final = re.compile(rb'\\?"\s*:')
_HEX: Final = re.compile(rb"[0-9a-f]+|[0-9A-F]+")
_SIGNS: Final = frozenset((b"+", b"/", b"-", b"_"))
_UNCHANGED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


_ESCAPE_END: Final = re.compile(
    rb"(?:\\(?:[bfnrt]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})|%[0-9a-fA-F]{2})\Z"
)
"""An escape that looks like a part of a word: of the end of a line in JSON, of a byte in a URL."""


def _is_part_of_a_word(text: bytes, start: int, stop: int) -> bool:
    if text[stop : stop + 1].isalnum():
        return True
    before = text[max(start - 6, 0) : start]
    return before[-1:].isalnum() and not _ESCAPE_END.search(before)


def _end(text: bytes, at: int, secret: bytes) -> int:
    """Return where a secret that begins somewhere, however escaped, ends; -1 where it differs."""
    if text.startswith(secret, at):
        return at + len(secret)
    for char in _characters(secret):
        way = next((w for w in _ways(char) if _is_at(text, at, w, char)), None)
        if way is None:
            return -1
        at += len(way)
    return at


def _begin(text: bytes, at: int, secret: bytes) -> int:
    """Return where a secret that ends somewhere begins; -1 where it differs."""
    if text.endswith(secret, 0, at):
        return at - len(secret)
    for char in reversed(_characters(secret)):
        fitting = (way for way in _ways(char) if len(way) <= at)
        way = next((way for way in fitting if _is_at(text, at - len(way), way, char)), None)
        if way is None:
            return -1
        at -= len(way)
    return at


def _is_at(text: bytes, at: int, way: bytes, char: bytes) -> bool:
    found = text[at : at + len(way)]
    return found == way or (way != char and found.lower() == way)


def _characters(secret: bytes) -> list[bytes]:
    try:
        return [char.encode() for char in secret.decode()]
    except UnicodeDecodeError:
        return [bytes([byte]) for byte in secret]


@lru_cache(1024)
def _ways(char: bytes) -> tuple[bytes, ...]:
    """Return how a character may be written, the longest first; escapes in lower case."""
    if len(char) == 1 and char[0] in _UNCHANGED:
        return (char,)
    ways = {char, b"".join(b"%%%02x" % byte for byte in char)}
    try:
        text = char.decode()
    except UnicodeDecodeError:
        return tuple(sorted(ways, key=len, reverse=True))
    ways.add(json.dumps(text)[1:-1].encode().lower())
    units = text.encode("utf-16-be")
    ways.add(b"".join(b"\\u" + units[i : i + 2].hex().encode() for i in range(0, len(units), 2)))
    ways.add(html.escape(text).encode())
    if char == b"/":
        ways.add(b"\\/")
    if text == " ":
        ways.add(b"+")
    return tuple(sorted(ways, key=len, reverse=True))


def _glued(text: bytes, start: int) -> set[bytes]:
    """Return what the escape of the byte before a word may look like a part of that word."""
    before = text[start - 1 : start] if start else _SEPARATORS
    escapes = {spelt for byte in before for spelt in (b"%02x" % byte, b"u%04x" % byte)}
    capitals = {spelt[:-4] + spelt[-4:].upper() for spelt in escapes}
    return {b"", *escapes, *capitals, *_LETTERS}


def _packed(secret: bytes) -> Iterator[bytes]:
    """Yield a secret as hexadecimal digits, and what all base64 has in common that holds it."""
    if len(secret) < _GRAM:
        return
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for lead in range(3):
        packed = base64.b64encode(b"\0" * lead + secret)
        # The first and the last letters depend on what stands beside.
        core = packed[-(-lead * 8 // 6) : len(packed) - (0, 4, 4)[(lead + len(secret)) % 3]]
        if len(core) >= _ANCHOR:
            yield core
            if b"+" in core or b"/" in core:
                yield core.translate(_URL_SAFE)


_SEPARATORS: Final = b"\b\t\n\f\r \"&',/:;<=>@|"
"""What stands before a value in texts, and is escaped in JSON or in a URL."""

_LETTERS: Final = (b"b", b"f", b"n", b"r", b"t")
"""Letters by which JSON escapes the end of a line and its kin (RFC 8259, section 7)."""

_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
