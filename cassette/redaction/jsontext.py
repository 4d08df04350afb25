"""Secrets in JSON: by the names of members, wherever JSON stands in a text.

Nothing is parsed and dumped again: from the name of a member the value is read where it stands. So
a body that was cut short is searched like a whole one, and all other bytes stay.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from cassette.redaction.fields import in_field
from cassette.redaction.hits import OUTSIDE, Hit
from cassette.redaction.names import TAILS, Tier, byte_words_in, words_in, words_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from cassette.redaction.judging import Court

STRING: Final = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+\\?)("|\Z)', re.DOTALL)
_NUMBER: Final = re.compile(rb"-?\d+(?:\.\d*)?(?:[eE][+-]?\d*)?")
_BLANK: Final = re.compile(rb"\s*")
_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+\\?(?:"(\s*:)?|\Z)|[\[\]{}]', re.DOTALL)
_VALUE: Final = re.compile(rb'\s*+(?:(["\[{])|(%b))' % _NUMBER.pattern)
_WRAPPED: Final = words_in(
    "value values key raw plain plaintext text data string secret content token secretvalue"
)
_STRINGS_ONLY: Final = frozenset({"assertion", "assertions"})
"""Last words of names under which only a string is a credential (RFC 7521, section 4).

Bibliographic and identity services call other things an assertion, and these are arrays and
objects of public facts.
"""

_PAIR_VALUES: Final = byte_words_in(b"value Value VALUE val content Content")
_PAIR_NAME: Final = re.compile(
    rb'"(?:name|Name|NAME|key|Key|field|header|id|variable|parameter|param|property|env|label)"'
    rb'\s*+:\s*+"([^"\\]{2,80})"'
)
_NEAR: Final = 300
"""Bytes around a ``value`` in which the name that belongs to it is looked for."""


def _named_members(data: bytes, court: Court) -> Iterator[tuple[str, Tier, int]]:
    """Yield the members whose names have a tier, or may be a value beside its name.

    Yields:
        The name, its tier, and where its value begins.
    """
    harmless = court.harmless_names
    if harmless.issuperset(_NAME.findall(data)):
        return
    for found in _NAME.finditer(data):
        spelt = found[1]
        if spelt in harmless:
            continue
        judged = _judged(spelt, court)
        if judged is not None:
            yield (*judged, found.end())
        elif len(harmless) < _REMEMBERED and len(spelt) <= _NAME_LENGTH:
            harmless.add(spelt)


_NAME: Final = re.compile(rb'"([^"]*+)"\s*+:')
_NAME_LENGTH: Final = 200
_MARKUP: Final = re.compile(rb"[<>=]")
_REMEMBERED: Final = 10_000


def _judged(spelt: bytes, court: Court) -> tuple[str, Tier] | None:
    """Return what a name says, as it is spelt in JSON; None where it says nothing."""
    known = court.spelt_names.get(spelt)
    if known is not None:
        return known
    is_plain = b"\\" not in spelt and not court.own
    if is_plain and spelt[-3:] not in TAILS and spelt[-1:].isalpha() and spelt not in _PAIR_VALUES:
        return None
    if len(spelt) > _NAME_LENGTH or spelt.endswith(b"\\") or _MARKUP.search(spelt):
        return None  # a text, markup, or JSON in a string, which is searched as such
    name = unescape(spelt).decode("utf-8", "replace")
    tier = court.tier(name)
    if tier is Tier.NONE and spelt not in _PAIR_VALUES:
        return None
    if len(court.spelt_names) < _REMEMBERED:
        court.spelt_names[spelt] = (name, tier)
    return name, tier


def in_json(data: bytes, start: int, stop: int, court: Court) -> Iterator[Hit]:
    """Yield the secrets among the members of JSON objects, wherever they stand in a text.

    Strings and numbers are hidden, also the strings inside of a secret array or object; ``true``,
    ``false`` and ``null`` tell nothing and stay.
    """
    text = data if stop - start == len(data) else data[start:stop]
    seen = 0
    for name, tier, at in _named_members(text, court):
        if at < seen:
            continue
        if tier is not Tier.NONE:
            hits = _in_member(text, at, name, court)
        else:
            hits = _in_pair_value(text, at, court)
        try:
            while True:
                hit = next(hits)
                yield hit._replace(start=hit.start + start, stop=hit.stop + start)
        except StopIteration as end:
            seen = end.value or seen


def _in_member(data: bytes, at: int, name: str, court: Court) -> Generator[Hit, None, int]:
    """Yield what is secret in the value of a member whose name has a tier.

    Returns:
        Where what was searched ends; 0 for a single value.
    """
    value = _VALUE.match(data, at)
    if value is None:
        return 0
    if value[2]:
        start, stop = value.span(2)
        if court.hides(name, value[2], "json", number=True):
            yield Hit(start, stop, value[2], f"json.{name}", learn=False, number=True)
    elif value[1] == b'"':
        yield from _in_string(data, value.start(1), name, court)
    elif words_of(name)[-1:] != ["assertion"]:
        return (yield from _in_composite(data, value.start(1), name, court))
    return 0


def _in_string(data: bytes, at: int, name: str, court: Court) -> Iterator[Hit]:
    string = STRING.match(data, at)
    if string is None or not string[1]:
        return
    place = f"json.{name}"
    last = (words_of(name) or [""])[-1]
    is_field = last in ("authorization", "cookie", "cookies") and b"\\" not in string[1]
    if is_field and (b" " in string[1] or b"=" in string[1]):
        # What a server says of a header field that it was sent.
        tier = court.tier(name)
        yield from in_field(string[1], string.start(1), name.lower(), tier, court, place)
        return
    # JSON in a string is cut short where the string around it ends.
    spelt = string[1].partition(OUTSIDE)[0]
    secret = unescape(spelt)
    if court.hides(name, secret, "json"):
        start = string.start(1)
        yield Hit(start, start + len(spelt), secret, place, learn=bool(string[2]))


def _in_pair_value(data: bytes, at: int, court: Court) -> Generator[Hit, None, int]:
    """Yield the value of ``{"name": "API_KEY", "value": "..."}``, in either order."""
    value = _VALUE.match(data, at)
    if value is None or value[1] != b'"':
        return 0
    start = value.start(1)
    string = STRING.match(data, start)
    if string is None:
        return 0
    before = data[max(0, at - _NEAR) : at]
    before = before[max(before.rfind(b"{"), before.rfind(b"}")) + 1 :]
    after = data[string.end() : string.end() + _NEAR].partition(b"}")[0].partition(b"{")[0]
    for near in (before, after):
        for found in _PAIR_NAME.finditer(near):
            name = found[1].decode("utf-8", "replace")
            if court.tier(name) is not Tier.NONE:
                yield from _in_string(data, start, name, court)
                return 0
    return 0


def _in_composite(data: bytes, at: int, name: str, court: Court) -> Generator[Hit, None, int]:
    """Yield what is secret in an array or object because of the name that it has itself.

    In an array that is every string. In an object it is what a wrapper calls its content; the
    other members tell by their own names, and an expiry date must stay a date.

    Returns:
        Where it ends. All inside was searched, so that nothing is looked at twice.
    """
    hot = name  # the name that says what the next string is; empty where none does
    opened: list[tuple[str, bool]] = []  # for each open bracket: its ``hot``; whether an array
    for token in _TOKEN.finditer(data, at):
        first = token[0][:1]
        if first in b"[{":
            opened.append((hot, first == b"["))
        elif first in b"]}":
            opened.pop()
            if not opened:
                return token.end()
        elif token[1] is not None:
            hot = _name_in(token[0], opened[-1][0], court)
            value = _VALUE.match(data, token.end())
            if hot and value is not None and value[2]:
                yield from _in_member(data, token.end(), hot, court)
            elif value is not None and value[1] != b'"' and words_of(hot)[-1:] == ["assertion"]:
                hot = ""
            continue
        elif hot:
            yield from _in_string(data, token.start(), hot, court)
        hot = opened[-1][0] if opened[-1][1] else ""
    return len(data)


def _name_in(token: bytes, around: str, court: Court) -> str:
    """Return the name that says what a member is: its own, or that of what it wraps; else ""."""
    own = unescape(token.rpartition(b'"')[0][1:]).decode("utf-8", "replace")
    tier = court.tier(own)
    if around and tier is not Tier.CERTAIN and own.lower() in _WRAPPED:
        return around
    return own if tier is not Tier.NONE else ""


def unescape(string: bytes) -> bytes:
    """Return the inside of a JSON string as UTF-8, escapes undone where they are valid."""
    if b"\\" not in string:
        return string
    try:
        text: str = json.loads(b'"%b"' % string, strict=False)
    except ValueError:
        return string
    return text.encode("utf-8", "surrogatepass")


def variables_of(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the arguments of GraphQL that are given by variables: argument and variable."""
    for found in _VARIABLE.finditer(data):
        yield found[1].decode(), found[2].decode()


_VARIABLE: Final = re.compile(rb"\b(\w{2,60})\s{0,3}:\s{0,3}\$(\w{1,60})\b")
