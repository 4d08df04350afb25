"""A proxy's answer to CONNECT, and the error that ``http.client`` makes of it."""

import pytest

from cassette.client import BadStatusLine, RemoteDisconnected
from cassette.model import Endpoint
from cassette.patching.tunnels import answer_of, asked_of_proxy, refusal_of


@pytest.mark.parametrize(
    ("request_", "endpoint"),
    [
        (b"CONNECT Example.com:443 HTTP/1.1\r\n", Endpoint("https", "example.com", 443)),
        (b"CONNECT [::1]:8443 HTTP/1.1\r\n", Endpoint("https", "::1", 8443)),
        (b"CONNECT example.com HTTP/1.1\r\n", None),
        (b"GET / HTTP/1.1\r\n", None),
    ],
)
def test_where_a_proxy_is_asked_to_connect_to(request_, endpoint):
    assert asked_of_proxy(request_) == endpoint


@pytest.mark.parametrize(
    ("answer", "kind", "again"),
    [
        (
            b"HTTP/1.1 403 Forbidden\r\nX: y\r\n\r\n",
            OSError,
            b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        ),
        (b"220 mail\r\n", BadStatusLine, b"220 mail\r\n\r\n"),
        (b"", RemoteDisconnected, b""),
    ],
)
def test_a_refusal_is_an_error_and_an_answer_again(answer, kind, again):
    refusal = refusal_of(answer)
    assert type(refusal) is kind
    assert answer_of(refusal) == again


def test_another_failure_is_no_answer():
    assert answer_of(ConnectionRefusedError(111, "Connection refused")) is None
