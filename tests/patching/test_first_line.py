"""The first line that a client sends tells whether it speaks HTTP."""

import pytest

from cassette.patching.first_line import is_http, leaves_http

REQUEST = b"GET /a?b=c HTTP/1.1\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        REQUEST,
        REQUEST + b"Host: x\r\n",
        b"OPTIONS * HTTP/1.0\n",
        b"CONNECT example.com:443 HTTP/1.1\r\n",
        b"GET http://example.com/\xc3\xa9 HTTP/1.1\r\n",
        b"M-SEARCH /a b HTTP/1.1\r\n",
    ],
)
def test_a_request_line_is_http(sent):
    assert is_http(sent) is True


@pytest.mark.parametrize("end", range(len(REQUEST)))
def test_a_line_that_is_not_complete_may_become_one(end):
    assert is_http(REQUEST[:end]) is None


@pytest.mark.parametrize(
    "sent",
    [
        b"*1\r\n$4\r\nPING\r\n",  # redis
        b"\x00\x00\x00\x08\x04\xd2\x16/",  # PostgreSQL asks for TLS
        b"\x16\x03\x01\x02\x00\x01",  # TLS itself
        b"EHLO example.com\r\n",
        b"\x05\x01\x00",  # SOCKS
        b"set a 0 0 1\r\n",  # memcached
        b"GET /\r\n",  # HTTP/0.9, and gopher
        b"A" * 70000,
        b"GET /a\x00",
    ],
)
def test_anything_else_is_none(sent):
    assert is_http(sent) is False


@pytest.mark.parametrize(
    ("field", "leaves"),
    [
        (b"Upgrade: websocket", True),
        (b"upgrade:tcp", True),
        (b"Upgrade: h2c", False),
        (b"X: upgrade", False),
    ],
)
def test_a_request_may_ask_to_leave_http(field, leaves):
    assert leaves_http(REQUEST + b"Host: x\r\n" + field + b"\r\n\r\n") is leaves
