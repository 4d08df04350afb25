"""``HTTPConnection`` and ``HTTPSConnection``: requests out, responses in, one at a time.

A connection goes through three states, which its exceptions name:

    Idle             putrequest() starts a request        -> Request-started
    Request-started  putheader()*, endheaders()           -> Request-sent
    Request-sent     getresponse()                        -> Idle

and while an answer is open the next request may be sent, but its answer cannot be asked for.

Every step goes through ``self``, in an order that subclasses count on; the table is in
``docs/client.md``. Bytes leave through ``self.sock``, which anybody may replace by anything with
``sendall``, ``makefile`` and ``close``, and which ``self._create_connection`` makes.
"""

# ruff: noqa: SLF001, T201 - the private names are http.client's, and a debug level prints

from __future__ import annotations

import collections.abc
import contextlib
import errno
import http.client as stock
import io
import socket
import sys
import urllib.parse
from typing import TYPE_CHECKING, Any, Final

from cassette.client import compat
from cassette.client.encoding import (
    _checked_name,
    _contains_disallowed_method_pchar_re,
    _contains_disallowed_url_pchar_re,
    _encode,
    _field_line,
    _field_start,
    _refuse_control_characters,
    _strip_ipv6_iface,
    _to_ascii,
)
from cassette.client.errors import (
    CannotSendHeader,
    CannotSendRequest,
    InvalidURL,
    NotConnected,
    ResponseNotReady,
)
from cassette.client.message import _parse_header_lines, _read_any_headers, _read_headers
from cassette.client.response import HTTPResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from _typeshed import ReadableBuffer, SupportsRead

    from cassette.client.message import HTTPMessage
    from cassette.transport.base import Connector

    DataType = SupportsRead[bytes] | Iterable[ReadableBuffer] | ReadableBuffer
    HeaderValue = ReadableBuffer | str | int

HTTP_PORT: Final = 80
HTTPS_PORT: Final = 443

_CS_IDLE: Final = "Idle"
_CS_REQ_STARTED: Final = "Request-started"
_CS_REQ_SENT: Final = "Request-sent"

_METHODS_EXPECTING_BODY: Final = {"PATCH", "POST", "PUT"}
"""Methods whose requests announce an empty body too (RFC 9110, section 8.6)."""

_REPLACED: Final = {"host": "skip_host", "accept-encoding": "skip_accept_encoding"}
"""Fields that `HTTPConnection.putrequest` writes itself, and how it is told not to."""

_OK: Final = 200

_NO_SIZE: Final = "Unable to determine size of %r"
"""Filled in by ``%``, and so is a tuple's first element, not the tuple: stock prints that too."""


class HTTPConnection(stock.HTTPConnection):
    """A connection to one server, straight or through a tunnel.

    Args:
        host: Name or address, in brackets where a port follows an IPv6 literal: ``[::1]:8080``.
        port: Port number; without it, the one in ``host``, or else ``default_port``.
        timeout: Seconds that a socket operation may take; None for no limit.
        source_address: Local ``(host, port)`` to connect from.
        blocksize: Bytes to read at a time from a file that is sent.
        transport: Opens the transport in place of a live socket: a tape that ``cassette.tape``
            yields, a ``cassette.ScriptedTransport``, or anything with its method
            ``connect(endpoint, dial)`` (``docs/transports.md``).
        strict: Deprecated, and ignored: what came without a status line is always refused.

    Raises:
        InvalidURL: The host has control characters or blanks, or its port is no number.
        OptionError: ``transport`` has no such method.
    """

    # One name, one string: subclasses and programs set these on the class or on the instance.
    _http_vsn = 11
    _http_vsn_str = "HTTP/1.1"
    response_class: type[HTTPResponse] = HTTPResponse
    default_port = HTTP_PORT
    auto_open = 1
    debuglevel = 0

    _tunnel_host: str | None
    _tunnel_port: int | None
    _tunnel_headers: Mapping[str, str]
    _buffer: list[bytes]
    _method: str | None
    _create_connection: Callable[..., socket.socket]
    _raw_proxy_headers: list[bytes] | None

    def __init__(  # noqa: PLR0913 - the signature is http.client's
        self,
        host: str,
        port: int | None = None,
        timeout: float | None = socket._GLOBAL_DEFAULT_TIMEOUT,  # type: ignore[attr-defined]
        source_address: tuple[str, int] | None = None,
        blocksize: int = 8192,
        *,
        transport: Connector | None = None,
        strict: object = None,
    ) -> None:
        if strict is not None:
            compat.warn_old_keyword("strict", "it is ignored, leave it out")
        if transport is not None:
            # On the instance: a subclass that overrides `connect` dials by it.
            self.connect = _own_connect(self, transport)  # type: ignore[method-assign]
        self.timeout = timeout
        self.source_address = source_address
        self.blocksize = blocksize
        self.sock = None
        self._buffer = []
        self.__response: HTTPResponse | None = None
        self.__state = _CS_IDLE
        self._method = None
        self._tunnel_host = None
        self._tunnel_port = None
        self._tunnel_headers = {}
        self._raw_proxy_headers = None
        self.host, self.port = self._get_hostport(host, port)
        self._validate_host(self.host)
        # Kept on the instance: tests and libraries put their own there.
        self._create_connection = socket.create_connection

    # -- where to ---------------------------------------------------------------------------

    def _get_hostport(self, host: str, port: int | None) -> tuple[str, int]:
        """Return host and port, the port taken out of the host where none is given apart.

        Raises:
            InvalidURL: What follows the last colon is no number.
        """
        given = port is not None
        if port is None:
            port = self.default_port
            name, colon, digits = host.rpartition(":")
            if colon and "]" not in digits:
                host = name
                if digits:
                    try:
                        port = int(digits)
                    except ValueError:
                        raise InvalidURL(f"nonnumeric port: '{digits}'") from None
        if (compat.BRACKETS or not given) and host[:1] == "[" and host[-1] == "]":
            host = host[1:-1]
        return host, port

    def _wrap_ipv6(self, ip: bytes) -> bytes:
        """Return an address for the wire: IPv6 literals in brackets (RFC 3986, section 3.2.2)."""
        if b":" in ip and ip[:1] != b"[":
            return b"[" + ip + b"]"
        return ip

    def set_debuglevel(self, level: int) -> None:
        """Print what is sent, and what is read of heads, from level 1 on."""
        self.debuglevel = level

    def set_tunnel(
        self, host: str, port: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        """Make the next connection go through a tunnel; this connection's host is the proxy.

        Args:
            host: Where the tunnel leads.
            port: Likewise; without it, the one in ``host``, or else ``default_port``.
            headers: Fields for the CONNECT request.

        Raises:
            RuntimeError: The connection is open already.

        Source: RFC 9110, section 9.3.6.
        """
        if self.sock:
            raise RuntimeError("Can't set up tunnel for established connection")
        self._tunnel_host, self._tunnel_port = self._get_hostport(host, port)
        # A copy: 3.11.7 kept the caller's own dict, and emptied it in the next call.
        fields: dict[str, str] = headers.copy() if headers else {}  # type: ignore[attr-defined]
        if compat.TUNNEL_IN_HTTP_11 and not any(name.lower() == "host" for name in fields):
            target = self._tunnel_host.encode("idna").decode("ascii")
            fields["Host"] = f"{target}:{self._tunnel_port:d}"
        self._tunnel_headers = fields

    def _tunnel(self) -> None:
        """Ask the proxy for the tunnel.

        Raises:
            OSError: The proxy refuses.
            ValueError: A field, or the host, would put more lines on the wire than one.
        """
        host, port = str(self._tunnel_host), self._tunnel_port
        # Newer interpreters refuse what older ones would put on the wire.
        if _contains_disallowed_url_pchar_re.search(host):
            raise ValueError(f"Tunnel host can't contain control characters {host!r}")
        if compat.TUNNEL_IN_HTTP_11:
            target = host.encode("idna")
            version = self._http_vsn_str.encode("ascii")
        else:
            target = host.encode("ascii")
            version = b"HTTP/1.0"
        if compat.BRACKETS:
            target = self._wrap_ipv6(target)
        lines = [b"CONNECT %s:%d %s\r\n" % (target, port or 0, version)]
        for name, value in self._tunnel_headers.items():
            field = _checked_name(f"{name}".encode("latin-1"))
            lines.append(field + b": " + _field_line(f"{value}") + b"\r\n")
        lines.append(b"\r\n")
        # In one piece, so that it fills one packet.
        self.send(b"".join(lines))

        response = self.response_class(self.sock, method=self._method)
        try:
            _, code, message = response._read_status()  # as libraries call it
            if code == _OK or compat.TUNNEL_IN_HTTP_11:
                # Before 3.12 they were read past, however many there are.
                read = _read_headers if compat.TUNNEL_IN_HTTP_11 else _read_any_headers
                lines = read(response.fp)
                self._raw_proxy_headers = lines
                if self.debuglevel > 0:
                    for line in lines if compat.TUNNEL_IN_HTTP_11 else lines[:-1]:
                        print("header:", line.decode())
            if code != _OK:
                self.close()
                raise OSError(f"Tunnel connection failed: {code} {message.strip()}")
        finally:
            response.close()

    def get_proxy_response_headers(self) -> HTTPMessage | None:
        """Return the fields of the proxy's answer to CONNECT; None where nothing was asked."""
        if self._raw_proxy_headers is None:
            return None
        headers: HTTPMessage = _parse_header_lines(self._raw_proxy_headers)
        return headers

    def connect(self) -> None:
        """Connect, through the tunnel where one is set."""
        sys.audit("http.client.connect", self, self.host, self.port)
        self.sock = self._create_connection(
            (self.host, self.port), self.timeout, self.source_address
        )
        try:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as exc:
            if exc.errno != errno.ENOPROTOOPT:  # a socket of another family
                raise
        if self._tunnel_host:
            self._tunnel()

    def close(self) -> None:
        """Close the connection and the answer that is open on it."""
        self.__state = _CS_IDLE
        try:
            sock = self.sock
            if sock:
                self.sock = None
                sock.close()
        finally:
            response = self.__response
            if response:
                self.__response = None
                response.close()

    # -- sending ----------------------------------------------------------------------------

    def send(self, data: DataType | str) -> None:
        """Send bytes, the contents of a file, or an iterable of bytes; connect where needed.

        Args:
            data: Text files are sent in ISO-8859-1.

        Raises:
            NotConnected: There is no connection, and ``auto_open`` is off.
            TypeError: It is none of these.
        """
        if self.sock is None:
            if not self.auto_open:
                raise NotConnected
            self.connect()
        if self.debuglevel > 0:
            print("send:", repr(data))
        payload: Any = data
        if type(data) is not bytes and hasattr(data, "read"):
            if self.debuglevel > 0:
                print("sending a readable")
            for block in _blocks(self, payload):
                sys.audit("http.client.send", self, block)
                self.sock.sendall(block)
            return
        sys.audit("http.client.send", self, data)
        try:
            self.sock.sendall(payload)
        except TypeError as refusal:
            for piece in _iterated(payload, refusal):
                self.sock.sendall(piece)

    def _output(self, s: bytes) -> None:
        """Add one line to the head that is being built."""
        self._buffer.append(s)

    def _read_readable(self, readable: SupportsRead[Any]) -> Iterator[bytes]:
        """Yield the contents of a file in blocks, text in ISO-8859-1."""
        if self.debuglevel > 0:
            print("reading a readable")
        return _blocks(self, readable)

    def _send_output(self, message_body: Any = None, encode_chunked: bool = False) -> None:  # noqa: FBT001, FBT002, ANN401
        """Send the head that was built, and the body.

        Args:
            message_body: Bytes, a file, or an iterable of bytes.
            encode_chunked: Whether each piece becomes a chunk (RFC 9112, section 7.1).

        Raises:
            TypeError: The body is none of these.
        """
        head = b"\r\n".join((*self._buffer, b"", b""))
        del self._buffer[:]
        self.send(head)
        if message_body is None:
            return
        chunked = encode_chunked and self._http_vsn == 11  # noqa: PLR2004
        for piece in _pieces(self, message_body):
            if not piece:
                # An empty chunk would end the body.
                if self.debuglevel > 0:
                    print("Zero length chunk ignored")
                continue
            self.send(b"%X\r\n" % len(piece) + piece + b"\r\n" if chunked else piece)
        if chunked:
            self.send(b"0\r\n\r\n")

    def putrequest(
        self,
        method: str,
        url: str,
        skip_host: bool = False,  # noqa: FBT001, FBT002 - the signature is http.client's
        skip_accept_encoding: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        """Start a request.

        Args:
            method: The method, such as ``GET``.
            url: The request target; the empty one becomes ``/``.
            skip_host: Whether to leave out ``Host``.
            skip_accept_encoding: Whether to leave out ``Accept-Encoding: identity``.

        Raises:
            CannotSendRequest: A request is being built, or its answer has not been asked for.
            ValueError: The method has control characters.
            InvalidURL: The target has control characters or blanks.
        """
        earlier = self.__response
        if earlier is not None and earlier.isclosed():
            self.__response = None
        if self.__state != _CS_IDLE:
            raise CannotSendRequest(self.__state)
        self.__state = _CS_REQ_STARTED
        self._validate_method(method)
        # Kept for the answer, whose framing depends on it.
        self._method = method
        url = url or "/"
        self._validate_path(url)
        self._output(self._encode_request(f"{method} {url} {self._http_vsn_str}"))
        if self._http_vsn != 11:  # noqa: PLR2004
            return
        if not skip_host:
            self.putheader("Host", _host_value(self, url))
        if not skip_accept_encoding:
            # Nothing here decodes a body.
            self.putheader("Accept-Encoding", "identity")

    def _encode_request(self, request: str) -> bytes:
        """Return the request line for the wire.

        Raises:
            UnicodeEncodeError: It is not ASCII; the caller has to quote the target.
        """
        return request.encode("ascii")

    def _validate_method(self, method: str) -> None:
        """Raise ValueError where a method would do more than name a method."""
        found = _contains_disallowed_method_pchar_re.search(method)
        if found:
            raise ValueError(
                f"method can't contain control characters. {method!r} (found at least {found[0]!r})"
            )

    def _validate_path(self, url: str) -> None:
        """Raise InvalidURL where a request target would end early."""
        _refuse_control_characters(url)

    def _validate_host(self, host: str) -> None:
        """Raise InvalidURL where a host would smuggle in something else."""
        _refuse_control_characters(host)

    def putheader(self, header: str | bytes, *values: HeaderValue) -> None:
        """Add a header field.

        Args:
            header: Its name.
            *values: Its value; several become lines of one folded value.

        Raises:
            CannotSendHeader: No request has been started.
            ValueError: Name or value would break the framing (RFC 9110, section 5.5).
            UnicodeEncodeError: The name is not ASCII, or the value not ISO-8859-1.
        """
        if self.__state != _CS_REQ_STARTED:
            raise CannotSendHeader
        start = _field_start(header) if type(header) is str else _checked_name(header) + b": "
        if len(values) == 1:
            self._output(start + _field_line(values[0]))
        else:
            self._output(start + b"\r\n\t".join([_field_line(value) for value in values]))

    def endheaders(
        self, message_body: DataType | None = None, *, encode_chunked: bool = False
    ) -> None:
        """End the head and send the request, a body included where one is given.

        Raises:
            CannotSendHeader: No request has been started.
            TypeError: The body is neither bytes, nor a file, nor an iterable.
        """
        if self.__state != _CS_REQ_STARTED:
            raise CannotSendHeader
        self.__state = _CS_REQ_SENT
        self._send_output(message_body, encode_chunked=encode_chunked)

    def request(
        self,
        method: str,
        url: str,
        body: DataType | str | None = None,
        headers: Mapping[str, HeaderValue] = {},
        *,
        encode_chunked: bool = False,
    ) -> None:
        """Send a complete request.

        Args:
            method: The method, such as ``GET``.
            url: The request target.
            body: Bytes, text (sent in ISO-8859-1), a file, or an iterable of bytes. Where neither
                Content-Length nor Transfer-Encoding is among the headers, one is added: the
                length of what has one, else chunks.
            headers: Fields besides Host and Accept-Encoding, which they replace.
            encode_chunked: With a Transfer-Encoding of yours, whether to cut the body in chunks.

        Raises:
            CannotSendRequest: The answer before has not been asked for.
            ValueError: Method, target or a field would break the framing.
        """
        self._send_request(method, url, body, headers, encode_chunked)

    def _send_request(
        self,
        method: str,
        url: str,
        body: Any,  # noqa: ANN401 - see `request`
        headers: Mapping[str, HeaderValue],
        encode_chunked: bool,  # noqa: FBT001
    ) -> None:
        names = {name.lower() for name in headers}
        # Only what is so is passed on: subclasses have signatures of their own.
        skips = {}
        if not names.isdisjoint(_REPLACED):
            skips = {skip: True for name, skip in _REPLACED.items() if name in names}
        self.putrequest(method, url, **skips)
        if "content-length" in names:
            encode_chunked = False
        elif "transfer-encoding" not in names:
            encode_chunked = False
            length = self._get_content_length(body, method)
            if length is not None:
                self.putheader("Content-Length", str(length))
            elif body is not None:
                if self.debuglevel > 0:
                    print(_NO_SIZE % body)
                encode_chunked = True
                self.putheader("Transfer-Encoding", "chunked")
        for name, value in headers.items():
            self.putheader(name, value)
        if isinstance(body, str):
            body = _encode(body, "body")
        self.endheaders(body, encode_chunked=encode_chunked)

    @staticmethod
    def _is_textIO(stream: object) -> bool:  # noqa: N802 - the name is http.client's
        """Return whether a file gives text."""
        return isinstance(stream, io.TextIOBase)

    @staticmethod
    def _get_content_length(body: Any, method: str) -> int | None:  # noqa: ANN401
        """Return the length of a body in bytes, None where it has to be sent in chunks.

        No body has length 0 where the method expects one, else None: nothing is announced.
        """
        if body is None:
            return 0 if method.upper() in _METHODS_EXPECTING_BODY else None
        if hasattr(body, "read"):
            return None
        if isinstance(body, str):
            return len(body)
        try:
            return memoryview(body).nbytes
        except TypeError:
            return None

    # -- receiving --------------------------------------------------------------------------

    def getresponse(self) -> HTTPResponse:
        """Return the answer to the request that was sent, its head read.

        Raises:
            ResponseNotReady: No request has been sent, or the answer before is still open.
            HTTPException: What came is no answer; see `HTTPResponse.begin`.
            OSError: The connection broke; a ConnectionError also closes it.
        """
        earlier = self.__response
        if earlier is not None and earlier.isclosed():
            earlier = self.__response = None
        if earlier is not None or self.__state != _CS_REQ_SENT:
            raise ResponseNotReady(self.__state)
        if self.debuglevel > 0:
            response = self.response_class(self.sock, self.debuglevel, method=self._method)
        else:
            response = self.response_class(self.sock, method=self._method)
        try:
            try:
                response.begin()
            except ConnectionError:
                self.close()
                raise
            self.__state = _CS_IDLE
            if response.will_close:
                # The response has its own hold on the socket.
                self.close()
            else:
                self.__response = response
        except:
            response.close()
            raise
        return response


# No methods: a subclass that is none of ours may have these names for purposes of its own.


def _own_connect(connection: HTTPConnection, transport: Connector) -> Callable[[], None]:
    from cassette.client.seam import own_connect  # noqa: PLC0415 - most connections have a socket

    return own_connect(connection, transport)


def _blocks(connection: HTTPConnection, readable: SupportsRead[Any]) -> Iterator[bytes]:
    """Yield the contents of a file in blocks, text in ISO-8859-1."""
    encode = connection._is_textIO(readable)
    if encode and connection.debuglevel > 0:
        print("encoding file using iso-8859-1")
    while block := readable.read(connection.blocksize):
        yield block.encode("iso-8859-1") if encode else block


def _iterated(
    data: Any,  # noqa: ANN401 - whatever was given
    refusal: TypeError,
) -> Iterable[ReadableBuffer]:
    """Return what a socket has refused to send, to be sent piece by piece.

    Raises:
        TypeError: It is no iterable of bytes; for bytes, the refusal itself.
    """
    if isinstance(data, bytes | bytearray | memoryview):
        raise refusal  # the transport has a reason of its own
    if not isinstance(data, collections.abc.Iterable):
        raise TypeError(
            f"data should be a bytes-like object or an iterable, got {type(data)!r}"
        ) from None
    return data


def _pieces(connection: HTTPConnection, body: Any) -> Any:  # noqa: ANN401 - whatever was given
    """Return the pieces that a body is sent in.

    Raises:
        TypeError: It is neither bytes, nor a file, nor an iterable.
    """
    if hasattr(body, "read"):
        # Not left to `send`, which would not know about chunks.
        return connection._read_readable(body)
    with contextlib.suppress(TypeError):
        memoryview(body)
        return (body,)
    try:
        return iter(body)
    except TypeError:
        raise TypeError(
            f"message_body should be a bytes-like object or an iterable, got {type(body)!r}"
        ) from None


def _host_value(connection: HTTPConnection, url: str) -> bytes | str:
    """Return the Host of a request (RFC 9110, section 7.2): the target's, or else ours."""
    if url.startswith("http"):
        netloc = urllib.parse.urlsplit(url).netloc
        if netloc:
            return _strip_ipv6_iface(_to_ascii(netloc))
    if connection._tunnel_host:
        host, port = connection._tunnel_host, connection._tunnel_port
    else:
        host, port = connection.host, connection.port
    value = _to_ascii(host)
    if ":" in host:
        literal = connection._wrap_ipv6(value) if compat.BRACKETS else b"[" + value + b"]"
        value = _strip_ipv6_iface(literal)
    if port == connection.default_port:
        return value
    return f"{value.decode('ascii')}:{port}"
