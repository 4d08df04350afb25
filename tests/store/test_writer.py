from datetime import UTC, datetime, timedelta, timezone

import pytest
import yaml

from cassette.model import Ended, Failure
from cassette.store.writer import encode_entry, encode_header, encode_seconds, encode_time

EXAMPLE = b"""\
- call: GET http://a.example/x
  request:
    head: |
      GET /x HTTP/1.1
      Host: a.example
  response:
    head: |
      HTTP/1.1 200 OK
      Content-Type: text/plain
    text: |-
      hello
    arrived: [[0.1, 45], [0.25, 5]]
  at: 2026-11-23T01:26:42.103Z
  took: 0.5
  failure:
    kind: ConnectionResetError
    errno: 104
    message: Connection reset by peer
  redacted: [request.headers.cookie, "query: token"]
  digest: 50941f1a-36918bf0
  ended: reset
"""


def test_an_entry_is_written_in_a_fixed_order(kit):
    interaction = kit.make(
        kit.head + b"hello",
        arrived=((0.1, 45), (0.25, 5)),
        failure=Failure("ConnectionResetError", 104, "Connection reset by peer"),
        redacted=("request.headers.cookie", "query: token"),
        ended=Ended.RESET,
    )
    assert encode_entry(interaction) == EXAMPLE


def test_messages_without_bytes_are_empty(kit):
    interaction = kit.make(b"", b"", "connect http://a.example", ended=Ended.REFUSED)
    entry = yaml.safe_load(encode_entry(interaction))[0]
    assert entry["request"] == entry["response"] == {}


@pytest.mark.parametrize(
    "call",
    [
        "GET http://a.example/",
        "M-SEARCH http://a.example/?q=a:b#c",
        "GET http://a.example/x:",
        "GET http://a.example/ #x",
        'GET "quoted"',
        "- GET",
        "",
        "GET http://a.example/: b",
    ],
)
def test_a_call_reads_as_itself(kit, call):
    assert yaml.safe_load(encode_entry(kit.make(call=call)))[0]["call"] == call


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 120000, UTC), "2026-01-02T03:04:05.120Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 1, UTC), "2026-01-02T03:04:05.000001Z"),
        (datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=2))), "2026-01-02T01:00:00Z"),
    ],
)
def test_a_time_is_in_utc_with_the_decimals_it_needs(moment, text):
    assert encode_time(moment) == text


@pytest.mark.parametrize("seconds", [0, 1, 0.1, 1e-5, 1.5e-7, 1e16, 0.1 + 0.2])
def test_seconds_are_the_identical_number_to_every_loader(seconds):
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        found = yaml.load(encode_seconds(seconds), loader)
        assert found == seconds
        assert isinstance(found, float)


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan")])
def test_seconds_are_finite_and_not_negative(seconds):
    with pytest.raises(ValueError, match="zero or more seconds"):
        encode_seconds(seconds)


def test_the_header_is_a_cassette_without_interactions(kit):
    assert yaml.safe_load(encode_header(kit.at)) == {
        "cassette": 1,
        "recorded": kit.at,
        "interactions": None,
    }
