"""Secrets in text without a grammar of its own: ``.env``, INI, YAML, shell, source code, logs."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from cassette.redaction.fields import in_field
from cassette.redaction.hits import LONG_VALUE, Hit
from cassette.redaction.names import TAILS, Tier, words_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from cassette.redaction.judging import Court

_NAME: Final = re.compile(rb"([A-Za-z_][\w.-]*(?:\[[\w-]*\])?)[\"'`]?[ \t]{0,4}\Z")
_VALUE: Final = re.compile(
    rb">?[ \t]{0,20}(?:\"([^\"\\\r\n\0]*(?:\\.[^\"\\\r\n\0]*)*)\""
    rb"|'([^'\\\r\n\0]*(?:\\.[^'\\\r\n\0]*)*)'"
    rb"|([^\s\"'<>,;&\\|`\0]+))"
)
_LITERAL: Final = re.compile(rb"-?\d[\d.eE+-]*|true|false|null")
_LINE: Final = re.compile(rb"[ \t]*([^\s\"'<>\\\0][^\r\n\"'<>\\\0]*)")
_FLAG: Final = re.compile(rb"--?([a-z][\w-]{2,40})[ \t]+[\"']?([^\s\"'<>\\\0-][^\s\"'<>\\\0]*)")
_USER: Final = re.compile(
    rb"(?<![\w-])(?:-u|--user|--proxy-user)[ \t=]{1,3}[\"']?"
    rb"([^\s:\"'\\\0]{1,100}):([^\s\"'\\\0]{3,200})"
)
_NETRC: Final = re.compile(rb"\blogin\s+\S+\s+password\s+([^\s\"\\\0]+)")
_NAME_LENGTH: Final = 80


def in_assignments(
    data: bytes, start: int, stop: int, court: Court, marks: bytes = b"=:"
) -> Iterator[Hit]:
    """Yield the secrets among what is assigned to a name by ``=`` or ``:``.

    Args:
        data: The text.
        start: Where to begin.
        stop: Where to end.
        court: Judges names and values.
        marks: The marks of an assignment that count.
    """
    text = data if stop - start == len(data) else data[start:stop]
    for mark in (marks[i : i + 1] for i in range(len(marks))):
        pieces = text.split(mark)
        hot = [
            i
            for i, piece in enumerate(pieces)
            if piece[-3:] in TAILS or not piece[-1:].isalpha() or court.own
        ]
        ends = list(accumulate(map(len, pieces))) if hot else []
        seen = 0
        for i in hot:
            at = ends[i] + i + 1
            if at >= seen:
                seen = yield from _assigned(text, at, start, pieces[i], mark, court)
    if b"-" in text:
        yield from _in_commands(text, start, court)
    if b"login" in text:
        for found in _NETRC.finditer(text):
            yield Hit(start + found.start(1), start + found.end(1), found[1], "text.password")


def _assigned(  # noqa: PLR0913, PLR0917 - a place in a text
    text: bytes, at: int, start: int, piece: bytes, mark: bytes, court: Court
) -> Generator[Hit, None, int]:
    """Yield what is assigned at a mark, if it is a secret.

    Returns:
        Where a long value ends: each name in it would read the rest of it again; else 0.
    """
    named = _NAME.search(piece[-_NAME_LENGTH:]) if at < len(text) else None
    if named is None:
        return 0
    spelt = named[1].decode()
    tier = court.tier(spelt)
    if tier is Tier.NONE or (mark == b":" and text[at : at + 1] in (b":", b"/")):
        return 0
    place = f"text.{spelt}"
    if words_of(spelt)[-1:] in (["authorization"], ["cookie"]) and mark == b":":
        if named[0].rstrip()[-1:] not in b"\"'`":  # else a member of JSON, or of a program
            yield from _in_field_line(text, at, start, spelt, tier, court)
        return 0
    value_at = _VALUE.match(text, at)
    if value_at is None:
        return 0
    group = next(n for n in (1, 2, 3) if value_at[n] is not None)
    secret = value_at[group]
    if group == 3:  # noqa: PLR2004 - the third group, a bare word
        secret = secret.rstrip(b".)]}")
        if secret[:1] in b"({[" or (mark == b":" and _is_member(named[0], secret)):
            return 0
    is_variable = group != 3 or (mark == b"=" and spelt.isupper() and named[0] == named[1])  # noqa: PLR2004
    first = value_at.start(group)
    if court.hides(spelt, secret, "text") or (
        is_variable and tier is Tier.CERTAIN and _is_given(spelt, secret, court)
    ):
        yield Hit(start + first, start + first + len(secret), secret, place)
    return value_at.end() if len(secret) > LONG_VALUE else 0


def _in_field_line(  # noqa: PLR0913, PLR0917 - a place in a text
    text: bytes, at: int, start: int, name: str, tier: Tier, court: Court
) -> Iterator[Hit]:
    """Yield the secrets of a header line that stands in a text."""
    line = _LINE.match(text, at)
    if line is not None and b" " in line[1].strip():
        value = line[1].rstrip()
        for hit in in_field(value, line.start(1), name.lower(), tier, court, f"text.{name}"):
            yield hit._replace(start=hit.start + start, stop=hit.stop + start)


def _is_member(name: bytes, value: bytes) -> bool:
    """Return whether a number or a literal of JSON has a name in quotes: it is found as JSON."""
    return name.rstrip().endswith(b'"') and _LITERAL.fullmatch(value) is not None


def _is_given(name: str, secret: bytes, court: Court) -> bool:
    """Return whether what stands in quotes, or in an environment file, may be a plain word."""
    return b" " not in secret and len(secret) > 3 and court.hides(name, secret, "xml")  # noqa: PLR2004


def _in_commands(text: bytes, start: int, court: Court) -> Iterator[Hit]:
    """Yield the secrets among the options of a command: ``--token abc``, ``-u user:password``."""
    if b" --" in text or b"\n--" in text or text.startswith(b"--"):
        for found in _FLAG.finditer(text):
            name = found[1].decode()
            if court.hides(name, found[2], "text"):
                yield Hit(start + found.start(2), start + found.end(2), found[2], f"text.{name}")
    if b"-u" in text:
        for found in _USER.finditer(text):
            if court.defaults:
                yield Hit(start + found.start(2), start + found.end(2), found[2], "text.user")
