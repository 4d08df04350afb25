"""Where secrets stand, by the names of their fields.

Each finder walks over raw bytes and yields spans; none parses and dumps again, so whatever is not
a secret keeps its bytes, and a body that was cut short is searched like a whole one.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from cassette.redaction.names import STRING_NAMES, normal_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


# Field names are tokens (RFC 9110, section 5.6.2); a folded value goes on in the next line.
_FIELD: Final = re.compile(
    rb"(?:\A|\n)([!#-'*+.0-9A-Z^_`a-z|~-]+)[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)"
)
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
    for field in _FIELD.finditer(data[start:stop]):
        name = field[1].decode("latin-1").lower()
        if not is_secret(name):
            continue
        place, normal = f"headers.{name}", normal_name(name)
        # Line by line, so that the line breaks of a folded value stay.
        for line in _LINE.finditer(field[2]):
            at = start + field.start(2) + line.start()
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


_USERINFO: Final = re.compile(rb":\\?/\\?/([^/?#\s\"'<>@:\\]*)(?::([^/?#\s\"'<>@\\]*))?@")
# The value stands in a lookahead, so that what is no secret is searched for further parameters.
_PARAMETER: Final = re.compile(
    rb"(?:[?&#;]|\\u0026)([\w.~%+\[\]-]+)(?:=|\\u003[dD])(?=([^&#\s\"'<>\\]*))"
)
_ESCAPED_PARAMETER: Final = re.compile(
    rb"(?i:%3f|%26|%23)([\w.~%\[\]-]+?)(?i:%3d)(?=((?:[^&#\s\"'<>\\%]|%(?!26|23)[0-9A-Fa-f]{2})*))"
)
_PAIR: Final = re.compile(rb"([^&=]*)=([^&]*)")
_SCOPE: Final = re.compile(rb"/|%2[fF]")


def has_userinfo(data: bytes, start: int = 0, stop: int | None = None) -> bool:
    """Return whether a URL with userinfo stands in some bytes."""
    stop = len(data) if stop is None else stop
    # Plain searches first: e-mail addresses are common, userinfo is not.
    if data.find(b"@", start, stop) < 0:
        return False
    if data.find(b"//", start, stop) < 0 and data.find(b"\\", start, stop) < 0:
        return False
    return _USERINFO.search(data, start, stop) is not None


def in_urls(data: bytes, start: int, stop: int, is_secret: IsSecret, place: str) -> Iterator[Hit]:
    """Yield the secrets in the URLs of a text: userinfo, and query or fragment parameters.

    Args:
        data: The text.
        start: Where to begin.
        stop: Where to end.
        is_secret: Whether a name is the name of a secret.
        place: What the text is, such as ``headers``.
    """
    for found in _USERINFO.finditer(data, start, stop):
        user, password = found[1], found[2]
        if user:
            # Without a password the user is a token. With one it is a name, and stands elsewhere.
            yield Hit(*found.span(1), unquote_to_bytes(user), f"{place}.userinfo", not password)
        if password:
            yield Hit(*found.span(2), unquote_to_bytes(password), f"{place}.userinfo")
    yield from _in_parameters(data, start, stop, is_secret, f"{place}.query")


def in_target(data: bytes, start: int, stop: int, is_secret: IsSecret) -> Iterator[Hit]:
    """Yield the secrets in a request target or a URL (RFC 9112, section 3.2)."""
    for found in _USERINFO.finditer(data, start, stop):
        for group in (1, 2):
            if found[group]:
                secret = unquote_to_bytes(found[group])
                yield Hit(*found.span(group), secret, "userinfo", group > 1 or not found[2])
    query = data.find(b"?", start, stop)
    if query >= 0:
        yield from in_form(data, query + 1, stop, is_secret, "query")
        # What stands between ``;``, or in a URL that is itself a parameter.
        yield from _in_parameters(data, query, stop, is_secret, "query")


def _in_parameters(
    data: bytes, start: int, stop: int, is_secret: IsSecret, place: str
) -> Iterator[Hit]:
    for found in _PARAMETER.finditer(data, start, stop):
        yield from _in_pair(found, is_secret, place)
    if data.find(b"%", start, stop) >= 0:
        for found in _ESCAPED_PARAMETER.finditer(data, start, stop):
            yield from _in_pair(found, is_secret, place)


def in_form(
    data: bytes, start: int, stop: int, is_secret: IsSecret, place: str = "form"
) -> Iterator[Hit]:
    """Yield the secrets among ``name=value`` pairs with ``&`` between them."""
    for found in _PAIR.finditer(data, start, stop):
        yield from _in_pair(found, is_secret, place)


def _in_pair(found: re.Match[bytes], is_secret: IsSecret, place: str) -> Iterator[Hit]:
    name = found[1]
    if b"%" in name or b"+" in name:
        name = unquote_to_bytes(name.replace(b"+", b" "))
    text = name.decode("utf-8", "replace")
    if not found[2] or not is_secret(text):
        return
    start, stop = found.span(2)
    if normal_name(text) in ("xamzcredential", "xgoogcredential"):
        # The key id; date, region and service behind it are no secrets.
        scope = _SCOPE.search(found[2])
        stop = start + scope.start() if scope else stop
    value = found[2][: stop - start]
    yield Hit(start, stop, unquote_to_bytes(value.replace(b"+", b" ")), f"{place}.{text}")


_MEMBER: Final = re.compile(rb'"([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"\s*+:\s*+(?=["\d\-\[{])', re.DOTALL)
_STRING: Final = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+\\?)("|\Z)', re.DOTALL)
_NUMBER: Final = re.compile(rb"-?\d+(?:\.\d*)?(?:[eE][+-]?\d*)?")
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
            yield from _in_composite(data, at, stop, place)
        elif number := _NUMBER.match(data, at, stop):
            yield Hit(*number.span(), number[0], place, learn=False, number=True)


def _in_string(data: bytes, at: int, stop: int, place: str) -> Iterator[Hit]:
    string = _STRING.match(data, at, stop)
    if string is not None and string[1]:
        yield Hit(*string.span(1), _unescape(string[1]), place, learn=bool(string[2]))


def _in_composite(data: bytes, at: int, stop: int, place: str) -> Iterator[Hit]:
    """Yield what is secret in an array or object because of the name that it has itself.

    In an array that is every string. In an object it is what a wrapper calls its content; the
    other members tell by their own names, and an expiry date must stay a date.
    """
    hot: list[bool] = []  # for each open bracket: whether strings directly inside are secret
    arrays: list[bool] = []
    value_is_hot = True
    for token in _TOKEN.finditer(data, at, stop):
        first = token[0][:1]
        if first in b"[{":
            hot.append(value_is_hot)
            arrays.append(first == b"[")
        elif first in b"]}":
            hot.pop()
            arrays.pop()
            if not hot:
                return
        elif token[1] is not None:
            name = token[0].rpartition(b'"')[0][1:].decode("utf-8", "replace")
            value_is_hot = hot[-1] and normal_name(name) in _WRAPPED
            continue
        elif value_is_hot:
            yield from _in_string(data, token.start(), token.end(), place)
        value_is_hot = hot[-1] and arrays[-1]


_NESTED: Final = re.compile(
    rb'\\"([\w.-]+)\\"\s*+:\s*+\\"((?:[^"\\]|\\\\\\.|\\[^"])*+)(\\"|\Z)', re.DOTALL
)


def in_nested_json(data: bytes, start: int, stop: int, is_secret: IsSecret) -> Iterator[Hit]:
    """Yield the secret strings of JSON that is itself the inside of a JSON string."""
    for found in _NESTED.finditer(data, start, stop):
        name = found[1].decode("latin-1")
        if found[2] and is_secret(name):
            secret = _unescape(_unescape(found[2]))
            yield Hit(*found.span(2), secret, f"json.{name}", learn=bool(found[3]))


def _unescape(string: bytes) -> bytes:
    """Return the inside of a JSON string as UTF-8, escapes undone where they are valid."""
    if b"\\" not in string:
        return string
    try:
        text: str = json.loads(b'"%b"' % string, strict=False)
    except ValueError:
        return string
    return text.encode("utf-8", "surrogatepass")


_ELEMENT: Final = re.compile(rb"<(?:[\w-]+:)?([\w.-]+)(?:\s[^<>]*)?>([^<]+)")


def in_xml(data: bytes, start: int, stop: int, is_secret: IsSecret) -> Iterator[Hit]:
    """Yield the secrets that are the text of an XML element."""
    for element in _ELEMENT.finditer(data, start, stop):
        name = element[1].decode("latin-1")
        text = element[2].strip()
        if text and is_secret(name):
            begin = data.index(text, element.start(2))
            yield Hit(begin, begin + len(text), text, f"xml.{name}")
