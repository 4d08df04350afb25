"""Secrets in a body: which grammar it has, by its bytes and not by its label, and what is in it."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final

from cassette.redaction import urls
from cassette.redaction.assignments import in_assignments
from cassette.redaction.fields import in_fields
from cassette.redaction.hits import Hit
from cassette.redaction.jsontext import in_json, variables_of
from cassette.redaction.markup import in_markup, in_siblings, is_markup
from cassette.redaction.multipart import boundary_of, part_name, parts_of
from cassette.redaction.names import Tier
from cassette.redaction.nested import in_nested_json
from cassette.redaction.tokens import in_tokens, runs_in
from cassette.wire.grammar import MAX_HEAD
from cassette.wire.headers import first_value, parse_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.redaction.judging import Court
    from cassette.redaction.memory import SecretMemory

_FORM: Final = re.compile(rb"[\w.~%+\[\]-]++=[^&\s\"'<>]*+(?:&[\w.~%+\[\]-]++=[^&\s\"'<>]*+)*+\s*+")
"""A body that is nothing but pairs; not every client, nor every server, says that it is a form."""

_JSON: Final = re.compile(rb'\s*+(?:\{\s*+["}]|\[\s*+(?:[\[{"\d\-\]]|true|false|null))')
CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_PACKED: Final = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_LEVELS: Final = 4


def content_hits(  # noqa: PLR0913 - the level is our own affair
    content: bytes,
    start: int,
    stop: int,
    kind: bytes,
    court: Court,
    *,
    levels: int = _LEVELS,
) -> Iterator[Hit]:
    """Yield the secrets in a body.

    Args:
        content: What holds the body, decompressed and without chunk framing.
        start: Where the body begins.
        stop: Where it ends.
        kind: Value of Content-Type; empty where there is none.
        court: Judges names and values.
        levels: How deep multipart bodies within each other are taken apart.
    """
    media = kind.lower()
    boundary = boundary_of(kind) if levels and b"multipart" in media else None
    parts = list(parts_of(content, boundary, start, stop)) if boundary is not None else []
    if parts:
        for part in parts:
            yield from _in_part(content, part.start, part.body, part.stop, court, levels)
        return
    if court.defaults:
        yield from in_tokens(content, start, stop, "body")
    if _JSON.match(content, start, stop):
        yield from _in_json(content, start, stop, court)
    elif is_markup(content, start, stop):
        yield from in_markup(content, start, stop, court)
        yield from in_siblings(content, start, stop, court)
        yield from in_json(content, start, stop, court)
        yield from in_assignments(content, start, stop, court)
        yield from urls.in_urls(content, start, stop, court, "body")
    elif _is_form(content, start, stop, media):
        yield from urls.in_form(content, start, stop, court)
        yield from urls.in_userinfo(content, start, stop, "form.userinfo")
        yield from urls.in_parameters(content, start, stop, court, "form")
    else:
        if b"csv" in media:
            yield from _in_columns(content, start, stop, court)
        yield from in_json(content, start, stop, court)
        if content.find(b'\\"', start, stop) >= 0:
            yield from in_nested_json(content, start, stop, court)
        yield from in_assignments(content, start, stop, court)
        yield from urls.in_urls(content, start, stop, court, "body")
        if court.defaults and b"\n" in content[start:stop]:
            yield from _in_credential_lines(content, start, stop, court)


def _in_part(  # noqa: PLR0913, PLR0917 - a part is three offsets
    content: bytes, start: int, body: int, stop: int, court: Court, levels: int
) -> Iterator[Hit]:
    head = content[start : min(body, start + MAX_HEAD)]
    name = part_name(head)
    yield from in_lines(content, start, body, court)
    if body < stop and court.hides(name, content[body:stop], "form"):
        yield Hit(body, stop, content[body:stop], f"form.{name}")
    elif not CONTROL.search(content, body, min(stop, body + 1024)):
        own = first_value(parse_fields(head), b"content-type") or b""
        yield from content_hits(content, body, stop, own, court, levels=levels - 1)
        if own.lower().startswith(b"application/http"):
            yield from in_lines(content, body, stop, court)


def _in_json(content: bytes, start: int, stop: int, court: Court) -> Iterator[Hit]:
    yield from in_json(content, start, stop, court)
    if content.find(b'\\"', start, stop) >= 0:
        yield from in_nested_json(content, start, stop, court)
    if content.find(b"=", start, stop) >= 0:
        yield from in_assignments(content, start, stop, court, b"=")
    yield from urls.in_urls(content, start, stop, court, "body")
    if court.sent and content.find(b"$", start, stop) >= 0:
        yield from _in_variables(content, start, stop, court)


def _in_variables(content: bytes, start: int, stop: int, court: Court) -> Iterator[Hit]:
    """Yield the variables of GraphQL that are given to arguments of secret names."""
    for argument, variable in variables_of(content[start:stop]):
        if court.tier(argument) is Tier.NONE or court.tier(variable) is not Tier.NONE:
            continue
        member = re.compile(rb'"%b"\s*:\s*"([^"\\]+)"' % re.escape(variable.encode()))
        for found in member.finditer(content, start, stop):
            if court.hides(argument, found[1], "json"):
                yield Hit(*found.span(1), found[1], f"json.{variable}")


def _in_columns(content: bytes, start: int, stop: int, court: Court) -> Iterator[Hit]:
    """Yield the cells of CSV whose column has the name of a secret (RFC 4180)."""
    lines = content[start:stop].splitlines(keepends=True)
    if not lines:
        return
    names = [name.strip().strip(b'"').decode("utf-8", "replace") for name in lines[0].split(b",")]
    hot = [i for i, name in enumerate(names) if court.tier(name) is not Tier.NONE]
    at = start + len(lines[0])
    for line in lines[1:] if hot else []:
        offset = 0
        for i, cell in enumerate(line.rstrip(b"\r\n").split(b",")):
            value = cell.strip().strip(b'"')
            if i in hot and court.hides(names[i], value, "json"):
                begin = at + offset + cell.index(value)
                yield Hit(begin, begin + len(value), value, f"csv.{names[i]}")
            offset += len(cell) + 1
        at += len(line)


_PGPASS: Final = re.compile(rb"^[\w.*-]+:(?:\d+|\*):[\w*-]+:[\w*.-]+:(\S+)$", re.MULTILINE)
_HTPASSWD: Final = re.compile(
    rb"^[\w.@-]{1,64}:(\$(?:2[aby]|apr1|5|6|y)\$[\w./$+=]{20,}|\{SHA\}[\w+/=]+)", re.MULTILINE
)


def _in_credential_lines(content: bytes, start: int, stop: int, court: Court) -> Iterator[Hit]:
    """Yield what stands in lines of ``.pgpass`` and ``.htpasswd``."""
    for pattern in (_PGPASS, _HTPASSWD) if court.defaults else ():
        for found in pattern.finditer(content, start, stop):
            yield Hit(*found.span(1), found[1], "body.password")


def _is_form(content: bytes, start: int, stop: int, media: bytes) -> bool:
    return b"urlencoded" in media or _FORM.fullmatch(content, start, stop) is not None


def in_lines(data: bytes, start: int, stop: int, court: Court) -> Iterator[Hit]:
    """Yield the secrets in field lines: by their names, their shapes, and in their URLs."""
    yield from in_fields(data, start, stop, court)
    yield from urls.in_urls(data, start, stop, court, "headers")
    if court.defaults:
        yield from in_tokens(data, start, stop, "headers")


def packed_texts(
    content: bytes, start: int, stop: int, court: Court, memory: SecretMemory
) -> Iterator[Hit]:
    """Yield base64 inside of a text that itself holds secrets, with these masked.

    Args:
        content: What holds the text.
        start: Where it begins.
        stop: Where it ends.
        court: Judges names and values.
        memory: Gives the masks.
    """
    text = content if stop - start == len(content) else content[start:stop]
    end = 0
    for first, _ in runs_in(text):
        if first < end:
            continue
        token = _PACKED.match(text, first)
        if token is None:
            continue
        end = token.end()
        hit = packed_hit(token[0], court, memory)
        if hit is not None:
            yield hit._replace(start=start + first, stop=start + end)


def packed_hit(token: bytes, court: Court, memory: SecretMemory) -> Hit | None:
    """Return the masked spelling of a base64 text with secrets in it, at offset 0; else None."""
    if len(token) % 4 == 1 or len(token) > 1 << 16 or not is_textual_base64(token):
        return None
    try:
        padded = token.translate(_STANDARD) + b"=" * (-len(token) % 4)
        inner = base64.b64decode(padded, validate=True)
        inner.decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    if CONTROL.search(inner):
        return None
    hits = [
        hit
        for hit in content_hits(inner, 0, len(inner), b"", court, levels=0)
        if hit.start < hit.stop and not memory.is_mask(hit.secret)
    ]
    if not hits:
        return None
    out = bytearray(inner)
    end = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.stop)):
        size = hit.stop - hit.start
        if hit.start < end:
            continue
        end = hit.stop
        memory.learn(hit.secret)
        out[hit.start : hit.stop] = memory.mask(
            hit.secret, size, keep=hit.keep if size == len(hit.secret) else 0, number=hit.number
        )
    spelt = base64.b64encode(bytes(out))[: len(token)]
    if b"-" in token or b"_" in token:
        spelt = spelt.translate(_URL_SAFE)
    place, rule = hits[0].place, hits[0].rule
    return Hit(0, len(token), token, f"base64.{place}", rule, learn=False, packed=spelt)


_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


def is_textual_base64(token: bytes) -> bool:
    """Return whether base64 begins with printable ASCII: a quick test."""
    try:
        head = base64.b64decode(token[:16].translate(_STANDARD), validate=True)
    except binascii.Error:
        return False
    return head.isascii() and CONTROL.search(head) is None
