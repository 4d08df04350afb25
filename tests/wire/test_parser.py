"""The push parsers: where a message ends, in any segmentation."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette.wire.framing import Framing
from cassette.wire.grammar import MAX_HEAD, MAX_LINE
from cassette.wire.parser import MessageParser, RequestParser, ResponseParser

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

# Whole responses, each with the payload that they carry; what follows belongs to no response.
COMPLETE = {
    "length": (OK + b"Content-Length: 3\r\n\r\nabc", b"abc"),
    "zero length": (OK + b"Content-Length: 0\r\n\r\n", b""),
    "no content": (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", b""),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", b""),
    "chunked": (CHUNKED + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
    "upper-case size": (CHUNKED + b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
    "padded size": (CHUNKED + b"0003 \r\nabc\r\n000\r\n\r\n", b"abc"),
    "extensions": (CHUNKED + b'3;a=b;c="d"\r\nabc\r\n0;last\r\n\r\n', b"abc"),
    "trailers": (CHUNKED + b"3\r\nabc\r\n0\r\nDigest: x\r\nA: b\r\n\r\n", b"abc"),
    "bare line feeds": (CHUNKED.replace(b"\r", b"") + b"3\nabc\n0\n\n", b"abc"),
    "interim": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\nx", b"x"),
    "early hints": (
        b"HTTP/1.1 103 H\r\nLink: a\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\nx",
        b"x",
    ),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx", b"x"),
    "both framings": (
        OK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        b"abc",
    ),
}


def feed(parser, data, cuts):
    """Feed data cut at these places; return how many bytes the parser took."""
    taken = 0
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for start, stop in itertools.pairwise(edges):
        took = parser.feed(data[start:stop])
        taken += took
        if took < stop - start:
            break
    return taken


def payload(parser, data):
    return b"".join(data[start:stop] for start, stop in parser.payload)


@pytest.mark.parametrize(("raw", "body"), COMPLETE.values(), ids=COMPLETE)
@given(cuts=st.lists(st.integers(0, 400)), rest=st.binary(max_size=20))
def test_any_segmentation_finds_the_same_end_and_payload(raw, body, cuts, rest):
    parser = ResponseParser(b"GET")
    assert feed(parser, raw + rest, cuts) == len(raw)
    assert parser.complete
    assert not parser.garbage
    assert payload(parser, raw) == body
    whole = ResponseParser(b"GET")
    whole.feed(raw)
    assert (parser.payload, parser.trailers, list(parser.fields)) == (
        whole.payload,
        whole.trailers,
        list(whole.fields),
    )


@pytest.mark.parametrize("raw", [raw for raw, _ in COMPLETE.values()], ids=COMPLETE)
def test_nothing_short_of_the_end_is_complete(raw):
    for stop in range(len(raw)):
        parser = ResponseParser(b"GET")
        parser.feed(raw[:stop])
        parser.close()
        assert not parser.complete, raw[:stop]


@given(data=st.binary(max_size=200), cuts=st.lists(st.integers(0, 200)))
def test_no_bytes_whatever_upset_a_parser(data, cuts):
    for parser in (ResponseParser(b"GET"), RequestParser()):
        taken = feed(parser, data, cuts)
        assert parser.size == taken
        assert taken == len(data) or parser.complete


@pytest.mark.parametrize(
    ("method", "raw"),
    [
        (b"HEAD", OK + b"Content-Length: 3\r\n\r\n"),
        (b"HEAD", CHUNKED),
    ],
)
def test_an_answer_to_head_has_no_body(method, raw):
    parser = ResponseParser(method)
    assert parser.feed(raw + b"abc") == len(raw)
    assert parser.complete


@pytest.mark.parametrize(
    "raw",
    [
        OK + b"\r\nabc",
        OK + b"Content-Length: nonsense\r\n\r\nabc",
        OK + b"Content-Length: -3\r\n\r\nabc",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\nabc",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\nabc",
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nabc",
    ],
)
def test_a_body_without_a_known_end_lasts_until_the_close(raw):
    parser = ResponseParser(b"GET")
    parser.feed(raw)
    assert parser.framing is Framing.UNTIL_CLOSE
    assert not parser.complete
    parser.close()
    assert parser.complete
    assert payload(parser, raw) == b"abc"


def test_a_tunnel_takes_over_after_the_head():
    parser = ResponseParser(b"CONNECT")
    parser.feed(OK + b"Content-Length: 3\r\n\r\n")
    assert parser.framing is Framing.UNTIL_CLOSE


@pytest.mark.parametrize("raw", [b"SSH-2.0-OpenSSH\r\n", b"\r\n" + OK, b"HTTP/1.1 abc\r\n\r\n"])
def test_what_is_no_http_lasts_until_the_close(raw):
    parser = ResponseParser(b"GET")
    assert parser.feed(raw) == len(raw)
    assert parser.garbage
    assert not parser.complete
    parser.close()
    assert parser.complete


@pytest.mark.parametrize(
    "body", [b"xyz\r\nabc", b"3\r\nabcd\r\n", b"-3\r\nabc\r\n", b"\r\nabc\r\n", b"0x\r\n"]
)
def test_a_chunk_without_a_size_leaves_only_the_close(body):
    parser = ResponseParser(b"GET")
    parser.feed(CHUNKED + body)
    parser.feed(b"0\r\n\r\n")
    assert not parser.complete
    parser.close()
    assert parser.complete


@pytest.mark.parametrize("size", [b"+3", b"0x3", b"0_3", b" 3\t", b"3 ;x"])
def test_a_size_that_http_client_reads_counts_but_is_doubtful(size):
    parser = ResponseParser(b"GET")
    raw = CHUNKED + size + b"\r\nabc\r\n0\r\n\r\n"
    assert parser.feed(raw) == len(raw)
    assert parser.complete
    assert parser.doubtful
    assert payload(parser, raw) == b"abc"


def test_a_head_without_an_end_is_given_up_at_the_limit():
    parser = ResponseParser(b"GET")
    parser.feed(OK + b"X: " + b"a" * MAX_HEAD)
    assert parser.garbage


@pytest.mark.parametrize("start", [b"", b"0\r\n"], ids=["size line", "trailer line"])
def test_a_line_without_an_end_is_given_up_at_the_limit(start):
    parser = ResponseParser(b"GET")
    parser.feed(CHUNKED + start + b"1" * (MAX_LINE + 1))
    parser.feed(b"\r\n\r\n")
    assert not parser.complete


def test_trailers_are_found():
    raw = CHUNKED + b"1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n"
    parser = ResponseParser(b"GET")
    parser.feed(raw)
    assert raw[slice(*parser.trailers)] == b"A: b\r\nC: d\r\n"


def test_the_final_head_is_told_from_the_interim_ones():
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: a\r\n\r\n"
    parser = ResponseParser(b"GET")
    parser.feed(interim + b"HTTP/1.1 404 Not There\r\nX: y\r\nContent-Length: 0\r\n\r\n")
    assert (parser.status, parser.reason, parser.version) == (404, b"Not There", b"HTTP/1.1")
    assert parser.head_start == len(interim)
    assert parser.continued == interim.index(b"HTTP/1.1 103")
    assert list(parser.fields) == [(b"X", b"y"), (b"Content-Length", b"0")]


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b""),
        (b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
        (b"PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
    ],
)
@given(cuts=st.lists(st.integers(0, 200)))
def test_a_request_ends_where_its_body_ends(raw, body, cuts):
    parser = RequestParser()
    assert feed(parser, raw + b"GET / HTTP/1.1\r\n", cuts) == len(raw)
    assert parser.complete
    assert payload(parser, raw) == body


def test_method_and_target_are_the_bytes_of_the_request_line():
    parser = RequestParser()
    parser.feed(b"M-SEARCH http://h/%41?\xe9=b HTTP/1.0\r\n\r\n")
    assert (parser.method, parser.target) == (b"M-SEARCH", b"http://h/%41?\xe9=b")


NEVER = re.compile(rb"(?!)")


class GeneralRequestParser(RequestParser):
    """A request parser that takes no shortcut."""

    _certain_head = NEVER
    feed = MessageParser.feed


class GeneralResponseParser(ResponseParser):
    """A response parser that takes no shortcut."""

    _certain_head = NEVER


def parts(parser):
    names = (b"content-length", b"transfer-encoding", b"x")
    return (
        (parser.complete, parser.garbage, parser.size, parser.head_start, parser.head_size),
        (parser.framing, parser.length, parser.chunked, parser.payload, parser.trailers),
        list(parser.fields),
        [(parser.fields.first(name), parser.fields.every(name)) for name in names],
        {key: getattr(parser, key, None) for key in ("method", "target", "status", "reason")},
        getattr(parser, "continued", None),
    )


@pytest.mark.parametrize("name", [b"Content-Length", b"content-length", b"CONTENT-LENGTH"])
def test_a_request_with_a_length_in_any_case_has_a_body_to_come(name):
    parser = RequestParser()
    parser.feed(b"POST / HTTP/1.1\r\n%b: 3\r\n\r\n" % name)
    assert not parser.complete
    assert parser.feed(b"abcGET") == 3
    assert parser.complete


def mostly(usual, *others):
    return st.one_of(*[st.just(usual)] * 4, st.sampled_from(others))


LINES = st.tuples(
    st.sampled_from(["Content-Length", "CONTENT-LENGTH", "transfer-Encoding", "X", "x"])
    | st.sampled_from(["", "\xe9"]),
    mostly(": ", ":", " : ", ":\t", ""),
    st.sampled_from(["3", "chunked", "a"])
    | st.sampled_from(["", "0", "03", "-1", "Chunked ", "gzip, chunked", "a:b", "\0"]),
    mostly("\r\n", "\n", "\r\n folded\r\n", "\r"),
).map("".join)
REST = st.sampled_from(
    ["", "abc", "3\r\nabc\r\n0\r\nX: y\r\n\r\n", "zz\r\nabc", "abcGET / HTTP/1.1"]
)
STARTS = {
    GeneralRequestParser: [
        "GET / HTTP/1.1",
        "POST  /a HTTP/1.0",
        "get /a",
        "\xff\xfe",
        "A /\0 HTTP/1.1",
    ],
    GeneralResponseParser: [
        "HTTP/1.1 200 OK",
        "HTTP/1.1 204",
        "HTTP/1.0 304  Not  Modified ",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100\r\nX: 1\r\n\r\nHTTP/1.1 201 Made",
        "HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 101 Go",
        "HTTP/2 200",
        "ICY 200 OK",
    ],
}


@pytest.mark.parametrize(
    ("shortcut", "general"),
    [(RequestParser, GeneralRequestParser), (ResponseParser, GeneralResponseParser)],
)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_shortcut_finds_the_parts_that_the_general_way_finds(shortcut, general, data):
    start = data.draw(st.sampled_from(STARTS[general]))
    lines = data.draw(st.lists(LINES, max_size=3))
    text = f"{start}\r\n{''.join(lines)}\r\n{data.draw(REST)}"
    raw = text.encode("latin-1")
    fast, slow, bytewise = shortcut(), general(), general()
    taken = [parser.feed(raw) for parser in (fast, slow)]
    assert taken == [feed(bytewise, raw, range(len(raw)))] * 2
    for parser in (fast, slow, bytewise):
        parser.close()
    assert parts(fast) == parts(slow) == parts(bytewise)
