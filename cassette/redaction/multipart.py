"""Where the parts of a multipart body are (RFC 2046, section 5.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOUNDARY: Final = re.compile(rb'boundary=(?:"([^"]+)"|([^\s;,"]+))', re.IGNORECASE)
_PART_NAME: Final = re.compile(rb"\bname=(?:\"([^\"]*)\"|([^\s;\"]+))", re.IGNORECASE)
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")


class Part(NamedTuple):
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
) -> Iterator[Part]:
    """Yield the parts of a multipart body; the last one may be cut short.

    Args:
        data: What holds the body.
        boundary: What stands between the parts.
        start: Where the body begins.
        stop: Where it ends.
    """
    stop = len(data) if stop is None else stop
    mark = b"--" + boundary
    at = data.find(mark, start, stop)
    while at >= 0:
        begin = at + len(mark)
        if data.startswith(b"--", begin):
            return
        at = data.find(b"\n" + mark, begin, stop)
        end = stop if at < 0 else at - data.startswith(b"\r", at - 1)
        blank = _BLANK_LINE.search(data, begin, end)
        if blank is not None:
            yield Part(begin, blank.end(), end)
        at += at >= 0


def part_name(head: bytes) -> str:
    """Return the name that a part's Content-Disposition gives (RFC 7578, section 4.2), or ""."""
    found = _PART_NAME.search(head)
    if found is None:
        return ""
    return (found[1] if found[1] is not None else found[2]).decode("utf-8", "replace")
