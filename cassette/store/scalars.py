"""The scalars of the writer, read back without a YAML parser.

``forms`` writes them. A scalar in any other form is not understood here: it gets None, and goes
to the YAML parser.
"""

from __future__ import annotations

import binascii
import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from codecs import IncrementalDecoder

BREAK: Final = b"\n      "
"""A line break inside a value: the newline and the indentation of the next line."""

BLOCK_HEADER: Final = re.compile(rb"\|(2?)([-+]?)")
"""What introduces a literal block scalar: indentation indicator and chomping indicator."""

MAX_ITEMS: Final = 100_000
"""Longest list in an interaction: of the sizes of chunks, say.

A parser takes a second for it. A longer one is not written, and refused by whoever reads.
"""

LARGE: Final = 1 << 18
"""Bytes from which on an entry, a message or a value is handled in slices."""

CR: Final = b"\r"
"""A line break while a message is taken apart: no file in own shape has a CR in it."""


class Value(NamedTuple):
    """What stands behind a key.

    Attributes:
        data: The bytes; of a text, its UTF-8.
        binary: It is marked as ``!!binary``.
    """

    data: bytes
    binary: bool = False


def is_own_text(text: bytes) -> bool:
    """Return whether a text is UTF-8 without CR, or characters that YAML takes for a line break."""
    if CR in text:
        return False
    if text.isascii():
        return True
    try:
        return not has_foreign_break(text.decode())
    except UnicodeDecodeError:
        return False


def has_foreign_break(text: str) -> bool:
    """Return whether a text has a character that YAML changes where it stands as it is.

    NEL, LS and PS are line breaks to YAML 1.1, and a byte order mark is dropped.
    """
    return "\x85" in text or "\u2028" in text or "\u2029" in text or "\ufeff" in text


def decode_piece(decoder: IncrementalDecoder, piece: bytes) -> str:
    """Return the characters of the next piece of a text; none for ASCII, which needs no decoding.

    Raises:
        UnicodeDecodeError: The text is no UTF-8.
    """
    if piece.isascii() and not decoder.getstate()[0]:
        return ""
    return decoder.decode(piece)


def decode_value(scalar: bytes) -> Value | None:
    """Return the value of one scalar in a form of the writer, or None.

    Args:
        scalar: The scalar, with ``CR`` in place of each ``BREAK``.
    """
    start = scalar[:1]
    if start == b"|":
        return _decode_block(scalar)
    if start == b'"':
        return _decode_quoted(scalar)
    if scalar.startswith(b"!!binary "):
        try:
            return Value(decode_binary(scalar[9:]), binary=True)
        except ValueError:
            return None
    return None


def decode_binary(data: bytes) -> bytes:
    """Return what base64 without any blanks stands for.

    Raises:
        ValueError: It is broken, or its padding is.
    """
    # The strict mode of Python 3.11 takes a padding too much.
    if len(data) % 4:
        raise ValueError(f"{len(data)} characters, which is no multiple of 4")
    return binascii.a2b_base64(data, strict_mode=True)


def _decode_block(scalar: bytes) -> Value | None:
    header, _, lines = scalar.partition(CR)
    form = BLOCK_HEADER.fullmatch(header)
    text = lines.rstrip(CR)
    # Without an indentation indicator the first line alone tells YAML the indentation.
    if form is None or not text or (not form[1] and lines[:1] in b" \t\r"):
        return None
    if form[2] == b"+":
        text = lines + CR
    elif not form[2]:
        text += CR
    return Value(text.replace(CR, b"\n"))


def _decode_quoted(scalar: bytes) -> Value | None:
    # An escaped break is the only one that the writer uses, behind the "n" of an escaped newline:
    # there its backslash cannot be the second half of an escaped backslash.
    folds = scalar.count(b"n\\\r")
    if folds != scalar.count(CR) or b"\\ " in scalar or b"\\\r " in scalar:
        return None
    try:
        text = json.loads(scalar.replace(b"\\\r", b""))
        return Value(text.encode()) if isinstance(text, str) else None
    except ValueError:
        return None
