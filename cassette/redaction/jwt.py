"""JSON Web Tokens as masks: three parts that decode, with nothing of what they said."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_STRING: Final = re.compile(rb'("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?)')
_DATES: Final = frozenset(("exp", "iat", "nbf", "auth_time", "updated_at"))


def header_of(token: bytes) -> dict[str, Any] | None:
    """Return the header of a token (RFC 7515, section 4); None where it is no token."""
    try:
        header = json.loads(_decoded(token.partition(b".")[0]))
    except ValueError:
        return None
    return header if isinstance(header, dict) and ("alg" in header or "typ" in header) else None


def masked_token(token: bytes, mask: Callable[[bytes, int], bytes]) -> bytes:
    """Return a token of the same length whose header and dates stay.

    Args:
        token: The token, in compact form.
        mask: Gives the mask of a secret, in a length.
    """
    header, *parts = token.split(b".")
    masked = [header]
    for part in parts:
        claims = _masked_claims(part, mask) if part is parts[0] and len(parts) == 2 else None  # noqa: PLR2004
        masked.append(_blank(token, part, mask) if claims is None else claims)
    return b".".join(masked)


def _masked_claims(part: bytes, mask: Callable[[bytes, int], bytes]) -> bytes | None:
    try:
        payload = _decoded(part)
        claims = json.loads(payload)
    except ValueError:
        return None
    if not isinstance(claims, dict):
        return None
    out = bytearray(payload)
    name = ""
    for found in _STRING.finditer(payload):
        if found[2] is not None:
            name = found[1][1:-1].decode("utf-8", "replace")
        elif found[1] is not None:
            inner = found[1][1:-1]
            if inner:
                out[found.start(1) + 1 : found.end(1) - 1] = mask(inner, len(inner))
        elif name not in _DATES:
            start, stop = found.span(3)
            digits = payload[start:stop].lstrip(b"-").partition(b".")[0]
            begin = start + payload[start:stop].index(digits)
            out[begin : begin + len(digits)] = mask(digits, len(digits))
    return base64.urlsafe_b64encode(out).rstrip(b"=")


def _blank(token: bytes, part: bytes, mask: Callable[[bytes, int], bytes]) -> bytes:
    """Return a part that decodes, with the number of the token where there is room for it."""
    if not part:
        return part
    text = mask(token + b"#", max(len(part) * 3 // 4, 1))
    return base64.urlsafe_b64encode(text).rstrip(b"=").ljust(len(part), b"A")[: len(part)]


def _decoded(part: bytes) -> bytes:
    return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
