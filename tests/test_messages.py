"""The views on a message, and that it is never changed."""

import pytest

from cassette.model import Request, Response, Standing


def test_the_parts_of_a_url_can_be_asked_for():
    request = Request(b"GET / HTTP/1.1\r\n\r\n", "https://[::1]:8443/a%20b?c=1&c=%C3%A9&d#e")
    assert (request.host, request.path) == ("::1", "/a%20b")
    assert request.query == [("c", "1"), ("c", "\xe9"), ("d", "")]
    assert Request(b"", "http://A.example").path == "/"
    assert Request(b"", "http://A.example").host == "a.example"


@pytest.mark.parametrize("name", ["raw", "url", "headers", "anything"])
def test_a_message_is_never_changed(name):
    request = Request(b"GET / HTTP/1.1\r\n\r\n", "http://a.example/")
    with pytest.raises(AttributeError, match=rf"its '{name}' neither: .*with_request"):
        setattr(request, name, b"")


def test_a_message_that_is_read_later_tells_then_whether_it_was_edited():
    read = []
    response = Response(lambda: read.append(1) or Standing(b"HTTP/1.1 200 OK\r\n\r\n", edited=True))
    assert not read
    assert response.edited
    assert response.status == 200
    assert read == [1]


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain; charset=latin-1", b"caf\xe9", "caf\xe9"),
        ("text/plain", b"caf\xc3\xa9", "caf\xe9"),
        ("text/plain; charset=nonsense", b"caf\xc3\xa9", "caf\xe9"),
        ('text/plain; Charset="UTF-16"', "caf\xe9".encode("utf-16"), "caf\xe9"),
    ],
)
def test_a_text_is_read_and_written_in_its_charset(kind, body, text):
    response = Response(b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\n\r\n%b" % (kind.encode(), body))
    assert response.text == text
    assert response.content_of(None, text, ...) == body
