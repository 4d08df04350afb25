"""The exceptions of ``http.client``, each caught by its stock namesake as well.

    HTTPException
    ├── NotConnected                nothing to send through, and auto_open is off
    ├── InvalidURL                  a port that is no number, control characters in host or target
    ├── UnknownProtocol             an HTTP version other than 1.x
    ├── UnknownTransferEncoding     (kept for its name; nothing raises it)
    ├── UnimplementedFileMode       (kept for its name; nothing raises it)
    ├── IncompleteRead              the body ended early
    ├── ImproperConnectionState
    │   ├── CannotSendRequest       the answer before has not been read
    │   ├── CannotSendHeader        no request is being built
    │   └── ResponseNotReady        no request has been sent, or its answer is still open
    ├── BadStatusLine               what came is no status line
    │   └── RemoteDisconnected      nothing came (a ConnectionResetError too)
    └── LineTooLong                 a line longer than _MAXLINE bytes

Code that imported the stock module long before this one says ``except http.client.X``; so every
class here derives from its parent in this tree and from the stock class of the same name.
"""

# ruff: noqa: SLF001 - the limit is http.client's

from __future__ import annotations

import http.client as stock

from cassette.client.compat import limits
from cassette.copying import Copyable


class HTTPException(Copyable, stock.HTTPException):
    """Base of every error that is HTTP's and not the operating system's."""


error = HTTPException


class NotConnected(HTTPException, stock.NotConnected):
    """There is no connection, and ``auto_open`` forbids to open one."""


class InvalidURL(HTTPException, stock.InvalidURL):
    """A host, port or request target that must not go on the wire."""


class UnknownProtocol(HTTPException, stock.UnknownProtocol):
    """The peer answers in a version of HTTP that is not 1.x.

    Attributes:
        version: The version as it stands in the status line.
    """

    def __init__(self, version: str) -> None:
        self.args = (version,)
        self.version = version


class UnknownTransferEncoding(HTTPException, stock.UnknownTransferEncoding):
    """A transfer coding that nobody can decode; kept for its name."""


class UnimplementedFileMode(HTTPException, stock.UnimplementedFileMode):
    """A file mode that ``makefile`` does not know; kept for its name."""


class IncompleteRead(HTTPException, stock.IncompleteRead):
    """The peer stopped before the end that it had announced.

    Attributes:
        partial: What came, as far as it is known to be body.
        expected: How many more bytes were announced; None where that is not known.
    """

    def __init__(self, partial: bytes, expected: int | None = None) -> None:
        self.args = (partial,)
        self.partial = partial
        self.expected = expected

    def __repr__(self) -> str:
        missing = "" if self.expected is None else f", {self.expected} more expected"
        return f"{type(self).__name__}({len(self.partial)} bytes read{missing})"

    __str__ = object.__str__


class ImproperConnectionState(HTTPException, stock.ImproperConnectionState):
    """A call that the state of the connection does not allow; its argument names the state."""


class CannotSendRequest(ImproperConnectionState, stock.CannotSendRequest):
    """A request is under way already, or its answer has not been read."""


class CannotSendHeader(ImproperConnectionState, stock.CannotSendHeader):
    """There is no request that a header field could belong to."""


class ResponseNotReady(ImproperConnectionState, stock.ResponseNotReady):
    """There is no request that could have an answer."""


class BadStatusLine(HTTPException, stock.BadStatusLine):
    """The first line of the answer is not a status line (RFC 9112, section 4).

    Attributes:
        line: The line as it came; quoted where it is empty, so that it can be seen.
    """

    def __init__(self, line: str) -> None:
        if not line:
            line = repr(line)
        self.args = (line,)
        self.line = line


class LineTooLong(HTTPException, stock.LineTooLong):
    """A line of the head, or of the chunk framing, that is longer than ``_MAXLINE``."""

    def __init__(self, line_type: str) -> None:
        super(Exception, self).__init__(
            f"got more than {limits._MAXLINE} bytes when reading {line_type}"
        )


class RemoteDisconnected(stock.RemoteDisconnected, BadStatusLine):
    """The peer closed the connection where an answer should have begun."""

    def __init__(self, *args: object) -> None:
        ConnectionResetError.__init__(self, *args)
        self.line = repr("")
