"""What is wrong in a file is told, with file, line and rule; what is right is not."""

from datetime import UTC, datetime, timedelta

import pytest
from checking.conftest import make

from cassette.checking.check import check, check_file, files_at, masked_places
from cassette.clock import Clock
from cassette.errors import CassetteNotFoundError
from cassette.redaction import Redactor

TOKEN = b"8f3a9Qzx71LmPq0RtY"


def told(path, **facts):
    """The line, rule, interaction and place of each fault."""
    faults = list(check_file(path, Redactor(), **facts))
    assert all(str(fault).startswith(str(path)) for fault in faults)
    assert all(TOKEN.decode() not in str(fault) for fault in faults)
    return [(fault.line, fault.rule.value, fault.number, fault.place) for fault in faults]


def test_nothing_is_wrong_with_what_was_just_recorded(written):
    cut = make()
    cut = cut.with_response(headers={"Content-Length": "9"})
    assert told(written(make(), make(b'{"a": 1}'), cut)) == []


def test_a_secret_is_told_with_its_line_and_not_shown(written):
    path = written(make(), make(request=b"Authorization: Bearer %b\r\n" % TOKEN))
    (fault,) = told(path)
    assert fault[1:] == ("secret", 1, "request.headers.authorization")
    assert b"Authorization" in path.read_bytes().splitlines()[fault[0] - 1]


def test_a_secret_in_a_body_is_told_with_its_line(written):
    path = written(make(b'{"name": "x", "access_token": "%b"}' % TOKEN))
    (fault,) = told(path)
    assert fault[1:] == ("secret", 0, "response.json.access_token")
    assert b"access_token" in path.read_bytes().splitlines()[fault[0] - 1]


def test_an_edit_is_told(written):
    path = written(make(), make(path="/y"), edits=[(b"/y HTTP", b"/z HTTP")])
    assert [one[1:3] for one in told(path)] == [("edited", 1)]
    assert "cassette fix" in str(next(check_file(path, Redactor())))


def test_an_old_body_that_is_too_long_is_told(written):
    path = written(make())
    text = path.read_bytes().replace(b"Content-Length: 5", b"Content-Length: 2")
    path.write_bytes(b"\n".join(line for line in text.split(b"\n") if b"digest" not in line))
    (fault,) = told(path)
    assert fault[1] == "framing"
    assert b"Content-Length" in path.read_bytes().splitlines()[fault[0] - 1]


def test_damage_is_told_and_the_rest_is_looked_at_all_the_same(written):
    path = written(
        make(),
        make(request=b"Authorization: Bearer %b\r\n" % TOKEN),
        edits=[(b"    text:", b"    txt:")],
    )
    assert [one[1:3] for one in told(path)] == [("format", 0), ("format", 1)]
    path = written(
        make(b"one"),
        make(request=b"Authorization: Bearer %b\r\n" % TOKEN),
        edits=[(b"text: |-\n      one", b"text: [one]")],
    )
    assert [one[1:3] for one in told(path)] == [("format", 0), ("secret", 1)]


def test_a_file_that_is_no_yaml_is_told(written):
    path = written(make(), edits=[(b"recorded", b'"')])
    assert [one[1] for one in told(path)] == ["format"]


def test_markers_of_a_merge_are_told_as_such(written):
    edits = [(b"  took", b"<<<<<<< HEAD\n  took"), (b"  ended", b"=======\n>>>>>>> other\n  ended")]
    path = written(make(), edits=edits)
    assert [one[1] for one in told(path)] == ["conflict"]
    assert path.read_bytes().splitlines()[told(path)[0][0] - 1] == b"<<<<<<< HEAD"


def test_an_old_cassette_is_told_where_a_limit_is_given(written, monkeypatch):
    later = datetime(2026, 12, 3, tzinfo=UTC)
    monkeypatch.setattr(Clock, "now", staticmethod(lambda: later))
    path = written(make())
    assert told(path, max_age=timedelta(days=11)) == []
    assert told(path, max_age=timedelta(days=9)) == [(1, "expired", None, "")]


def test_a_journal_is_told_and_searched(written):
    path = written(make(request=b"Authorization: Bearer %b\r\n" % TOKEN), name="a.yaml.partial")
    assert [one[1] for one in told(path)] == ["journal", "secret"]


def test_what_only_begins_like_a_mask_is_told(written):
    path = written(make(b"REDACTED-1-xxxxx and REDACTED-2"), make(b"REDACTED-1-s3cr3tValue"))
    assert [one[1:3] for one in told(path)] == [("mask", 1)]
    assert "s3cr3t" not in str(next(check_file(path, Redactor())))


def test_other_tools_files_and_any_text_are_searched(tmp_path):
    (tmp_path / "theirs.yaml").write_text(
        "interactions:\n- request:\n    body: null\n    headers:\n      Accept: ['*/*']\n"
        f"      Authorization: [Bearer {TOKEN.decode()}]\n    method: GET\n"
        "    uri: http://a.example/\n  response:\n    body: {string: ok}\n    headers: {}\n"
        "    status: {code: 200, message: OK}\nversion: 1\n"
    )
    (tmp_path / "notes.json").write_bytes(b'{\n"a": 1,\n"access_token": "%b"\n}\n' % TOKEN)
    (tmp_path / "picture.json").write_bytes(b"\0access_token=" + TOKEN)
    (tmp_path / "fine.json").write_text('{"a": 1}')
    assert told(tmp_path / "theirs.yaml") == [(6, "secret", 0, "request.headers.authorization")]
    assert [one[:3] for one in told(tmp_path / "notes.json")] == [(3, "secret", None)]
    assert told(tmp_path / "picture.json") == []
    assert [fault.path.name for fault in check([tmp_path], Redactor())] == [
        "notes.json",
        "theirs.yaml",
    ]


def test_a_path_must_lead_somewhere(tmp_path):
    with pytest.raises(CassetteNotFoundError, match="Name a file, or a folder"):
        files_at([tmp_path / "none"])


def test_what_was_masked_is_told_with_its_rule(written):
    secret = Redactor().redact(make(request=b"Authorization: Bearer %b\r\n" % TOKEN))
    path = written(make(), secret)
    (masked,) = masked_places([path])
    assert masked == (path, 1, "request.headers.authorization", "name")
    assert told(path) == []
