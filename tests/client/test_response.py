"""An answer is read exactly, whatever its framing, and refused where the stock module refuses it."""

# ruff: noqa: SLF001, E501, FBT001 - private names are looked at, tables read best in one line each

from __future__ import annotations

import http.client as stock
import io

import pytest

from cassette import client


class Sock:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(io.BytesIO(self.data))


def begun(data: bytes, method: str = "GET", debuglevel: int = 0) -> client.HTTPResponse:
    resp = client.HTTPResponse(Sock(data), debuglevel, method=method)
    resp.begin()
    return resp


def chunked(body: bytes) -> client.HTTPResponse:
    return begun(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)


def sized(body: bytes, length: int) -> client.HTTPResponse:
    return begun(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length + body)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"HTTP/1.1 200 OK\r\n", (11, 200, "OK")),
        (b"HTTP/1.0 404 Not Found\n", (10, 404, "Not Found")),
        (b"HTTP/1.1 200\r\n", (11, 200, "")),
        (b"HTTP/1.9 299  odd  reason \r\n", (11, 299, "odd  reason")),
        (b"HTTP/0.9 200 OK\r\n", (10, 200, "OK")),
        (b"HTTP/1.1 +200 OK\r\n", (11, 200, "OK")),
    ],
)
def test_status_line_gives_version_status_and_reason(
    line: bytes, found: tuple[int, int, str]
) -> None:
    resp = begun(line + b"A: b\r\n\r\n")
    assert (resp.version, resp.status, resp.reason) == found


@pytest.mark.parametrize(
    "line",
    [
        b"ICY 200 OK\r\n",
        b"HTTP/1.1\r\n",
        b"\r\n",
        b"HTTP/1.1 abc OK\r\n",
        b"HTTP/1.1 99 x\r\n",
        b"HTTP/1.1 1000 x\r\n",
        b"HTTP/1.1 200\x1c\r\n",
    ],
)
def test_what_is_no_status_line_is_refused(line: bytes) -> None:
    with pytest.raises(client.BadStatusLine) as caught:
        begun(line + b"\r\n")
    assert caught.value.line == line.decode("latin-1")


def test_nothing_at_all_is_a_disconnect() -> None:
    with pytest.raises(client.RemoteDisconnected, match="without response"):
        begun(b"")


def test_http_2_is_an_unknown_protocol() -> None:
    with pytest.raises(client.UnknownProtocol) as caught:
        begun(b"HTTP/2.0 200 OK\r\n\r\n")
    assert caught.value.version == "HTTP/2.0"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"HTTP/1.1 200 " + b"x" * 65536 + b"\r\n", "status line"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 65536 + b"\r\n", "header line"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100 + b"x" * 65537, "header line"),
    ],
)
def test_long_lines_are_refused(data: bytes, what: str) -> None:
    with pytest.raises(client.LineTooLong, match=f"got more than 65536 bytes when reading {what}"):
        begun(data)


@pytest.mark.parametrize(
    ("head", "length", "will_close"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 5, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length:\t 5 \r\n\r\n", 5, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 5, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", None, True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", None, True),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", None, True),
        (b"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n", 0, False),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 0, False),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 0, False),
        (b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 5\r\n\r\n", 5, True),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", 5, True),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\n", 5, False),
        (b"HTTP/1.0 200 OK\r\nKeep-Alive: 5\r\nContent-Length: 5\r\n\r\n", 5, False),
        (b"HTTP/1.0 200 OK\r\nProxy-Connection: keep-alive\r\nContent-Length: 5\r\n\r\n", 5, False),
        (b"HTTP/1.1 200 OK\nContent-Length: 5\n\n", 5, False),
        (b"HTTP/1.1 200 OK\r\n folded\r\nContent-Length: 5\r\n\r\n", 5, False),
    ],
)
def test_fields_decide_where_the_body_ends(
    head: bytes, length: int | None, will_close: bool
) -> None:
    resp = begun(head)
    assert (resp.length, resp.will_close, resp.chunked) == (length, will_close, False)


def test_only_the_exact_coding_counts() -> None:
    assert begun(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n").chunked
    assert not begun(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n").chunked


@pytest.mark.parametrize("call", ["read", "read1", "readline", "peek"])
def test_an_answer_to_head_has_no_body(call: str) -> None:
    resp = begun(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "HEAD")
    assert getattr(resp, call)() == b""
    assert begun(b"HTTP/1.1 200 OK\r\n\r\nx", "HEAD").readinto(bytearray(5)) == 0


@pytest.mark.parametrize("call", ["read", "read1", "readline", "peek"])
def test_a_response_that_has_ended_gives_nothing(call: str) -> None:
    resp = sized(b"ab", 2)
    resp.read()
    assert getattr(resp, call)() == b""
    assert resp.readinto(bytearray(5)) == 0


def test_a_body_until_the_close_is_read_by_every_call() -> None:
    def resp() -> client.HTTPResponse:
        return begun(b"HTTP/1.0 200 OK\r\n\r\na\nbc\n")

    assert resp().read() == b"a\nbc\n"
    assert list(resp()) == [b"a\n", b"bc\n"]
    assert resp().peek(1)[:1] == b"a"
    part = resp()
    assert [part.read(3), part.read1(1), part.readline(), part.read(3), part.isclosed()] == [
        b"a\nb",
        b"c",
        b"\n",
        b"",
        True,
    ]
    buffer = bytearray(3)
    into = resp()
    assert [
        into.readinto(buffer),
        into.readinto(buffer),
        into.readinto(buffer),
        into.isclosed(),
    ] == [3, 2, 0, True]


def test_a_sized_body_is_read_no_further() -> None:
    assert sized(b"hello rest", 5).read(100) == b"hello"
    assert sized(b"hello rest", 5).read1() == b"hello"
    assert sized(b"he\nlo rest", 5).readlines() == [b"he\n", b"lo"]
    buffer = bytearray(100)
    assert sized(b"hello rest", 5).readinto(buffer) == 5


def test_a_short_body_is_incomplete_only_when_all_is_asked_for() -> None:
    resp = sized(b"abc", 5)
    with pytest.raises(client.IncompleteRead) as caught:
        resp.read()
    assert (caught.value.partial, caught.value.expected, resp.isclosed()) == (b"abc", 2, True)
    assert str(caught.value) == "IncompleteRead(3 bytes read, 2 more expected)"
    resp = sized(b"abc", 5)
    assert [resp.read(5), resp.read(5), resp.isclosed()] == [b"abc", b"", True]


STREAM = (
    b"".join(b"4\r\nab%d\n\r\n" % n for n in range(9))
    + b"2;ext=1\r\ncd\r\n0\r\nTrailer: x\r\n\r\nnext"
)
BODY = b"".join(b"ab%d\n" % n for n in range(9)) + b"cd"


@pytest.mark.parametrize(
    "file",
    [
        io.BytesIO,
        lambda data: io.BufferedReader(io.BytesIO(data)),
        lambda data: io.BufferedReader(io.BytesIO(data), 16),
    ],
)
def test_equal_chunks_are_read_in_runs_and_not_past_the_end(file) -> None:
    resp = chunked(b"")
    resp.fp = fp = file(STREAM)
    resp._close_conn = lambda: setattr(resp, "fp", None)
    assert resp.read() == BODY
    assert fp.read() == b"next"


@pytest.mark.parametrize("module", [stock, client])
@pytest.mark.parametrize(
    "call",
    [
        lambda resp: resp.read(6),
        lambda resp: resp.read1(),
        lambda resp: resp.read1(2) + resp.read1(),
        lambda resp: resp.readline(),
        lambda resp: (buffer := bytearray(6)) and buffer[: resp.readinto(buffer)],
    ],
)
def test_a_program_may_take_chunks_out_of_the_file_between_reads(module, call) -> None:
    pieces = [b"%02d\n" % n for n in range(20)]
    wire = b"".join(b"3\r\n%b\r\n" % piece for piece in pieces)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    resp = module.HTTPResponse(Sock(head + wire + b"0\r\n\r\n"), method="GET")
    resp.begin()
    seen = b""
    while resp.fp is not None:
        seen += call(resp)
        if resp.fp is not None and seen.count(b"\n") < 18:
            assert resp.fp.read(2) == b"\r\n"
            assert resp.fp.readline() == b"3\r\n"
            seen += resp.fp.read(3)
    assert seen == b"".join(pieces)


@pytest.mark.parametrize("size", [1, 3, 4, 7, 100])
def test_chunks_are_joined_for_every_way_to_read(size: int) -> None:
    resp = chunked(STREAM)
    assert b"".join(iter(lambda: resp.read(size), b"")) == BODY
    resp = chunked(STREAM)
    assert b"".join(iter(lambda: resp.read1(size), b"")) == BODY
    resp, buffer, got = chunked(STREAM), bytearray(size), b""
    while count := resp.readinto(buffer):
        got += buffer[:count]
    assert got == BODY
    assert list(chunked(STREAM)) == BODY.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("body", "partial"),
    [
        (b"5\r\nhel", b""),
        (b"2\r\nab\r\n5\r\nhel", b"ab"),
        (b"2\r\nab", b"ab"),
        (b"2\r\nab\r\nxyz\r\n", b"ab"),
        (b"", b""),
    ],
)
def test_a_chunked_body_cut_short_keeps_its_complete_chunks(body: bytes, partial: bytes) -> None:
    for read in (lambda r: r.read(), lambda r: r.read(100), lambda r: r.readinto(bytearray(100))):
        with pytest.raises(client.IncompleteRead) as caught:
            read(chunked(body))
        assert caught.value.partial == partial


def test_read1_and_readline_say_when_chunks_are_cut_short() -> None:
    for call in ("read1", "readline"):
        resp = chunked(b"3\r\nab")
        resp.chunk_left = None
        if call == "read1":
            assert resp.read1() == b"ab"
        with pytest.raises(client.IncompleteRead):
            getattr(resp, call)()
    resp = chunked(b"2\r\nab\r")
    resp.read1()
    with pytest.raises(client.IncompleteRead) as caught:
        resp.read1()
    assert (caught.value.partial, caught.value.expected) == (b"\r", 1)


@pytest.mark.parametrize(
    ("body", "partial", "expected"), [(b"2\r\nab\r", b"\r", 1), (b"2\r\nab\r\n2\r\n", b"", None)]
)
def test_read1_says_when_the_next_chunk_is_cut_short(
    body: bytes, partial: bytes, expected: int | None
) -> None:
    resp = chunked(body)
    assert resp.read1() == b"ab"
    with pytest.raises(client.IncompleteRead) as caught:
        resp.read1()
    assert (caught.value.partial, caught.value.expected) == (partial, expected)


def test_a_line_ends_where_there_is_no_chunk_size() -> None:
    assert chunked(b"2\r\nab\r\nzz\r\n").readline() == b"ab"
    with pytest.raises(client.IncompleteRead):
        chunked(b"2\r\nab\r").readline()
    assert chunked(b"zz\r\n").peek() == b""
    assert chunked(b"0\r\n\r\n").peek() == b""


@pytest.mark.parametrize(
    ("body", "what"), [(b"1" * 65537, "chunk size"), (b"0\r\n" + b"x" * 65537, "trailer line")]
)
def test_long_lines_of_the_framing_are_refused(body: bytes, what: str) -> None:
    with pytest.raises(client.LineTooLong, match=what):
        chunked(body).read()


def test_a_chunk_as_large_as_memory_is_a_lie() -> None:
    with pytest.raises(client.IncompleteRead) as caught:
        chunked(b"2\r\nab\r\n" + b"f" * 16 + b"\r\nabc").read()
    assert caught.value.partial == b"ab"


@pytest.mark.parametrize("call", ["readline", "readinto"])
def test_a_negative_chunk_size_is_taken_as_the_stock_module_takes_it(call: str) -> None:
    def outcome(module) -> object:
        resp = module.HTTPResponse(
            Sock(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nabcdef\r\n"),
            method="GET",
        )
        resp.begin()
        buffer = bytearray(6)
        try:
            return resp.readline() if call == "readline" else (resp.readinto(buffer), buffer)
        except (ValueError, client.IncompleteRead, stock.IncompleteRead) as exc:
            return type(exc).__name__, str(exc)

    assert outcome(client) == outcome(stock)


def test_debuglevel_prints_the_head(capsys: pytest.CaptureFixture[str]) -> None:
    begun(
        b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 204 No Content\r\nC: d\r\n\r\n",
        debuglevel=1,
    )
    assert capsys.readouterr().out == (
        "reply: 'HTTP/1.1 100 Continue\\r\\n'\nheaders: [b'A: b\\r\\n', b'\\r\\n']\n"
        "reply: 'HTTP/1.1 204 No Content\\r\\n'\nheader: C: d\n"
    )


def test_a_stock_response_goes_on_as_ours() -> None:
    resp = stock.HTTPResponse(
        Sock(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + STREAM), method="GET"
    )
    resp.begin()
    head = resp.read(6)
    resp.__class__ = client.HTTPResponse
    assert head + resp.read() == BODY
