"""What stands in the place of a secret, and the memory of one use: which secret got which mask.

A mask has the length of what it hides, so that Content-Length, chunk sizes and offsets stay true,
and it holds only letters, digits and ``-``, so that it is valid wherever a secret was: in a header
field, a URL, a form, a JSON string. It holds nothing of the secret: a digest could be searched for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.locks import make_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Find = Callable[[bytes, int, int], tuple[int, int] | None]
    """Gives start and stop of the first occurrence in some bytes between two offsets."""

_NAME: Final = b"REDACTED"

_WHOLE: Final = re.compile(rb"REDACTED-(\d+)(?:-x*)?")
_NUMBERED: Final = re.compile(rb"ACTED-(\d{1,9})(?!\d)")
_CUT: Final = re.compile(rb"(?:(?:(?:(?:(?:(?:E?D)?A)?C)?T)?E)?D)?-(\d+)")
_BLANK: Final = re.compile(rb"x{1,9}")

_ANY: Final = r"(?<![A-Z])(?:(?:(?:R?E)?D)?A)?CTED-\d+(?:-x*)?"
_ANY_TEXT: Final = re.compile(_ANY)
_ANY_BYTES: Final = re.compile(_ANY.encode())
"""A mask of at least eight bytes inside a text: the ones that may stand anywhere."""

MASK_MARK: Final = b"CTED-"
"""Bytes that every such mask holds: a quick test."""

LEARNED_LENGTH: Final = 8
"""Shortest secret, in bytes, that is looked for outside the field that named it.

Shorter ones stand in innocent places by chance: a PIN of four digits is in every timestamp.
"""

_LONGEST: Final = 1 << 14
"""Longest secret that is looked for elsewhere: no key is longer, and a pattern costs its length."""

_COMMON_WORDS: Final = """
    anonymous application authenticated authorized boundary changeme credentials default
    disabled enabled encoding identity javascript keep-alive localhost multipart production
    required undefined unknown urlencoded username
"""
_COMMON: Final = frozenset(_COMMON_WORDS.split())
"""Values too common to be looked for everywhere, even where a secret field holds them."""


def mask(number: int, length: int) -> bytes:
    """Return mask number ``number``, cut or padded to ``length`` bytes.

    The number survives the cut where it fits: ``REDACTED-1-xxx``, ``CTED-1``, ``-1``, ``x``.
    """
    stem = _NAME + b"-%d" % number
    if length > len(stem):
        return (stem + b"-").ljust(length, b"x")
    if length > len(stem) - len(_NAME) - 1:
        return stem[len(stem) - length :]
    return b"x" * length


def mask_number(value: bytes) -> int | None:
    """Return the number of a mask, 0 where it was too short for one, None for anything else."""
    found = _WHOLE.fullmatch(value) or _CUT.fullmatch(value)
    if found is not None:
        number = int(found[1]) if len(found[1]) <= 9 else 0  # noqa: PLR2004 - none is so long
        return number if number and mask(number, len(value)) == value else None
    return 0 if _BLANK.fullmatch(value) else None


def mask_numbers(data: bytes) -> Iterator[int]:
    """Yield the numbers of the masks in some bytes that are long enough to be told from words."""
    return (int(found[1]) for found in _NUMBERED.finditer(data))


def mask_digits(number: bytes) -> bytes:
    """Return a number with each digit of its mantissa a nine: still a number, of equal length."""
    mantissa, mark, exponent = re.split(rb"([eE]|$)", number, maxsplit=1)
    return re.sub(rb"\d", b"9", mantissa) + mark + exponent


def without_masks(text: str) -> str:
    """Return a text in which all masks that may stand anywhere are the same."""
    return _ANY_TEXT.sub("REDACTED", text)


def without_masks_bytes(data: bytes) -> bytes:
    """Return bytes in which all masks that may stand anywhere are the same."""
    return _ANY_BYTES.sub(_NAME, data)


class Spot(NamedTuple):
    """A place in some bytes where a mask must stand.

    Attributes:
        start: Offset of its first byte.
        stop: Offset after its last byte.
        mask: The mask, of the same length.
    """

    start: int
    stop: int
    mask: bytes


class SecretMemory:
    """The secrets of one use and their masks; safe to share between threads.

    It lives in memory only. Numbers are given in the order in which secrets are met, so recording
    again gives the same masks and a small difference.
    """

    def __init__(self) -> None:
        self._lock = make_lock()
        self._numbers: dict[bytes, int] = {}
        self._last = 0
        self._learned: dict[bytes, Find] = {}

    def __bool__(self) -> bool:
        """Whether a secret was learned that may stand anywhere."""
        return bool(self._learned)

    def __len__(self) -> int:
        return len(self._learned)

    def reserve(self, number: int) -> None:
        """Give this number, and those before it, to no new secret."""
        with self._lock:
            self._last = max(self._last, number)

    def mask(self, secret: bytes, length: int) -> bytes:
        """Return the mask of a secret, in the length that its place asks for."""
        number = self._numbers.get(secret)
        if number is None:
            with self._lock:
                number = self._numbers.get(secret)
                if number is None:
                    number = self._last = self._last + 1
                    self._numbers[secret] = number
        return mask(number, length)

    def learn(self, secret: bytes) -> None:
        """Look for this secret everywhere from now on, if it is long and rare enough."""
        if not LEARNED_LENGTH <= len(secret) <= _LONGEST or secret in self._learned:
            return
        if secret.isspace():
            return
        text = secret.decode("utf-8", "replace")
        if text.lower() in _COMMON or mask_number(secret) is not None:
            return
        finder = _finder(secret)
        with self._lock:
            # A new dictionary, so that a thread that walks through the old one is not disturbed;
            # the longest first, since a secret may be part of another.
            learned = {**self._learned, secret: finder}
            self._learned = dict(sorted(learned.items(), key=lambda item: -len(item[0])))

    def occurs(self, data: bytes) -> bool:
        """Return whether a learned secret stands in some bytes."""
        return any(find(data, 0, len(data)) is not None for find in self._learned.values())

    def spots(self, data: bytes, start: int = 0, stop: int | None = None) -> Iterator[Spot]:
        """Yield where learned secrets stand in some bytes, in any of the usual spellings.

        Args:
            data: Any bytes.
            start: Where to begin.
            stop: Where to end.
        """
        stop = len(data) if stop is None else stop
        for secret, find in self._learned.items():
            found = find(data, start, stop)
            while found is not None:
                first, last = found
                if secret.isdigit():
                    # It may stand as a number.
                    yield Spot(first, last, mask_digits(data[first:last]))
                else:
                    yield Spot(first, last, self.mask(secret, last - first))
                found = find(data, last, stop)


_PLAIN: Final = re.compile(rb"[A-Za-z0-9._~-]+")


def _finder(secret: bytes) -> Find:
    """Return a function that finds a secret."""
    if _PLAIN.fullmatch(secret):
        # No encoding changes these characters, and finding them is ten times faster.
        size = len(secret)

        def find(data: bytes, start: int, stop: int) -> tuple[int, int] | None:
            at = data.find(secret, start, stop)
            return None if at < 0 else (at, at + size)

        return find
    try:
        parts = [_spellings(char) for char in secret.decode()]
    except UnicodeDecodeError:
        parts = [_byte_spellings(bytes([byte])) for byte in secret]
    pattern = re.compile(b"".join(parts), re.DOTALL)

    def search(data: bytes, start: int, stop: int) -> tuple[int, int] | None:
        found = pattern.search(data, start, stop)
        return None if found is None else found.span()

    return search


def _byte_spellings(byte: bytes) -> bytes:
    """Return a pattern of a byte, as it is or percent-encoded."""
    if _PLAIN.fullmatch(byte):
        return re.escape(byte)
    return b"(?:%b|(?i:%%%02x))" % (re.escape(byte), byte[0])


def _spellings(char: str) -> bytes:
    """Return a pattern of a character: as it is, percent-encoded, or escaped as in JSON."""
    raw = char.encode()
    if _PLAIN.fullmatch(raw):
        return re.escape(raw)
    ways = [re.escape(raw), b"(?i:%b)" % b"".join(b"%%%02x" % byte for byte in raw)]
    units = char.encode("utf-16-be")
    pairs = [units[at : at + 2].hex().encode() for at in range(0, len(units), 2)]
    ways.append(b"(?i:%b)" % b"".join(rb"\\u" + pair for pair in pairs))
    short = {
        '"': rb"\\\"",
        "\\": rb"\\\\",
        "/": rb"\\/",
        "\n": rb"\\n",
        "\t": rb"\\t",
        "\r": rb"\\r",
    }
    if char in short:
        # Longest first: an escaped quote holds a quote.
        ways.insert(0, short[char])
    if char == " ":
        ways.append(rb"\+")
    return b"(?:%b)" % b"|".join(ways)
