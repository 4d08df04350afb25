"""One test for every name of ``http.client`` that libraries and the standard library reach for.

Each test says who needs the name. They fail when a name goes away, or stops doing what its users
count on; that everything else agrees with the stock module is shown in ``tests/differential``.
"""

# ruff: noqa: SLF001, E501, FBT - private names are the subject, tables read best in one line each

from __future__ import annotations

import functools
import http
import http.client as stock
import io
import pickle
import re
import select
import socket
import sys
import types
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from cassette import client
from cassette.client import compat

if TYPE_CHECKING:
    from collections.abc import Callable

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Sock:
    """As much of a socket as a client may use: no recv, no settimeout, no fileno."""

    def __init__(self, data: bytes = OK) -> None:
        self.data = data
        self.sent = b""
        self.options: list[tuple[int, ...]] = []
        self.modes: list[tuple[object, ...]] = []
        self.closed = False

    def sendall(self, data: bytes) -> None:
        self.sent += bytes(data)

    def makefile(self, *args: object) -> io.BytesIO:
        self.modes.append(args)
        return io.BytesIO(self.data)

    def setsockopt(self, *args: int) -> None:
        self.options.append(args)

    def close(self) -> None:
        self.closed = True


def connection(data: bytes = OK, **settings: object) -> client.HTTPConnection:
    conn = client.HTTPConnection("example.com")
    conn.sock = Sock(data)
    for name, value in settings.items():
        setattr(conn, name, value)
    return conn


def response(data: bytes = OK, method: str = "GET") -> client.HTTPResponse:
    resp = client.HTTPResponse(Sock(data), method=method)
    resp.begin()
    return resp


CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n"
)


# -- the module -----------------------------------------------------------------------------


def test_all_is_that_of_the_stock_module() -> None:
    assert sorted(client.__all__) == sorted(stock.__all__)


@pytest.mark.parametrize("name", sorted(n for n in vars(stock) if not n.startswith("__")))
def test_every_name_of_the_stock_module_is_here(name: str) -> None:
    assert hasattr(client, name)


@pytest.mark.parametrize("status", http.HTTPStatus)
def test_every_status_is_a_constant_and_has_a_response(status: http.HTTPStatus) -> None:
    assert getattr(client, status.name) is status
    assert client.responses[status] == status.phrase == stock.responses[status]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("REQUEST_ENTITY_TOO_LARGE", "CONTENT_TOO_LARGE"),
        ("REQUEST_URI_TOO_LONG", "URI_TOO_LONG"),
        ("REQUESTED_RANGE_NOT_SATISFIABLE", "RANGE_NOT_SATISFIABLE"),
        ("UNPROCESSABLE_ENTITY", "UNPROCESSABLE_CONTENT"),
    ],
)
def test_renamed_statuses_have_both_names(old: str, new: str) -> None:
    assert getattr(client, old) == getattr(client, new)


@pytest.mark.parametrize("name", ["HTTP_PORT", "HTTPS_PORT", "_UNKNOWN", "_METHODS_EXPECTING_BODY"])
def test_constants_equal_the_stock_ones(name: str) -> None:
    assert getattr(client, name) == getattr(stock, name)


@pytest.mark.parametrize("name", ["_CS_IDLE", "_CS_REQ_STARTED", "_CS_REQ_SENT"])
def test_states_have_the_stock_names(name: str) -> None:
    assert getattr(client, name) == getattr(stock, name)


@pytest.mark.parametrize(
    "name", ["collections", "email", "errno", "http", "io", "re", "socket", "ssl", "sys"]
)
def test_modules_can_be_reached_to_be_patched(name: str) -> None:
    assert isinstance(getattr(client, name), types.ModuleType)


def test_create_connection_can_be_patched_through_the_module() -> None:
    with mock.patch.object(client.socket, "create_connection", return_value=Sock()) as create:
        client.HTTPConnection("h", 81, timeout=3).connect()
    create.assert_called_once_with(("h", 81), 3, None)


@pytest.mark.parametrize("owner", [client, stock])
def test_maxline_is_looked_up_when_a_line_is_read(owner: types.ModuleType) -> None:
    with mock.patch.object(owner, "_MAXLINE", 20), pytest.raises(client.LineTooLong):
        response(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 30 + b"\r\n\r\n")
    assert client._MAXLINE == stock._MAXLINE == 65536
    assert response().status == 200


@pytest.mark.parametrize("owner", [client, stock])
def test_maxheaders_is_looked_up_when_a_head_is_read(owner: types.ModuleType) -> None:
    with (
        mock.patch.object(owner, "_MAXHEADERS", 2),
        pytest.raises(client.HTTPException, match="more than 2"),
    ):
        response(b"HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\n")
    assert client._MAXHEADERS == stock._MAXHEADERS == 100


def test_limits_can_be_set_and_stay_set() -> None:
    client._MAXHEADERS = 1000
    try:
        assert stock._MAXHEADERS == 1000
        assert len(response(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n").headers) == 500
    finally:
        client._MAXHEADERS = 100


def test_create_https_context_announces_http_11() -> None:
    # urllib.request builds the context of its handler with it.
    context = client._create_https_context(11)
    assert context.post_handshake_auth
    assert context.verify_mode == client.ssl.CERT_REQUIRED


def test_is_legal_header_name_is_a_match_function() -> None:
    assert client._is_legal_header_name(b"X-A")
    assert not client._is_legal_header_name(b" X")


def test_is_illegal_header_value_is_a_search_function() -> None:
    assert client._is_illegal_header_value(b"a\nb")
    assert not client._is_illegal_header_value(b"a\r\n b")


@pytest.mark.parametrize(
    "name", ["_contains_disallowed_url_pchar_re", "_contains_disallowed_method_pchar_re"]
)
def test_disallowed_characters_are_patterns(name: str) -> None:
    assert isinstance(getattr(client, name), re.Pattern)
    assert getattr(client, name).search("a\nb")


def test_encode_names_what_is_not_latin_1() -> None:
    with pytest.raises(UnicodeEncodeError, match=r"Body \('€'\) is not valid Latin-1"):
        client._encode("€", "body")


def test_read_headers_stops_behind_the_empty_line() -> None:
    fp = io.BytesIO(b"A: b\r\n\r\nrest")
    assert client._read_headers(fp) == [b"A: b\r\n", b"\r\n"]
    assert fp.read() == b"rest"


def test_parse_header_lines_makes_a_message() -> None:
    assert client._parse_header_lines([b"A: b\r\n", b"\r\n"]).items() == [("A", "b")]


def test_strip_ipv6_iface_drops_the_zone() -> None:
    assert client._strip_ipv6_iface(b"[fe80::1%eth0]") == b"[fe80::1]"


def test_parse_headers_takes_the_class() -> None:
    # http.server passes its MessageClass.
    class Message(stock.HTTPMessage):
        pass

    message = client.parse_headers(io.BytesIO(b"A: b\r\n\r\n"), _class=Message)
    assert type(message) is Message
    assert message["a"] == "b"


def test_parse_headers_makes_stock_messages_for_who_captured_the_class() -> None:
    message = client.parse_headers(io.BytesIO(b"A: b\r\n\r\n"), _class=stock.HTTPMessage)
    assert type(message) is stock.HTTPMessage


# -- caught by code that knows only the stock module ----------------------------------------

EXCEPTIONS = [name for name in client.__all__ if isinstance(getattr(client, name), type) and issubclass(getattr(client, name), BaseException)]  # fmt: skip


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_exceptions_are_caught_under_their_stock_name(name: str) -> None:
    ours, theirs = getattr(client, name), getattr(stock, name)
    assert ours is not theirs
    assert issubclass(ours, theirs)
    for base in theirs.__mro__:
        if base.__module__ == "http.client":
            assert issubclass(ours, getattr(client, base.__name__))
        assert issubclass(ours, base)


@pytest.mark.parametrize(
    "name", ["HTTPConnection", "HTTPSConnection", "HTTPResponse", "HTTPMessage"]
)
def test_classes_are_subclasses_of_their_stock_namesakes(name: str) -> None:
    assert issubclass(getattr(client, name), getattr(stock, name))


@pytest.mark.parametrize(
    "name", ["HTTPConnection", "HTTPSConnection", "HTTPResponse", "HTTPMessage", *EXCEPTIONS]
)
def test_no_stock_code_is_left_to_run(name: str) -> None:
    ours, theirs = getattr(client, name), getattr(stock, name)
    for attribute, value in vars(theirs).items():
        function = getattr(value, "__func__", value)
        if isinstance(function, types.FunctionType):
            found = getattr(ours, attribute)
            code = getattr(getattr(found, "__func__", found), "__code__", None)
            assert code is None or code.co_filename != stock.__file__, attribute


@pytest.mark.parametrize(
    "exc",
    [
        client.IncompleteRead(b"abc", 5),
        client.BadStatusLine("x"),
        client.UnknownProtocol("HTTP/3"),
        client.RemoteDisconnected("gone"),
        client.LineTooLong("header line"),
        client.NotConnected(),
    ],
)
def test_exceptions_read_and_pickle_like_the_stock_ones(exc: Exception) -> None:
    theirs = getattr(stock, type(exc).__name__)
    made = {
        "IncompleteRead": lambda: theirs(b"abc", 5),
        "BadStatusLine": lambda: theirs("x"),
        "UnknownProtocol": lambda: theirs("HTTP/3"),
        "RemoteDisconnected": lambda: theirs("gone"),
        "LineTooLong": lambda: theirs("header line"),
        "NotConnected": theirs,
    }[type(exc).__name__]()
    assert (str(exc), repr(exc), exc.args, vars(exc)) == (
        str(made),
        repr(made),
        made.args,
        vars(made),
    )
    assert type(pickle.loads(pickle.dumps(client.BadStatusLine("x")))) is client.BadStatusLine


def test_bad_status_line_shows_emptiness() -> None:
    assert client.BadStatusLine("").line == "''"


# -- HTTPConnection -------------------------------------------------------------------------


def test_host_goes_through_a_property_of_a_subclass() -> None:
    # urllib3 keeps the name for DNS apart from the one for the wire.
    class Conn(client.HTTPConnection):
        @property
        def host(self) -> str:
            return self._dns_host.rstrip(".")

        @host.setter
        def host(self, value: str) -> None:
            self._dns_host = value

    assert Conn("example.com.").host == "example.com"


@pytest.mark.parametrize(
    ("args", "where"),
    [
        (("h",), ("h", 80)),
        (("h:81",), ("h", 81)),
        (("h", 82), ("h", 82)),
        (("[::1]:83",), ("::1", 83)),
    ],
)
def test_host_and_port_are_read(args: tuple[object, ...], where: tuple[str, int]) -> None:
    conn = client.HTTPConnection(*args)
    assert (conn.host, conn.port) == where


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timeout", 3), ("source_address", ("127.0.0.1", 0)), ("blocksize", 100), ("default_port", 80),
        ("debuglevel", 0), ("auto_open", 1), ("sock", None), ("_buffer", []), ("_method", None),
        ("_tunnel_host", None), ("_tunnel_port", None), ("_tunnel_headers", {}), ("_http_vsn", 11),
        ("_http_vsn_str", "HTTP/1.1"), ("_raw_proxy_headers", None), ("_HTTPConnection__state", "Idle"),
        ("_HTTPConnection__response", None), ("response_class", client.HTTPResponse),
    ],
)  # fmt: skip
def test_connections_have_the_attributes_of_old(name: str, value: object) -> None:
    conn = client.HTTPConnection("h", timeout=3, source_address=("127.0.0.1", 0), blocksize=100)
    assert getattr(conn, name) == value


def test_a_stock_connection_goes_on_as_ours_and_back() -> None:
    conn = stock.HTTPConnection("example.com")
    conn.sock = Sock()
    conn.__class__ = client.HTTPConnection
    conn.request("GET", "/")
    resp = conn.getresponse()
    assert type(resp) is client.HTTPResponse
    assert resp.read() == b"ok"
    conn.__class__ = stock.HTTPConnection
    conn.request("GET", "/")
    assert conn.getresponse().read() == b"ok"


def test_bases_can_be_pointed_at_ours_and_back() -> None:
    class Conn(stock.HTTPConnection):
        pass

    conn = Conn("h")
    conn.sock = Sock()
    Conn.__bases__ = (client.HTTPConnection,)
    conn.request("GET", "/")
    assert type(conn.getresponse()) is client.HTTPResponse
    Conn.__bases__ = (stock.HTTPConnection,)
    assert Conn.response_class is stock.HTTPResponse


def test_sock_may_be_taken_away_while_the_body_is_read() -> None:
    # urllib.request does so.
    conn = connection()
    conn.request("GET", "/")
    resp = conn.getresponse()
    conn.sock = None
    assert resp.read() == b"ok"


def test_create_connection_is_an_attribute_of_the_instance() -> None:
    conn = client.HTTPConnection("h", 1, 2, ("s", 3))
    sock = Sock()
    conn._create_connection = mock.Mock(return_value=sock)
    conn.connect()
    conn._create_connection.assert_called_once_with(("h", 1), 2, ("s", 3))
    assert sock.options == [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]


def test_the_response_asks_for_a_plain_binary_file() -> None:
    conn = connection()
    conn.request("GET", "/")
    conn.getresponse()
    assert conn.sock.modes == [("rb",)]


def test_template_methods_are_called_through_self_in_order() -> None:
    calls: list[str] = []

    def note(name: str):
        def method(self, *args, **kwargs):
            calls.append(name)
            return getattr(client.HTTPConnection, name)(self, *args, **kwargs)

        return method

    names = [
        "_send_request", "putrequest", "_validate_method", "_validate_path", "_encode_request", "_output",
        "putheader", "endheaders", "_send_output", "send", "connect",
    ]  # fmt: skip
    conn = type("Conn", (client.HTTPConnection,), {name: note(name) for name in names})("h")
    conn._create_connection = lambda *_: Sock()
    conn.request("POST", "/", b"x", {"A": "b"})
    assert calls == [
        "_send_request", "putrequest", "_validate_method", "_validate_path", "_encode_request", "_output",
        "putheader", "_output", "putheader", "_output", "putheader", "_output", "putheader", "_output",
        "endheaders", "_send_output", "send", "connect", "send",
    ]  # fmt: skip


def test_buffer_takes_one_line_a_call() -> None:
    class Lines(list):
        def append(self, line: bytes) -> None:
            assert b"\r\n" not in line
            super().append(line)

    conn = connection(_buffer=Lines())
    conn.putrequest("GET", "/")
    conn.putheader("A", "b")
    assert conn._buffer == [
        b"GET / HTTP/1.1",
        b"Host: example.com",
        b"Accept-Encoding: identity",
        b"A: b",
    ]


def test_send_output_can_be_overridden_the_way_botocore_does() -> None:
    class Conn(client.HTTPConnection):
        def _send_output(self, message_body=None, *args, **kwargs):
            self._buffer.extend((b"", b""))
            message = b"\r\n".join(self._buffer)
            del self._buffer[:]
            self.send(message + (message_body or b""))

    conn = Conn("h")
    conn.sock = Sock()
    conn.request("PUT", "/", b"body")
    assert conn.sock.sent.endswith(b"\r\n\r\nbody")


def test_response_class_may_be_a_partial_on_the_instance() -> None:
    # botocore swaps it while it waits for 100 (Continue).
    class Resp(client.HTTPResponse):
        def __init__(self, *args, status_tuple, **kwargs):
            super().__init__(*args, **kwargs)
            self.status_tuple = status_tuple

        def _read_status(self):
            return self.status_tuple or super()._read_status()

    conn = connection(b"A: b\r\n\r\n")
    conn.response_class = functools.partial(Resp, status_tuple=("HTTP/1.1", 204, "No Content"))
    conn.request("GET", "/")
    assert conn.getresponse().status == 204


def test_getresponse_refuses_arguments_before_it_does_anything() -> None:
    # urllib3 1.26 tries getresponse(buffering=True) first.
    conn = connection()
    conn.request("GET", "/")
    with pytest.raises(TypeError):
        conn.getresponse(buffering=True)
    assert conn.getresponse().status == 200


def test_method_is_kept_for_the_response() -> None:
    conn = connection()
    conn.request("HEAD", "/")
    assert conn._method == "HEAD"
    assert conn.getresponse()._method == "HEAD"


def test_http_version_can_be_lowered() -> None:
    conn = connection(_http_vsn=10, _http_vsn_str="HTTP/1.0")
    conn.request("GET", "/")
    assert conn.sock.sent == b"GET / HTTP/1.0\r\n\r\n"


@pytest.mark.parametrize(
    "name", ["_validate_path", "_validate_host", "_encode_request", "_validate_method"]
)
def test_checks_can_be_switched_off_in_a_subclass(name: str) -> None:
    override = {"_encode_request": lambda self, text: text.encode("utf-8")}.get(
        name, lambda *_: None
    )
    conn = type("Conn", (client.HTTPConnection,), {name: override})(
        "h\n" if name == "_validate_host" else "h"
    )
    conn.sock = Sock()
    method, url = {"_validate_path": ("GET", "/a b"), "_encode_request": ("GET", "/é"), "_validate_method": ("G\t", "/")}.get(name, ("GET", "/"))  # fmt: skip
    conn.putrequest(method, url, skip_host=True)
    assert conn._buffer[0].startswith(method.encode())


@pytest.mark.parametrize(
    ("body", "method", "length"),
    [(None, "GET", None), (None, "POST", 0), (b"ab", "GET", 2), ("ab", "GET", 2), (io.BytesIO(b"x"), "PUT", None), (iter([]), "PUT", None)],
)  # fmt: skip
def test_get_content_length_is_static(body: object, method: str, length: int | None) -> None:
    # urllib.request calls it on the class.
    assert client.HTTPConnection._get_content_length(body, method) == length


def test_wrap_ipv6_adds_brackets_once() -> None:
    conn = client.HTTPConnection("h")
    assert [conn._wrap_ipv6(x) for x in (b"::1", b"[::1]", b"h")] == [b"[::1]", b"[::1]", b"h"]


def test_is_text_io_tells_text_files() -> None:
    assert client.HTTPConnection._is_textIO(io.StringIO())
    assert not client.HTTPConnection._is_textIO(io.BytesIO())


def test_read_readable_yields_blocks() -> None:
    conn = connection(blocksize=2)
    assert list(conn._read_readable(io.BytesIO(b"abc"))) == [b"ab", b"c"]
    assert list(conn._read_readable(io.StringIO("é"))) == [b"\xe9"]


def test_get_hostport_is_what_set_tunnel_uses() -> None:
    assert client.HTTPConnection("h")._get_hostport("t:9", None) == ("t", 9)


def tunnel(data: bytes, **fields: str) -> client.HTTPConnection:
    conn = client.HTTPConnection("proxy", 3128)
    conn.set_tunnel("t.example", 443, fields)
    conn._create_connection = lambda *_: Sock(data)
    return conn


def test_tunnel_is_called_by_connect_and_can_be_replaced() -> None:
    conn = tunnel(OK)
    conn._tunnel = mock.Mock()
    conn.connect()
    conn._tunnel.assert_called_once_with()


def test_tunnel_sends_connect_in_one_piece() -> None:
    conn = tunnel(b"HTTP/1.1 200 OK\r\nVia: proxy\r\n\r\n", A="b")
    conn.connect()
    if compat.TUNNEL_IN_HTTP_11:
        assert (
            conn.sock.sent
            == b"CONNECT t.example:443 HTTP/1.1\r\nA: b\r\nHost: t.example:443\r\n\r\n"
        )
    else:
        assert conn.sock.sent == b"CONNECT t.example:443 HTTP/1.0\r\nA: b\r\n\r\n"
    assert conn.get_proxy_response_headers()["via"] == "proxy"


@pytest.mark.skipif(compat.TUNNEL_IN_HTTP_11, reason="from 3.12 on there may be 100")
def test_before_3_12_the_answer_of_a_proxy_may_have_any_number_of_fields() -> None:
    conn = tunnel(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100_000 + b"\r\n")
    conn.connect()
    assert len(conn._raw_proxy_headers) < 100
    with pytest.raises(client.LineTooLong):
        tunnel(b"HTTP/1.1 200 OK\r\n" + b"A" * 65_537 + b"\r\n\r\n").connect()


def test_a_refused_tunnel_is_an_os_error() -> None:
    with pytest.raises(
        OSError, match="Tunnel connection failed: 407 Proxy Authentication Required"
    ):
        tunnel(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").connect()


def test_proxy_headers_are_none_without_a_tunnel() -> None:
    assert client.HTTPConnection("h").get_proxy_response_headers() is None


def test_set_tunnel_leaves_the_callers_headers_alone() -> None:
    conn, fields = client.HTTPConnection("h"), {"A": "b"}
    conn.set_tunnel("t", 1, fields)
    conn.set_tunnel("u", 2)
    assert fields == {"A": "b"}


@pytest.mark.parametrize(
    ("host", "fields"), [("t\r\nX: y", {}), ("t", {"A": "b\r\nX: y"}), ("t", {"A\r\nX": "b"})]
)
def test_a_tunnel_cannot_be_made_to_send_more_lines(host: str, fields: dict[str, str]) -> None:
    conn = client.HTTPConnection("h")
    conn._create_connection = lambda *_: Sock()
    conn._tunnel_host, conn._tunnel_port, conn._tunnel_headers = host, 1, fields
    with pytest.raises(ValueError, match=r"control characters|Invalid header"):
        conn.connect()
    assert conn.sock.sent == b""


def test_set_tunnel_wants_a_closed_connection() -> None:
    with pytest.raises(RuntimeError):
        connection().set_tunnel("t")


def test_set_debuglevel_prints(capsys: pytest.CaptureFixture[str]) -> None:
    conn = connection()
    conn.set_debuglevel(1)
    conn.request("GET", "/")
    conn.getresponse()
    out = capsys.readouterr().out
    assert out.startswith("send: b'GET / HTTP/1.1")
    assert "reply: 'HTTP/1.1 200 OK\\r\\n'\nheader: Content-Length: 2\n" in out


def test_auto_open_off_means_not_connected() -> None:
    # urllib3 1.26 sets it to 0 with tunnels.
    conn = client.HTTPConnection("h")
    conn.auto_open = 0
    with pytest.raises(client.NotConnected):
        conn.request("GET", "/")


def test_states_are_named_in_exceptions() -> None:
    conn = connection()
    with pytest.raises(client.ResponseNotReady, match=r"^Idle$"):
        conn.getresponse()
    with pytest.raises(client.CannotSendHeader):
        conn.putheader("A", "b")
    with pytest.raises(client.CannotSendHeader):
        conn.endheaders()
    conn.putrequest("GET", "/")
    with pytest.raises(client.CannotSendRequest, match=r"^Request-started$"):
        conn.putrequest("GET", "/")
    conn.endheaders()
    with pytest.raises(client.CannotSendRequest, match=r"^Request-sent$"):
        conn.putrequest("GET", "/")


def test_putheader_folds_several_values() -> None:
    conn = connection()
    conn.putrequest("GET", "/", skip_host=True, skip_accept_encoding=True)
    conn.putheader("A", "b", b"c", 3)
    assert conn._buffer[1] == b"A: b\r\n\tc\r\n\t3"


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (b"ab", b"Content-Length: 2\r\n\r\nab"),
        ("é", b"Content-Length: 1\r\n\r\n\xe9"),
        (io.BytesIO(b"ab"), b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"),
        (io.StringIO("é"), b"Transfer-Encoding: chunked\r\n\r\n1\r\n\xe9\r\n0\r\n\r\n"),
        ([b"a", b"", b"b"], b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n"),
    ],
)
def test_request_sends_every_kind_of_body(body: object, sent: bytes) -> None:
    conn = connection()
    conn.request("POST", "/", body)
    assert conn.sock.sent.endswith(sent)


def test_send_raises_audit_events() -> None:
    events: list[tuple[str, tuple[object, ...]]] = []
    hooks_on = [True]

    def hook(event: str, args: tuple[object, ...]) -> None:
        if hooks_on and event.startswith("http.client."):
            events.append((event, args))

    sys.addaudithook(hook)  # for ever, so it can be silenced
    conn = client.HTTPConnection("h", 81)
    conn._create_connection = lambda *_: Sock()
    conn.send(b"x")
    conn.send(io.BytesIO(b"yz"))
    hooks_on.clear()
    assert events == [
        ("http.client.connect", (conn, "h", 81)),
        ("http.client.send", (conn, b"x")),
        ("http.client.send", (conn, b"yz")),
    ]


def test_close_also_closes_the_open_response() -> None:
    conn = connection()
    conn.request("GET", "/")
    resp, sock = conn.getresponse(), conn.sock
    conn.close()
    assert resp.isclosed()
    assert sock.closed
    assert conn.sock is None


def test_a_connection_error_closes_the_connection() -> None:
    conn = connection(b"")
    conn.request("GET", "/")
    with pytest.raises(client.RemoteDisconnected):
        conn.getresponse()
    assert conn.sock is None


def test_an_answer_that_closes_takes_the_socket_away() -> None:
    conn = connection(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody")
    conn.request("GET", "/")
    resp = conn.getresponse()
    assert conn.sock is None
    assert resp.read() == b"body"


@pytest.mark.parametrize(
    "make",
    [
        lambda strict: client.HTTPConnection("h", strict=strict),
        lambda strict: client.HTTPResponse(Sock(OK), strict=strict),
        lambda strict: client.HTTPResponse(Sock(OK), 0, method="GET", strict=strict),
    ],
)
def test_strict_is_accepted_with_a_warning(make: Callable[[object], object]) -> None:
    for strict in (True, False, 1):
        with pytest.warns(DeprecationWarning, match="strict") as caught:
            make(strict)
        assert caught[0].filename == __file__


# -- HTTPSConnection ------------------------------------------------------------------------


def test_https_keeps_its_context() -> None:
    # httplib2 wraps sockets with it.
    context = client.ssl.create_default_context()
    assert client.HTTPSConnection("h", context=context)._context is context
    assert client.HTTPSConnection("h").port == 443


def test_https_connect_wraps_with_the_name_of_the_tunnels_end() -> None:
    conn = client.HTTPSConnection("proxy", context=mock.MagicMock())
    conn._tunnel = lambda: None
    conn._create_connection = lambda *_: Sock()
    conn.set_tunnel("t.example")
    conn.connect()
    assert conn._context.wrap_socket.call_args.kwargs == {"server_hostname": "t.example"}


@pytest.mark.parametrize(
    "keywords", [{"check_hostname": True}, {"strict": False}, {"check_hostname": False}]
)
def test_https_takes_old_keywords_with_a_warning(keywords: dict[str, bool]) -> None:
    with pytest.warns(DeprecationWarning, match="deprecated") as caught:
        conn = client.HTTPSConnection("h", **keywords)
    assert caught[0].filename == __file__
    if "check_hostname" in keywords:
        assert conn._context.check_hostname is keywords["check_hostname"]


def test_https_cannot_check_names_without_verifying() -> None:
    context = client.ssl._create_unverified_context()
    with (
        pytest.warns(DeprecationWarning, match="context"),
        pytest.raises(ValueError, match="CERT_REQUIRED"),
    ):
        client.HTTPSConnection("h", context=context, check_hostname=True)


def test_https_loads_the_certificate_it_is_given() -> None:
    context = mock.MagicMock()
    with pytest.warns(DeprecationWarning, match="context"):
        client.HTTPSConnection("h", context=context, key_file="k", cert_file="c")
    context.load_cert_chain.assert_called_once_with("c", "k")


def test_https_positional_arguments_are_those_of_this_python() -> None:
    if compat.POSITIONAL_KEY_FILE:
        conn = client.HTTPSConnection("h", 1, None, None, 7, ("s", 2))
        assert (conn.timeout, conn.source_address) == (7, ("s", 2))
        with pytest.raises(TypeError):
            client.HTTPSConnection("h", 1, None, None, 7, ("s", 2), None)
    else:
        with pytest.raises(TypeError):
            client.HTTPSConnection("h", 1, None)


# -- HTTPResponse ---------------------------------------------------------------------------


def test_begin_again_does_nothing() -> None:
    resp = response()
    resp.begin()
    assert resp.read() == b"ok"


def test_fp_stands_behind_the_empty_line() -> None:
    assert response().fp.read() == b"ok"


def test_fp_may_be_replaced_after_the_head() -> None:
    # test_httplib wraps it, urllib3 puts a BytesIO there.
    resp = response(CHUNKED)
    resp.fp = io.BufferedReader(resp.fp)
    assert resp.peek() == b"hello"
    assert resp.read() == b"helloyou"


@pytest.mark.parametrize("read", [lambda r: r.read(), lambda r: r.read(100), lambda r: [r.readinto(bytearray(9)), r.readinto(bytearray(9))]])  # fmt: skip
def test_fp_is_none_once_the_body_has_ended(read) -> None:
    resp = response()
    read(resp)
    assert resp.fp is None
    assert resp.isclosed()
    assert not resp.closed


@pytest.mark.parametrize("data", [OK, CHUNKED])
def test_nothing_is_read_past_the_end(data: bytes) -> None:
    class NoEnd(io.BytesIO):
        def _check(self, got: bytes, wanted: int | None) -> bytes:
            assert got or not wanted, "read past the end"
            return got

        def read(self, n: int | None = -1) -> bytes:
            return self._check(super().read(n), n)

        def readline(self, n: int | None = -1) -> bytes:
            return self._check(super().readline(n), n)

    sock = Sock()
    sock.makefile = lambda *_: NoEnd(data)
    resp = client.HTTPResponse(sock, method="GET")
    resp.begin()
    while resp.read(1):
        pass
    assert resp.isclosed()


def test_safe_read_says_what_is_missing() -> None:
    # urllib3 reads chunks with it.
    resp = response()
    with pytest.raises(client.IncompleteRead) as caught:
        resp._safe_read(5)
    assert (caught.value.partial, caught.value.expected) == (b"ok", 3)


def test_safe_readinto_says_what_is_missing() -> None:
    with pytest.raises(client.IncompleteRead) as caught:
        response()._safe_readinto(memoryview(bytearray(5)))
    assert (caught.value.partial, caught.value.expected) == (b"ok", 3)


def test_method_is_a_string() -> None:
    # urllib3 calls .upper() on it.
    assert response(method="GET")._method.upper() == "GET"


def test_read_status_gives_version_code_and_reason() -> None:
    # urllib3 calls it in its own _tunnel, and strips the reason itself.
    resp = client.HTTPResponse(Sock(b"HTTP/1.0 407 Proxy\r\n"))
    assert resp._read_status() == ("HTTP/1.0", 407, "Proxy\r\n")


@pytest.mark.parametrize(
    "read", [lambda r: r.read(), lambda r: r.read(2), lambda r: r.readinto(bytearray(2))]
)
def test_close_conn_can_be_replaced_on_the_instance(read) -> None:
    # test_httpservers keeps the connection open that way.
    resp = response()
    resp._close_conn = mock.Mock()
    read(resp)
    resp._close_conn.assert_called_once_with()


def test_chunked_and_chunk_left_may_be_set_from_outside() -> None:
    # urllib3's tests make chunked responses that way.
    resp = client.HTTPResponse(Sock(b"5\r\nhello\r\n0\r\n\r\n"), method="GET")
    resp.chunked, resp.chunk_left, resp.length = True, None, None
    assert resp.read() == b"hello"


def test_length_may_be_set_from_outside() -> None:
    resp = response()
    resp.length = 1
    assert resp.read() == b"o"


def test_attributes_name_the_head() -> None:
    resp = response(b"HTTP/1.1 404 Not Found\r\nA: b\r\nContent-Length: 3\r\n\r\nabc")
    assert (resp.version, resp.status, resp.code, resp.reason) == (11, 404, 404, "Not Found")
    assert (resp.length, resp.will_close, resp.chunked, resp.debuglevel) == (3, False, False, 0)
    assert resp.msg is resp.headers is resp.info()
    assert resp.getcode() == 404


def test_fields_are_unknown_before_the_head_is_read() -> None:
    resp = client.HTTPResponse(Sock())
    assert {resp.version, resp.status, resp.reason, resp.chunked, resp.length, resp.chunk_left, resp.will_close} == {"UNKNOWN"}  # fmt: skip
    with pytest.raises(client.ResponseNotReady):
        resp.getheader("a")
    with pytest.raises(client.ResponseNotReady):
        resp.getheaders()


def test_foreign_attributes_are_welcome() -> None:
    # urllib.request sets url and msg, the io module _finalizing.
    resp = response()
    resp.url, resp.msg, resp._finalizing, resp.anything = "http://x/", "OK", True, 1
    assert resp.geturl() == "http://x/"


def test_a_close_of_somebodys_own_is_called_for_a_response_that_was_read_and_dropped() -> None:
    closed = []

    class Response(client.HTTPResponse):
        def close(self) -> None:
            closed.append(self.isclosed())
            super().close()

    for read in (True, False):
        resp = Response(Sock())
        resp.begin()
        if read:
            assert resp.read() == b"ok"
        del resp
    assert closed == [True, False]
    resp = Response(Sock())
    resp.close()
    del resp
    assert closed == [True, False, False]  # once is enough
    resp = response()
    resp.close = lambda: closed.append("mine")
    resp.read()
    del resp
    assert closed[3:] == ["mine"]


def test_strict_is_not_there() -> None:
    # urllib3 1.26 asks with a default.
    assert getattr(response(), "strict", None) is None


def test_getheader_joins_duplicates_and_takes_an_iterable() -> None:
    resp = response(b"HTTP/1.1 200 OK\r\nA: b\r\na: c\r\nContent-Length: 0\r\n\r\n")
    assert resp.getheader("A") == "b, c"
    assert resp.getheader("X") is None
    assert resp.getheader("X", "d") == "d"
    assert resp.getheader("X", ["d", "e"]) == "d, e"
    assert resp.getheader("X", 42) == 42
    assert resp.getheaders() == [("A", "b"), ("a", "c"), ("Content-Length", "0")]


def test_a_response_is_a_buffered_file() -> None:
    resp = response(b"HTTP/1.1 200 OK\r\n\r\na\nb\n")
    assert isinstance(resp, io.BufferedIOBase)
    assert resp.readable()
    resp.flush()
    with resp:
        assert resp.readlines() == [b"a\n", b"b\n"]
    assert resp.closed
    with pytest.raises(ValueError, match="closed"):
        resp.flush()
    assert io.TextIOWrapper(response()).read() == "ok"
    assert io.BufferedReader(response()).read() == b"ok"


@pytest.mark.parametrize(
    ("name", "args"),
    [("read1", ()), ("read1", (3,)), ("readline", ()), ("peek", ()), ("_read1_chunked", (3,)), ("_peek_chunked", (3,)), ("_read_chunked", (3,))],
)  # fmt: skip
def test_chunked_reading_stays_in_the_chunk(name: str, args: tuple[int, ...]) -> None:
    resp = response(CHUNKED)
    resp.fp = io.BufferedReader(resp.fp)
    got = getattr(resp, name)(*args)
    assert b"helloyou".startswith(got)
    assert got


def test_get_chunk_left_and_friends_walk_the_framing() -> None:
    resp = response(CHUNKED)
    assert resp._get_chunk_left() == 5
    assert resp.chunk_left == 5
    buffer = bytearray(5)
    assert resp._readinto_chunked(buffer) == 5
    assert buffer == b"hello"
    assert resp.fp.read(2) == b"\r\n"
    assert resp._read_next_chunk_size() == 3
    assert resp.fp.read(8) == b"you\r\n0\r\n"
    resp._read_and_discard_trailer()
    assert resp.fp.read() == b""


def test_check_close_reads_the_fields() -> None:
    assert response(b"HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n")._check_close()
    assert not response(b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n")._check_close()


def test_fileno_is_that_of_the_file() -> None:
    left, right = socket.socketpair()
    with left, right:
        left.sendall(OK)
        resp = client.HTTPResponse(right, method="GET")
        resp.begin()
        assert resp.fileno() == right.fileno()
        left.sendall(b"more")
        assert select.select([resp], [], [], 5)[0] == [resp]
        resp.close()


def test_an_unread_response_closes_its_file_when_it_is_dropped() -> None:
    resp = response()
    fp = resp.fp
    del resp
    assert fp.closed


# -- HTTPMessage ----------------------------------------------------------------------------


def test_headers_have_no_defects_where_they_are_well_formed() -> None:
    # urllib3 asks for defects, get_payload() and is_multipart().
    headers = response().headers
    assert headers.defects == []
    assert headers.get_payload() == ""
    assert not headers.is_multipart()


def test_headers_have_the_defects_of_the_email_parser() -> None:
    headers = response(b"HTTP/1.1 200 OK\r\nA: b\r\nno colon\r\nC: d\r\n\r\n").headers
    assert headers.items() == [("A", "b")]
    assert [type(d).__name__ for d in headers.defects] == ["MissingHeaderBodySeparatorDefect"]


def test_getallmatchingheaders_finds_nothing_on_the_wire() -> None:
    message = response().headers
    assert message.getallmatchingheaders("content-length") == []
    message["x:"] = "1"
    message[" y"] = "2"
    message["z"] = "3"
    assert message.getallmatchingheaders("x") == ["x:", " y"]


def test_99_interim_responses_are_skipped_and_no_more() -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\n"
    assert response(interim * 99 + OK).status == 200
    with pytest.raises(client.HTTPException, match="more than 99 interim"):
        response(interim * 100 + OK)


def test_100_trailers_are_read_past_and_no_more() -> None:
    trailers = b"T: r\r\n" * 100
    assert response(CHUNKED[:-2] + trailers + b"\r\n").read() == response(CHUNKED).read()
    with pytest.raises(client.HTTPException, match="more than 100 trailers"):
        response(CHUNKED[:-2] + trailers + b"T: r\r\n\r\n").read()


@pytest.mark.parametrize("amt", [-1, -5])
@pytest.mark.parametrize("data", [OK + b"next", CHUNKED + b"next"])
def test_a_negative_amount_means_all_of_the_body(amt: int, data: bytes) -> None:
    assert response(data).read(amt) == response(data).read()


@pytest.mark.parametrize("length", [b"1" * 30, b"%d" % (1 << 62)])
def test_an_absurd_length_is_an_incomplete_read(length: bytes) -> None:
    with pytest.raises(client.IncompleteRead) as caught:
        response(b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\nabc").read()
    assert caught.value.partial == b"abc"
