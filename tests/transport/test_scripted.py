"""The scripted transport stands where a socket would."""

import io

import pytest

from cassette.client import HTTPConnection, RemoteDisconnected
from cassette.transport.scripted import ScriptedTransport


def connection(*script):
    conn = HTTPConnection("example.com")
    conn.sock = ScriptedTransport(script)
    return conn


def test_a_client_reads_the_script_and_leaves_what_it_sent():
    conn = connection(b"HTTP/1.1 200 OK\r\nContent-", b"Length: 2\r\n\r\no", b"k")
    transport = conn.sock
    conn.request("GET", "/x")
    assert conn.getresponse().read() == b"ok"
    assert transport.sent.startswith(b"GET /x HTTP/1.1\r\nHost: example.com\r\n")
    conn.close()
    assert transport.closed


def test_pieces_keep_their_boundaries():
    transport = ScriptedTransport([b"abc", b"de"])
    reader = transport.makefile("rb", 0)
    assert [reader.read(10), reader.read(1), reader.read(10), reader.read(1)] == [
        b"abc",
        b"d",
        b"e",
        b"",
    ]


def test_a_failure_is_raised_in_its_turn():
    conn = connection(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", TimeoutError("timed out"))
    conn.request("GET", "/")
    with pytest.raises(TimeoutError, match="timed out"):
        conn.getresponse().read()


def test_the_end_of_the_script_is_the_end_of_the_stream():
    conn = connection()
    conn.request("GET", "/")
    with pytest.raises(RemoteDisconnected):
        conn.getresponse()


def test_it_says_openly_what_it_cannot():
    transport = ScriptedTransport()
    transport.settimeout(3)
    assert transport.gettimeout() == 3
    transport.setsockopt(1, 2, 3)
    with pytest.raises(ValueError, match="readers only: mode 'rb', not 'wb'"):
        transport.makefile("wb")
    with pytest.raises(io.UnsupportedOperation, match="no descriptor"):
        transport.fileno()
