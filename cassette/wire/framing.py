"""How long a message body is: the one decision that cuts a byte stream into messages."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from cassette.wire.lenient import content_length, has_body, is_chunked

if TYPE_CHECKING:
    from collections.abc import Callable

    ValueOf = Callable[[bytes], bytes | None]
    """Gives the value of the first field of a name in lower case, or None."""


class Framing(enum.Enum):
    """The ways in which the end of a body is known."""

    NONE = "none"
    LENGTH = "length"
    CHUNKED = "chunked"
    UNTIL_CLOSE = "until close"


def request_framing(value_of: ValueOf) -> tuple[Framing, int]:
    """Return how the body of a request ends, and its length in bytes where that is announced.

    Source: RFC 9112, section 6.3, steps 3 to 7.
    """
    framing, length = _announced(value_of)
    # Step 7: a request without either field has no body.
    return (Framing.NONE, 0) if framing is Framing.UNTIL_CLOSE else (framing, length)


def response_framing(method: bytes, status: int, value_of: ValueOf) -> tuple[Framing, int]:
    """Return how the body of a response ends, and its length in bytes where that is announced.

    Args:
        method: Method of the request that it answers; empty where unknown.
        status: Status code.
        value_of: Looks up a header field.

    Source: RFC 9112, section 6.3. Where the RFC and ``http.client`` differ, in that only the
    exact value ``chunked`` counts, this follows ``http.client``.
    """
    # Step 1: answers to HEAD, and these statuses, have no body whatever their fields say.
    # 101 hands the connection to another protocol: all that follows belongs to it.
    if status == 101:  # noqa: PLR2004 - the status itself is the clearest name
        return Framing.UNTIL_CLOSE, 0
    if not has_body(method.decode("latin-1"), status):
        return Framing.NONE, 0
    # Step 2: a tunnel takes over after the head.
    if method == b"CONNECT" and 200 <= status < 300:  # noqa: PLR2004
        return Framing.UNTIL_CLOSE, 0
    return _announced(value_of)


def _announced(value_of: ValueOf) -> tuple[Framing, int]:
    """Steps 3 to 8: Transfer-Encoding, else a valid Content-Length, else until the close."""
    coding = value_of(b"transfer-encoding")
    if coding is not None and is_chunked(coding.decode("latin-1")):
        return Framing.CHUNKED, 0
    announced = value_of(b"content-length")
    length = None if announced is None else content_length(announced.decode("latin-1"))
    if length is None:
        return Framing.UNTIL_CLOSE, 0
    return (Framing.LENGTH, length) if length else (Framing.NONE, 0)
