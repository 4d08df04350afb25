"""Requests as tests want them, and an index over some."""

import gzip
from datetime import UTC, datetime

from cassette.matching import Index, Matching
from cassette.model import Interaction, Request, Response
from cassette.wire.encode import encode_chunks

FORM = "application/x-www-form-urlencoded"


def request(target="/", method="GET", body=b"", kind="application/json", **fields):
    lines = [f"{method} {target} HTTP/1.1", "Host: api.example.com"]
    if body:
        lines.append(f"Content-Type: {kind}")
    if body and "Transfer_Encoding" not in fields:
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return Request("\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def post(body, kind="application/json", target="/", **fields):
    return request(target, "POST", body, kind, **fields)


def call_of(message):
    return f"{message.method} https://api.example.com{message.target.decode()}"


class Numbers:
    """An index over requests without answers, that tells interactions by their numbers."""

    def __init__(self, calls, fetch, matching, **options):
        self._calls, self._fetch = calls, fetch
        self._index = Index(calls, self._interaction, matching, **options)

    def _interaction(self, number):
        at = datetime(2026, 11, 23, tzinfo=UTC)
        return Interaction(self._calls[number], self._fetch(number), Response(b""), at)

    def find(self, call, request):
        return self._number(self._index.find(call, request))

    def next_for(self, origin):
        return self._number(self._index.next_for(origin))

    def foresee(self, call):
        found = self._index.foresee(call)
        return None if found is None else found.request

    def mark(self, number):
        self._index.mark(number)

    def _number(self, found):
        return None if found is None else found.number

    def __getattr__(self, name):
        return getattr(self._index, name)


def index(*messages, matching=None, **options):
    calls = [call_of(message) for message in messages]
    return Numbers(calls, list(messages).__getitem__, matching or Matching(), **options)


def find(found, message):
    return found.find(call_of(message), message)


MULTIPART = (
    b'--%(b)b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    b'--%(b)b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n\x00\xff'
    b"\r\n--%(b)b--\r\n"
)


def multipart(boundary, body=MULTIPART):
    return post(body % {b"b": boundary}, f'multipart/form-data; boundary="{boundary.decode()}"')


def compressed(body, level):
    return post(gzip.compress(body, level, mtime=level), Content_Encoding="gzip")


def chunked(body, *sizes):
    return post(encode_chunks(body, sizes), Transfer_Encoding="chunked")
