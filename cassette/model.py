"""The vocabulary: what was said to whom, what came back, and how it ended."""

from __future__ import annotations

import enum
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from cassette.wire.codings import codings_of, unpack
from cassette.wire.headers import Headers
from cassette.wire.parser import MessageParser, RequestParser, ResponseParser

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_AUTHORITY = re.compile(r"[^/?#]*")
_SLICE = 1 << 20
_LARGEST = 256 << 20
"""Bytes up to which a body is decompressed: a few kilobytes may hold gigabytes."""

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


class Message:
    """The bytes of one message, with views on them that are made when asked for.

    Args:
        raw: The bytes exactly as on the wire, or a function that gives them: a cassette decodes
            a message only when somebody looks at it.
    """

    _parser: MessageParser

    def __init__(self, raw: bytes | Callable[[], bytes]) -> None:
        if isinstance(raw, bytes):
            self.raw = raw
        else:
            self._source = raw

    @cached_property
    def raw(self) -> bytes:
        """The bytes exactly as on the wire."""
        return self._source()

    @cached_property
    def parsed(self) -> MessageParser:
        """Where the parts of the message are."""
        parser = self._new_parser()
        raw = self.raw
        # In slices, because the parser copies what it is fed while it looks for the head.
        for start in range(0, len(raw), _SLICE):
            parser.feed(raw[start : start + _SLICE])
        parser.close()
        return parser

    def _new_parser(self) -> MessageParser:
        raise NotImplementedError

    @cached_property
    def headers(self) -> Headers:
        """The header fields; empty where the bytes are no HTTP."""
        return Headers(self.parsed.fields)

    @cached_property
    def body(self) -> bytes:
        """The body without its chunk framing, still compressed if it was sent so."""
        raw, spans = self.raw, self.parsed.payload
        if len(spans) == 1:
            return raw[slice(*spans[0])]
        return b"".join([raw[start:stop] for start, stop in spans])

    @cached_property
    def content(self) -> bytes:
        """The body with its codings undone; as it is where that fails, or is too large."""
        codings = codings_of(self.parsed.fields.every(b"content-encoding"))
        content = unpack(self.body, codings, _LARGEST).content if codings else self.body
        return self.body if content is None else content

    @property
    def kind(self) -> str:
        """The media type with its parameters, as Content-Type has it; empty without one."""
        return b", ".join(self.parsed.fields.every(b"content-type")).decode("latin-1")

    def same_body(self, other: Message) -> bool:
        """Return whether another message has a body of the same bytes, coding and media type."""
        if self.body != other.body:
            return False
        if not self.body:
            return True
        fields, others = self.parsed.fields, other.parsed.fields
        return all(
            fields.every(name) == others.every(name)
            for name in (b"content-type", b"content-encoding")
        )

    @property
    def text(self) -> str:
        """The content as text, in the charset of Content-Type, else UTF-8; errors replaced."""
        charset = self.kind.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
        try:
            return self.content.decode(charset or "utf-8", "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")

    def json(self) -> Any:  # noqa: ANN401 - JSON is any value
        """Return the content read as JSON.

        Raises:
            ValueError: It is no JSON.
        """
        return json.loads(self.content)


class Request(Message):
    """What the client sent.

    Args:
        raw: As for every message.
        url: The URL that it asks for.
    """

    def __init__(self, raw: bytes | Callable[[], bytes], url: str = "") -> None:
        super().__init__(raw)
        self.url = url

    def _new_parser(self) -> RequestParser:
        return RequestParser()

    @property
    def parsed_request(self) -> RequestParser:
        """The parts of the request."""
        parser = self.parsed
        assert isinstance(parser, RequestParser)  # noqa: S101 - narrows what _new_parser made
        return parser

    @property
    def method(self) -> str:
        """The method; empty where the bytes are no HTTP."""
        return self.parsed_request.method.decode("latin-1")

    @property
    def target(self) -> bytes:
        """The request target as sent (RFC 9112, section 3.2)."""
        return self.parsed_request.target


class Response(Message):
    """What came back, interim responses included.

    Args:
        raw: As for every message.
        method: Method of the request, which decides whether there is a body.
    """

    def __init__(self, raw: bytes | Callable[[], bytes], method: str = "") -> None:
        super().__init__(raw)
        self._method = method

    def _new_parser(self) -> ResponseParser:
        return ResponseParser(self._method.encode("latin-1", "replace"))

    @property
    def parsed_response(self) -> ResponseParser:
        """The parts of the response."""
        parser = self.parsed
        assert isinstance(parser, ResponseParser)  # noqa: S101 - narrows what _new_parser made
        return parser

    @property
    def status(self) -> int:
        """Status code of the final response; 0 where there is none."""
        return self.parsed_response.status

    @property
    def reason(self) -> str:
        """Reason phrase of the final response; may be empty."""
        return self.parsed_response.reason.decode("latin-1")

    @property
    def version(self) -> str:
        """Protocol version, such as ``HTTP/1.1``."""
        return self.parsed_response.version.decode("latin-1")


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
