"""Secrets in JSON, and in what is assigned to names, inside of a string of JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cassette.redaction.assignments import in_assignments
from cassette.redaction.hits import BACKSLASH, Hit, View
from cassette.redaction.jsontext import STRING, in_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.redaction.judging import Court

_QUOTE: Final = b'\\"'
_MAY_NAME: Final = re.compile(rb"[:=]|\\u003[ad]", re.IGNORECASE)


def in_nested_json(data: bytes, start: int, stop: int, court: Court) -> Iterator[Hit]:
    """Yield the secrets of JSON that is itself the inside of a JSON string, two levels deep."""
    for first, last in _strings_with_quotes(data, start, stop):
        view = View(data, first, last, BACKSLASH)
        yield from view.placed(_outside_in(view.text, court))
        if b'\\"' in view.text:
            inner = View(view.text, 0, len(view.text), BACKSLASH)
            yield from view.placed(inner.placed(_outside_in(inner.text, court)))


def _strings_with_quotes(data: bytes, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield where the strings stand that hold a quotation mark, and something that has a name."""
    at = data.find(_QUOTE, start, stop)
    while at >= 0:
        # The nearest one before is that of the string itself; what has none is cut short.
        first = data.rfind(b'"', start, at)
        string = STRING.match(data, first, stop) if first >= 0 else None
        first, start = (start, stop) if string is None else string.span()
        if _MAY_NAME.search(data, first, start):
            yield first, start
        at = data.find(_QUOTE, start, stop)


def _outside_in(text: bytes, court: Court) -> Iterator[Hit]:
    yield from in_json(text, 0, len(text), court)
    yield from in_assignments(text, 0, len(text), court, b":=")
