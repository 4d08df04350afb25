"""Where secrets stand, by the names of their fields.

Each finder walks over raw bytes and yields spans; none parses and dumps again, so whatever is not
a secret keeps its bytes, and a body that was cut short is searched like a whole one.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
from bisect import bisect
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from cassette.redaction.alarms import USERINFO
from cassette.redaction.names import STRING_NAMES, normal_name
from cassette.wire.heads import field_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    IsSecret = Callable[[str], bool]


class Hit(NamedTuple):
    """A secret that was found.

    Attributes:
        start: Offset of its first byte as it is spelt.
        stop: Offset after its last byte; that of the first where the secret is only learned.
        secret: The secret itself, any encoding undone: what its other spellings have in common.
        place: Where it stands, such as ``headers.authorization``.
        learn: Whether to look for it elsewhere too.
        number: Whether it must stay a number.
    """

    start: int
    stop: int
    secret: bytes
    place: str
    learn: bool = True
    number: bool = False


_LINE: Final = re.compile(rb"[^\s](?:[^\r\n]*[^\s])?")
_SCHEME: Final = re.compile(rb"[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*[ \t]+(?=\S)")
_AWS: Final = re.compile(rb"(?i:credential=([^/,\s]+))|(?i:signature=([^,\s]+))")
_COOKIE: Final = re.compile(
    rb"[^=;]*=[ \t]*(?:\"([^\"]*)\"(?=[ \t]*(?:;|\Z))|([^;]*))|[ \t]*([^=;]+)"
)
_SCHEMES: Final = frozenset({b"basic", b"bearer", b"digest", b"negotiate", b"ntlm"})

_AUTHORIZATION: Final = frozenset({"authorization", "proxyauthorization", "xauthorization"})
_COOKIES: Final = frozenset({"cookie", "cookie2"})
_SET_COOKIES: Final = frozenset({"setcookie", "setcookie2"})


def in_fields(data: bytes, start: int, stop: int, is_secret: IsSecret) -> Iterator[Hit]:
    """Yield the secrets in header or trailer fields.

    Args:
        data: A message.
        start: Where its head, or the trailers, begin; a first line that is no field is passed over.
        stop: Where they end.
        is_secret: Whether a name is the name of a secret.
    """
    for spelt, value_start, value_stop in field_spans(data, start, stop):
        name = spelt.decode("latin-1").lower()
        if not is_secret(name):
            continue
        place, normal = f"headers.{name}", normal_name(name)
        # Line by line, so that the line breaks of a folded value stay.
        for line in _LINE.finditer(data, value_start, value_stop):
            at = line.start()
            if normal in _AUTHORIZATION:
                yield from _in_authorization(line[0], at, place)
            elif normal in _COOKIES:
                yield from _in_cookies(line[0], at, place, last=False)
            elif normal in _SET_COOKIES:
                yield from _in_cookies(line[0], at, place, last=True)
            else:
                yield Hit(at, at + len(line[0]), line[0], place)


def _in_authorization(value: bytes, at: int, place: str) -> Iterator[Hit]:
    """Yield the credentials; the scheme stays (RFC 9110, section 11.4)."""
    scheme = _SCHEME.match(value)
    if scheme is None:
        if value.lower() not in _SCHEMES:
            yield Hit(at, at + len(value), value, place)
        return
    if value[:4].upper() == b"AWS4":
        # The date, region and service in the scope, and the signed names, are no secrets.
        for part in _AWS.finditer(value, scheme.end()):
            group = 1 if part[1] is not None else 2
            start, stop = part.span(group)
            yield Hit(at + start, at + stop, part[group], place, learn=group == 1)
        return
    start = scheme.end()
    yield Hit(at + start, at + len(value), value[start:], place)
    if value[:5].lower() == b"basic":
        with contextlib.suppress(ValueError):
            password = base64.b64decode(value[start:]).partition(b":")[2]
            yield Hit(at, at, password, place)


def _in_cookies(value: bytes, at: int, place: str, *, last: bool) -> Iterator[Hit]:
    """Yield the values of cookies; names and attributes stay (RFC 6265, section 4).

    Args:
        value: Value of the field.
        at: Its offset.
        place: Its name.
        last: Whether only the first pair is a cookie, and the rest its attributes.
    """
    for pair in _COOKIE.finditer(value):
        # A cookie without a name is all value (RFC 6265bis, section 5.6).
        group = next(n for n in (1, 2, 3) if pair[n] is not None)
        secret = pair[group].rstrip()
        if secret:
            start = at + pair.start(group)
            learn = _looks_random(unquote_to_bytes(secret))
            yield Hit(start, start + len(secret), secret, place, learn=learn)
        if last:
            return


def _looks_random(value: bytes) -> bool:
    """Return whether a cookie's value is more than a setting such as ``Europe/Berlin``.

    All cookies are masked where they stand; only those that look random are looked for elsewhere.
    """
    letters = re.search(rb"[A-Za-z]", value) is not None
    return letters and re.search(rb"\d", value) is not None


_PARAMETER: Final = re.compile(rb"(?:[?&#;]|\\u0026)([\w.~%+\[\]-]+)(?:=|\\u003[dD])")
_NAMED_VALUE: Final = re.compile(rb"([\w.~%+\[\]-]+)(?:=|\\u003[dD])([^&#\s\"'<>\\]*)")
_ESCAPED_PARAMETER: Final = re.compile(
    rb"(?i:%3f|%26|%23)([\w.~%\[\]-]{1,128}?)(?i:%3d)(?=((?:[^&#\s\"'<>\\%]|%(?!26|23)[0-9A-Fa-f]{2})*))"
)
_PAIR: Final = re.compile(rb"([^&=]*)=([^&]*)")
_PATH_PARAMETER: Final = re.compile(rb";([\w.~%-]+)=([^;/?#]*)")
_SCOPE: Final = re.compile(rb"/|%2[fF]")
_FURTHER: Final = re.compile(rb"[?;#%\\]")
"""What shows in a query that there may be more parameters than ``&`` tells apart."""


def in_urls(data: bytes, start: int, stop: int, is_secret: IsSecret, place: str) -> Iterator[Hit]:
    """Yield the secrets in the URLs of a text: userinfo, and query or fragment parameters.

    Args:
        data: The text.
        start: Where to begin.
        stop: Where to end.
        is_secret: Whether a name is the name of a secret.
        place: What the text is, such as ``headers``.
    """
    yield from in_userinfo(data, start, stop, f"{place}.userinfo")
    yield from in_parameters(data, start, stop, is_secret, f"{place}.query")


def in_userinfo(data: bytes, start: int, stop: int, place: str) -> Iterator[Hit]:
    """Yield the user and the password of the URLs in a text (RFC 3986, section 3.2.1)."""
    for found in USERINFO.finditer(data, start, stop):
        user, password = found[1], found[2]
        if user:
            # Without a password the user is a token. With one it is a name, and stands elsewhere.
            yield Hit(*found.span(1), unquote_to_bytes(user), place, not password)
        if password:
            yield Hit(*found.span(2), unquote_to_bytes(password), place)


def in_target(data: bytes, start: int, stop: int, is_secret: IsSecret) -> Iterator[Hit]:
    """Yield the secrets in a request target or a URL (RFC 9112, section 3.2)."""
    yield from in_userinfo(data, start, stop, "userinfo")
    query = data.find(b"?", start, stop)
    if data.find(b";", start, stop) >= 0:
        for found in _PATH_PARAMETER.finditer(data, start, stop if query < 0 else query):
            yield from _in_pair(found, is_secret, "query")
    if query >= 0:
        yield from in_form(data, query + 1, stop, is_secret, "query")
    more = data.find(b"#", start, stop) if query < 0 else query + 1
    if more >= 0 and _FURTHER.search(data, more, stop):
        # What stands between ``;``, in a fragment, or in a URL that is itself a parameter.
        yield from in_parameters(data, max(query + 1, start), stop, is_secret, "query")


def in_parameters(
    data: bytes, start: int, stop: int, is_secret: IsSecret, place: str
) -> Iterator[Hit]:
    """Yield the secrets among the parameters of the URLs in a text, escaped URLs included."""
    at = seen = start
    while (found := _PARAMETER.search(data, at, stop)) is not None:
        at = found.end()
        name = _decoded_name(found[1])
        is_hidden = is_secret(name)
        # What is no secret is searched for further parameters, but not opened again and again.
        if not is_hidden and at < seen:
            continue
        pair = _NAMED_VALUE.match(data, found.start(1), stop)
        assert pair is not None  # noqa: S101 - its start was found just now
        seen = pair.end()
        if is_hidden:
            at = seen
            yield from _hidden(pair, name, place)
        elif _NESTING.search(data, *pair.span(2)):
            yield from _in_encoded(data, *pair.span(2), is_secret, place)
    if data.find(b"%", start, stop) >= 0:
        for found in _ESCAPED_PARAMETER.finditer(data, start, stop):
            yield from _in_pair(found, is_secret, place)


def in_form(
    data: bytes, start: int, stop: int, is_secret: IsSecret, place: str = "form"
) -> Iterator[Hit]:
    """Yield the secrets among ``name=value`` pairs with ``&`` between them."""
    for found in _PAIR.finditer(data, start, stop):
        yield from _in_pair(found, is_secret, place)


def _in_pair(pair: re.Match[bytes], is_secret: IsSecret, place: str) -> Iterator[Hit]:
    name = _decoded_name(pair[1])
    if is_secret(name):
        yield from _hidden(pair, name, place)
    elif _NESTING.search(pair.string, *pair.span(2)):
        yield from _in_encoded(pair.string, *pair.span(2), is_secret, place)


def _hidden(pair: re.Match[bytes], name: str, place: str) -> Iterator[Hit]:
    """Yield the value of a pair whose name is secret; none where it is empty."""
    start, stop = pair.span(2)
    if normal_name(name) in ("xamzcredential", "xgoogcredential"):
        # The key id; date, region and service behind it are no secrets.
        scope = _SCOPE.search(pair.string, start, stop)
        stop = scope.start() if scope else stop
    if start < stop:
        value = pair.string[start:stop]
        yield Hit(start, stop, unquote_to_bytes(value.replace(b"+", b" ")), f"{place}.{name}")


def _decoded_name(name: bytes) -> str:
    if b"%" in name or b"+" in name:
        name = unquote_to_bytes(name.replace(b"+", b" "))
    return name.decode("utf-8", "replace")


_NESTING: Final = re.compile(rb'"|%(?:22|40)')
"""What JSON and userinfo show of themselves in a parameter."""


def _in_encoded(
    data: bytes, start: int, stop: int, is_secret: IsSecret, place: str
) -> Iterator[Hit]:
    """Yield the secrets of JSON, and of userinfo, in the value of a parameter."""
    view = _View(data, start, stop, _PERCENT)
    yield from view.placed(in_json(view.text, 0, len(view.text), is_secret))
    yield from view.placed(in_userinfo(view.text, 0, len(view.text), place))


_MEMBER: Final = re.compile(
    rb'"(?<!\\")([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"\s*+:\s*+(?=["\d\-\[{])', re.DOTALL
)
_STRING: Final = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+\\?)("|\Z)', re.DOTALL)
_NUMBER: Final = re.compile(rb"-?\d+(?:\.\d*)?(?:[eE][+-]?\d*)?")
_VALUE: Final = re.compile(rb'\s*+(?:(["\[{])|(%b))' % _NUMBER.pattern)
_WRAPPED: Final = frozenset({"value", "values", "key", "raw", "plain", "plaintext", "text", "data"})
_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+\\?(?:"(\s*:)?|\Z)|[\[\]{}]', re.DOTALL)


def in_json(data: bytes, start: int, stop: int, is_secret: IsSecret) -> Iterator[Hit]:
    """Yield the secrets among the members of JSON objects, wherever they stand in a text.

    Strings and numbers are hidden, also the strings inside of a secret array or object, but for
    the names of ``STRING_NAMES``; ``true``, ``false`` and ``null`` tell nothing and stay.
    """
    at = start
    while (member := _MEMBER.search(data, at, stop)) is not None:
        at = member.end()
        name = _unescape(member[1]).decode("utf-8", "replace")
        if not is_secret(name):
            continue
        place = f"json.{name}"
        first = data[at : at + 1]
        if first == b'"':
            yield from _in_string(data, at, stop, place)
        elif normal_name(name) in STRING_NAMES:
            continue  # what stands inside tells by its own names
        elif first in b"[{":
            at = yield from _in_composite(data, at, stop, name, is_secret)
        elif number := _NUMBER.match(data, at, stop):
            yield Hit(*number.span(), number[0], place, learn=False, number=True)


def _in_string(data: bytes, at: int, stop: int, place: str) -> Iterator[Hit]:
    string = _STRING.match(data, at, stop)
    if string is not None and string[1]:
        yield Hit(*string.span(1), _unescape(string[1]), place, learn=bool(string[2]))


def _in_composite(
    data: bytes, at: int, stop: int, name: str, is_secret: IsSecret
) -> Generator[Hit, None, int]:
    """Yield what is secret in an array or object because of the name that it has itself.

    In an array that is every string. In an object it is what a wrapper calls its content; the
    other members tell by their own names, and an expiry date must stay a date.

    Returns:
        Where it ends. All inside was searched, so that nothing is looked at twice.
    """
    hot = f"json.{name}"  # the place of what comes next, if it is a secret string
    opened: list[
        tuple[str, bool]
    ] = []  # for each open bracket: its ``hot``; whether it is an array
    for token in _TOKEN.finditer(data, at, stop):
        first = token[0][:1]
        if first in b"[{":
            opened.append((hot, first == b"["))
        elif first in b"]}":
            opened.pop()
            if not opened:
                return token.end()
        elif token[1] is not None:
            name = _unescape(token[0].rpartition(b'"')[0][1:]).decode("utf-8", "replace")
            hot = opened[-1][0] if normal_name(name) in _WRAPPED else ""
            if is_secret(name):
                value = _VALUE.match(data, token.end(), stop)
                if value is None or (normal_name(name) in STRING_NAMES and value[1] != b'"'):
                    continue
                hot = f"json.{name}"
                if value[2]:
                    yield Hit(*value.span(2), value[2], hot, learn=False, number=True)
            continue
        elif hot:
            yield from _in_string(data, token.start(), token.end(), hot)
        hot = opened[-1][0] if opened[-1][1] else ""
    return stop


def in_nested_json(data: bytes, start: int, stop: int, is_secret: IsSecret) -> Iterator[Hit]:
    """Yield the secrets of JSON that is itself the inside of a JSON string, two levels deep."""
    view = _View(data, start, stop, _BACKSLASH)
    yield from view.placed(in_json(view.text, 0, len(view.text), is_secret))
    if b'\\"' in view.text:
        inner = _View(view.text, 0, len(view.text), _BACKSLASH)
        yield from view.placed(inner.placed(in_json(inner.text, 0, len(inner.text), is_secret)))


_PERCENT: Final = re.compile(rb"%[0-9A-Fa-f]{2}|\+")
_BACKSLASH: Final = re.compile(rb'\\u00[0-7][0-9A-Fa-f]|\\["\\/bfnrt]|"')
_OUTSIDE: Final = b"\0"
"""Stands for the quotation marks that are not inside of a JSON string, but around it."""

_UNDONE: Final = {
    rb"\b": b"\b",
    rb"\f": b"\f",
    rb"\n": b"\n",
    rb"\r": b"\r",
    rb"\t": b"\t",
    rb"\/": b"/",
    rb"\"": b'"',
    rb"\\": b"\\",
    b'"': _OUTSIDE,
    b"+": b" ",
}


class _View:
    """A text with one level of escapes undone, in which finders look.

    Args:
        data: What holds the text.
        start: Where it begins.
        stop: Where it ends.
        escape: What is undone.
    """

    def __init__(self, data: bytes, start: int, stop: int, escape: re.Pattern[bytes]) -> None:
        # Behind each escape: the offset in the view, and that in the data.
        self._here = [0]
        self._there = [start]
        out = bytearray()
        for found in escape.finditer(data, start, stop):
            out += data[self._there[-1] : found.start()]
            spelt = found[0]
            out += _UNDONE.get(spelt) or bytes([int(spelt[-2:], 16)])
            self._here.append(len(out))
            self._there.append(found.end())
        out += data[self._there[-1] : stop]
        self.text = bytes(out)

    def placed(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        """Yield hits in the view as what they are in the data."""
        for hit in hits:
            end = self.text.find(_OUTSIDE, hit.start, hit.stop)
            if end >= 0:  # the JSON is cut short where the string around it ends
                secret = hit.secret.partition(_OUTSIDE)[0]
                hit = hit._replace(stop=end, secret=secret, learn=False)  # noqa: PLW2901
            if hit.start < hit.stop:
                start, stop = self._there_of(hit.start), self._there_of(hit.stop)
                yield hit._replace(start=start, stop=stop)

    def _there_of(self, offset: int) -> int:
        at = bisect(self._here, offset) - 1
        return self._there[at] + offset - self._here[at]


def _unescape(string: bytes) -> bytes:
    """Return the inside of a JSON string as UTF-8, escapes undone where they are valid."""
    if b"\\" not in string:
        return string
    try:
        text: str = json.loads(b'"%b"' % string, strict=False)
    except ValueError:
        return string
    return text.encode("utf-8", "surrogatepass")


_ELEMENT: Final = re.compile(
    rb"<(?:[\w.-]+:)?([\w.-]+)(?:\s[^<>]*)?>(?:\s*<!\[CDATA\[(.*?)(?:\]\]>|\Z)|([^<]+))", re.DOTALL
)


def in_xml(data: bytes, start: int, stop: int, is_secret: IsSecret) -> Iterator[Hit]:
    """Yield the secrets that are the text of an XML element."""
    for element in _ELEMENT.finditer(data, start, stop):
        name = element[1].decode("latin-1")
        group = 3 if element[2] is None else 2
        text = element[group].strip()
        if text and is_secret(name):
            begin = data.index(text, element.start(group))
            yield Hit(begin, begin + len(text), text, f"xml.{name}")
