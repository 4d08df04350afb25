import pytest
import yaml

from cassette.model import Ended, Request, Response
from cassette.store import message_form, shape, writer
from cassette.store.message_form import encode_large_message, encode_message, find_head_end
from cassette.store.reader import load
from cassette.store.shape import decode_entry
from cassette.store.writer import encode_entry

HEAD = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def keys(raw, message=Response):
    """The keys under which a message stands."""
    return list(yaml.safe_load(encode_message(message(raw))) or ())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", []),
        (HEAD, ["head"]),
        (HEAD + b"text", ["head", "text"]),
        (HEAD + b'{"a":1}', ["head", "json", "style"]),
        (HEAD + b"\xff\xfe", ["head", "body"]),
        (CHUNKED + b"3\r\nabc\r\n0\r\n\r\n", ["head", "text", "chunks"]),
        (CHUNKED + b"0\r\n\r\n", ["head", "chunks"]),
        (CHUNKED + b"3\r\nabc\r\n0\r\nA: b\r\n\r\n", ["head", "text", "chunks", "trailers"]),
        (CHUNKED + b"0\r\nA: \xe9\r\n\r\n", ["head", "chunks", "trailers"]),
        (CHUNKED + b"0\r\nA: b\n\r\n", ["head", "chunks", "trailers"]),
        (CHUNKED + b"03\r\nabc\r\n0\r\n\r\n", ["head", "wire"]),
        (CHUNKED + b"A\r\n0123456789\r\n0\r\n\r\n", ["head", "wire"]),
        (CHUNKED + b"3;x=y\r\nabc\r\n0\r\n\r\n", ["head", "wire"]),
        (CHUNKED + b"3\r\nabc\r\n0;x\r\n\r\n", ["head", "wire"]),
        (CHUNKED + b"3\nabc\n0\n\n", ["head", "wire"]),
        (CHUNKED + b"3\r\nab", ["head", "wire"]),
        (CHUNKED + b"3\r\nabc\r\n0\r\n\r\nmore", ["head", "wire"]),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"x", ["head", "text"]),
        (b"HTTP/1.1 200 OK\nA: b\n\nx", ["raw"]),
        (b"HTTP/1.1 200 OK\n\nx", ["raw"]),
        (b"HTTP/1.1 200 OK\r\nA: b\n\nx", ["raw"]),
        (b"HTTP/1.1 200 OK\r\nA: b\n\r\n\r\nx", ["raw"]),
        (b"HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\nx", ["raw"]),
        (b"HTTP/1.1 200 OK\r\nA:", ["raw"]),
        (b"garbage", ["raw"]),
    ],
)
def test_a_message_stands_under_the_keys_that_read_best_and_is_the_same_again(raw, expected, kit):
    assert keys(raw) == expected
    assert kit.parse(encode_entry(kit.make(raw))).response.raw == raw


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (HEAD + b"text", ["head", "text"]),
        (HEAD + b'{"a":1}', ["head", "text"]),
        (HEAD + b"\xff", ["head", "body"]),
        (CHUNKED + b"3\r\nabc\r\n0\r\nA: b\r\n\r\n", ["head", "text", "chunks", "trailers"]),
        (CHUNKED + b"3\r\nabc\r\n0;x\r\n\r\n", ["head", "wire"]),
        (b"HTTP/1.1 200 OK\n\nx", ["raw"]),
    ],
)
def test_a_large_message_stands_under_such_keys_too(raw, expected):
    assert list(yaml.safe_load(b"".join(encode_large_message(Response(raw))))) == expected


def test_a_request_body_has_the_same_keys():
    raw = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    assert keys(raw, Request) == ["head", "text", "chunks"]


def test_an_answer_to_head_has_no_body_to_cut():
    raw = encode_message(Response(CHUNKED, "HEAD"))
    assert list(yaml.safe_load(raw)) == ["head"]


def test_a_head_reads_line_by_line():
    assert encode_message(Response(HEAD)) == b"    head: |\n      HTTP/1.1 200 OK\n      A: b\n"


@pytest.mark.parametrize("line", [b"A: \r\n", b"A: b \r\n", b"A: b\t\r\n", b"A: \x01\r\n"])
def test_a_head_that_hooks_would_change_is_quoted(line):
    assert b'head: "HTTP/1.1 200 OK\\n\\\n' in encode_message(
        Response(b"HTTP/1.1 200 OK\r\n" + line + b"\r\n")
    )


def test_a_head_in_latin_1_is_binary():
    raw = b"HTTP/1.1 200 OK\r\nA: \xe9\r\n\r\n"
    assert yaml.safe_load(encode_message(Response(raw))) == {"head": raw}


@pytest.mark.parametrize(
    ("raw", "end"),
    [
        (HEAD + b"body\r\n\r\n", len(HEAD)),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" + HEAD, 28 + len(HEAD)),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\nmore\r\n\r\n", 36),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 2", 25),
        (b"ICY 200 OK\r\nicy-name: x\r\n\r\n\xff", 27),
        (b"nothing", 0),
    ],
)
def test_interim_responses_and_heads_of_other_protocols_count_as_heads(raw, end):
    assert find_head_end(Response(raw)) == end


STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"b\r\ndata: one\n\n\r\nb\r\ndata: two\n\n\r\n"
)


@pytest.mark.parametrize(
    ("rest", "cut"),
    [
        (b"", b'""'),
        (b"b", b"|-\n      b"),
        (b"b\r\ndata: t", b'"b\\r\\n\\\n      data: t"'),
        (b"b;x=y\r\ndata: ", b'"b;x=y\\r\\n\\\n      data: "'),
    ],
)
def test_a_stream_that_was_left_early_is_readable_up_to_its_end(rest, cut):
    assert encode_message(Response(STREAM + rest, "GET")).partition(b"    text: ")[2] == (
        b"|+\n      data: one\n\n      data: two\n\n    chunks: [11, 11]\n    cut: %b\n" % cut
    )


def test_a_stream_that_is_cut_anywhere_gives_back_its_bytes(kit):
    whole = STREAM + b"0\r\nX: y\r\n\r\n"
    for size in range(len(whole) + 1):
        entry = encode_entry(kit.make(response=whole[:size], ended=Ended.ABANDONED))
        assert kit.parse(entry).response.raw == whole[:size]
        start = entry.index(b"\n")
        read = decode_entry("GET http://a.example/x", entry[start:].removesuffix(b"\n"))
        assert read is not None
        assert read.response.raw == whole[:size]


@pytest.mark.parametrize("size", [3, 4])
def test_longer_lists_than_a_file_may_hold_are_not_written(record, kit, monkeypatch, size):
    for module in (message_form, shape, writer):
        monkeypatch.setattr(module, "MAX_ITEMS", 3)
    raw = kit.chunked + b"1\r\nx\r\n" * size + b"0\r\n\r\n"
    arrived = tuple((number / 10, 1) for number in range(size))
    names = tuple("abcd"[:size])
    path = record(kit.make(raw, arrived=arrived, redacted=names, rules=names, masks=names))
    (found,) = load(path).interactions
    assert found.redacted == found.rules == found.masks == names[:3]
    assert found.response.raw == raw
    assert (b"chunks: [" in path.read_bytes()) is (size == 3)
    assert found.arrived == (arrived if size == 3 else ((0.1, 2), (0.3, 2)))
