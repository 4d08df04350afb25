"""Cassettes of Betamax become ours. The file is as Betamax 0.9.0 wrote it, fields taken out."""

import copy
import json
from datetime import UTC, datetime

import pytest
import requests

import cassette
from cassette.bridges import betamax
from cassette.commands.main import main

RECORDED = {
    "request": {
        "body": {"encoding": "utf-8", "string": ""},
        "headers": {"Accept-Encoding": ["gzip, deflate"], "Accept": ["*/*"]},
        "method": "GET",
        "uri": "http://a.example/gz",
    },
    "response": {
        "body": {
            "encoding": "utf-8",
            "base64_string": "H4sIAARPCmsC/6tWSlSyUjCsBQCXjqH7CAAAAA==",
        },
        "headers": {
            "Content-Encoding": ["gzip"],
            "Content-Type": ["application/json"],
            "Content-Length": ["28"],
        },
        "status": {"code": 200, "message": "OK"},
        "url": "http://a.example/gz",
    },
    "recorded_at": "2026-11-28T03:48:20",
}


@pytest.fixture
def recorded(tmp_path):
    """Write a recording, with other parts of its request or response; return its path."""

    def write(**parts):
        one = copy.deepcopy(RECORDED)
        for name, part in parts.items():
            one[name] = {**one[name], **part} if isinstance(part, dict) else part
        path = tmp_path / "a.json"
        data = {"http_interactions": [one], "recorded_with": "betamax/0.9.0"}
        path.write_text(json.dumps(data))
        return path

    return write


def test_what_betamax_recorded_replays(recorded, tmp_path):
    assert main(["convert", "--from", "betamax", str(recorded())]) == 0
    with cassette.use(tmp_path / "a.yaml", mode="none"):
        answer = requests.get("http://a.example/gz", timeout=5)
    assert answer.json() == {"a": 1}
    assert answer.headers["Content-Encoding"] == "gzip"
    [one] = cassette.load(tmp_path / "a.yaml").interactions
    assert one.at == datetime(2026, 11, 28, 3, 48, 20, tzinfo=UTC)


def test_files_of_older_versions_have_texts_for_bodies_and_values(recorded):
    path = recorded(request={"method": "POST", "body": "a=1", "headers": {"Accept": "*/*"}})
    [one] = betamax.read(path).interactions
    assert one.request.body == b"a=1"
    assert one.request.headers["accept"] == "*/*"


def test_bytes_that_betamax_has_lost_are_told(recorded):
    path = recorded(response={"body": {"encoding": None, "string": "\ufffdPNG"}, "headers": {}})
    [note] = betamax.read(path).notes
    assert note == (
        "http_interactions[0].response.body: Betamax has lost bytes of this body: record it again"
    )


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"recorded_at": "then"}, "expected a date as ISO 8601 has it, found 'then'"),
        ({"request": {"uri": "a"}}, "expected an http or https URL, found 'a'"),
        ({"response": {"status": {"code": 20}}}, "expected a status code, found '20'"),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_place(parts, said, recorded):
    with pytest.raises(cassette.CassetteFormatError, match=said):
        betamax.read(recorded(**parts))
