"""What http.client reads is what these rules say, held against the stock module itself."""

import http.client
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette.wire.lenient import (
    content_length,
    has_body,
    is_chunked,
    parse_chunk_size,
    parse_status_line,
)


class Sock:
    def __init__(self, data):
        self._data = data

    def makefile(self, mode):
        return io.BytesIO(self._data)


def stock(data, method="GET"):
    response = http.client.HTTPResponse(Sock(data), method=method)
    response.begin()
    return response


@given(st.text(st.characters(max_codepoint=255, exclude_characters="\n"), max_size=30))
def test_a_status_line_is_read_as_the_stock_module_reads_it(rest):
    line = f"HTTP/1.1{rest}\r\n"
    response = http.client.HTTPResponse(Sock(line.encode("latin-1")))
    try:
        expected = response._read_status()  # noqa: SLF001 - a name that libraries call
    except http.client.BadStatusLine:
        expected = None
    found = parse_status_line(line)
    assert (found and (*found[:2], found[2].strip())) == (
        expected and (*expected[:2], expected[2].strip())
    )


@pytest.mark.parametrize("value", ["5", "+5", " 5 ", "1_0", "-1", "0x5", "", "5, 5", "5" * 5000])
def test_a_content_length_counts_where_it_counts_in_the_stock_module(value):
    data = f"HTTP/1.1 200 OK\r\nContent-Length: {value}\r\n\r\n".encode()
    assert content_length(value.strip()) == stock(data).length


@pytest.mark.parametrize("value", ["chunked", "CHUNKED", "gzip, chunked", "chunked;x", ""])
def test_a_body_is_chunked_where_it_is_in_the_stock_module(value):
    data = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {value}\r\n\r\n".encode()
    assert is_chunked(value) == bool(stock(data).chunked)


@pytest.mark.parametrize("status", [101, 200, 204, 304, 404])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_response_has_a_body_where_it_has_in_the_stock_module(method, status):
    data = f"HTTP/1.1 {status} X\r\nContent-Length: 5\r\n\r\n".encode()
    assert has_body(method, status) == (stock(data, method).length == 5)


@pytest.mark.parametrize(
    ("line", "size"), [(b"1f;x=y\r\n", 31), (b" +A \r\n", 10), (b"0x1_0\r\n", 16), (b"-1\r\n", -1)]
)
def test_a_chunk_size_is_what_int_reads(line, size):
    assert parse_chunk_size(line) == size


@pytest.mark.parametrize("line", [b"", b"\r\n", b"x\r\n", b";5\r\n"])
def test_what_is_no_number_is_no_chunk_size(line):
    with pytest.raises(ValueError, match="invalid literal"):
        parse_chunk_size(line)
