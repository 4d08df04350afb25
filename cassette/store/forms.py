"""The ways in which some bytes can stand in a YAML file, the most readable first.

1. *block*: a literal block scalar (``|``), one line for each line of the text;
2. *quoted*: a double-quoted scalar, one line for each line of the text, escapes where needed;
3. *binary*: base64 behind ``!!binary`` on one line, because wrapped base64 costs 1.49 times the
   payload instead of 1.34.

A form that cannot hold the bytes says so by returning None. Every function gives the scalar
without the newline that ends its last line; continuation lines are indented by six blanks.
``scalars`` has the way back.
"""

from __future__ import annotations

import binascii
import re
from functools import cache
from typing import Final

from cassette.store.scalars import BREAK

MAX_QUOTED: Final = 1 << 18
"""Longest text in bytes that is worth escapes; beyond that nobody reads it line by line."""

_SAFE_ASCII: Final = bytes(range(0x20, 0x7F)) + b"\t\n"
# What YAML 1.1 does not print, or takes for a line break (NEL, LS, PS), or strips (BOM), and the
# code points that are for ever no characters.
_UNSAFE: Final = (
    "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u2028\u2029\\ud800-\\udfff\ufdd0-\ufdef\ufeff\\ufffe\\uffff"
    + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(1, 17))
)
_UNREADABLE: Final = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]")
_EMPTY_LINE: Final = re.compile(rb"(?<=\n) {6}(?=\n)")
_PLAIN: Final = re.compile(
    r"(?!(?:true|false|yes|no|on|off|null|[yn])$)"  # these are no texts to YAML 1.1
    r"[A-Za-z][\w.$*/()-]*(?: [\w.$*/()-]+)*",
    re.ASCII | re.IGNORECASE,
)
_SHORT_ESCAPES: Final = {
    '"': '\\"',
    "\\": "\\\\",
    "\t": "\\t",
    "\r": "\\r",
    "\b": "\\b",
    "\f": "\\f",
}


@cache
def unsafe_text() -> re.Pattern[str]:
    """Return the pattern of a character that no literal block can hold."""
    return re.compile(f"[{_UNSAFE}]")


@cache
def _escaped() -> re.Pattern[str]:
    """Return the pattern of a character that a quoted scalar escapes."""
    return re.compile(f'["\\\\\\t{_UNSAFE}]')


def is_plain_text(data: bytes) -> bool:
    """Return whether these bytes are UTF-8 text of which YAML changes no character."""
    rest = data.translate(None, _SAFE_ASCII)
    if not rest:
        return True
    if rest.isascii():
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return is_safe_text(rest.decode())


def is_safe_text(text: str) -> bool:
    """Return whether a literal block can hold each character of a text."""
    # Whatever can be printed is safe, so most texts need no search.
    return text.isprintable() or not unsafe_text().search(text)


def has_trailing_blanks(data: bytes) -> bool:
    """Return whether a line ends in a blank or tab, which editors and hooks cut off."""
    return b" \n" in data or b"\t\n" in data or data.endswith((b" ", b"\t"))


def block_header(first: bytes, final_newlines: int) -> bytes:
    """Return what introduces a literal block scalar.

    Args:
        first: The first byte of the text.
        final_newlines: How many newlines end it.

    Source: YAML 1.1, sections 9.2.1 (an explicit indentation where the text itself starts with a
    blank) and 9.2.2 (what happens to newlines at the end).
    """
    indicator = b"2" if first in b" \t\n" else b""
    return b"|" + indicator + (b"-", b"", b"+")[min(final_newlines, 2)]


def encode_block(data: bytes) -> bytes | None:
    """Return a literal block scalar, or None where that could not give the bytes back."""
    lines = data.rstrip(b"\n")
    if not lines or not is_plain_text(data) or has_trailing_blanks(data):
        return None
    newlines = len(data) - len(lines)
    scalar = block_header(data[:1], newlines) + break_lines(b"\n" + lines)
    return scalar + b"\n" * (newlines - 1) if newlines > 1 else scalar


def break_lines(text: bytes) -> bytes:
    """Return a text with the indentation of a block behind each newline but before empty lines."""
    broken = text.replace(b"\n", BREAK)
    return _EMPTY_LINE.sub(b"", broken) if b"\n\n" in text else broken


def encode_quoted(data: bytes) -> bytes | None:
    r"""Return a double-quoted scalar, or None where hardly anything in it would be readable.

    Each newline is written as ``\n`` and followed by an escaped line break, so that the scalar
    reads line by line.
    """
    if len(data) > MAX_QUOTED:
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if sum(map(len, _UNREADABLE.findall(text))) * 4 > len(text):
        return None
    lines = _escaped().sub(_escape, text).split("\n")
    # An escaped line break takes the blanks at the start of the next line with it.
    lines[1:] = ["\\" + line if line.startswith(" ") else line for line in lines[1:]]
    end = '"'
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
        end = '\\n"'
    return ('"' + f"\\n\\{BREAK.decode()}".join(lines) + end).encode()


def encode_binary(data: bytes) -> bytes:
    """Return base64 on one line, behind its tag."""
    return b"!!binary " + binascii.b2a_base64(data, newline=False)


def encode_text(data: bytes) -> bytes | None:
    """Return the most readable form of a text, or None where the bytes are not worth reading."""
    return encode_block(data) or encode_quoted(data)


def encode_bytes(data: bytes) -> bytes:
    """Return the most readable form of any bytes."""
    return encode_text(data) or encode_binary(data)


def encode_scalar(text: str) -> str:
    """Return a short text on one line: plain where no YAML tool can misread it, else quoted."""
    if _PLAIN.fullmatch(text):
        return text
    escaped = _escaped().sub(_escape, text).replace("\n", "\\n")
    return f'"{escaped}"'


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"  # noqa: PLR2004
