"""What an interaction offers to a test."""

import gzip
from datetime import UTC, datetime

import pytest

from cassette.errors import OptionError
from cassette.model import Endpoint, Interaction, Request, Response, call_of, url_of

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


def interaction(
    request=b"GET /x?a=1 HTTP/1.1\r\nHost: a.example\r\nX: y\r\n\r\n",
    response=b'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{"a":1}',
    call="GET http://a.example/x?a=1",
    **facts,
):
    method, _, url = call.partition(" ")
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Interaction(call, Request(request, url), Response(response, method), at, **facts)


def test_another_url_changes_target_call_and_host():
    changed = interaction().with_request(url="https://b.example:8443/y?c#d")
    assert changed.request.raw == b"GET /y?c HTTP/1.1\r\nHost: b.example:8443\r\nX: y\r\n\r\n"
    assert changed.call == f"GET {changed.request.url}" == "GET https://b.example:8443/y?c"


def test_the_target_of_a_proxy_stays_absolute_and_a_host_of_another_name_stays():
    raw = b"GET http://a.example/x HTTP/1.1\r\nHost: front.example\r\n\r\n"
    changed = interaction(raw).with_request(url="http://a.example/y", method="PUT")
    assert changed.request.raw == raw.replace(b"GET", b"PUT").replace(b"/x", b"/y")
    assert changed.call == "PUT http://a.example/y"


def test_parts_that_are_not_named_stay():
    before = interaction(arrived=((0.1, 40), (0.2, 5)), redacted=("a",), took=2.0)
    after = before.with_request(headers={"X": "z"}).with_response(reason="Fine")
    assert after.request.raw == before.request.raw.replace(b"y", b"z")
    assert after.response.raw == before.response.raw.replace(b"OK", b"Fine")
    assert (after.took, after.redacted) == (2.0, ("a",))
    assert before.with_response(headers={"Content-Length": "7"}).arrived == before.arrived
    assert before.with_response(text="another").arrived == before.arrived
    assert before.with_response(text="other").arrived == ()


def test_json_is_written_in_the_style_that_stands_there():
    compact = interaction().with_response(json={"b": "\xe9", "c": [1, None]})
    assert compact.response.body == b'{"b":"\\u00e9","c":[1,null]}'
    spaced = interaction(response='HTTP/1.1 200 OK\r\n\r\n{"a": "\xe9"}\n'.encode())
    assert spaced.with_response(json=["\xe9", {"b": 2}]).response.body == (
        '["\xe9", {"b": 2}]\n'.encode()
    )
    assert interaction().with_response(json=None).response.body == b"null"


def test_another_status_brings_its_reason_and_may_take_the_body_away():
    assert interaction().with_response(status=404).response.reason == "Not Found"
    assert interaction().with_response(status=299).response.reason == ""
    without = interaction().with_response(status=204)
    assert without.response.raw == b"HTTP/1.1 204 No Content\r\n\r\n"
    assert without.with_response(status=200, text="hi").response.raw == (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda one: one.with_request(url="ftp://a.example/"), "is no URL"),
        (lambda one: one.with_request(url="/x"), "is no URL"),
        (lambda one: one.with_request(url="http://a.example:x/"), "is no URL"),
        (lambda one: one.with_request(url="http:///x"), "is no URL"),
        (lambda one: one.with_request(url="http://a.example/a b"), "is no URL"),
        (lambda one: one.with_request(url="http://a.example/\xe9"), "is no URL"),
        (lambda one: one.with_request(method="A B"), "'A B' is no method"),
        (lambda one: one.with_request(headers={"A:": "b"}), "is no name of a header field"),
        (lambda one: one.with_request(text="a", json=1), "a body is one of content, text and json"),
        (lambda one: one.with_response(json=object()), "this cannot be the body"),
        (lambda one: one.with_response(json=float("nan")), "this cannot be the body"),
        (lambda one: one.with_response(status=101), "101 is no status of a final response"),
        (lambda one: one.with_response(status=1000), "1000 is no status"),
        (lambda one: one.with_response(status=204, text="a"), "has no body"),
        (lambda one: one.with_response(reason="a\nb"), "no first line"),
    ],
)
def test_what_would_be_no_http_is_refused(change, problem):
    with pytest.raises(OptionError, match=problem):
        change(interaction())


def test_what_is_not_there_cannot_be_changed():
    failed = interaction(b"", b"", "connect http://a.example")
    for change in (failed.with_request, failed.with_response):
        with pytest.raises(OptionError, match="cannot be changed"):
            change(headers={"a": "b"})
    with pytest.raises(OptionError, match="cannot be changed"):
        failed.with_request(url="http://b.example/")
