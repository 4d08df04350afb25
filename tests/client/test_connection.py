"""Requests go out as documented, and what would break them is refused."""

# ruff: noqa: SLF001 - private names are looked at

from __future__ import annotations

import errno
import http.client as stock
import io
import socket

import pytest

from cassette import client


class Sock:
    def __init__(self, data: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") -> None:
        self.data = data
        self.sent = b""
        self.refusal: OSError | None = None

    def sendall(self, data: bytes) -> None:
        self.sent += bytes(data)

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self.data)

    def setsockopt(self, *option: int) -> None:
        if self.refusal is not None:
            raise self.refusal

    def close(self) -> None:
        pass


def opened(
    host: str = "example.com", port: int | None = None, **settings: object
) -> client.HTTPConnection:
    conn = client.HTTPConnection(host, port)
    conn.sock = Sock()
    for name, value in settings.items():
        setattr(conn, name, value)
    return conn


def sent_host(conn: client.HTTPConnection, url: str = "/") -> bytes:
    conn.putrequest("GET", url, skip_accept_encoding=True)
    return conn._buffer[1]


@pytest.mark.parametrize(
    ("host", "port", "url", "line"),
    [
        ("example.com", None, "/", b"Host: example.com"),
        ("example.com", 8080, "/", b"Host: example.com:8080"),
        ("::1", 80, "/", b"Host: [::1]"),
        ("[fe80::1%eth0]:81", None, "/", b"Host: [fe80::1]:81"),
        ("bücher.example", None, "/", b"Host: xn--bcher-kva.example"),
        ("example.com", None, "http://other:99/x", b"Host: other:99"),
        ("example.com", None, "http://[::1%25eth0]/", b"Host: [::1]"),
        ("example.com", None, "http:///x", b"Host: example.com"),
    ],
)
def test_host_is_the_targets_or_the_connections(
    host: str, port: int | None, url: str, line: bytes
) -> None:
    assert sent_host(opened(host, port), url) == line


def test_host_is_the_tunnels_end() -> None:
    conn = opened(sock=None)
    conn.set_tunnel("t.example", 443)
    conn.sock = Sock()
    assert sent_host(conn) == b"Host: t.example:443"


@pytest.mark.parametrize("host", ["a b", "h\n", "h\x7f", "h:x"])
def test_bad_hosts_are_refused(host: str) -> None:
    with pytest.raises(client.InvalidURL):
        client.HTTPConnection(host)


@pytest.mark.parametrize("url", ["/a b", "/\r\nX: y", "/\x7f"])
def test_targets_with_control_characters_are_refused(url: str) -> None:
    with pytest.raises(client.InvalidURL, match="URL can't contain control characters"):
        opened().request("GET", url)


def test_methods_with_control_characters_are_refused() -> None:
    with pytest.raises(ValueError, match="method can't contain control characters"):
        opened().request("GET\r\n", "/")


def test_targets_are_ascii() -> None:
    with pytest.raises(UnicodeEncodeError):
        opened().request("GET", "/é")


@pytest.mark.parametrize("name", ["", " a", "a:b", "a\n", b"a\r\n"])
def test_bad_names_are_refused(name: str | bytes) -> None:
    conn = opened()
    conn.putrequest("GET", "/")
    with pytest.raises(ValueError, match="Invalid header name"):
        conn.putheader(name, "v")


@pytest.mark.parametrize("value", ["a\r\nb", "a\nb", "a\rb", b"a\nb"])
def test_bad_values_are_refused(value: str | bytes) -> None:
    conn = opened()
    conn.putrequest("GET", "/")
    with pytest.raises(ValueError, match="Invalid header value"):
        conn.putheader("A", value)


def test_folded_values_pass() -> None:
    conn = opened()
    conn.putrequest("GET", "/")
    conn.putheader("A", "a\r\n b")
    assert conn._buffer[-1] == b"A: a\r\n b"


def test_names_in_the_callers_headers_replace_the_automatic_ones() -> None:
    conn = opened()
    conn.request(
        "POST", "/", b"ab", {"host": "h", "ACCEPT-encoding": "gzip", "content-length": "2"}
    )
    assert (
        conn.sock.sent
        == b"POST / HTTP/1.1\r\nhost: h\r\nACCEPT-encoding: gzip\r\ncontent-length: 2\r\n\r\nab"
    )


@pytest.mark.parametrize("encode_chunked", [True, False])
def test_encode_chunked_counts_with_the_callers_transfer_encoding(encode_chunked: bool) -> None:  # noqa: FBT001
    conn = opened()
    conn.request(
        "POST", "/", iter([b"ab"]), {"Transfer-Encoding": "chunked"}, encode_chunked=encode_chunked
    )
    assert conn.sock.sent.endswith(b"2\r\nab\r\n0\r\n\r\n" if encode_chunked else b"\r\n\r\nab")


@pytest.mark.parametrize("body", [5, object()])
def test_a_body_is_bytes_a_file_or_an_iterable(body: object) -> None:
    with pytest.raises(
        TypeError, match="message_body should be a bytes-like object or an iterable"
    ):
        opened().request("POST", "/", body)


def test_send_takes_iterables_and_nothing_else() -> None:
    conn = opened()
    conn.send([b"a", b"b"])
    assert conn.sock.sent == b"ab"

    def refuse(data: object) -> None:
        raise TypeError

    conn.sock.sendall = refuse
    with pytest.raises(TypeError, match="data should be a bytes-like object or an iterable"):
        conn.send(5)


def test_debuglevel_prints_what_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    def talk(module) -> str:
        conn = module.HTTPConnection("example.com")
        conn.sock = Sock()
        conn.set_debuglevel(1)
        conn.request("POST", "/", io.StringIO("é"))
        conn.getresponse().read()
        conn.request("POST", "/", iter([b"", b"x"]), {"Transfer-Encoding": "chunked"})
        conn.getresponse().read()
        conn.send(io.StringIO("x"))
        return capsys.readouterr().out.replace("0x", "")

    def words(text: str) -> list[str]:
        return [line.partition(" object at")[0] for line in text.splitlines()]

    assert words(talk(client)) == words(talk(stock))


def test_debuglevel_prints_the_proxys_answer(capsys: pytest.CaptureFixture[str]) -> None:
    def talk(module) -> str:
        conn = module.HTTPConnection("proxy")
        conn.set_tunnel("[::1]:99")
        conn.set_debuglevel(1)
        conn._create_connection = lambda *_: Sock()
        conn.connect()
        return capsys.readouterr().out

    assert talk(client) == talk(stock)


def test_an_answer_must_be_read_before_the_next_is_asked_for() -> None:
    conn = opened()
    conn.request("GET", "/1")
    first = conn.getresponse()
    conn.request("GET", "/2")
    with pytest.raises(client.ResponseNotReady, match="Request-sent"):
        conn.getresponse()
    first.read()
    assert conn.getresponse().read() == b"ok"


def test_a_broken_answer_is_closed() -> None:
    conn = opened()
    conn.sock = Sock(b"garbage\r\n")
    conn.request("GET", "/")
    with pytest.raises(client.BadStatusLine):
        conn.getresponse()
    assert conn.sock is not None


def test_a_socket_without_that_option_will_do() -> None:
    sock = Sock()
    conn = client.HTTPConnection("h")
    conn._create_connection = lambda *_: sock
    sock.refusal = OSError(errno.ENOPROTOOPT, "not TCP")
    conn.connect()
    assert conn.sock is sock
    sock.refusal = OSError(errno.EINVAL, "broken")
    with pytest.raises(OSError, match="broken"):
        conn.connect()


def test_a_real_server_answers() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    conn = client.HTTPConnection(*listener.getsockname(), timeout=5)
    conn.connect()
    peer, _ = listener.accept()
    with listener, peer:
        peer.sendall(Sock().data)
        conn.request("GET", "/x", headers={"A": "b"})
        assert conn.getresponse().read() == b"ok"
        assert peer.recv(1000).startswith(b"GET /x HTTP/1.1\r\nHost: 127.0.0.1:")
    conn.close()
