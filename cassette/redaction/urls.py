"""Secrets in URLs, in forms, and in whatever is made of ``name=value`` pairs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from cassette.redaction.hits import LONG_VALUE, PERCENT, Hit, View
from cassette.redaction.jsontext import in_json
from cassette.redaction.names import TAILS, Tier
from cassette.redaction.values import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.redaction.judging import Court, Where

# An "@" inside is wrong (RFC 3986, section 3.2.1), yet clients take the last one for the end.
USERINFO: Final = re.compile(rb":\\?/\\?/([^/?#\s\"'<>:\\]*)(?::([^/?#\s\"'<>\\]*))?@")

_PARAMETER: Final = re.compile(rb"(?:[?&#;]|\\u0026)([\w.~%+\[\]-]+)(?:=|\\u003[dD])")
_URL_PARAMETER: Final = re.compile(
    rb"[?&#;\\](?:(?<=[?&#])(?:amp;)?|(?<=;)(?=j?session)|(?<=\\)u0026)"
    rb"([\w.~%+\[\]-]+)(?:=|\\u003[dD])"
)
"""The same in a text that is no URL as a whole: there ``;`` ends sentences of programs."""

_NAMED_VALUE: Final = re.compile(rb"([\w.~%+\[\]-]+)(?:=|\\u003[dD])([^&#\s\"'<>\\]*)")
_ESCAPED_PARAMETER: Final = re.compile(
    rb"(?i:%3f|%26|%23)([\w.~%\[\]-]{1,128}?)(?i:%3d)"
    rb"(?=((?:[^&#\s\"'<>\\%]|%(?!26|23)[0-9A-Fa-f]{2})*))"
)
_PAIR: Final = re.compile(rb"([^&=]*)=([^&]*)")
_PATH_PARAMETER: Final = re.compile(rb";([\w.~%-]+)=([^;/?#]*)")
_SCOPE: Final = re.compile(rb"/|%2[fF]")
_FURTHER: Final = re.compile(rb"[?;#%\\]")
"""What shows in a query that there may be more parameters than ``&`` tells apart."""


def in_urls(data: bytes, start: int, stop: int, court: Court, place: str) -> Iterator[Hit]:
    """Yield the secrets in the URLs of a text: userinfo, and query or fragment parameters.

    Args:
        data: The text.
        start: Where to begin.
        stop: Where to end.
        court: Judges names and values.
        place: What the text is, such as ``headers``.
    """
    if data.find(b"@", start, stop) >= 0:
        yield from in_userinfo(data, start, stop, f"{place}.userinfo")
    if _may_name(data, start, stop, court):
        yield from in_parameters(data, start, stop, court, f"{place}.query")


def _may_name(data: bytes, start: int, stop: int, court: Court) -> bool:
    """Return whether a parameter in a text may be a secret, by the last letters of its name."""
    text = data if stop - start == len(data) else data[start:stop]
    if b"%" in text or b"u003" in text:
        return True
    if b"=" not in text:
        return False
    ends = [piece[-3:] for piece in text.split(b"=")[:-1]]
    return bool(court.own) or any(end in TAILS or not end[-1:].isalpha() for end in ends)


def in_userinfo(data: bytes, start: int, stop: int, place: str) -> Iterator[Hit]:
    """Yield the user and the password of the URLs in a text (RFC 3986, section 3.2.1)."""
    for found in USERINFO.finditer(data, start, stop):
        user, password = found[1], found[2]
        if password is not None and is_placeholder(unquote_to_bytes(password).decode("latin-1")):
            continue
        if user and user != b"git":
            # Without a password the user is a token. With one it is a name, and stands elsewhere.
            yield Hit(*found.span(1), unquote_to_bytes(user), place, learn=not password)
        if password:
            yield Hit(*found.span(2), unquote_to_bytes(password), place)


def in_target(data: bytes, start: int, stop: int, court: Court) -> Iterator[Hit]:
    """Yield the secrets in a request target or a URL (RFC 9112, section 3.2)."""
    if data.find(b"@", start, stop) >= 0:
        yield from in_userinfo(data, start, stop, "userinfo")
    query = data.find(b"?", start, stop)
    if data.find(b";", start, stop) >= 0:
        for found in _PATH_PARAMETER.finditer(data, start, stop if query < 0 else query):
            yield from _in_pair(found, court, "query", "query")
    if query >= 0:
        yield from in_form(data, query + 1, stop, court, "query", "query")
    more = data.find(b"#", start, stop) if query < 0 else query + 1
    if more >= 0 and _FURTHER.search(data, more, stop):
        # What stands between ``;``, in a fragment, or in a URL that is itself a parameter.
        yield from in_parameters(data, max(query + 1, start), stop, court, "query")


def in_parameters(data: bytes, start: int, stop: int, court: Court, place: str) -> Iterator[Hit]:
    """Yield the secrets among the parameters of the URLs in a text, escaped URLs included."""
    at = seen = start
    parameter = _URL_PARAMETER if place == "body.query" else _PARAMETER
    while (found := parameter.search(data, at, stop)) is not None:
        at = found.end()
        name = _decoded_name(found[1])
        is_named = court.tier(name) is not Tier.NONE
        # What is no secret is searched for further parameters, but not opened again and again.
        if not is_named and at < seen:
            continue
        pair = _NAMED_VALUE.match(data, found.start(1), stop)
        assert pair is not None  # noqa: S101 - its start was found just now
        seen = pair.end()
        if len(pair[2]) > LONG_VALUE:
            at = seen
        if is_named:
            hits = list(_hidden(pair, name, court, place, "query"))
            if hits:
                at = seen
                yield from hits
        elif _NESTING.search(data, *pair.span(2)):
            yield from _in_encoded(data, *pair.span(2), court, place)
    if data.find(b"%", start, stop) >= 0:
        at = start
        while (found := _ESCAPED_PARAMETER.search(data, at, stop)) is not None:
            yield from _in_pair(found, court, place, "query")
            at = found.end(2) if len(found[2]) > LONG_VALUE else found.end()


def in_form(  # noqa: PLR0913, PLR0917 - queries are forms by another name
    data: bytes,
    start: int,
    stop: int,
    court: Court,
    place: str = "form",
    where: Where = "form",
) -> Iterator[Hit]:
    """Yield the secrets among ``name=value`` pairs with ``&`` between them."""
    for found in _PAIR.finditer(data, start, stop):
        yield from _in_pair(found, court, place, where)


def _in_pair(pair: re.Match[bytes], court: Court, place: str, where: Where) -> Iterator[Hit]:
    name = _decoded_name(pair[1])
    if court.tier(name) is not Tier.NONE:
        yield from _hidden(pair, name, court, place, where)
    elif _NESTING.search(pair.string, *pair.span(2)):
        yield from _in_encoded(pair.string, *pair.span(2), court, place)


def _hidden(
    pair: re.Match[bytes], name: str, court: Court, place: str, where: Where
) -> Iterator[Hit]:
    """Yield the value of a pair if it is a secret; none where it is empty."""
    start, stop = pair.span(2)
    if name.lower() in ("x-amz-credential", "x-goog-credential"):
        # The key id; date, region and service behind it are no secrets.
        scope = _SCOPE.search(pair.string, start, stop)
        stop = scope.start() if scope else stop
    if place == "body.query":
        # What closes a bracket or a sentence around a URL is no part of it.
        stop = start + len(pair.string[start:stop].rstrip(b")]}.,;:"))
    secret = unquote_to_bytes(pair.string[start:stop].replace(b"+", b" "))
    if court.hides(name, secret, where):
        yield Hit(start, stop, secret, f"{place}.{name}")


def _decoded_name(name: bytes) -> str:
    if b"%" in name or b"+" in name:
        name = unquote_to_bytes(name.replace(b"+", b" "))
    return name.decode("utf-8", "replace")


_NESTING: Final = re.compile(rb'"|%(?:22|40)')
"""What JSON and userinfo show of themselves in a parameter."""


def _in_encoded(data: bytes, start: int, stop: int, court: Court, place: str) -> Iterator[Hit]:
    """Yield the secrets of JSON, and of userinfo, in the value of a parameter."""
    view = View(data, start, stop, PERCENT)
    yield from view.placed(in_json(view.text, 0, len(view.text), court))
    yield from view.placed(in_userinfo(view.text, 0, len(view.text), place))
