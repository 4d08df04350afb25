"""The events of a stream, each with the moment at which it was complete."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cassette.traffic.kinds import LINES_OF_JSON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.model import Interaction

_BLOCK: Final = re.compile(rb"(?:[^\r\n]+(?:\r\n|\n|\r|\Z))+")
_LINE_BREAK: Final = re.compile(r"\r\n|\n|\r")


class Event(NamedTuple):
    """One event of a stream.

    Attributes:
        name: Its type; ``message`` is left out, as senders do. In a stream of lines always empty.
        data: What it carries.
        first: Number of the piece with its first byte, counted from 0; None where that is unknown.
        last: Number of the piece that completed it.
        at: Seconds since the request was sent.
        whole: The blank line that ends it has come.
    """

    name: str
    data: str
    first: int | None
    last: int | None
    at: float | None
    whole: bool = True


def events_of(one: Interaction) -> list[Event]:
    """Return the events of a response that is a stream of them."""
    response = one.response
    content = response.content
    lines = any(part in response.kind.lower() for part in LINES_OF_JSON)
    pieces = _Pieces(one) if content is response.body or content == response.body else None
    found = _lines(content) if lines else _blocks(content)
    events = []
    for name, data, start, stop, whole in found:
        first, last = pieces.of(start, stop) if pieces else (None, None)
        at = one.arrived[last][0] if last is not None and one.arrived else None
        if pieces and not one.arrived:
            at = one.took
        events.append(Event(name, data, first, last, at, whole))
    return events


def joined(events: list[Event]) -> str:
    """Return the text that the events of a language model add up to; empty where they do not."""
    said = [text for event in events if (text := _delta(event.data)) is not None]
    return "".join(said) if len(said) > 1 else ""


def _delta(data: str) -> str | None:
    """Return the text that an event adds, as the well-known services have it."""
    try:
        value: Any = json.loads(data)
        choices = value.get("choices")
        if choices:
            value = choices[0]["delta"]["content"]
        elif "delta" in value:
            delta = value["delta"]
            value = delta if isinstance(delta, str) else delta["text"]
        elif "message" in value:
            value = value["message"]["content"]
        else:
            value = value["response"]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return value if isinstance(value, str) else None


def _blocks(content: bytes) -> Iterator[tuple[str, str, int, int, bool]]:
    """Yield the events of ``text/event-stream``, as the HTML standard reads them."""
    for block in _BLOCK.finditer(content.removeprefix(b"\xef\xbb\xbf")):
        name, data = "", []
        for text in _LINE_BREAK.split(block[0].decode("utf-8", "replace")):
            field, _, value = text.partition(":")
            value = value.removeprefix(" ")
            if field == "data":
                data.append(value)
            elif field == "event":
                name = value
            elif not field and value:
                name, data = name or "comment", [*data, value]
            elif field:
                data.append(text)
        end = content[block.end() : block.end() + 2]
        yield name, "\n".join(data), block.start(), block.end() + bool(end), bool(end)


def _lines(content: bytes) -> Iterator[tuple[str, str, int, int, bool]]:
    """Yield the lines of a stream of JSON values."""
    at = 0
    for line in content.splitlines(keepends=True):
        text = line.strip(b"\x1e\r\n\t ")
        if text:
            whole = line.endswith((b"\n", b"\r"))
            yield "", text.decode("utf-8", "replace"), at, at + len(line), whole
        at += len(line)


class _Pieces:
    """Tells in which reads some bytes of a body came.

    Args:
        one: The interaction.
    """

    def __init__(self, one: Interaction) -> None:
        spans = one.response.parsed.payload
        self._spans = spans
        self._starts = [0, *accumulate(stop - start for start, stop in spans)]
        self._ends = list(accumulate(count for _, count in one.arrived))

    def of(self, start: int, stop: int) -> tuple[int | None, int | None]:
        """Return the numbers of the pieces with the first and the last of some bytes."""
        if not self._ends:
            return None, None
        return self._piece(self._offset(start)), self._piece(self._offset(stop - 1))

    def _offset(self, at: int) -> int:
        """Return where in the message a byte of the body stands."""
        which = min(bisect_right(self._starts, at) - 1, len(self._spans) - 1)
        return self._spans[which][0] + at - self._starts[which]

    def _piece(self, offset: int) -> int:
        return min(bisect_left(self._ends, offset + 1), len(self._ends) - 1)
