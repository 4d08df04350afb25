"""``HTTPResponse``: one answer, read from a binary file.

Everything is read through ``self.fp``, which is looked up anew for every call: programs replace
it, wrap it and read from it themselves. So there is no buffer beside it, nothing is ever read
ahead, and ``fp is None`` *is* the closed state.
"""

# ruff: noqa: SLF001, T201 - the private names are http.client's, and a debug level prints

from __future__ import annotations

import contextlib
import http.client as stock
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from cassette.client import compat
from cassette.client.chunked import _LARGE, ChunkedBody
from cassette.client.compat import limits
from cassette.client.errors import (
    BadStatusLine,
    HTTPException,
    IncompleteRead,
    LineTooLong,
    RemoteDisconnected,
    ResponseNotReady,
    UnknownProtocol,
)
from cassette.client.message import (
    HTTPMessage,
    _read_headers,
    message_of,
    parse_odd,
)
from cassette.client.status import responses
from cassette.wire.lenient import (
    content_length,
    has_body,
    is_chunked,
    parse_status_line,
    split_fields,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

_T = TypeVar("_T")

_UNKNOWN: Final = "UNKNOWN"
"""What stands in a field before `HTTPResponse.begin` has found out."""

_CONTINUE: Final = 100

_USUAL_STATUS_LINES: Final = {
    f"HTTP/1.1 {status:d} {phrase}\r\n".encode(): ("HTTP/1.1", int(status), f"{phrase}\r\n")
    for status, phrase in responses.items()
}
"""What nearly every server sends, and what `HTTPResponse._read_status` makes of it: looking it up
takes half a microsecond less than taking it apart, one twentieth of a small response."""


class HTTPResponse(ChunkedBody):
    """The answer to one request: its head as attributes, its body as a binary file.

    Args:
        sock: Anything with ``makefile("rb")``.
        debuglevel: Above zero, what is read of the head is printed.
        method: Method of the request; the answer to HEAD has no body (RFC 9112, section 6.3).
        url: Accepted for its place in the signature, and ignored.
        strict: Deprecated, and ignored: what came without a status line is always refused.

    Attributes:
        headers: The header section; also as ``msg``.
        version: 10 or 11.
        status: Status code; also as ``code``.
        reason: Reason phrase.
        chunked: Whether the body comes in chunks.
        chunk_left: Bytes of the present chunk still to read; None between messages.
        length: Bytes of the body still to read; None where only its framing tells.
        will_close: Whether the connection ends with this answer.
        fp: The file that all is read from; None once the body has ended.
    """

    headers: HTTPMessage
    msg: HTTPMessage
    code: int

    def __init__(
        self,
        sock: socket.socket,
        debuglevel: int = 0,
        method: str | None = None,
        url: str | None = None,  # noqa: ARG002 - kept for callers that pass it
        *,
        strict: object = None,
    ) -> None:
        if strict is not None:
            compat.warn_old_keyword("strict", "it is ignored, leave it out")
        self.fp = sock.makefile("rb")
        self.debuglevel = debuglevel
        self._method = method
        # Until `begin` has found out. The types are those of afterwards, as in typeshed.
        nothing: Any = None
        unknown: Any = _UNKNOWN
        self.headers = self.msg = nothing
        self.version = self.status = self.reason = unknown
        self.chunked = self.chunk_left = self.length = self.will_close = unknown

    # -- the head ---------------------------------------------------------------------------

    def _read_status(self) -> tuple[str, int, str]:
        """Read one status line.

        Returns:
            Version and reason phrase as they stand, and the status code.

        Raises:
            RemoteDisconnected: There is nothing to read.
            LineTooLong: The line has more than ``_MAXLINE`` bytes.
            BadStatusLine: It is no status line, or the code is not within 100 to 999.

        Source: RFC 9112, section 4; lenient about blanks as the stock module is.
        """
        limit = limits._MAXLINE
        raw = self.fp.readline(limit + 1)
        if raw in _USUAL_STATUS_LINES and self.debuglevel <= 0:
            return _USUAL_STATUS_LINES[raw]
        line = str(raw, "iso-8859-1")
        if len(line) > limit:
            raise LineTooLong("status line")
        if self.debuglevel > 0:
            print("reply:", repr(line))
        if not line:
            raise RemoteDisconnected("Remote end closed connection without response")
        found = parse_status_line(line)
        if found is None:
            words = line.split(None, 2)
            if len(words) < 2 or not words[0].startswith("HTTP/"):  # noqa: PLR2004
                self._close_conn()  # but not for a code that is none
            raise BadStatusLine(line)
        return found

    def begin(self) -> None:
        """Read the head, interim responses skipped; once only.

        Raises:
            HTTPException: The head is no head; see `_read_status` and `parse_headers`. Or there
                were more than 99 interim responses.
            UnknownProtocol: The version is not 1.x.

        Source: RFC 9110, section 15.2; RFC 9112, section 6.3.
        """
        if self.headers is not None:
            return
        version, status, reason = self._read_status()  # type: ignore[unreachable]  # None is left out of typeshed
        if status == _CONTINUE:
            version, status, reason = self._skip_interim()
        self.code = self.status = status
        self.reason = reason.strip()
        if version == "HTTP/1.1":
            self.version = 11
        elif version in ("HTTP/1.0", "HTTP/0.9"):
            self.version = 10
        elif version.startswith("HTTP/1."):
            self.version = 11
        else:
            raise UnknownProtocol(version)
        lines = _read_headers(self.fp)
        section = b"".join(lines).decode("iso-8859-1")
        # As text and not as bytes: look-ups take a third less time in it.
        folded = "\n" + section.lower()
        fields = split_fields(section, len(lines), folded)
        if fields is None:
            self.headers = self.msg = parse_odd(section, HTTPMessage)
        else:
            self.headers = self.msg = message_of(fields, HTTPMessage)
        if self.debuglevel > 0:
            for name, value in self.headers.items():
                print("header:", f"{name}:", value)
        if fields is None or self.version != 11:  # noqa: PLR2004
            self._frame()
        else:
            self._frame_quickly(folded)

    def _frame(self) -> None:
        """Find out how the body ends, and whether the connection ends with it.

        Source: RFC 9112, sections 6.3 and 9.3. As in the stock module, only the exact value
        ``chunked`` counts, whatever else is in the field (section 6.1), and a bad Content-Length
        is none.
        """
        headers = self.headers
        self._set_framing(
            chunked=is_chunked(headers.get("transfer-encoding")),
            length=content_length(headers.get("content-length")),
            will_close=self._check_close(),
        )

    def _frame_quickly(self, folded: str) -> None:
        """Do what `_frame` does for a well-formed head in HTTP/1.1, a quarter of a response faster.

        Args:
            folded: The header section in lower case, a line feed before every line.
        """
        length: int | None = None
        at = folded.find("\ncontent-length:") + 16
        if at >= 16:  # noqa: PLR2004 - found
            length = content_length(folded[at : folded.find("\n", at)])
        will_close = False
        at = folded.find("\nconnection:") + 12
        if at >= 12:  # noqa: PLR2004 - found
            will_close = "close" in folded[at : folded.find("\n", at)]
        self._set_framing(
            "\ntransfer-encoding:" in folded and is_chunked(self.headers.get("transfer-encoding")),
            length,
            will_close,
        )

    def _set_framing(self, chunked: bool, length: int | None, will_close: bool) -> None:  # noqa: FBT001
        """Note how the body ends, from what the fields say about it."""
        self.chunked = chunked
        if chunked:
            length = self.chunk_left = None
        if not has_body(self._method, self.status):
            length = 0
        self.length = length
        self.will_close = will_close or (length is None and not chunked)

    def _skip_interim(self) -> tuple[str, int, str]:
        """Read past 100 (Continue) responses; return the status line after them."""
        for _ in range(compat.MAX_INTERIM):
            skipped = _read_headers(self.fp)
            if self.debuglevel > 0:
                print("headers:", skipped)
            found = self._read_status()
            if found[1] != _CONTINUE:
                return found
        raise HTTPException(f"got more than {compat.MAX_INTERIM} interim responses")

    def _check_close(self) -> bool:
        """Return whether the connection ends with this answer (RFC 9112, section 9.3)."""
        connection = (self.headers.get("connection") or "").lower()
        if self.version == 11:  # noqa: PLR2004
            return "close" in connection
        if self.headers.get("keep-alive") or "keep-alive" in connection:
            return False
        # Not in the RFC, but Netscape's proxies sent it, and the stock module listens to it.
        return "keep-alive" not in (self.headers.get("proxy-connection") or "").lower()

    # -- the life of the file ---------------------------------------------------------------

    def close(self) -> None:
        """Close the response; the connection stays open if it can be used again."""
        try:
            # Past the stock class, whose own code has no part in this one.
            super(stock.HTTPResponse, self).close()
        finally:
            if self.fp is not None:
                self._close_conn()

    def __del__(self) -> None:
        # Instead of the finaliser of the io module, which closes whatever is not closed: of a
        # response whose body has ended there is nothing left to close, unless somebody has a
        # ``close`` of their own. An eighth of a small one.
        if getattr(self, "fp", None) is not None or _has_own_close(self):
            with contextlib.suppress(Exception):
                self.close()

    def flush(self) -> None:
        """Flush the file below.

        Raises:
            ValueError: The response is closed.
        """
        super(stock.HTTPResponse, self).flush()
        if hasattr(self.fp, "flush"):
            self.fp.flush()

    def readable(self) -> bool:
        """Return True: a response is there to be read."""
        return True

    def isclosed(self) -> bool:
        """Return whether the body has ended, be it read or given up."""
        return self.fp is None

    def fileno(self) -> int:
        """Return the descriptor of the file below."""
        return self.fp.fileno()

    # -- the body ---------------------------------------------------------------------------

    def read(self, amt: int | None = None) -> bytes:
        """Return the rest of the body, or up to ``amt`` bytes of it.

        Args:
            amt: Number of bytes; None or a negative number means all.

        Raises:
            IncompleteRead: The body ended early; not where ``amt`` bytes were asked for of a body
                that is not chunked: then there are fewer bytes, and none the next time.
        """
        fp = self.fp
        if fp is None:
            return b""  # type: ignore[unreachable]  # None is left out of typeshed
        if self._method == "HEAD":
            self._close_conn()
            return b""
        if amt is not None and amt < 0:
            amt = None
        if self.chunked:
            return self._read_chunked(amt)
        if amt is not None:
            return self._read_some(amt)
        length = self.length
        if length is None:
            data = fp.read()
        else:
            data = fp.read(length) if length < _LARGE else self._read_large(length)
            if len(data) < length:
                self._close_conn()
                raise IncompleteRead(data, length - len(data))
            self.length = 0
        self._close_conn()
        return data

    def _read_some(self, amt: int) -> bytes:
        """Return up to ``amt`` bytes of a body that is not chunked; see `read`."""
        length = self.length
        if length is not None and amt > length:
            amt = length
        data = self.fp.read(amt)
        if amt and not data:
            self._close_conn()
        elif length is not None:
            self.length = length = length - len(data)
            if not length:
                self._close_conn()
        return data

    def readinto(self, b: WriteableBuffer) -> int:
        """Fill a buffer with the next bytes of the body.

        Returns:
            How many bytes it took; 0 at the end, and for an empty buffer.

        Raises:
            IncompleteRead: The body is chunked and ended early.
        """
        fp = self.fp
        if fp is None:
            return 0  # type: ignore[unreachable]  # None is left out of typeshed
        if self._method == "HEAD":
            self._close_conn()
            return 0
        if self.chunked:
            return self._readinto_chunked(b)
        length = self.length
        if length is not None and len(b) > length:  # type: ignore[arg-type]
            b = memoryview(b)[:length]
        count = fp.readinto(b)
        if not count and b:  # type: ignore[truthy-bool]  # an empty buffer is false
            self._close_conn()
        elif length is not None:
            self.length = length = length - count
            if not length:
                self._close_conn()
        return count

    def read1(self, n: int = -1) -> bytes:
        """Return up to ``n`` bytes with at most one read of the file below.

        Raises:
            IncompleteRead: The body is chunked and ended early.
        """
        fp = self.fp
        if n < 0 and self.chunk_left == 0 and fp is not None:
            # Between two chunks, so this is neither the answer to HEAD nor unchunked. A chunk a
            # call makes each call of our own felt: what `_read1_chunked` does stands here again,
            # for 14 % of the time of a stream.
            ending = fp.read(2)
            if len(ending) < 2:  # noqa: PLR2004 - CRLF
                raise IncompleteRead(ending, 2 - len(ending))
            line, left = self._last
            coming = fp.readline(limits._MAXLINE + 1)
            if coming != line:
                begun = self._begin_chunk(coming)
                if begun is None:
                    return b""
                left = begun
            data = fp.read1(left)
            self.chunk_left = left - len(data)
            if data:
                return data
            raise IncompleteRead(b"")
        if fp is None or self._method == "HEAD":  # type: ignore[redundant-expr]  # likewise
            return b""
        if self.chunked:
            return self._read1_chunked(n)
        length = self.length
        if length is not None and not 0 <= n <= length:
            n = length
        data = fp.read1(n)
        self._count(data, n)
        return data

    def peek(self, n: int = -1) -> bytes:
        """Return bytes that come next, without reading them; how many is up to the file below.

        Of a body that is not chunked this may show bytes that belong to the next answer.
        """
        fp = self.fp
        if fp is None or self._method == "HEAD":  # type: ignore[redundant-expr]  # likewise
            return b""
        return self._peek_chunked(n) if self.chunked else fp.peek(n)

    def readline(self, limit: int = -1) -> bytes:  # type: ignore[override]
        """Return the next line of the body, or its first ``limit`` bytes.

        Raises:
            IncompleteRead: The body is chunked and ended early.
        """
        fp = self.fp
        if fp is None or self._method == "HEAD":  # type: ignore[redundant-expr]  # likewise
            return b""
        if self.chunked:
            return self._readline_chunked(limit)
        length = self.length
        if length is not None and not 0 <= limit <= length:
            limit = length
        line = fp.readline(limit)
        self._count(line, limit)
        return line

    def _count(self, data: bytes, wanted: int) -> None:
        """Take what `read1` or `readline` got off the length; close at the end."""
        if wanted and not data:
            self._close_conn()
        elif self.length is not None:
            self.length -= len(data)
            if compat.CLOSES_AT_LAST_BYTE and not self.length:
                self._close_conn()

    def __iter__(self) -> Iterator[bytes]:
        return self

    # -- the head, as methods ---------------------------------------------------------------

    @overload
    def getheader(self, name: str) -> str | None: ...
    @overload
    def getheader(self, name: str, default: _T) -> str | _T: ...
    def getheader(self, name: str, default: Any = None) -> Any:
        """Return the value of a field; several of one name are joined by a comma and a blank.

        Args:
            name: In any case.
            default: Returned where there is no such field; an iterable other than a string is
                joined the same way.

        Raises:
            ResponseNotReady: The head has not been read.
        """
        if self.headers is None:
            raise ResponseNotReady
        values = self.headers.get_all(name) or default
        if isinstance(values, str) or not hasattr(values, "__iter__"):
            return values
        return ", ".join(values)

    def getheaders(self) -> list[tuple[str, str]]:
        """Return the fields as pairs, in the order of the wire.

        Raises:
            ResponseNotReady: The head has not been read.
        """
        if self.headers is None:
            raise ResponseNotReady
        return list(self.headers.items())

    def info(self) -> HTTPMessage:
        """Return the header section; ``headers`` is the newer spelling."""
        return self.headers

    def geturl(self) -> str:
        """Return the address that the caller has set as ``url``.

        Raises:
            AttributeError: Nobody has; ``urllib.request`` does.
        """
        return self.url

    def getcode(self) -> int:
        """Return the status code; ``status`` is the newer spelling."""
        return self.status


def _has_own_close(response: HTTPResponse) -> bool:
    """Return whether ``close`` is neither ours nor stock's, and has not been called yet."""
    cls = type(response)
    if cls is HTTPResponse and "close" not in vars(response):
        return False
    own = "close" in vars(response) or cls.close not in {
        HTTPResponse.close,
        stock.HTTPResponse.close,
    }
    return own and not response.closed
