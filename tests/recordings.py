"""Cassettes written by hand, for the tests that need other times than the present one."""

from datetime import UTC, datetime, timedelta

from cassette.model import Interaction, Request, Response
from cassette.store.writer import encode_entry, encode_header

THEN = datetime(2020, 2, 29, 12, 0, 0, tzinfo=UTC)
URL = "http://api.example.com"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def after(seconds):
    """The moment so many seconds after the recordings of these tests began."""
    return THEN + timedelta(seconds=seconds)


def interaction(seconds=0.0, path="/", raw=OK, *, fields=b"", **facts):
    """A GET that was sent so many seconds after THEN; ``facts`` are those of an interaction."""
    request = b"GET %b HTTP/1.1\r\nHost: api.example.com\r\n%b\r\n" % (path.encode(), fields)
    return Interaction(
        f"GET {URL}{path}", Request(request), Response(raw, "GET"), at=after(seconds), **facts
    )


def write(path, *interactions):
    """Write a cassette; return its path."""
    entries = map(encode_entry, interactions)
    texts = [one if isinstance(one, bytes) else b"".join(one) for one in entries]
    path.write_bytes(encode_header(THEN) + b"".join(texts))
    return path
