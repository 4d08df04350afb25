"""Files are mended in place, and lose nothing else."""

import pytest
from checking.conftest import make

import cassette
from cassette.checking.check import check_file
from cassette.checking.mending import fix, redact
from cassette.errors import CassetteFormatError
from cassette.redaction import Redactor

TOKEN = b"8f3a9Qzx71LmPq0RtY"
SECRET = b"Authorization: Bearer %b\r\n" % TOKEN


def faults(path):
    return list(check_file(path, Redactor()))


def entries(path):
    return path.read_bytes().split(b"\n- call: ")


def test_secrets_are_masked_and_all_else_keeps_every_byte(written):
    path = written(
        make(b"one"),
        make(request=SECRET, path="/two"),
        make(b"three"),
        edits=[(b"took: 0.5\n", b"took: 0.50   # about\n")],
        header=b"# recorded by Ann\n",
    )
    path.chmod(0o600)
    before = entries(path)
    (done,) = redact([path], Redactor())
    assert (done.rule, done.number, done.place) == ("secret", 1, "request.headers.authorization")
    after = entries(path)
    assert [after[0], after[1], after[3]] == [before[0], before[1], before[3]]
    assert TOKEN not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert faults(path) == []
    assert list(redact([path], Redactor())) == []


def test_comments_in_what_is_mended_stay_and_are_masked_too(written):
    path = written(
        make(request=SECRET),
        edits=[
            (b"  response:\n", b"  # the answer to %b\n  response:\n" % TOKEN),
            (b"  took: ", b"# measured\n  took: "),
        ],
    )
    list(redact([path], Redactor()))
    text = path.read_bytes()
    assert TOKEN not in text
    assert b"  # the answer to REDACTED-1" in text
    lines = text.splitlines()
    assert lines[lines.index(b"# measured") + 1] == b"  took: 0.5"
    assert faults(path) == []


def test_a_comment_never_tears_a_text_apart(written):
    folded = b'text: "a\\n\\\n    # no\\n      b"'
    path = written(make(b"a\nb", request=SECRET), edits=[(b"text: |-\n      a\n      b", folded)])
    with_comment = cassette.load(path).interactions[0].response.body
    list(redact([path], Redactor()))
    assert cassette.load(path).interactions[0].response.body == with_comment


def test_an_edit_becomes_the_recording(written):
    path = written(
        make(b"one"),
        make(b'{"price":10.5}', headers=b"X-Note: y\r\n"),
        edits=[(b"10.5", b"10.599"), (b"    style:", b"    # a new price\n    style:")],
    )
    before = entries(path)
    (done,) = fix([path])
    assert (done.rule, done.number, done.line) == ("edited", 1, 4 + before[1].count(b"\n") + 1)
    after = entries(path)
    assert after[:2] == before[:2]
    assert b"Content-Length: 16\n" in after[2]
    assert b"    # a new price\n" in after[2]
    assert faults(path) == []
    assert list(fix([path])) == []


def test_a_file_that_only_a_parser_reads_is_mended_as_well(written):
    path = written(make(request=SECRET), edits=[(b"\ninteractions:\n-", b"\ninteractions:\n -")])
    path.write_bytes(path.read_bytes().replace(b"\n  ", b"\n   "))
    list(redact([path], Redactor()))
    assert TOKEN not in path.read_bytes()
    assert faults(path) == []


def test_journals_and_damaged_files_are_left_alone(written):
    journal = written(make(request=SECRET), name="a.yaml.partial")
    assert [one.rule for one in redact([journal], Redactor())] == ["journal"]
    assert TOKEN in journal.read_bytes()
    assert list(fix([journal])) == []
    broken = written(make(request=SECRET), edits=[(b"took", b"tok")])
    with pytest.raises(CassetteFormatError):
        list(redact([broken], Redactor()))


def test_secrets_are_masked_in_other_tools_files(tmp_path):
    path = tmp_path / "theirs.yaml"
    text = (
        "interactions:\n# note\n- request:\n    body: null\n    headers:\n"
        f"      Authorization: [Bearer {TOKEN.decode()}]\n    method: GET\n"
        f"    uri: http://a.example/{TOKEN.decode()}\n  response:\n    body: {{string: ok}}\n"
        "    headers: {}\n    status: {code: 200, message: OK}\nversion: 1\n"
    )
    path.write_text(text)
    done = list(redact([path], Redactor()))
    assert [one.line for one in done] == [6, 8]
    lines = path.read_text().splitlines()
    assert len(lines) == len(text.splitlines())
    assert TOKEN.decode() not in path.read_text()
    assert "# note" in lines
    assert faults(path) == []
