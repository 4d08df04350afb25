"""What an interaction offers to a test."""

import gzip

import pytest

from cassette.model import Endpoint, Request, Response, call_of, url_of

HTTP = Endpoint("http", "example.com", 80)
ODD = Endpoint("https", "::1", 8443)


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        (HTTP, "http://example.com"),
        (Endpoint("https", "example.com", 443), "https://example.com"),
        (Endpoint("https", "example.com", 80), "https://example.com:80"),
        (ODD, "https://[::1]:8443"),
    ],
)
def test_an_origin_leaves_the_default_port_out(endpoint, origin):
    assert endpoint.origin == origin


@pytest.mark.parametrize(
    ("target", "url"),
    [
        (b"/a?b=%20", "http://example.com/a?b=%20"),
        (b"*", "http://example.com/*"),
        (b"", "http://example.com"),
        (b"http://Other.example:80/x", "http://other.example/x"),
        (b"https://u:p@other.example?q", "https://u:p@other.example/?q"),
        (b"ftp://other.example/x", "ftp://other.example/x"),
        (b"/caf\xe9 \x00", "http://example.com/caf%E9%20%00"),
    ],
)
def test_every_form_of_a_target_gives_a_url(target, url):
    assert url_of(HTTP, target) == url
    assert call_of("GET", HTTP, target) == f"GET {url}"


def test_a_request_offers_its_parts():
    raw = b'POST /a HTTP/1.1\r\nX: 1\r\nContent-Length: 7\r\n\r\n{"a":1}'
    request = Request(raw, "http://example.com/a")
    assert (request.method, request.target, request.url) == ("POST", b"/a", "http://example.com/a")
    assert request.headers.items() == [("X", "1"), ("Content-Length", "7")]
    assert request.body == b'{"a":1}'
    assert request.json() == {"a": 1}
    assert request.raw == raw


def test_a_response_offers_its_parts():
    response = Response(
        b"HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 201 Made It\r\nTransfer-Encoding: chunked\r\n"
        b"Content-Type: text/plain; charset=latin-1\r\n\r\n4\r\ncaf\xe9\r\n0\r\n\r\n"
    )
    assert (response.status, response.reason, response.version) == (201, "Made It", "HTTP/1.1")
    assert response.body == b"caf\xe9"
    assert response.text == "café"


def test_raw_is_decoded_when_it_is_asked_for_and_only_once():
    calls = []

    def decode():
        calls.append(1)
        return b"GET / HTTP/1.1\r\n\r\n"

    request = Request(decode)
    assert calls == []
    assert request.method == "GET"
    assert request.raw == b"GET / HTTP/1.1\r\n\r\n"
    assert calls == [1]


def test_the_method_decides_whether_a_response_has_a_body():
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
    assert Response(raw, "GET").body == b"abc"
    assert Response(raw, "HEAD").body == b""


def test_what_is_no_http_has_no_parts():
    response = Response(b"nonsense")
    assert (response.status, response.reason, list(response.headers)) == (0, "", [])
    assert response.body == b"nonsense"


def test_the_content_is_the_body_with_its_codings_undone():
    raw = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: identity\r\n\r\n"
    assert Response(raw + gzip.compress(b"text")).content == b"text"
    assert Response(raw + b"not compressed").content == b"not compressed"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (b"text/plain; charset=nonsense", "é"),
        (b"text/plain", "é"),
        (b'text/plain; charset="UTF-8"; x=y', "é"),
    ],
)
def test_text_falls_back_to_utf8(kind, text):
    body = "é".encode()
    raw = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: 2\r\n\r\n" % kind
    assert Response(raw + body).text == text
