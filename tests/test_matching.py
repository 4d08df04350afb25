"""Which recording answers a request."""

from __future__ import annotations

import pytest

from cassette.errors import OptionError
from cassette.matching import Index, Matching
from cassette.model import Request


def request(method="GET", target="/", body=b"", kind="application/json", **fields):
    lines = [f"{method} {target} HTTP/1.1", "Host: api.example.com"]
    if body:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return Request("\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def call_of(message):
    return f"{message.method} https://api.example.com{message.target.decode()}"


def index(*messages, matching=None, **options):
    calls = [call_of(message) for message in messages]
    return Index(calls, list(messages).__getitem__, matching or Matching(), **options)


def find(found, message):
    return found.find(call_of(message), message)


def test_each_interaction_answers_once_in_recorded_order():
    found = index(request(), request(), request())
    assert [find(found, request()) for _ in range(4)] == [0, 1, 2, None]


def test_the_last_match_repeats():
    found = index(request(), request(), request(target="/b"), repeat=True)
    assert [find(found, request()) for _ in range(4)] == [0, 1, 1, 1]


def test_a_wrong_matcher_names_the_nearest():
    with pytest.raises(OptionError, match="did you mean 'method'"):
        Matching(match_on=("metod",))
