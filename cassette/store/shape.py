"""Entries in the writer's own shape, read without any YAML parser: ten times faster than libyaml.

Own shape means: exactly the keys, their order and the indentation that the writer uses. What
deviates in any way is left to the YAML parser, so nothing here needs to understand YAML; it must
only be certain about the lines it knows. No function here raises: None says "not mine".
"""

from __future__ import annotations

import json
import re
import string
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from cassette.model import Ended, Failure, Interaction, Request, Response
from cassette.store.forms import BLOCK_HEADER, BREAK, UNSAFE_BREAKS, decode_binary
from cassette.store.jsonform import STYLES, decode_json
from cassette.store.message_form import (
    CRLF,
    HEAD_END,
    MESSAGE_KEYS,
    MessageError,
    Value,
    join_message,
)

# Where several keys must be told apart, a break inside of a value is held as CR, because no file in
# own shape has a CR in it: what is left of newlines are the ends of keys.
_CR: Final = b"\r"
_STYLES: Final = frozenset(style.encode() for style in STYLES)
_CHUNKS: Final = re.compile(rb"\[(?:(?:0|[1-9]\d{0,11})(?:, (?:0|[1-9]\d{0,11}))*)?\]")
_PIECE: Final = rb"\[(?:0|[1-9]\d{0,8})\.\d{1,17}, (?:0|[1-9]\d{0,11})\]"
_ARRIVED: Final = re.compile(rb"\[%b(?:, %b)*\]" % (_PIECE, _PIECE))
_KEYS: Final = frozenset(b"    " + key.encode() for key in MESSAGE_KEYS)
_ENDED: Final = {ended.encode(): ended for ended in Ended}
_HEAD_START: Final = b"\n    head: |" + BREAK
_JSON_START: Final = b"\n    json: |" + BREAK
_STYLE_START: Final = b"\n    style: "
_WORDS: Final = rb"[A-Za-z][\w.$*/()-]*(?: [\w.$*/()-]+)*"
_FACTS: Final = re.compile(
    rb"  at: (\d{4}-\d\d-\d\dT[\d:.]{8,15}Z)\n  took: (\d{1,9}\.\d{1,20})\n"
    rb"(?:  failure:\n    kind: (%b)\n(?:    errno: (-?[1-9]\d{0,8})\n)?    message: (%b)\n)?"
    rb"(?:  redacted: \[(%b(?:, %b)*)\]\n)?"
    rb"  ended: (%b)" % (_WORDS, _WORDS, _WORDS, _WORDS, b"|".join(_ENDED))
)
# What can stand before a quotation mark that closes a scalar, but not before one that opens it.
_BEFORE_CLOSING: Final = frozenset(
    char.encode() for char in string.ascii_letters + string.digits + "./=+-_;%()"
)

Arrived = tuple[tuple[float, int], ...]


_BARE: Final = re.compile(
    rb"[^\n]*+\n  request:\n    head: \|\n      ([^ \t\n][^\n]*+(?:\n      [^\n]*+)*+)\n  response:"
)
"""The start of an entry whose request is nothing but a head: one literal block, each line indented.

No look at its quotation marks is needed, since in a literal block they mean nothing.
"""


def decode_entry(call: str, entry: bytes, *, own_text: bool = False) -> Interaction | None:
    """Return an interaction, or None where the entry is not in own shape.

    Args:
        call: Its call, read already.
        entry: The text behind the dash, without the last newline.
        own_text: It is known that ``is_own_text`` holds for it.
    """
    end_at = entry.rfind(b"\n  at: ")
    if end_at < 0 or not (own_text or is_own_text(entry)):
        return None
    method, _, url = call.partition(" ")
    bare = _BARE.match(entry)
    if bare is not None:
        response_at = bare.end()
        request = Request(partial(_decode_certain_head, bare[1]), url)
    else:
        request_at = entry.find(b"\n  request:")
        response_at = entry.find(b"\n  response:", request_at) + 12
        if request_at < 0 or request_at != entry.find(b"\n") or response_at < 12:  # noqa: PLR2004
            return None
        sent = decode_section(entry, request_at + 11, response_at - 12)
        if sent is None or sent[1]:
            return None
        request = Request(sent[0], url)
    received = decode_section(entry, response_at, end_at)
    facts = decode_facts(entry, end_at + 1)
    if received is None or facts is None:
        return None
    at, took, failure, redacted, ended = facts
    response = Response(received[0], method)
    return Interaction(call, request, response, at, took, received[1], ended, failure, redacted)


def has_open_quote(text: bytes) -> bool:
    """Return whether a quoted scalar may still be open where a text ends that is YAML.

    The last quotation mark of its kind opens a scalar only behind what can stand before a token,
    and stays inside of one only behind a backslash or another mark. So False is certain.
    """
    double = text.rfind(b'"')
    single = text.rfind(b"'")
    return (double >= 0 and text[double - 1 : double] not in _BEFORE_CLOSING) or (
        single >= 0 and text[single - 1 : single] not in _BEFORE_CLOSING
    )


def is_own_text(text: bytes) -> bool:
    """Return whether a text is UTF-8 without CR, or characters that YAML takes for a line break."""
    if _CR in text:
        return False
    if text.isascii():
        return True
    try:
        return not UNSAFE_BREAKS.search(text.decode())
    except UnicodeDecodeError:
        return False


def decode_facts(
    entry: bytes, start: int
) -> tuple[datetime, float, Failure | None, tuple[str, ...], Ended] | None:
    """Return what the lines from ``at`` to the end of an entry say, or None."""
    found = _FACTS.fullmatch(entry, start)
    if found is None:
        return None
    at, took, kind, errno, message, redacted, ended = found.groups()
    try:
        moment = datetime.fromisoformat(at.decode())
    except ValueError:
        return None
    failure = None
    if kind is not None:
        failure = Failure(kind.decode(), None if errno is None else int(errno), message.decode())
    places = () if redacted is None else tuple(redacted.decode().split(", "))
    return moment, float(took), failure, places, _ENDED[ended]


def decode_section(text: bytes, start: int, stop: int) -> tuple[bytes, Arrived] | None:
    """Return the bytes of a message and when they arrived, or None.

    Args:
        text: An entry.
        start: Where ``request:`` or ``response:`` ends in it.
        stop: Where the section ends, before its last newline.
    """
    if text.startswith(_HEAD_START, start):
        raw = _decode_plain(text, start + len(_HEAD_START), stop)
        if raw is not None:
            return raw, ()
    section = text[start:stop]
    if section == b" {}":
        return b"", ()
    return _decode_any(section[1:]) if section.startswith(b"\n    ") else None


def _decode_plain(text: bytes, start: int, stop: int) -> bytes | None:
    """Return a head, alone or with a JSON body behind it, or None: most messages are so."""
    json_at = text.find(_JSON_START, start, stop)
    head = _decode_head(text[start : json_at if json_at >= 0 else stop])
    if head is None or json_at < 0:
        return head
    style_at = text.rfind(_STYLE_START, json_at, stop)
    style = text[style_at + len(_STYLE_START) : stop]
    lines_at = json_at + len(_JSON_START) - len(BREAK)
    if style_at < 0 or style not in _STYLES or text[lines_at + len(BREAK)] not in b"{[":
        return None
    body = decode_json(text[lines_at:style_at], style)
    return None if body is None else head + body


def _decode_head(lines: bytes) -> bytes | None:
    """Return a head, the empty line included, or None where a line is not indented."""
    if lines[:1] in b" \t\n":
        return None
    head = lines.replace(BREAK, CRLF)
    breaks = (len(lines) - len(head)) // (len(BREAK) - len(CRLF))
    # A newline that is left ends a value or stands for an empty line.
    return head + HEAD_END if lines.count(b"\n") == breaks else None


def _decode_certain_head(lines: bytes) -> bytes:
    """Return the head that ``_BARE`` found; decoded only when somebody asks for it."""
    return lines.replace(BREAK, CRLF) + HEAD_END


def _indent_empty_lines(lines: bytes) -> bytes:
    """Return the lines with the empty ones indented as the others are."""
    # Matches do not overlap, so the first pass leaves every other empty line of several.
    for _ in range(2):
        lines = lines.replace(b"\n\n", b"\n      \n")
    return lines + BREAK[1:] if lines.endswith(b"\n") else lines


class Parts(NamedTuple):
    """What stands under the keys of a message.

    Attributes:
        values: What the message is joined of.
        style: Style of its JSON body; None without one.
        chunks: Sizes of its chunks; None without chunked coding.
        arrived: When its pieces arrived.
    """

    values: dict[str, Value]
    style: str | None
    chunks: list[int] | None
    arrived: Arrived


def _decode_any(message: bytes) -> tuple[bytes, Arrived] | None:
    """Return what any message in own shape holds, or None."""
    parts = decode_parts(message)
    if parts is None:
        return None
    try:
        return join_message(*parts[:3]), parts.arrived
    except MessageError:
        return None


def decode_parts(message: bytes) -> Parts | None:
    """Return what stands under the keys of a message in own shape, or None."""
    if b"\n\n" in message or message.endswith(b"\n"):
        message = _indent_empty_lines(message)
    scalars: dict[bytes, bytes] = {}
    for line in message.replace(BREAK, _CR).split(b"\n"):
        key, _, scalar = line.partition(b": ")
        if key in _KEYS and key not in scalars:
            scalars[key] = scalar
        elif not line.startswith(b"    #"):
            return None
    style = scalars.pop(b"    style", None)
    chunks = scalars.pop(b"    chunks", None)
    arrived = scalars.pop(b"    arrived", None)
    values = {key[4:].decode(): decode_value(scalar) for key, scalar in scalars.items()}
    known = {key: value for key, value in values.items() if value is not None}
    if (
        len(known) < len(values)
        or (style is not None and style not in _STYLES)
        or (chunks is not None and not _CHUNKS.fullmatch(chunks))
        or (arrived is not None and not _ARRIVED.fullmatch(arrived))
    ):
        return None
    return Parts(
        known,
        None if style is None else style.decode(),
        None if chunks is None else json.loads(chunks),
        () if arrived is None else tuple(map(tuple, json.loads(arrived))),
    )


def decode_value(scalar: bytes) -> Value | None:
    """Return the value of one scalar in a form of the writer, or None."""
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


def _decode_block(scalar: bytes) -> Value | None:
    header, _, lines = scalar.partition(_CR)
    form = BLOCK_HEADER.fullmatch(header)
    text = lines.rstrip(_CR)
    # Without an indentation indicator the first line alone tells YAML the indentation.
    if form is None or not text or (not form[1] and lines[:1] in b" \t\r"):
        return None
    if form[2] == b"+":
        text = lines + _CR
    elif not form[2]:
        text += _CR
    return Value(text.replace(_CR, b"\n"))


def _decode_quoted(scalar: bytes) -> Value | None:
    # An escaped break is the only one that the writer uses, behind the "n" of an escaped newline:
    # there its backslash cannot be the second half of an escaped backslash.
    folds = scalar.count(b"n\\\r")
    if folds != scalar.count(_CR) or b"\\ " in scalar or b"\\\r " in scalar:
        return None
    try:
        text = json.loads(scalar.replace(b"\\\r", b""))
        return Value(text.encode()) if isinstance(text, str) else None
    except ValueError:
        return None
