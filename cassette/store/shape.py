"""Entries in the writer's own shape, read without any YAML parser.

Own shape means: exactly the keys, their order and the indentation that the writer uses. What
deviates in any way is left to the YAML parser, so nothing here needs to understand YAML; it must
only be certain about the lines it knows. No function here raises: None says "not mine".
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from typing import Final

from cassette.model import Ended, Failure, Interaction, Request, Response
from cassette.store.edits import digest_of, settled
from cassette.store.jsonform import STYLES, decode_json
from cassette.store.parts import (
    CHANGE_LISTS,
    CRLF,
    HEAD_END,
    MESSAGE_KEYS,
    MessageError,
    join_message,
)
from cassette.store.scalars import BREAK, CR, MAX_ITEMS, decode_value, is_own_text

_STYLES: Final = frozenset(style.encode() for style in STYLES)
_CHUNKS: Final = re.compile(rb"\[(?:(?:0|[1-9]\d{0,11})(?:, (?:0|[1-9]\d{0,11}))*)?\]")
_PIECE: Final = rb"\[(?:0|[1-9]\d{0,8})\.\d{1,17}, (?:0|[1-9]\d{0,11})\]"
_ARRIVED: Final = re.compile(rb"\[%b(?:, %b)*\]" % (_PIECE, _PIECE))
_KEYS: Final = frozenset(b"    " + key.encode() for key in MESSAGE_KEYS)
_ENDED: Final = {ended.encode(): ended for ended in Ended}
_REQUEST: Final = b"\n  request:"
_RESPONSE: Final = b"\n  response:"
_HEAD_START: Final = b"\n    head: |" + BREAK
_JSON_START: Final = b"\n    json: |" + BREAK
_STYLE_START: Final = b"\n    style: "
_WORDS: Final = rb"[A-Za-z][\w.$*/()-]*(?: [\w.$*/()-]+)*"
_FACTS: Final = re.compile(
    rb"  at: (\d{4}-\d\d-\d\dT[\d:.]{8,15}Z)\n  took: (\d{1,9}\.\d{1,20})\n"
    rb"((?:  (?!digest:)[frmud ][^\n]*\n)*)(?:  digest: ([0-9a-f]{8}-[0-9a-f]{8})\n)?"
    rb"  ended: (%b)" % b"|".join(_ENDED)
)

Arrived = tuple[tuple[float, int], ...]
Changes = tuple[Failure | None, dict[str, tuple[str, ...]]]
"""How an interaction failed, and the lists of what was done to it by their key."""

_NO_CHANGES: Final[Changes] = (None, {})
_ITEM: Final = rb'(?:%b|"[ !#-\[\]-~]*")' % _WORDS
"""An item of such a list in plain style, or quoted without any escape."""
_ITEMS: Final = re.compile(_ITEM.decode())
_ROLE: Final = b"(?:request|response)"
_LISTS: Final = {
    key.encode(): _ROLE if key in ("unsearched", "decoded") else _ITEM for key in CHANGE_LISTS
}


def decode_entry(call: str, entry: bytes) -> Interaction | None:
    """Return an interaction, or None where the entry is not in own shape.

    Args:
        call: Its call, read already.
        entry: The text behind the dash, without the last newline.
    """
    found = decode_standing(call, entry)
    if found is None:
        return None
    interaction, digest = found
    if digest == digest_of(interaction.request.raw, interaction.response.raw):
        return interaction
    return settled(interaction, digest)


def decode_standing(call: str, entry: bytes) -> tuple[Interaction, bytes | None] | None:
    """Return an interaction as it stands, edited or not, and its digest; or None.

    Args:
        call: Its call, read already.
        entry: The text behind the dash, without the last newline.
    """
    end_at = entry.rfind(b"\n  at: ")
    if end_at < 0 or not is_own_text(entry):
        return None
    request_at = entry.find(b"\n") + len(_REQUEST)
    response_at = entry.find(_RESPONSE, request_at) + len(_RESPONSE)
    if not entry.startswith(_REQUEST, request_at - len(_REQUEST)) or response_at < request_at:
        return None
    sent = _decode_section(entry, request_at, response_at - len(_RESPONSE))
    received = _decode_section(entry, response_at, end_at)
    facts = _decode_facts(entry, end_at + 1)
    if sent is None or sent[1] or received is None or facts is None:
        return None
    method, _, url = call.partition(" ")
    request, response = Request(sent[0], url), Response(received[0], method)
    at, took, ended, digest, (failure, lists) = facts
    found = Interaction(call, request, response, at, took, received[1], ended, failure)
    for key, items in lists.items():
        setattr(found, key, items)
    return found, digest


@cache
def _changes() -> re.Pattern[bytes]:
    """Return the pattern of the lines of ``Changes``, which few entries have."""
    return re.compile(
        rb"(?:  failure:\n    kind: (%b)\n(?:    errno: (-?[1-9]\d{0,8})\n)?    message: (%b)\n)?"
        % (_WORDS, _WORDS)
        + b"".join([rb"(?:  %b: \[(%b(?:, %b)*)\]\n)?" % (k, i, i) for k, i in _LISTS.items()])
    )


def _decode_facts(
    entry: bytes, start: int
) -> tuple[datetime, float, Ended, bytes | None, Changes] | None:
    """Return what the lines from ``at`` to the end of an entry say, or None."""
    found = _FACTS.fullmatch(entry, start)
    if found is None:
        return None
    at, took, lines, digest, ended = found.groups()
    changes = _decode_changes(lines) if lines else _NO_CHANGES
    if changes is None:
        return None
    try:
        return datetime.fromisoformat(at.decode()), float(took), _ENDED[ended], digest, changes
    except ValueError:
        return None


def _decode_changes(lines: bytes) -> Changes | None:
    """Return what the lines between ``took`` and ``ended`` say, or None."""
    if any(line.count(b", ") >= MAX_ITEMS for line in lines.split(b"\n")):
        return None  # counted first, since an expression takes a second for a million of them
    found = _changes().fullmatch(lines)
    if found is None:
        return None
    kind, errno, message, *items = found.groups()
    failure = None
    if kind is not None:
        failure = Failure(kind.decode(), None if errno is None else int(errno), message.decode())
    lists = {
        key: tuple(item.strip('"') for item in _ITEMS.findall(line.decode()))
        for key, line in zip(CHANGE_LISTS, items, strict=True)
        if line is not None
    }
    if "rules" in lists and len(lists["rules"]) != len(lists.get("redacted", ())):
        return None
    return failure, lists


def _decode_section(text: bytes, start: int, stop: int) -> tuple[bytes, Arrived] | None:
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
    """Return a head, the empty line included, or None where a line is not indented.

    None too where the last one is nothing but its indentation, which is no line to YAML.
    """
    if lines[:1] in b" \t\n" or lines[-1:] == b" ":
        return None
    head = lines.replace(BREAK, CRLF)
    breaks = (len(lines) - len(head)) // (len(BREAK) - len(CRLF))
    # A newline that is left ends a value or stands for an empty line.
    return head + HEAD_END if lines.count(b"\n") == breaks else None


def _decode_any(message: bytes) -> tuple[bytes, Arrived] | None:
    """Return what any message in own shape holds and when it arrived, or None."""
    scalars = _split_keys(message)
    if not scalars:  # comments alone are no message
        return None
    style = scalars.pop(b"    style", None)
    chunks = scalars.pop(b"    chunks", None)
    arrived = scalars.pop(b"    arrived", None)
    values = {key[4:].decode(): decode_value(scalar) for key, scalar in scalars.items()}
    known = {key: value for key, value in values.items() if value is not None}
    if (
        len(known) < len(values)
        or (style is not None and style not in _STYLES)
        or (arrived is not None and not _is_arrived(arrived))
    ):
        return None
    sizes = None if chunks is None else decode_chunks(chunks)
    if sizes is None and chunks is not None:
        return None
    try:
        raw = join_message(known, None if style is None else style.decode(), sizes)
    except MessageError:
        return None
    return raw, () if arrived is None else tuple(map(tuple, json.loads(arrived)))


def decode_chunks(line: bytes) -> list[int] | None:
    """Return the sizes of chunks, or None where they do not stand as the writer writes them."""
    if line.count(b",") >= MAX_ITEMS or not _CHUNKS.fullmatch(line):
        return None
    sizes: list[int] = json.loads(line)
    return sizes


def _is_arrived(line: bytes) -> bool:
    """Return whether moments and sizes of pieces stand as the writer writes them."""
    return line.count(b"], ") < MAX_ITEMS and _ARRIVED.fullmatch(line) is not None


def _split_keys(message: bytes) -> dict[bytes, bytes] | None:
    """Return the scalars of a message by their keys, indentation included; or None.

    In the scalars, ``CR`` stands for each ``BREAK``.
    """
    if b"\n\n" in message or message.endswith(b"\n"):
        message = _indent_empty_lines(message)
    scalars: dict[bytes, bytes] = {}
    for line in message.replace(BREAK, CR).split(b"\n"):
        key, _, scalar = line.partition(b": ")
        if key in _KEYS and key not in scalars:
            scalars[key] = scalar
        elif not line.startswith(b"    #") or CR in line:
            return None  # indented deeper behind a comment, a line means what only YAML can tell
    return scalars


def _indent_empty_lines(lines: bytes) -> bytes:
    """Return the lines with the empty ones indented as the others are."""
    # Matches do not overlap, so the first pass leaves every other empty line of several.
    for _ in range(2):
        lines = lines.replace(b"\n\n", b"\n      \n")
    return lines + BREAK[1:] if lines.endswith(b"\n") else lines
