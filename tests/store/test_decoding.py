"""Bodies written decoded on request: readable, still framed, and said so."""

import gzip
import zlib
from datetime import UTC, datetime

import pytest

from cassette.model import Interaction, Request, Response
from cassette.store.decoding import decoded

TEXT = b'{"name": "Ada"}'
PACKED = gzip.compress(TEXT, mtime=0)
HEAD = b"HTTP/1.1 200 OK\r\nVary: x\r\n"
GET = b"GET / HTTP/1.1\r\n\r\n"


def interaction(response, request=GET):
    return Interaction(
        "GET http://example.com/",
        Request(request),
        Response(response),
        datetime.now(UTC),
        arrived=((0.0, 1), (0.1, len(response) - 1)),
    )


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (
            HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED,
            HEAD + b"Content-Length: 15\r\n\r\n" + TEXT,
        ),
        (
            HEAD
            + b"Transfer-Encoding: chunked\r\ncontent-encoding:\tgzip\r\n\r\n%x\r\n" % len(PACKED)
            + PACKED
            + b"\r\n0\r\nX: y\r\n\r\n",
            HEAD + b"Transfer-Encoding: chunked\r\n\r\nf\r\n" + TEXT + b"\r\n0\r\nX: y\r\n\r\n",
        ),
        (
            b"HTTP/1.1 103 H\r\nContent-Encoding: gzip\r\n\r\n"
            + HEAD
            + b"Content-Encoding: deflate\r\n\r\n"
            + zlib.compress(TEXT),
            b"HTTP/1.1 103 H\r\nContent-Encoding: gzip\r\n\r\n" + HEAD + b"\r\n" + TEXT,
        ),
    ],
    ids=["length", "chunked", "until the close, after an interim response"],
)
def test_a_compressed_response_is_decoded_and_stays_well_framed(response, expected):
    done = decoded(interaction(response))
    assert done.response.raw == expected
    assert done.response.parsed.complete
    assert done.response.json() == {"name": "Ada"}
    assert (done.decoded, done.arrived) == (("response",), ())


def test_a_compressed_request_is_decoded_too():
    head = b"POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    done = decoded(interaction(HEAD + b"\r\n", head % len(PACKED) + PACKED))
    assert done.request.raw == b"POST / HTTP/1.1\r\nContent-Length: 15\r\n\r\n" + TEXT
    assert done.decoded == ("request",)
    assert done.arrived


@pytest.mark.parametrize(
    "response",
    [
        HEAD + b"Content-Length: 2\r\n\r\nok",
        HEAD + b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\nok",
        HEAD + b"Content-Encoding: br, gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED,
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok",
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED[:-9],
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + PACKED[:-9],
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
        b"no http",
    ],
    ids=[
        "plain",
        "br",
        "br and gzip",
        "no gzip",
        "cut short",
        "cut short before its coding ends",
        "empty",
        "garbage",
    ],
)
def test_what_cannot_be_decoded_whole_stays_as_it_is(response):
    one = interaction(response)
    assert decoded(one) is one


@pytest.mark.parametrize("length", [b"%d", b"+%d", b" %d "])
def test_all_of_the_content_is_decoded_and_what_follows_it_stays(length):
    body = PACKED + gzip.compress(b" " * 3)
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length:" + length + b"\r\n\r\n"
    done = decoded(interaction(head % len(body) + body + b"surplus")).response
    assert done.body == TEXT + b" " * 3
    assert done.raw.endswith(done.body + b"surplus")
