"""Files that a project's own serializers and persisters have written are read by them."""

import json
import urllib.request
from pathlib import Path

import pytest

from cassette import vcr

URL = "http://api.example.com/a"
REQUEST = {"method": "GET", "uri": URL, "body": None, "headers": {}}
RESPONSE = {
    "status": {"code": 200, "message": "OK"},
    "headers": {"X-A": ["b"]},
    "body": {"string": b"hello"},
}


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def get():
    with urllib.request.urlopen(URL) as answer:
        return answer.read()


class Serializer:
    @staticmethod
    def deserialize(text):
        data = json.loads(text[::-1])
        for one in data["interactions"]:
            one["response"]["body"]["string"] = one["response"]["body"]["string"].encode()
        return data


def test_a_serializer_of_the_project_reads_its_files():
    body = {**RESPONSE, "body": {"string": "hello"}}
    data = {"version": 1, "interactions": [{"request": REQUEST, "response": body}]}
    Path("a.txt").write_text(json.dumps(data)[::-1], encoding="utf-8")
    tapes = vcr.VCR(serializer="mine", record_mode="none")
    tapes.register_serializer("mine", Serializer)
    with tapes.use_cassette("a.txt"):
        assert get() == b"hello"
    with tapes.use_cassette("none.txt") as tape:
        assert len(tape) == 0


class Persister:
    @staticmethod
    def load_cassette(path, serializer):
        if path != "here":
            raise ValueError(path)
        return [vcr.Request(**REQUEST)], [RESPONSE]


def test_a_persister_of_the_project_finds_its_recordings():
    tapes = vcr.VCR(record_mode="once")
    tapes.register_persister(Persister)
    with tapes.use_cassette("here"):
        assert get() == b"hello"
    with tapes.use_cassette("nowhere") as tape:
        assert len(tape) == 0
