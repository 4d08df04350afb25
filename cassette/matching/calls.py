"""Call lines: what of a request shows in ``GET https://api.example.com/users?page=1``.

A call line in its *canonical* form is a key: two requests agree on method, scheme, host, port,
path and query exactly where their canonical lines are equal. Most lines are canonical as they
stand, and one regular expression says so.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from cassette.model import CONNECT, DEFAULT_PORTS
from cassette.redaction import has_mask, without_masks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cassette.redaction import Redactor

SECRET: Final = "\x00"  # noqa: S105 - a mark, not a password
"""Stands for the value of every secret; no call line can hold this character."""

_CALL: Final = re.compile(
    r"(\S*) "  # method
    r"(?:([A-Za-z][A-Za-z0-9+.-]*)://)?"  # scheme
    r"(?:[^/?#]*@)?"  # userinfo: a secret, so it says nothing
    r"(\[[^\]]*\]|[^/?#:*]*)(?::(\d*))?"  # host and port
    r"([^?]*)(?:\?(.*))?",  # path and query
    re.DOTALL,
)

_PLAIN_START: Final = re.compile(
    r"[A-Z]++ http(?:://[a-z0-9.-]++(?::(?!80/)[1-9]\d*+)?|s://[a-z0-9.-]++(?::(?!443/)[1-9]\d*+)?)"
    r"/[!-$&->@-~]*+"
)
"""A call line up to its query that is canonical as it stands, unless it holds a mask.

Upper case in the host, the default port and ``%`` need a closer look.
"""

_PLAIN_PAIR: Final = re.compile(r"([!-$'-*,-<>-~]++)=[!-$'-*,-~]*+")
"""A parameter of which nothing has to be decoded; the group is its name."""


class Call(NamedTuple):
    """The parts of a call line.

    Attributes:
        method: The method as sent; ``connect`` where no connection came about.
        scheme: In lower case.
        host: In lower case.
        port: Port number as text, the default one of the scheme filled in.
        path: As sent; ``/`` where it is empty.
        query: As sent, without the question mark.
    """

    method: str
    scheme: str
    host: str
    port: str
    path: str
    query: str


def split_call(call: str) -> Call:
    """Return the parts of a call line; of a line that is none, all is path."""
    found = _CALL.fullmatch(call)
    if found is None:
        return Call("", "", "", "", call, "")
    method, scheme, host, port, path, query = found.groups("")
    scheme = scheme.lower()
    port = str(int(port)) if port.isdigit() else str(DEFAULT_PORTS.get(scheme, ""))
    return Call(method, scheme, host.lower(), port, path or "/", query)


_PLAIN_ORIGIN: Final = re.compile(r"[A-Za-z]+ (https?://[a-z0-9.-]+)(?:[/?#]|\Z)")


def origin_of(call: str) -> str:
    """Return the origin that a call goes to, the default port left out."""
    found = _PLAIN_ORIGIN.match(call)
    if found is not None:
        return found[1]
    parts = split_call(call)
    default = str(DEFAULT_PORTS.get(parts.scheme, ""))
    port = "" if parts.port == default else f":{parts.port}"
    return f"{parts.scheme}://{parts.host}{port}"


_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def _same_escape(found: re.Match[str]) -> str:
    char = chr(int(found[1], 16))
    return char if char in _UNRESERVED else f"%{found[1].upper()}"


def canonical_path(path: str) -> str:
    """Return a path with its percent-encoding normalised.

    Characters that need no encoding stand for themselves, hexadecimal digits are upper case
    (RFC 3986, section 6.2.2); masks are all the same.
    """
    if "%" in path:
        path = _ESCAPE.sub(_same_escape, path)
    return without_masks(path) if has_mask(path) else path


Pair = tuple[str, str]
"""Name and value, decoded; bytes that are no UTF-8 stand as surrogates."""


def decode_part(part: str) -> str:
    """Return one side of a ``name=value`` pair decoded: ``+`` and ``%20`` are blanks."""
    if "%" not in part and "+" not in part:
        return part
    return unquote_to_bytes(part.replace("+", " ")).decode("utf-8", "surrogateescape")


def pairs_of(
    query: str, hides: Callable[[str, str], bool], ignored: Iterable[str] = ()
) -> list[Pair]:
    """Return the pairs of a query or form, in order, as far as they count.

    Args:
        query: Pairs with ``&`` between them.
        hides: Whether the value of a name is a secret, and counts as ``SECRET``.
        ignored: Names that are left out.
    """
    pairs = []
    for part in query.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        name = decode_part(name)
        if name in ignored:
            continue
        value = decode_part(value)
        if hides(name, value):
            value = SECRET
        elif has_mask(value):
            value = without_masks(value)
        pairs.append((name, value))
    return pairs


_UNSAFE: Final = re.compile(r"[^\x00!-$'-*,-~]")


def _quote(text: str) -> str:
    return _UNSAFE.sub(
        lambda found: "".join(f"%{b:02X}" for b in found[0].encode("utf-8", "surrogateescape")),
        text,
    )


def canonical_query(pairs: Iterable[Pair]) -> str:
    """Return pairs as one text; those of one name stay in order, the names are sorted."""
    # ``sorted`` is stable, so only names move.
    ordered = sorted(pairs, key=lambda pair: pair[0])
    return "&".join(
        f"{_quote(name).replace('=', '%3D')}={_quote(value)}" for name, value in ordered
    )


class CallKeys:
    """Gives call lines their canonical form.

    Args:
        redactor: Says which parameters are secret.
        ignored: Names of query parameters that do not count.
    """

    def __init__(self, redactor: Redactor, ignored: frozenset[str] = frozenset()) -> None:
        self._hides = redactor.hides
        self.ignored: Final = ignored
        # A program sends the same few parameters again and again.
        self._canonical_pair = lru_cache(_REMEMBERED)(
            partial(_canonical_pair, redactor.hides, ignored)
        )

    def forget(self) -> None:
        """Judge all parameters anew: a redactor has come to know more names."""
        self._canonical_pair.cache_clear()

    def pairs(self, query: str) -> list[Pair]:
        """Return the pairs of a query that count."""
        return pairs_of(query, self._hides, self.ignored)

    def canonical(self, call: str) -> str:
        """Return the canonical form of a call line; that of a canonical line is itself."""
        start, _, query = call.partition("?")
        if _PLAIN_START.fullmatch(start) is None or has_mask(start):
            if call.startswith(CONNECT):
                return CONNECT + origin_of(call)
            start = _canonical_start(start)
        if not query:
            return start
        pairs = [pair for pair in map(self._canonical_pair, query.split("&")) if pair is not None]
        if not pairs:
            return start
        # ``sort`` is stable, so only names move.
        pairs.sort(key=itemgetter(0))
        return f"{start}?{'&'.join([text for _, text in pairs])}"


def _canonical_start(start: str) -> str:
    """Return the canonical form of a call line up to its query."""
    parts = split_call(start)
    default = str(DEFAULT_PORTS.get(parts.scheme, ""))
    port = "" if parts.port == default else f":{parts.port}"
    return f"{parts.method} {parts.scheme}://{parts.host}{port}{canonical_path(parts.path)}"


def _canonical_pair(
    hides: Callable[[str, str], bool], ignored: frozenset[str], part: str
) -> tuple[str, str] | None:
    """Return the name of a parameter and its canonical form; None where it does not count."""
    plain = _PLAIN_PAIR.fullmatch(part)
    if plain is not None and not has_mask(part):
        name = plain[1]
        if name not in ignored and not hides(name, part[len(name) + 1 :]):
            return name, part
    for name, value in pairs_of(part, hides, ignored):
        return name, f"{_quote(name).replace('=', '%3D')}={_quote(value)}"
    return None


_REMEMBERED: Final = 1024
"""Parameters that are remembered in their canonical form."""
