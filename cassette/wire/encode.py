"""Bytes for the wire: the way back from a body to its framing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def encode_chunks(body: bytes, sizes: Iterable[int], trailers: bytes = b"") -> bytes:
    """Return a body in canonical chunked coding.

    Canonical means: sizes in lower-case hexadecimal without leading zeros, no extensions, CRLF
    everywhere, a last chunk of ``0``.

    Args:
        body: The payload.
        sizes: Length of each chunk in bytes, the last chunk of size zero left out.
        trailers: Trailer lines, each with its CRLF.

    Raises:
        ValueError: The sizes do not add up to the length of the body.

    Source: RFC 9112, section 7.1.
    """
    out: list[bytes] = []
    start = 0
    for size in sizes:
        out += (b"%x\r\n" % size, body[start : start + size], b"\r\n")
        start += size
    if start != len(body):
        raise ValueError(f"chunks add up to {start} bytes, the body has {len(body)}")
    out += (b"0\r\n", trailers, b"\r\n")
    return b"".join(out)
