"""Whether a connection speaks HTTP, told by what its client sends."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 1 << 16
"""Bytes within which the first line of a request ends, or it is none."""

_REQUEST_LINE: Final = re.compile(rb"[!-~]+ [^\r\n]+ HTTP/\d\.\d\r?\n")
_BEGINNING: Final = re.compile(
    rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: (?:[^\x00-\x20\x7f][^\x00-\x08\n]*)?)?"
)

_UPGRADE: Final = re.compile(rb"(?i)\r\nupgrade:[ \t]*(?:websocket|tcp)\b")


def is_http(sent: bytes | bytearray) -> bool | None:
    """Return whether what a client has sent so far begins a request.

    Args:
        sent: All of it, from the first byte of the connection.

    Returns:
        None where its first line is not complete, and may become one.
    """
    end = sent.find(b"\n")
    if end >= 0:
        return _REQUEST_LINE.match(sent) is not None
    if len(sent) > _LONGEST:
        return False
    beginning = sent.rstrip(b"\r")
    return None if not beginning or _BEGINNING.fullmatch(beginning) else False


def leaves_http(request: bytes) -> bool:
    """Return whether a request asks to go on in a protocol that is no HTTP, such as WebSocket.

    Source: RFC 9110, section 7.8.
    """
    return b"pgrade" in request and _UPGRADE.search(request) is not None
