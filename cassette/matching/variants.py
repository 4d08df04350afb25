"""The header fields with which a request chooses among the answers that one URL has.

Two kinds: fields that choose whatever the server says, such as ``Range``, and those of which the
recorded answer itself says that it depends on them (``Vary``). Decision 19 has the reason for each
field that is here, and for those that are not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from cassette.model import Request, Response

NO_FIELDS: Final[frozenset[str]] = frozenset()

_CHOOSING: Final = frozenset(
    {
        # Which piece of the content (RFC 9110, section 14.2; Azure has a field of its own), and
        # where a piece of an upload belongs (resumable uploads, the protocol of tus).
        "range",
        "if-range",
        "x-ms-range",
        "content-range",
        "upload-offset",
        # Which operation, where method and URL do not say it: methods in disguise, SOAP 1.1, the
        # JSON protocols of AWS, a copy in S3, WebDAV (RFC 4918, section 10).
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
        "soapaction",
        "x-amz-target",
        "x-amz-copy-source",
        "x-amz-copy-source-range",
        "depth",
        "destination",
        "overwrite",
        # Which form of the answer (RFC 7240), and in PostgREST which schema.
        "prefer",
        "accept-profile",
        "content-profile",
    }
)

_CHOOSING_LINE: Final = re.compile(
    b"\n(?:%b)[ \t]*:" % "|".join(map(re.escape, sorted(_CHOOSING))).encode()
)
"""Looked for in a section in lower case."""

_NEGOTIATED: Final = {"accept": "*/*", "accept-language": "*"}
"""What the absence of a field says (RFC 9110, section 12.5): clients differ in which they write."""

_NEVER_VARYING: Final = frozenset(
    {
        # Set by the client library, and another one after its next upgrade; the coding is undone.
        "accept-encoding",
        "user-agent",
        # Whose request it is; another user may replay, or one without credentials.
        "authorization",
        "proxy-authorization",
        "cookie",
        # Matched by other matchers, or good for one connection only.
        "host",
        "connection",
        "te",
        "*",
    }
)

_CONDITIONS: Final = frozenset(
    {"if-match", "if-none-match", "if-modified-since", "if-unmodified-since"}
)
_DATES: Final = frozenset({"if-modified-since", "if-unmodified-since"})
"""Conditions that may hold the date of a file on this machine: that they are there is enough."""

_VARY: Final = re.compile(rb"\nvary[ \t]*:([^\n]*)")
_CONDITIONAL: Final = re.compile(rb"(?:\A|\n)http/1\.[01] (?:304|412)\b")
_LONGEST_HEAD: Final = 1 << 16


def choosing(request: Request) -> frozenset[str]:
    """Return the names under which a request chooses, whatever the server says; mostly none."""
    found = _CHOOSING_LINE.search(request.parsed.fields.section.lower())
    return NO_FIELDS if found is None else _CHOOSING


def decisive(response: Response) -> frozenset[str]:
    """Return the names of the request's fields on which an answer says that it depends."""
    raw = response.raw
    stop = raw.find(b"\r\n\r\n", 0, _LONGEST_HEAD)
    if stop < 0 or raw.startswith(b"1", 9):  # interim responses come before the head that counts
        stop = _LONGEST_HEAD
    head = raw[:stop].lower()
    names = NO_FIELDS
    if b"\nvary" in head:
        for listed in _VARY.findall(head):
            names |= _names_in(listed)
    # "Not modified" and "condition failed" answer a condition, and nothing without one.
    if (b" 304" in head or b" 412" in head) and _CONDITIONAL.search(head):
        names |= _CONDITIONS
    return names


@lru_cache(maxsize=256)
def _names_in(listed: bytes) -> frozenset[str]:
    names = {name.strip() for name in listed.decode("latin-1").split(",")}
    return frozenset(
        name
        for name in names
        if name and name not in _NEVER_VARYING and not name.startswith("sec-")  # set by browsers
    )


def values_of(pairs: list[tuple[str, str]], names: AbstractSet[str]) -> list[tuple[str, str]]:
    """Return how fields are compared: one value for each name that counts.

    Args:
        pairs: Header fields of a request, names in lower case.
        names: The fields that count.
    """
    found = {name: default for name, default in _NEGOTIATED.items() if name in names}
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in names:
            given.setdefault(name, []).append("a date" if name in _DATES else value.strip())
    found.update({name: ", ".join(values) for name, values in given.items()})
    return sorted(found.items())
