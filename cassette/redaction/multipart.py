"""Where the parts of a multipart body are (RFC 2046, section 5.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOUNDARY: Final = re.compile(rb'boundary=(?:"([^"]+)"|([^\s;,"]+))', re.IGNORECASE)
_PART_NAME: Final = re.compile(
    rb"^content-disposition[ \t]*:(?:[^\n]|\n(?=[ \t]))*?"
    rb"[;\s]name[ \t]*=[ \t]*(?:\"([^\"]*)\"|([^\s;\"]+))",
    re.IGNORECASE | re.MULTILINE,
)
_DELIMITER_END: Final = re.compile(rb"--|[ \t]*\r?(?:\n|\Z)")
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")


class BodyPart(NamedTuple):
    """One part of a multipart body, as offsets.

    Attributes:
        start: Where its head begins.
        body: Where its body begins.
        stop: Where its body ends.
    """

    start: int
    body: int
    stop: int


def boundary_of(content_type: bytes) -> bytes | None:
    """Return the boundary that a Content-Type names (RFC 2046, section 5.1.1), or None."""
    found = _BOUNDARY.search(content_type)
    return None if found is None else found[1] or found[2]


def parts_of(
    data: bytes, boundary: bytes, start: int = 0, stop: int | None = None
) -> Iterator[BodyPart]:
    """Yield the parts of a multipart body; the last one may be cut short.

    Args:
        data: What holds the body.
        boundary: What stands between the parts.
        start: Where the body begins.
        stop: Where it ends.
    """
    stop = len(data) if stop is None else stop
    mark = b"--" + boundary
    begin = start + len(mark) if data.startswith(mark, start) else -1
    if begin < 0 or not _DELIMITER_END.match(data, begin, stop):
        _, begin = _next_delimiter(data, b"\n" + mark, start, stop)
    while begin >= 0 and not data.startswith(b"--", begin, stop):
        end, after = _next_delimiter(data, b"\n" + mark, begin, stop)
        # The line end of the delimiter may be half of an empty line, before a part without head.
        blank = _BLANK_LINE.search(data, begin, end)
        if blank is not None or data[begin:end].strip():
            yield BodyPart(begin, end if blank is None else blank.end(), end)
        begin = after


def _next_delimiter(data: bytes, mark: bytes, start: int, stop: int) -> tuple[int, int]:
    """Return where the next delimiter line starts, line end before it included, and its mark ends.

    Returns:
        ``stop`` and -1 where there is none.
    """
    at = data.find(mark, start, stop)
    while at >= 0:
        after = at + len(mark)
        # What goes on is the boundary of a multipart body in a part (RFC 2046, section 5.1.1).
        if _DELIMITER_END.match(data, after, stop):
            return at - data.startswith(b"\r", at - 1), after
        at = data.find(mark, after, stop)
    return stop, -1


def part_name(head: bytes) -> str:
    """Return the name that a part's Content-Disposition gives (RFC 7578, section 4.2), or ""."""
    found = _PART_NAME.search(head)
    if found is None:
        return ""
    return (found[1] if found[1] is not None else found[2]).decode("utf-8", "replace")
