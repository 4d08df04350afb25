"""From a body back to its chunked framing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette.wire.encode import encode_chunks
from cassette.wire.parser import ResponseParser

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@given(chunks=st.lists(st.binary(min_size=1, max_size=40)))
def test_what_is_encoded_is_parsed_into_the_same_chunks(chunks):
    raw = HEAD + encode_chunks(b"".join(chunks), map(len, chunks), b"A: b\r\n")
    parser = ResponseParser(b"GET")
    assert parser.feed(raw) == len(raw)
    assert parser.complete
    assert [raw[start:stop] for start, stop in parser.payload] == chunks
    assert raw[slice(*parser.trailers)] == b"A: b\r\n"


def test_sizes_must_add_up():
    with pytest.raises(ValueError, match="chunks add up to 2 bytes, the body has 3"):
        encode_chunks(b"abc", [2])
