"""A head as bytes: where its lines stand, and the same head with a field changed.

These look at the bytes, whether or not they are a message: what is no HTTP, or was cut short, is
searched for secrets too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.wire.parser import Span

_FIELD: Final = re.compile(
    rb"(?:\A|\n)([!#-'*+.0-9A-Z^_`a-z|~-]+)[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)"
)
"""A field name is a token (RFC 9110, section 5.6.2); a folded value goes on in the next line."""

_NAME: Final = re.compile(rb"[^\s:]+")


class FieldSpan(NamedTuple):
    """One field as it stands in some bytes.

    Attributes:
        name: Its name as spelt; empty where the line begins with none.
        start: Where its value begins.
        stop: Where its value ends, folded lines and the last CR included.
    """

    name: bytes
    start: int
    stop: int


def field_spans(data: bytes, start: int, stop: int) -> Iterator[FieldSpan]:
    """Yield the fields in a head, in trailers or in any bytes; other lines are passed over.

    Args:
        data: What holds the fields.
        start: Where the first line begins.
        stop: Where the last one ends.
    """
    for found in _FIELD.finditer(data[start:stop]):
        yield FieldSpan(found[1], start + found.start(2), start + found.end(2))


def field_at(head: bytes, offset: int) -> FieldSpan | None:
    """Return the field in whose lines an offset stands; None for the first line of the head."""
    line = head.rfind(b"\n", 0, offset) + 1
    while line and head[line : line + 1] in (b" ", b"\t"):
        line = head.rfind(b"\n", 0, line - 1) + 1  # a folded line
    if not line:
        return None
    name = _NAME.match(head, line)
    field = _FIELD.match(head, line - 1)
    if field is not None:
        return FieldSpan(field[1], *field.span(2))
    start = line if name is None else name.end()
    return FieldSpan(b"" if name is None else name[0], start, len(head))


def head_end(data: bytes) -> int:
    """Return where the first empty line between CRLFs ends; 0 without one."""
    return data.find(b"\r\n\r\n") + 4 if b"\r\n\r\n" in data else 0


def target_span(head: bytes) -> Span:
    """Return where the request target stands in the first line, as far as that can be told."""
    line = head.find(b"\n") + 1 or len(head)
    start = head.find(b" ", 0, line) + 1
    stop = head.rfind(b" ", start, line)
    if stop < 0 or not head.startswith(b"HTTP/", stop + 1):
        stop = len(head[:line].rstrip())
    return start, stop


def without_field(head: bytes, name: bytes) -> bytes:
    """Return a head without the fields of a name."""
    return re.sub(rb"(?im)^%b[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*" % re.escape(name), b"", head)


def with_length(head: bytes, length: int) -> bytes:
    """Return a head whose Content-Length, where it has one, announces another length."""
    return re.sub(rb"(?im)^(content-length[ \t]*:[ \t]*)[^\r\n]*", rb"\g<1>%d" % length, head)
