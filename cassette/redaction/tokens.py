"""Secrets that tell by their looks, anywhere in a text: tokens of known shapes, and keys in PEM."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cassette.redaction.hits import Hit
from cassette.redaction.shapes import shapes
from cassette.redaction.values import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS: Final = (
    bytes(ord("a") if chr(code).isalnum() or code in b"_-" else ord(" ") for code in range(128))
    + b" " * 128
)
"""Translation that shows where runs of letters, digits, ``_`` and ``-`` are."""

_LONG: Final = b"a" * 16
"""The longest run of every token of a known shape has as many bytes at least."""

_LEADS: Final = bytes(
    ord("a") if way == ord("a") or code in b".:/~=+$" else ord(" ") for code, way in enumerate(RUNS)
)
"""Translation that shows where what may lead to a run is, such as the first part of a JWT."""

_MOST_LEADS: Final = 4
_PIECE: Final = re.compile(rb"[A-Za-z0-9_-]+")
_KEY_BLOCK: Final = re.compile(
    rb"-----BEGIN ((?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?)-----(.*?)(?:-----END|\"|\Z)",
    re.DOTALL,
)
_PUTTY: Final = re.compile(rb"Private-Lines: \d+\r?\n((?:[A-Za-z0-9+/=]+\r?\n?)+)")
_KEY_TEXT: Final = re.compile(rb"(?:\\[nr]|[\r\n \t]|\\\\[nr])*((?:(?!\\)[\x21-\x7e])+)")
_AZURE: Final = re.compile(
    rb"(?:AccountKey|SharedAccessKey|AccessKey|SharedAccessSignature|Password|Pwd)="
    rb"([^;\s\"'<>&\\]{6,500})",
    re.IGNORECASE,
)
_DSN: Final = re.compile(
    rb"(?:Server|Host|Data Source|Endpoint|AccountName|DefaultEndpointsProtocol|Uid|User Id)="
    rb"[^;\r\n\"']{1,300};",
    re.IGNORECASE,
)
_EXAMPLES: Final = re.compile(rb"(?i)x{8}|0{12}|1234567890abcdef|\.\.\.|example|your|placeholder")


def runs_in(text: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and stop of the runs that are long enough for a token.

    Translating and searching for sixteen equal bytes is done in C: 2 microseconds a KiB, where a
    regular expression of runs takes 20.
    """
    ways = text.translate(RUNS)
    at = ways.find(_LONG)
    while at >= 0:
        stop = ways.find(b" ", at)
        if stop < 0:
            stop = len(text)
        yield at, stop
        at = ways.find(_LONG, stop)


def in_tokens(data: bytes, start: int, stop: int, place: str) -> Iterator[Hit]:
    """Yield what has the shape of a token or of a private key.

    Args:
        data: Any bytes.
        start: Where to begin.
        stop: Where to end.
        place: What they are, such as ``body``.
    """
    text = data if stop - start == len(data) else data[start:stop]
    end = 0
    for first, _ in runs_in(text):
        if first < end:
            continue
        hit = _token_at(text, first, end, place)
        if hit is not None:
            end = hit.stop
            yield hit._replace(start=hit.start + start, stop=hit.stop + start)
    if b"PRIVATE KEY" in text or b"Private-Lines" in text:
        yield from _in_key_blocks(text, start, place)
    if b";" in text and _DSN.search(text):
        for found in _AZURE.finditer(text):
            if not is_placeholder(found[1].decode("latin-1")):
                span = start + found.start(1), start + found.end(1)
                yield Hit(*span, found[1], f"{place}.connection_string", "connection string")


def _token_at(text: bytes, first: int, floor: int, place: str) -> Hit | None:
    """Return the token that a run is part of, if it has a known shape."""
    starts = [first]
    before = text[first - 1 : first]
    if before in (b"\\", b"%", b"/", b".", b":", b"~", b"=", b"+", b"$") and before:
        if before == b"\\":
            starts = [first + 5] if text[first : first + 1] == b"u" else [first + 1]
        elif before == b"%":
            starts = [first + 2]
        low = max(floor, first - 100)
        low += text[low:first].translate(_LEADS).rfind(b" ") + 1
        starts += [piece.start() for piece in _PIECE.finditer(text, low, first)][-_MOST_LEADS:]
    for start in sorted(starts):
        for shape in shapes().get(text[start] if start < len(text) else 0, ()):
            found = shape.pattern.match(text, start)
            if found is None or found.end() <= first or _EXAMPLES.search(found[0]):
                continue
            if shape.rule == "jwt" and not _is_jwt(found[0]):
                continue
            return Hit(start, found.end(), found[0], place, shape.rule, keep=len(found[1]))
    return None


def _is_jwt(token: bytes) -> bool:
    """Return whether a token begins with a header (RFC 7515, section 4)."""
    from cassette.redaction.jwt import header_of  # noqa: PLC0415 - seldom

    return header_of(token) is not None


def _in_key_blocks(text: bytes, start: int, place: str) -> Iterator[Hit]:
    """Yield the lines of private keys (RFC 7468, section 10), one by one, so that breaks stay."""
    for block in _KEY_BLOCK.finditer(text):
        at = block.start(2)
        for line in _KEY_TEXT.finditer(text, *block.span(2)):
            if line[1].endswith(b":") or len(line[1]) < 4:  # noqa: PLR2004 - a header field
                continue
            at = line.start(1)
            yield Hit(start + at, start + line.end(1), line[1], place, "private key", learn=False)
    for block in _PUTTY.finditer(text):
        for line in re.finditer(rb"[A-Za-z0-9+/=]+", block[1]):
            at = start + block.start(1) + line.start()
            yield Hit(at, at + len(line[0]), line[0], place, "private key", learn=False)
