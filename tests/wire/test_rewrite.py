"""A message with other parts is framed right, and keeps everything else."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette.wire.codings import unpack
from cassette.wire.parser import RequestParser, ResponseParser
from cassette.wire.rewrite import (
    parts_of,
    with_content,
    with_fields,
    with_first_line,
    without_body,
)

OK = b"HTTP/1.1 200 OK\r\n"
HEAD = b"GET / HTTP/1.1\r\nhost: a\r\nX-One: 1\r\nX-One: 2\r\n folded\r\nLast:\t9 \r\n\r\n"


def parsed(raw, kind=ResponseParser):
    parser = kind()
    parser.feed(raw)
    parser.close()
    return parser


def changed(raw, content, kind=ResponseParser):
    return b"".join(with_content(raw, parsed(raw, kind), content))


@pytest.mark.parametrize(
    ("fields", "old", "new"),
    [
        ({"Host": "b"}, b"host: a", b"host: b"),
        ({"x-one": "3"}, b"X-One: 1\r\nX-One: 2\r\n folded", b"X-One: 3"),
        ({"X-ONE": None}, b"X-One: 1\r\nX-One: 2\r\n folded\r\n", b""),
        ({"LAST": "caf\xe9"}, b"Last:\t9 ", b"Last:\tcaf\xe9"),
        ({"New": ""}, b"9 \r\n", b"9 \r\nNew: \r\n"),
        ({"None": None}, b"", b""),
    ],
)
def test_a_field_is_changed_added_or_taken_out(fields, old, new):
    assert with_fields(HEAD, fields) == HEAD.replace(old, new, 1)


@pytest.mark.parametrize("fields", [{"": "a"}, {"a b": "a"}, {"a:": "b"}, {"a": "b\r\nc: d"}])
def test_what_would_be_no_field_is_refused(fields):
    with pytest.raises(ValueError, match="header field"):
        with_fields(HEAD, fields)


def test_a_value_beyond_latin_1_is_refused():
    with pytest.raises(ValueError, match="no value"):
        with_fields(HEAD, {"a": "\u20ac"})


def test_a_first_line_is_one_line():
    assert with_first_line(HEAD, "PUT / HTTP/1.0") == HEAD.replace(
        b"GET / HTTP/1.1", b"PUT / HTTP/1.0"
    )
    with pytest.raises(ValueError, match="no first line"):
        with_first_line(HEAD, "GET / HTTP/1.1\r\nA: b")


@pytest.mark.parametrize(
    ("raw", "new"),
    [
        (
            OK + b"content-length:  2\r\nA: b\r\n\r\nok",
            OK + b"content-length:  5\r\nA: b\r\n\r\nhello",
        ),
        (OK + b"Content-Length: 9\r\n\r\ncut", OK + b"Content-Length: 5\r\n\r\nhello"),
        (OK + b"Content-Length: 0\r\n\r\n", OK + b"Content-Length: 5\r\n\r\nhello"),
        (OK + b"\r\nuntil the end", OK + b"\r\nhello"),
        (
            OK + b"Transfer-Encoding: chunked\r\n\r\n1;x=y\r\na\r\n0\r\nT: u\r\n\r\n",
            OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT: u\r\n\r\n",
        ),
        (
            OK + b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\n\xff\xff",
            OK + b"Content-Length: 5\r\n\r\nhello",
        ),
    ],
)
def test_a_body_is_framed_as_the_one_before_it_was(raw, new):
    early = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    assert changed(raw, b"hello") == new
    assert changed(early + raw, b"hello") == early + new


def test_a_request_that_gets_a_body_announces_it():
    raw = b"POST / HTTP/1.1\r\nHost: a\r\n\r\n"
    assert changed(raw, b"hi", RequestParser) == raw[:-2] + b"Content-Length: 2\r\n\r\nhi"
    assert changed(raw, b"", RequestParser) == raw


@given(content=st.binary(max_size=99), coding=st.sampled_from(["gzip", "deflate", "gzip, deflate"]))
def test_a_body_is_compressed_as_the_one_before_it_was(content, coding):
    body = b"hello"
    for one in coding.split(", "):
        body = gzip.compress(body) if one == "gzip" else zlib.compress(body)
    head = OK + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (coding.encode(), len(body))
    raw = changed(head + body, content)
    parser = parsed(raw)
    assert parser.complete
    assert parser.size == len(raw)
    packed = raw[parser.head_size :]
    assert unpack(packed, coding.encode().split(b", ")).content == content


def test_a_message_without_a_body_has_no_framing():
    raw = OK + b"A: b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    assert b"".join(without_body(parts_of(raw, parsed(raw)))) == OK + b"A: b\r\n\r\n"
