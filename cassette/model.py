"""The vocabulary: what was said to whom, what came back, and how it ended."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, Self
from urllib.parse import urlsplit

from cassette.errors import OptionError
from cassette.messages import Message, Request, Response, Standing
from cassette.wire.lenient import has_body
from cassette.wire.rewrite import without_body

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = [
    "CONNECT",
    "DEFAULT_PORTS",
    "Ended",
    "Endpoint",
    "Failure",
    "Interaction",
    "Message",
    "Request",
    "Response",
    "Standing",
    "call_of",
    "url_of",
]

_AUTHORITY = re.compile(r"[^/?#]*")

_METHOD: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NO_HEADERS: Final[Mapping[str, str | None]] = MappingProxyType({})

DEFAULT_PORTS = {"http": 80, "https": 443}

CONNECT = "connect "
"""Starts the call of an interaction in which no connection came about; no method is so spelt."""


class Endpoint(NamedTuple):
    """Where a request is meant for: the origin, never a proxy in between.

    Attributes:
        scheme: ``http`` or ``https``.
        host: Name or address in lower case, without brackets.
        port: Port number.
    """

    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        """The origin as it starts a URL: the default port left out (RFC 3986, section 6.2.3)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        if DEFAULT_PORTS.get(self.scheme) == self.port:
            return f"{self.scheme}://{host}"
        return f"{self.scheme}://{host}:{self.port}"


def url_of(endpoint: Endpoint, target: bytes) -> str:
    """Return the URL that a request asks for.

    Args:
        endpoint: Where the connection leads.
        target: Request target in any of its forms (RFC 9112, section 3.2). In absolute form, as
            sent to a proxy, it names the origin itself.

    Returns:
        The URL as text: what is not printable ASCII stands percent-encoded.
    """
    text = target.decode("latin-1")
    if not (text.isascii() and text.isprintable()):
        text = "".join(char if " " < char < "\x7f" else f"%{ord(char):02X}" for char in text)
    if text.startswith("/"):
        return endpoint.origin + text
    scheme, separator, rest = text.partition("://")
    if not separator:  # asterisk-form and authority-form belong to the origin as a whole
        return f"{endpoint.origin}/{text}" if text else endpoint.origin
    authority = _AUTHORITY.match(rest)[0]  # type: ignore[index]  # it matches the empty text too
    path = rest[len(authority) :]
    userinfo, at, place = authority.rpartition("@")
    scheme, place = scheme.lower(), place.lower()
    default = DEFAULT_PORTS.get(scheme)
    if default is not None:
        place = place.removesuffix(f":{default}")
    slash = "" if path.startswith("/") else "/"
    return f"{scheme}://{userinfo}{at}{place}{slash}{path}"


def call_of(method: str, endpoint: Endpoint, target: bytes) -> str:
    """Return the line under which an interaction is found: method, blank, URL."""
    return f"{method} {url_of(endpoint, target)}"


class Ended(enum.StrEnum):
    """How an interaction ended, seen from the client."""

    OPEN = "open"  # the response was complete, the connection stayed open
    CLOSED = "closed"  # the peer closed: the end of the body, or an early end
    ABANDONED = "abandoned"  # the client stopped reading before the end
    RESET = "reset"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    NOT_FOUND = "name not found"
    TLS = "tls failure"
    FAILED = "failed"  # any other error of the operating system


class Failure(NamedTuple):
    """An error of the connection, as data.

    Attributes:
        kind: Name of the exception class, such as ``ConnectionRefusedError`` or ``gaierror``.
        errno: Its error number, or None.
        message: Its text.
    """

    kind: str
    errno: int | None
    message: str


@dataclass(slots=True)
class Interaction:
    """One request and what came of it.

    Attributes:
        call: Method and URL as one line, secrets masked; ``connect`` and the origin where no
            connection came about.
        request: What was sent; empty where no connection came about.
        response: What came back; empty where nothing did.
        at: When the first byte was sent, in UTC.
        took: Seconds from then to the end.
        arrived: Seconds since ``at`` and bytes of each piece of the response, where it came in
            more than one piece; else empty.
        ended: How it ended.
        failure: The error of the connection that ended it, if one did.
        redacted: Places whose value was masked before it was written.
        rules: For each of these places the rule that found its secret; empty where the file is
            older than the rules.
        masks: The values that stand for secrets in it; empty where the file is older than they.
        unsearched: Messages, ``request`` or ``response``, whose body could not be searched for
            secrets.
        decoded: Messages, ``request`` or ``response``, whose body was compressed on the wire and
            was written decoded.
        played: How often it has answered since the cassette was opened.
        number: Its place in the file, counted from 0; -1 where it stands in none.
    """

    call: str
    request: Request
    response: Response
    at: datetime
    took: float = 0.0
    arrived: tuple[tuple[float, int], ...] = ()
    ended: Ended = Ended.OPEN
    failure: Failure | None = None
    redacted: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()
    unsearched: tuple[str, ...] = ()
    decoded: tuple[str, ...] = ()
    played: int = field(default=0, compare=False)
    number: int = field(default=-1, compare=False)

    @property
    def edited(self) -> tuple[str, ...]:
        """Messages, ``request`` or ``response``, that a hand has changed in the file.

        Nothing tells it of entries without a digest whose framing fits.
        """
        messages = (("request", self.request), ("response", self.response))
        return tuple(role for role, message in messages if message.edited)

    def with_request(  # noqa: PLR0913 - every part is a keyword of its own
        self,
        *,
        method: str | None = None,
        url: str | None = None,
        headers: Mapping[str, str | None] = _NO_HEADERS,
        content: bytes | None = None,
        text: str | None = None,
        json: object = ...,
    ) -> Self:
        """Return the same interaction with another request, framed right.

        Args:
            method: Its method.
            url: The URL that it asks for; the request target, the call and Host go with it.
            headers: Header fields by name: a value replaces that of all fields of the name, or is
                added; None takes them out.
            content: Its body in bytes, not compressed; it is compressed as the one before was.
            text: Its body as a text, in place of ``content``.
            json: Its body as what JSON shall say, in place of ``content``.

        Raises:
            OptionError: There is no request, or this would be none.
        """
        request = self.request
        request.check_changeable()
        body = request.content_of(content, text, json)
        first_line, target_url = None, request.url
        if method is not None or url is not None:
            new_method = request.method if method is None else method
            if not _METHOD.fullmatch(new_method):
                raise OptionError(f"{new_method!r} is no method")
            target = request.target.decode("latin-1")
            if url is not None:
                target, host, target_url = _target_of(url, absolute="://" in target)
                if host != _target_of(request.url, absolute=False)[1]:
                    headers = {"Host": host, **headers}
            version = request.raw[: request.raw.find(b"\n")].split()[-1].decode("latin-1")
            first_line = f"{new_method} {target} {version}"
        raw = b"".join(request.changed(first_line, headers, body))
        changed = Request(raw, target_url)
        return replace(self, call=f"{changed.method} {target_url}", request=changed)

    def with_response(  # noqa: PLR0913 - as above
        self,
        *,
        status: int | None = None,
        reason: str | None = None,
        headers: Mapping[str, str | None] = _NO_HEADERS,
        content: bytes | None = None,
        text: str | None = None,
        json: object = ...,
    ) -> Self:
        """Return the same interaction with another response, framed right.

        Where its size changes it comes in one piece. Interim responses stay.

        Args:
            status: Its status code.
            reason: Its reason phrase; without one, the one that belongs to another status.
            headers: As for ``with_request``.
            content: As for ``with_request``.
            text: As for ``with_request``.
            json: As for ``with_request``.

        Raises:
            OptionError: There is no response, or this would be none.
        """
        response = self.response
        response.check_changeable()
        body = response.content_of(content, text, json)
        code = response.status if status is None else status
        if not 200 <= code <= 999:  # noqa: PLR2004 - three digits
            raise OptionError(f"{code!r} is no status of a final response")
        method = self.call.partition(" ")[0]
        bodiless = not has_body(method, code)
        if body and bodiless:
            raise OptionError(f"an answer to {method} with status {code} has no body")
        first_line = None
        if status is not None or reason is not None:
            if reason is None:
                reason = response.reason if code == response.status else _phrase(code)
            first_line = f"{response.version} {code} {reason}"
        parts = response.changed(first_line, headers, body)
        if bodiless and parts.rest:
            parts = without_body(parts)
        raw = b"".join(parts)
        return replace(
            self,
            response=Response(raw, method),
            arrived=self.arrived if len(raw) == len(response.raw) else (),
        )


def _target_of(url: str, *, absolute: bool) -> tuple[str, str, str]:
    """Return a URL as request target, as a value of Host, and as a call has it.

    Raises:
        OptionError: No request can ask for it.
    """
    wrong = OptionError(
        f"{url!r} is no URL that a request can ask for, such as https://a.example/users?page=1"
    )
    if not (url.isascii() and url.isprintable()) or " " in url:
        raise wrong
    try:
        parts = urlsplit(url)
        endpoint = Endpoint(
            parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
        )
    except (ValueError, KeyError):
        raise wrong from None
    if not endpoint.host:
        raise wrong
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = endpoint.origin.partition("://")[2]
    target = endpoint.origin + path if absolute else path
    return target, host, url_of(endpoint, path.encode())


def _phrase(code: int) -> str:
    """Return the reason phrase that belongs to a status code; empty where none does."""
    from http import HTTPStatus  # noqa: PLC0415 - few responses are given another status

    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return ""
