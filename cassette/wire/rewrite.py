"""The same message with another first line, other fields or another body, framed right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.wire.codings import codings_of, pack, unpack
from cassette.wire.encode import encode_chunks
from cassette.wire.framing import Framing
from cassette.wire.heads import field_spans, with_length, without_field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cassette.wire.parser import MessageParser

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BREAKS: Final = re.compile(r"[\r\n\0]")


def with_first_line(head: bytes, line: str) -> bytes:
    """Return a head with another first line.

    Raises:
        ValueError: It is more than a line, or not in Latin-1.
    """
    if _BREAKS.search(line) or not _is_latin(line):
        raise ValueError(f"{line!r} is no first line of a message")
    stop = head.index(b"\n")
    return line.encode("latin-1") + head[stop - 1 if head[stop - 1 : stop] == b"\r" else stop :]


def with_fields(head: bytes, fields: Mapping[str, str | None]) -> bytes:
    """Return a head with other header fields.

    Args:
        head: The head, its empty line included.
        fields: Values by name. A field that is there keeps its place and the spelling of its name,
            and there is one of it then; another one comes last; None takes all of a name out.

    Raises:
        ValueError: A name is no name of a field, or a value would not stay one.
    """
    for name, value in fields.items():
        if not _TOKEN.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a header field")
        if value is not None and (_BREAKS.search(value) or not _is_latin(value)):
            raise ValueError(f"{name}: {value!r} is no value of a header field")
        head = _with_field(head, name.encode(), value)
    return head


class Parts(NamedTuple):
    """A message in three parts.

    Attributes:
        interim: The interim responses before it.
        head: Its head, the empty line included.
        rest: All that follows the head.
    """

    interim: bytes
    head: bytes
    rest: bytes


def parts_of(raw: bytes, parser: MessageParser) -> Parts:
    """Return a message that has a head in its parts."""
    start, stop = parser.head_start, parser.head_size
    return Parts(raw[:start], raw[start:stop], raw[stop:])


def with_content(raw: bytes, parser: MessageParser, content: bytes) -> Parts:
    """Return a message with another body, in the coding and the framing of the one that it has.

    What is compressed in a way that is not known here loses its Content-Encoding. Without any
    framing it gets a Content-Length.

    Args:
        raw: The message, all of it.
        parser: Where its parts are.
        content: The new body, not compressed.
    """
    interim, head, _ = parts_of(raw, parser)
    body = content
    codings = codings_of(parser.fields.every(b"content-encoding"))
    if codings:
        old = b"".join([raw[start:stop] for start, stop in parser.payload])
        packings = unpack(old, codings).packings
        if len(packings) == len(codings):
            body = pack(content, [packing._replace(truncated=False) for packing in packings])
        else:
            head = without_field(head, b"content-encoding")
    if parser.chunked:
        start, stop = parser.trailers
        chunks = encode_chunks(body, [len(body)] if body else [], raw[start:stop])
        return Parts(interim, head, chunks)
    if parser.framing is not Framing.UNTIL_CLOSE:
        head = _sized(head, parser, len(body))
    return Parts(interim, head, body)


def without_body(parts: Parts) -> Parts:
    """Return a message without a body, and without the fields that frame one."""
    head = parts.head
    for name in (b"content-length", b"transfer-encoding", b"content-encoding"):
        head = without_field(head, name)
    return Parts(parts.interim, head, b"")


def _sized(head: bytes, parser: MessageParser, length: int) -> bytes:
    if parser.fields.first(b"content-length") is not None:
        return with_length(head, length)
    return _with_field(head, b"Content-Length", str(length)) if length else head


def _with_field(head: bytes, name: bytes, value: str | None) -> bytes:
    found = [span for span in field_spans(head, 0, len(head)) if span.name.lower() == name.lower()]
    line_end = head.find(b"\n") + 1
    if value is None:
        return head[:line_end] + without_field(head[line_end:], name)
    data = value.encode("latin-1")
    if not found:
        end = len(head.rstrip(b"\r\n"))
        return b"%b\r\n%b: %b%b" % (head[:end], name, data, head[end:])
    first = found[0]
    stop = first.stop - (1 if head[first.stop - 1 : first.stop] == b"\r" else 0)
    rest = head[stop:]
    if len(found) > 1:
        rest = rest[:2] + without_field(rest[2:], name)
    return head[: first.start] + data + rest


def _is_latin(value: str) -> bool:
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
