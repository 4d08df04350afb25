"""What stands in the place of a secret, and how masks are told from other text by their looks.

A mask has the length of what it hides, so that Content-Length, chunk sizes and offsets stay true,
and the shape that programs look at: a UUID is one, base64 decodes, digits are digits. It holds
nothing of the secret: a digest could be searched for. It is numbered, so that different secrets
differ.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME: Final = b"REDACTED"
_SHORT: Final = b"MASK"
_HEX: Final = b"5ec4e7ed"
"""Stands in masks of hexadecimal digits and UUIDs: as near to "secreted" as these come."""

_BASE64: Final = base64.b64encode(b"REDACTED-")

_UUID: Final = re.compile(rb"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEX_DIGITS: Final = re.compile(rb"(?=.*[a-fA-F])(?:[0-9a-f]{8,}|[0-9A-F]{8,})")
_BASE64_TEXT: Final = re.compile(rb"[A-Za-z0-9+/]{12,}={0,2}")
_URL_BASE64: Final = re.compile(rb"[A-Za-z0-9_-]{12,}={1,2}")

_ANY: Final = (
    r"REDACTED-\d+(?:-x*)?|(?<![A-Z])(?:(?:E?D)?A)?CTED-\d+(?:-x*)?"
    r"|5ec4e7ed(?:-0000-4000-8000-)?[0-9a-f]{4,}|5EC4E7ED(?:-0000-4000-8000-)?[0-9A-F]{4,}"
    r"|UkVEQUNURUQt[A-Za-z0-9]*(?:={1,2}|(?:%3[Dd]){1,2})?"
)
_ANY_TEXT: Final = re.compile(_ANY)
_ANY_BYTES: Final = re.compile(_ANY.encode())
"""A mask of at least eight bytes inside a text: the ones that may stand anywhere."""

MASK_MARKS: Final = (b"CTED-", b"5ec4e7ed", b"5EC4E7ED", b"UkVEQUNURUQt")
"""Bytes one of which every such mask holds: a quick test."""

_MARKS: Final = tuple(mark.decode() for mark in MASK_MARKS)

_NUMBERED: Final = re.compile(rb"(?:ACTED|MASK)-(\d{1,9})(?!\d)")
_OLD: Final = re.compile(rb"(?<![A-Z])(?:(?:(?:(?:R?E)?D)?A)?C)?TED-\d+(?:-x*)?(?![\w-])")


def has_mask(text: str) -> bool:
    """Return whether a text may hold a mask; False is certain."""
    return _MARKS[0] in text or _MARKS[1] in text or _MARKS[2] in text or _MARKS[3] in text


def has_mask_bytes(data: bytes) -> bool:
    """Return whether bytes may hold a mask; False is certain."""
    return any(mark in data for mark in MASK_MARKS)


def without_masks(text: str) -> str:
    """Return a text in which all masks that may stand anywhere are the same."""
    return _ANY_TEXT.sub("REDACTED", text)


def without_masks_bytes(data: bytes) -> bytes:
    """Return bytes in which all masks that may stand anywhere are the same."""
    return _ANY_BYTES.sub(_NAME, data)


def numbers_in(data: bytes) -> Iterator[int]:
    """Yield the numbers of the masks in some bytes that show one."""
    return (int(found[1]) for found in _NUMBERED.finditer(data))


def old_masks_in(data: bytes) -> Iterator[bytes]:
    """Yield what looks like a mask of a file that does not list its masks."""
    return (found[0] for found in _OLD.finditer(data))


def masks_in(data: bytes) -> Iterator[bytes]:
    """Yield what looks like a mask of any kind, in a file that lists none."""
    yield from old_masks_in(data)
    yield from (found[0] for found in _ANY_BYTES.finditer(data))


def mask_of(secret: bytes, number: int, size: int, keep: int = 0) -> bytes:
    """Return a mask.

    Args:
        secret: The secret, escapes undone.
        number: Number of the mask.
        size: Bytes that it must have.
        keep: Bytes at the start of the secret that stay.
    """
    if size != len(secret):
        return plain_mask(number, size)
    if keep:
        return secret[:keep] + plain_mask(number, size - keep)
    if secret.isdigit():
        return digits_mask(number, size)
    return _shaped_mask(secret, number) or plain_mask(number, size)


def _shaped_mask(secret: bytes, number: int) -> bytes:
    """Return a mask in the shape of a UUID, of hexadecimal digits or of base64; else nothing."""
    size = len(secret)
    if _UUID.fullmatch(secret):
        text = b"%b-0000-4000-8000-%012x" % (_HEX, number)
        return text.upper() if secret.upper() == secret else text
    if _HEX_DIGITS.fullmatch(secret):
        mark = _HEX if size >= len(_HEX) + 4 else b""
        text = mark + b"%0*x" % (size - len(mark), number)
        return text[:size].upper() if secret.upper() == secret else text[:size]
    if _is_base64(secret):
        padding = len(secret) - len(secret.rstrip(b"="))
        text = plain_mask(number, len(secret) // 4 * 3 - padding)
        return base64.b64encode(text)
    return b""


def _is_base64(secret: bytes) -> bool:
    """Return whether a value is certainly base64: by its padding, its signs, or what it says."""
    if len(secret) % 4 or len(secret) < 16:  # noqa: PLR2004 - room for the mark
        return False
    if _URL_BASE64.fullmatch(secret):
        return True
    if not _BASE64_TEXT.fullmatch(secret):
        return False
    if b"=" in secret or b"+" in secret or b"/" in secret:
        return True
    decoded = base64.b64decode(secret)
    return decoded.isascii() and decoded.decode().isprintable()


def plain_mask(number: int, size: int) -> bytes:
    """Return mask number ``number`` in letters, digits and ``-``: valid wherever a secret was.

    ``REDACTED-1-xxx``, where that has no room ``MASK-1x``, else ``xx1``.
    """
    for stem in (b"%b-%d" % (_NAME, number), b"%b-%d" % (_SHORT, number)):
        if size > len(stem) + 1 and stem.startswith(_NAME):
            return (stem + b"-").ljust(size, b"x")
        if size >= len(stem):
            return stem.ljust(size, b"x")
    digits = b""
    while number:
        number, last = divmod(number, 36)
        digits = b"0123456789abcdefghijklmnopqrstuvwxyz"[last : last + 1] + digits
    return digits.rjust(size, b"x")[-size:]


def digits_mask(number: int, size: int) -> bytes:
    """Return a mask of digits: a nine, then the number; of one digit, counted down from nine."""
    if size == 1:
        return b"%d" % (9 - number % 10)
    return b"9%0*d" % (size - 1, number % 10 ** (size - 1))


def number_mask(text: bytes, number: int) -> bytes:
    """Return a number of JSON masked: digits for digits, its sign, point and exponent kept."""
    mantissa, mark, exponent = re.split(rb"([eE]|$)", text, maxsplit=1)
    digits = iter(digits_mask(number, len(re.sub(rb"\D", b"", mantissa))).decode())
    masked = "".join(next(digits) if char.isdigit() else char for char in mantissa.decode())
    return masked.encode() + mark + exponent
