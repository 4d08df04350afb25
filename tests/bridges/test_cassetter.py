"""Cassettes of cassetter become ours: files as cassetter 0.16.1 writes them, fields taken out."""

from datetime import UTC, datetime

import pytest

import cassette
from cassette.bridges import cassetter
from cassette.commands.main import main

ENTRY = """\
version: 1
interactions:
- request:
    method: GET
    uri: http://a.example/x?q=1
    headers:
      accept:
      - "*/*"
    body:
      type: none
  response:
    status: 200
    headers:
      content-length:
      - "{length}"
    body:
      type: {kind}
      content: {content}
  recorded_at: 2026-11-28T03:48:22.418688+00:00
"""


@pytest.fixture
def recorded(tmp_path):
    def write(kind="text", content="né", length=3):
        path = tmp_path / "a.yaml"
        path.write_text(ENTRY.format(kind=kind, content=content, length=length), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("kind", "content", "length", "body"),
    [
        ("text", "né", 3, "né".encode()),
        ("binary", "89504e47ff00", 6, b"\x89PNG\xff\0"),
        ("json", '{a: 1, b: [null, "1", x, true]}', 37, b'{"a": 1, "b": [null, "1", "x", true]}'),
        ("json", "{a: 1}", 0, b'{"a":1}'),
        ("json", "{a: 1}", 8, b'{"a": 1}'),
    ],
)
def test_a_body_is_what_the_client_has_read(kind, content, length, body, recorded):
    [one] = cassetter.read(recorded(kind, content, length)).interactions
    assert one.response.body == body
    assert one.response.headers["content-length"] == str(len(body))


def test_what_cassetter_recorded_becomes_a_cassette(recorded, tmp_path):
    folder = tmp_path / "new"
    assert main(["convert", "--from", "cassetter", str(recorded()), "--to", str(folder)]) == 0
    [one] = cassette.load(folder / "a.yaml").interactions
    assert one.call == "GET http://a.example/x?q=1"
    assert one.at == datetime(2026, 11, 28, 3, 48, 22, 418688, UTC)


def test_a_body_of_another_kind_is_refused_with_the_place(recorded):
    with pytest.raises(cassette.CassetteFormatError, match="body of the type 'text2'"):
        cassetter.read(recorded("text2"))
