import pytest

from cassette.errors import (
    CassetteFormatError,
    CassetteVersionError,
)
from cassette.store.reader import load

HEADER = b"cassette: 1\nrecorded: 2026-11-23T01:26:42Z\ninteractions:\n"


def test_a_newer_format_asks_for_an_update(opened):
    with pytest.raises(CassetteVersionError, match=r"format version 2.*\nPlease update"):
        opened(HEADER.replace(b"1", b"2", 1))


def test_a_newer_format_with_interactions_asks_for_an_update(opened, entry):
    with pytest.raises(CassetteVersionError, match="format version 9"):
        opened(HEADER.replace(b"1", b"9", 1) + entry())


def whole(caught, tmp_path):
    return str(caught.value).replace(str(tmp_path), "")


def test_an_error_names_path_line_key_and_remedy(opened, entry, tmp_path):
    reader = opened(HEADER + entry() + entry().replace(b"text: |-\n      hello", b"text: [hello]"))
    with pytest.raises(CassetteFormatError) as caught:
        reader.interaction(1)
    assert whole(caught, tmp_path) == (
        "/a.yaml:28: interactions[1].response.text: expected a text, found a list\n"
        "Repair it by hand (docs/format.md), or record the cassette again."
    )


def test_a_missing_end_is_an_error_in_a_cassette(opened, entry, tmp_path):
    with pytest.raises(CassetteFormatError) as caught:
        opened(HEADER + entry() + entry().replace(b"  ended: open\n", b""))
    assert whole(caught, tmp_path).startswith(
        "/a.yaml:19: interactions[1]: the key 'ended' is missing\n"
    )


@pytest.mark.parametrize("key", ["call: ", "redacted: "])
def test_half_a_character_is_no_text_anywhere(opened, entry, parser, key):
    half = {"call: ": b'"GET http://h/\\ud800"', "redacted: ": b'["\\ud800"]'}[key]
    text = entry().replace(b"  ended", b"  redacted: []\n  ended")
    lines = [
        line.partition(b": ")[0] + b": " + half if key.encode() in line else line
        for line in text.split(b"\n")
    ]
    with pytest.raises(CassetteFormatError, match=r"half a character|Unicode character"):
        opened(HEADER + b"\n".join(lines)).interaction(0)


WRONG = {
    "call": (b"call: GET http://a.example/x", b"call: [1]", "call", "expected a text"),
    "unknown": (b"  at:", b"  colour: red\n  at:", "colour", "unknown key"),
    "twice": (b"  at:", b"  took: 1.0\n  at:", "", "stands here twice"),
    "message": (
        (
            b"  response:\n    head: |\n      HTTP/1.1 200 OK\n      Content-Type: text/plain\n"
            b"    text: |-\n      hello\n"
        ),
        b"  response: 1\n",
        "response",
        "expected a mapping",
    ),
    "at": (b"at: 2026-11-23T01:26:42.103Z", b"at: now", "at", "expected a time"),
    "late": (b"at: 2026-11-23T01:26:42.103Z", b"at: 0001-01-01T00:00:00+23:00", "at", "a time"),
    "took": (b"took: 0.5", b"took: .inf", "took", "expected seconds"),
    "long": (b"took: 0.5", b"took: 1" + b"0" * 5000, "took", "expected seconds"),
    "ended": (b"ended: open", b"ended: well", "ended", "expected one of open, closed"),
    "redacted": (b"  ended", b"  redacted: a\n  ended", "redacted", "expected a list"),
    "rules": (b"  ended", b"  rules: [name]\n  ended", "rules", "as many rules as 'redacted'"),
    "failure": (b"  ended", b"  failure: {kind: a}\n  ended", "failure", "'message' is missing"),
    "errno": (
        b"  ended",
        b"  failure: {kind: a, errno: x, message: b}\n  ended",
        "failure.errno",
        "expected an error number",
    ),
    "base64": (b"text: |-\n      hello", b"body: !!binary a===", "response.body", "broken base64"),
    "binary list": (b"text: |-\n      hello", b"body: !!binary []", "response.body", "base64"),
    "text body": (b"text: |-\n      hello", b"body: hello", "response.body", "expected !!binary"),
    "style": (b"text: |-\n      hello", b"json: '{}'\n    style: odd", "response.style", "one of"),
    "chunks": (b"    text", b"    chunks: [4]\n    text", "response.chunks", "add up to 4 bytes"),
    "chunk": (b"    text", b"    chunks: [-4]\n    text", "response.chunks[0]", "number of bytes"),
    "octal": (b"    text", b"    chunks: [05]\n    text", "response.chunks[0]", "number of bytes"),
    "big chunk": (
        b"    text",
        b"    chunks: [1" + b"0" * 20 + b"]\n    text",
        "response.chunks[0]",
        "number of bytes",
    ),
    "arrived": (b"    text", b"    arrived: [[1]]\n    text", "response.arrived[0]", "a pair"),
    "requested": (
        b"  response",
        b"    arrived: [[1, 2]]\n  response",
        "request",
        "only a response",
    ),
    "tagged text": (b"text: |-", b"text: !!int |-", "response.text", "found the tag 'int'"),
    "tagged base64": (b"text: |-\n      hello", b"body: !!binary {}", "response.body", "base64"),
    "surrogate": (b"|-\n      hello", b'"\\ud800"', "response.text", "Unicode"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_refused_with_its_key(opened, entry, name):
    old, new, key, problem = WRONG[name]
    text = entry()
    assert old in text
    with pytest.raises(CassetteFormatError, match=problem) as caught:
        _ = opened(HEADER + entry() + text.replace(old, new)).interaction(1).request.raw
    if key:
        assert caught.value.key == f"interactions[1].{key}"
    assert caught.value.line > 17
    assert caught.value.remedy


def test_a_recording_of_vcrpy_is_told_how_to_be_converted(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("interactions: []\nversion: 1\n")
    with pytest.raises(CassetteFormatError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{path}:1: this is no cassette: the key 'cassette' is missing\n"
        "If VCR.py recorded it: cassette convert --from vcr --overwrite PATH"
    )
