"""Entries of more than 256 KiB in own shape: read from a mapped file, without a copy of it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from cassette.model import Interaction, Request, Response
from cassette.store.forms import BREAK
from cassette.store.message_form import MessageError, Value, join_message
from cassette.store.shape import Parts, decode_facts, decode_parts, decode_section
from cassette.store.slices import LARGE, decode_slices, join_slices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from mmap import mmap

    from cassette.store.shape import Arrived

    Raw = bytes | Callable[[], bytes]

# A newline at the end of a value: what follows it is a key, or nothing that YAML would accept.
_VALUE_END: Final = re.compile(rb"\n(?! {6}|\n)")
_LARGE_VALUE: Final = re.compile(rb"\n    (body(?=: !)|(?:text|wire|raw)(?=: [|!])): ")
_MAX_SMALL: Final = LARGE
_WINDOW: Final = 1 << 16


def decode_large_entry(
    call: str, text: bytes | mmap, start: int, stop: int, parse: Callable[[], Interaction]
) -> Interaction | None:
    """Return an interaction whose messages are decoded when asked for; None if not in own shape.

    Args:
        call: Its call, read already.
        text: The file.
        start: Where the entry starts, behind the dash.
        stop: Where it ends, before its last newline.
        parse: Gives the interaction by way of a YAML parser.
    """
    lines = list(_value_ends(text, start, stop))
    at = {text[line + 1 : line + 7]: index for index, line in enumerate(lines)}
    request, response, end = (at.get(key, -1) for key in (b"  requ", b"  resp", b"  at: "))
    if not 0 == request < response < end:
        return None
    facts = decode_facts(text[lines[end] + 1 : stop], 0)
    sent = _read_message(text, lines[: response + 1], lambda: parse().request.raw)
    received = _read_message(text, lines[response : end + 1], lambda: parse().response.raw)
    if facts is None or sent is None or received is None or sent[1]:
        return None
    method, _, url = call.partition(" ")
    moment, took, failure, redacted, ended = facts
    return Interaction(
        call,
        Request(sent[0], url),
        Response(received[0], method),
        moment,
        took,
        received[1],
        ended,
        failure,
        redacted,
    )


def _value_ends(text: bytes | mmap, start: int, stop: int) -> Iterator[int]:
    """Give where the newlines are that end a value.

    A window without any newline is passed over, which takes a third of the time of searching it.
    """
    for place in range(start, stop, _WINDOW):
        end = min(place + _WINDOW, stop)
        if b"\n" in text[place:end]:
            # What follows the newline may stand in the next window.
            for found in _VALUE_END.finditer(text, place, min(end + len(BREAK), stop)):
                if found.start() < end:
                    yield found.start()


def _read_message(
    text: bytes | mmap, lines: list[int], parse: Callable[[], bytes]
) -> tuple[Raw, Arrived] | None:
    """Return the bytes of a message, or what gives them, and when they arrived; or None.

    Args:
        text: The file.
        lines: Where the newline before each key is, from ``request`` or ``response`` to what
            follows it.
        parse: Gives the bytes by way of a YAML parser.
    """
    small = []
    large = None
    for line, end in pairwise(lines[1:]):
        if end - line <= _MAX_SMALL:
            small.append(text[line + 1 : end])
        elif large is None and (found := _LARGE_VALUE.match(text, line)):
            large = (found[1].decode(), found.end(), end)
        else:
            return None
    if large is None:
        section = text[lines[0] : lines[-1]]
        return decode_section(section, section.index(b":") + 1, len(section))
    parts = decode_parts(b"\n".join(small)) if small else Parts({}, None, None, ())
    if parts is None:
        return None
    name, *place = large
    # With nothing for the large value, what surrounds it is joined, and checked.
    hollow = {**parts.values, name: Value(b"", binary=True)}
    try:
        frame = join_message(hollow, parts.style, None if parts.chunks is None else [])
        head = join_message({"head": parts.values["head"]}) if "head" in hollow else b""
    except MessageError:
        return None

    def join() -> bytes:
        try:
            body = decode_slices(text, *place)
            return join_slices(head, body, parts.chunks, frame[len(head) :])
        except ValueError:
            return parse()

    return join, parts.arrived
