"""JSON bodies over several lines, in a way that gives the very bytes back.

Nothing here reads JSON into values: spelling of numbers, escapes, duplicate keys and their order
stay because only the blanks *between* tokens change. ``style`` names the blanks that the body
has, and the way back is a rule for lines:

1. the blanks at the start of each line are left out and the lines are joined;
2. ``spaced`` puts one blank behind a comma that ends a line;
3. ``compact`` leaves out the blank behind the colon of a key;
4. a style that ends in ``-newline`` puts a newline at the end.
"""

from __future__ import annotations

import re
from typing import Final

STYLES: Final = ("compact", "spaced", "compact-newline", "spaced-newline")
"""What json.dumps, JSON.stringify and their kin write; the newline is from Go and Flask."""

MAX_JSON: Final = 1 << 16
"""Longest body in bytes that is spread over lines. A longer one is not read by people, and would
cost more in the file than it holds."""

MAX_DEPTH: Final = 64
"""Deepest nesting that is spread over lines, because indentation costs its square."""

_STRING: Final = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_STRING_THEN_COLON: Final = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*")(?:(:) )?', re.DOTALL)
_TOKEN: Final = re.compile(rb"[{}\[\],:]|[^{}\[\],: ]+")
_SCALAR: Final = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null")
_BREAKS: Final = [b"\n" + b"  " * depth for depth in range(MAX_DEPTH + 1)]
_COMMAS: Final = [b"," + line_break for line_break in _BREAKS]


def encode_json(body: bytes) -> tuple[bytes, str] | None:
    """Return the body over several lines and the name of its style.

    Returns:
        None where the body is no JSON object or array in one of the styles.
    """
    if body[:1] not in (b"{", b"[") or len(body) > MAX_JSON:
        return None
    end = "-newline" if body.endswith(b"\n") else ""
    colon = body.find(b'":')
    spaced = body[colon + 2 : colon + 3] == b" " if colon > 0 else b", " in body
    style = ("spaced" if spaced else "compact") + end
    lines = _spread(body[:-1] if end else body, spaced=spaced)
    if lines is None or b" \n" in lines or decode_json(lines, style) != body:
        return None
    return lines, style


def decode_json(lines: bytes, style: str) -> bytes:
    """Return the body that these lines stand for."""
    if style.startswith("spaced"):
        lines = lines.replace(b",\n", b", \n")
    body = b"".join(map(bytes.lstrip, lines.split(b"\n")))
    if style.startswith("compact"):
        # Without a backslash every quotation mark delimits a string, and without ` ": ` none of
        # the strings starts with a colon and a blank: all that is left are the ends of keys.
        if b"\\" not in body and b' ": ' not in lines and body[:1] in (b"{", b"["):
            body = body.replace(b'": ', b'":')
        else:
            body = _STRING_THEN_COLON.sub(rb"\1\2", body)
    return body + b"\n" if style.endswith("newline") else body


def _spread(body: bytes, *, spaced: bool) -> bytes | None:
    """Return the body with a line for each member, or None where it is no JSON."""
    # Either way strings and what stands between them take turns.
    parts = _STRING.split(body) if b"\\" in body else body.split(b'"')
    if len(parts) % 2 == 0:
        return None
    colon, comma = (b": ", b", ") if spaced else (b":", b",")
    depth = 0
    comma_break = _COMMAS[0]
    between = parts[::2]
    last = len(between) - 1
    for index, part in enumerate(between):
        if part == colon:
            between[index] = b": "
        elif part == comma:
            between[index] = comma_break
        else:
            spread, depth = _spread_tokens(part, depth)
            if not 0 <= depth <= MAX_DEPTH or (depth == 0) is not (index == last):
                return None
            between[index] = spread
            comma_break = _COMMAS[depth]
    parts[::2] = between
    return b'"'.join(parts)


def _spread_tokens(part: bytes, depth: int) -> tuple[bytes, int]:
    """Return what stands between two strings over several lines, and the depth behind it."""
    out: list[bytes] = []
    tokens = _TOKEN.findall(part)
    before = b""
    for index, token in enumerate(tokens):
        if token in b"{[":
            depth += 1
            out.append(token)
            empty = tokens[index + 1 : index + 2] in ([b"}"], [b"]"])
            if not empty and depth <= MAX_DEPTH:
                out.append(_BREAKS[depth])
        elif token in b"}]":
            depth -= 1
            if depth < 0:
                break
            if before not in (b"{", b"["):
                out.append(_BREAKS[min(depth, MAX_DEPTH)])
            out.append(token)
        elif token == b",":
            out.append(_COMMAS[min(depth, MAX_DEPTH)])
        elif token == b":":
            out.append(b": ")
        elif _SCALAR.fullmatch(token):
            out.append(token)
        else:
            return b"", -1
        before = token
    return b"".join(out), depth
