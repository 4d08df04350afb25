"""A place in an interaction leads to a line."""

import pytest

from cassette.checking.lines import conflict_line, line_of

ENTRY = """\
- call: GET http://a.example/x?token=1
  request:
    head: |
      GET /x?token=1 HTTP/1.1
      X-Api-Key: a
  response:
    head: |
      HTTP/1.1 200 OK
    json: |
      {
        "user": {"token": "b"}
      }
    style: compact
  at: 2026-11-23T01:26:42Z
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("request.headers.x-api-key", "      X-Api-Key: a"),
        ("request.query.token", "      GET /x?token=1 HTTP/1.1"),
        ("request.target", "      GET /x?token=1 HTTP/1.1"),
        ("response.json.user.token", '        "user": {"token": "b"}'),
        ("response.body", "    json: |"),
        ("response.headers.gone", "    json: |"),
        ("request", "    json: |"),
        ("", "    json: |"),
    ],
)
def test_a_place_is_found(place, line):
    assert ENTRY.splitlines()[line_of(ENTRY, place)] == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"a\n<<<<<<< HEAD\nb\n", 2),
        (b"a\nb\n>>>>>>> other\n", 3),
        (b">>>>>>>\n", 1),
        (b" <<<<<<< HEAD\n", 0),
        (b"<<<<<<<<<< x\n", 0),
        (b"=======\n", 0),
    ],
)
def test_markers_of_a_merge_stand_at_the_start_of_a_line(text, line):
    assert conflict_line(text) == line
