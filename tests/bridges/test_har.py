"""Archives as browsers save them become cassettes, and cassettes archives that others read."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from haralyzer import HarParser

import cassette
from cassette.bridges import har
from cassette.commands.main import main

FIXTURES = Path(__file__).parents[2] / "fixtures" / "cassettes"
WHEN = "2026-11-23T02:26:42.103+01:00"


def entry(response=None, **request):
    """An entry as Chromium saves it, over HTTP/2 and with keys of its own."""
    got = {"status": 200, "statusText": "", "httpVersion": "h2", "headers": [], **(response or {})}
    asked = {"method": "GET", "url": "https://a.example/x", "httpVersion": "h2", **request}
    asked.setdefault("headers", [{"name": ":authority", "value": "a.example"}])
    return {
        "_priority": "High",
        "startedDateTime": WHEN,
        "time": 125.5,
        "request": asked,
        "response": got,
        "cache": {},
        "timings": {"send": 1, "wait": 2, "receive": 3},
    }


@pytest.fixture
def archive(tmp_path):
    """Write an archive of these entries; return its path."""

    def write(*entries):
        path = tmp_path / "a.har"
        log = {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": entries}
        path.write_text(json.dumps({"log": log}), encoding="utf-8-sig")
        return path

    return write


def read_one(path):
    read = har.read(path)
    assert read.notes == []
    [interaction] = read.interactions
    return interaction


def test_what_a_browser_saved_replays(archive, tmp_path):
    content = {"size": 14, "mimeType": "application/json", "text": '{"name": "Ann"}'}
    headers = [
        {"name": "content-type", "value": "application/json"},
        {"name": "content-encoding", "value": "br"},
        {"name": "set-cookie", "value": "a=1\nb=2"},
    ]
    path = archive(entry({"headers": headers, "content": content}))
    assert main(["convert", "--from", "har", str(path)]) == 0
    with cassette.use(tmp_path / "a.yaml", mode="none"):
        answer = requests.get("https://a.example/x", timeout=5)
    assert answer.json() == {"name": "Ann"}
    assert answer.reason == "OK"
    assert "content-encoding" not in answer.headers
    assert sorted(answer.cookies.keys()) == ["a", "b"]


def test_the_moment_and_the_time_it_took_are_kept(archive):
    one = read_one(archive(entry()))
    assert one.at == datetime(2026, 11, 23, 1, 26, 42, 103000, UTC)
    assert one.took == 0.1255
    assert b":authority" not in one.request.raw


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ({"text": "é", "mimeType": "text/plain; charset=iso-8859-1"}, b"\xe9"),
        ({"text": "é", "mimeType": "text/plain"}, "é".encode()),
        ({"text": base64.b64encode(b"\xff\0").decode(), "encoding": "base64"}, b"\xff\0"),
    ],
    ids=["charset", "no charset", "base64"],
)
def test_a_body_is_what_the_client_has_read(content, body, archive):
    assert read_one(archive(entry({"content": content}))).response.content == body


@pytest.mark.parametrize(
    ("data", "body"),
    [
        ({"mimeType": "application/json", "text": "[1]"}, b"[1]"),
        (
            {
                "mimeType": "application/x-www-form-urlencoded",
                "params": [{"name": "a b", "value": "1&2"}],
            },
            b"a+b=1%262",
        ),
    ],
)
def test_what_was_posted_is_the_body_of_the_request(data, body, archive):
    assert read_one(archive(entry(method="POST", postData=data))).request.body == body


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        (entry({"status": 0}), "log.entries[0]: left out: https://a.example/x has got no answer"),
        (
            entry(url="data:text/css,a"),
            "log.entries[0].request.url: left out: data:text/css,a is not asked for by HTTP",
        ),
    ],
)
def test_what_has_no_place_in_a_cassette_is_left_out_and_told(left_out, said, archive):
    read = har.read(archive(left_out, entry()))
    assert len(read.interactions) == 1
    assert read.notes == [said]


def test_a_body_that_was_not_saved_is_told(archive):
    [note] = har.read(archive(entry({"content": {"size": 9, "mimeType": ""}}))).notes
    assert note == (
        "log.entries[0].response.content: the archive was saved without this body, so it is empty"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not valid JSON"),
        ("{}", "log"),
        (json.dumps({"log": {"entries": [{**entry(), "startedDateTime": "now"}]}}), "ISO 8601"),
        (json.dumps({"log": {"entries": [entry(url="http://[/")]}}), "expected an http or https"),
        (json.dumps({"log": {"entries": [entry({"status": "NaN"})]}}), "expected a number"),
    ],
)
def test_a_file_that_is_no_archive_is_refused_with_the_place(text, said, tmp_path):
    (tmp_path / "a.har").write_text(text)
    with pytest.raises(cassette.CassetteFormatError, match=said):
        har.read(tmp_path / "a.har")


def corpus():
    return sorted(FIXTURES.glob("*.yaml"))


@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.stem)
def test_an_archive_of_a_cassette_gives_its_answers_back(path, tmp_path):
    before = cassette.load(path).interactions
    text = har.written(before)
    (tmp_path / "a.har").write_text(text, encoding="utf-8")
    after = har.read(tmp_path / "a.har").interactions
    answered = [one for one in before if one.response.raw and one.response.status >= 200]
    for one, other in zip(answered, after, strict=True):
        assert (other.call, other.response.status) == (one.call, one.response.status)
        assert other.response.content == one.response.content
        assert abs(other.at - one.at) < timedelta(milliseconds=1)
    seen = HarParser(json.loads(text)).har_data["entries"]
    assert [one["request"]["url"] for one in seen] == [one.call.partition(" ")[2] for one in before]


def test_cassettes_become_archives_and_commands_by_one_command(tmp_path, capsys):
    source = FIXTURES / "node-requests-plain.yaml"
    path = tmp_path / "a.yaml"
    path.write_bytes(source.read_bytes())
    assert main(["convert", "--to", "har", str(tmp_path)]) == 0
    count = len(cassette.load(path).interactions)
    assert len(har.read(tmp_path / "a.har").interactions) == count
    assert main(["convert", "--to", "har", str(tmp_path)]) == 1
    assert "there is something at" in capsys.readouterr().out
    assert main(["convert", "--to", "curl", str(path)]) == 0
    assert capsys.readouterr().out.count("curl ") == count


def test_the_command_asks_what_the_files_are(tmp_path, capsys):
    assert main(["convert", str(tmp_path)]) == 2
    assert (
        "--from, with one of vcr, vcrpy, betamax, cassetter, har, responses"
        in capsys.readouterr().err
    )
