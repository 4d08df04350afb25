"""What goes into the head of a request, as bytes for the wire; refused where it would break it."""

from __future__ import annotations

import functools
import re
from typing import Any, Final

from cassette.client.errors import InvalidURL

# What breaks the framing, and nothing more: as lenient as http.client is (docs/client.md).
_is_legal_header_name: Final = re.compile(rb"(?![:\s])[^\r\n:]+").fullmatch
_is_illegal_header_value: Final = re.compile(rb"\r(?:[^\t\n ]|\Z)|\n(?:[^\t ]|\Z)").search
_contains_disallowed_url_pchar_re: Final = re.compile("[\0- \x7f]")
_contains_disallowed_method_pchar_re: Final = re.compile("[\0-\x1f]")


def _encode(data: str, name: str = "data") -> bytes:
    """Return text in ISO-8859-1.

    Raises:
        UnicodeEncodeError: It has other characters; the message says what to do.
    """
    try:
        return data.encode("iso-8859-1")
    except UnicodeEncodeError as exc:
        culprit = data[exc.start : exc.end]
        raise UnicodeEncodeError(
            exc.encoding,
            exc.object,
            exc.start,
            exc.end,
            f"{name.title()} ({culprit!r:.20}) is not valid Latin-1. "
            f"Use {name}.encode('utf-8') if you want to send it encoded in UTF-8.",
        ) from None


def _strip_ipv6_iface(enc_name: bytes) -> bytes:
    """Return a bracketed IPv6 literal without its zone, which is of no use to the peer.

    Source: RFC 6874, section 4.
    """
    address, percent, _ = enc_name.partition(b"%")
    if not percent:
        return enc_name
    if not address.startswith(b"["):
        raise AssertionError(address)
    return address + b"]"


def _refuse_control_characters(text: str) -> None:
    """Raise InvalidURL where a part of a URL has control characters or blanks."""
    found = _contains_disallowed_url_pchar_re.search(text)
    if found:
        raise InvalidURL(
            f"URL can't contain control characters. {text!r} (found at least {found[0]!r})"
        )


def _to_ascii(host: str) -> bytes:
    """Return a host name for the wire; other alphabets in IDNA."""
    try:
        return host.encode("ascii")
    except UnicodeEncodeError:
        return host.encode("idna")


def _checked_name(header: str | bytes) -> bytes:
    """Return a field name for the wire.

    Raises:
        ValueError: It would break the framing.
        UnicodeEncodeError: It is not ASCII.
    """
    name: bytes = header.encode("ascii") if hasattr(header, "encode") else header
    if not _is_legal_header_name(name):
        raise ValueError(f"Invalid header name {name!r}")
    return name


@functools.lru_cache(maxsize=256)
def _field_start(header: str) -> bytes:
    """Return what a field line starts with: the name, a colon and a blank.

    Programs use the same few names again and again: remembering them takes two thirds off the
    time of `HTTPConnection.putheader`.
    """
    return _checked_name(header) + b": "


def _field_line(value: Any) -> bytes:  # noqa: ANN401 - whatever `putheader` is given
    """Return one line of a field value for the wire.

    Raises:
        ValueError: It would break the framing.
        UnicodeEncodeError: It is not ISO-8859-1.
    """
    line: bytes
    if type(value) is str:
        line = value.encode("latin-1")
        if "\n" not in value and "\r" not in value:
            return line  # nearly always; the pattern would take as long as the rest of this
    elif hasattr(value, "encode"):
        line = value.encode("latin-1")
    elif isinstance(value, int):
        line = str(value).encode("ascii")
    else:
        line = value
    if _is_illegal_header_value(line):
        raise ValueError(f"Invalid header value {line!r}")
    return line
