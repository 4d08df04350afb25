"""Cassettes with something wrong in them."""

from datetime import UTC, datetime

import pytest

from cassette.model import Interaction, Request, Response
from cassette.store.writer import encode_entry, encode_header

AT = datetime(2026, 11, 23, tzinfo=UTC)


def make(body=b"hello", request=b"", headers=b"", path="/x"):
    head = b"GET %b HTTP/1.1\r\nHost: a.example\r\n%b\r\n" % (path.encode(), request)
    raw = b"HTTP/1.1 200 OK\r\n%bContent-Length: %d\r\n\r\n%b" % (headers, len(body), body)
    url = f"http://a.example{path}"
    return Interaction(f"GET {url}", Request(head, url), Response(raw, "GET"), AT, 0.5)


@pytest.fixture
def written(tmp_path):
    """A function that writes a cassette of some interactions, edited, and gives its path."""

    def write(*interactions, edits=(), name="a.yaml", header=b""):
        text = header + encode_header(AT) + b"".join(map(encode_entry, interactions))
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_bytes(text)
        return path

    return write
