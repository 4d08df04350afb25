import subprocess
import sys

import pytest

from cassette.errors import (
    CassetteFormatError,
)
from cassette.store import document
from cassette.store.document import compose
from cassette.store.reader import load

HEADER = b"cassette: 1\nrecorded: 2026-11-23T01:26:42Z\ninteractions:\n"


HOSTILE = {
    "nothing": b"",
    "a blank": b" \n",
    "a text": b"hello",
    "a list": b"- 1",
    "a number": b"12",
    "another file": b"version: 1\ninteractions: []\n",
    "no version": b"recorded: 2026-11-23T01:26:42Z\ninteractions: []\n",
    "a version that is no number": HEADER.replace(b"1", b"one", 1),
    "a version of zero": HEADER.replace(b"1", b"0", 1),
    "no time": b"cassette: 1\ninteractions: []\n",
    "a time that is none": HEADER.replace(b"2026-11-23T01:26:42Z", b"yesterday"),
    "an impossible time": HEADER.replace(b"2026-11-23T", b"2026-13-23T"),
    "an unknown key": HEADER.replace(b"interactions", b"colour: red\ninteractions"),
    "a doubled key": HEADER.replace(b"interactions", b"cassette: 1\ninteractions"),
    "a mapping of interactions": HEADER.replace(b"interactions:", b"interactions: {}"),
    "two documents": HEADER + b"---\n" + HEADER,
    "a python object": HEADER + b"- !!python/object/apply:os.system [touch /tmp/owned]\n",
    "a python tag in an entry": HEADER + b"- call: !!python/name:os.system x\n",
    "a python value": HEADER.replace(b"2026", b"!!python/object/apply:os.system [id] #"),
    "a key that is a list": b"? [a]\n: 1\n",
    "a deep list": b"[" * 100_000,
    "a deep block": b"- " * 100_000 + b"a",
    "a deep mapping": b"{a: " * 100_000,
    "laughs": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(
        b"%c: &%c [%b]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 122)
    ),
    "an alias of itself": b"a: &a [*a]\n",
    "an alias of nothing": b"a: *b\n",
    "text that is repeated too often": b"a: &a "
    + b"x" * 100_000
    + b"\nb: ["
    + b"*a," * 99
    + b"]\n",
    "latin-1": HEADER.replace(b"interactions:", b"# caf\xe9\ninteractions:"),
    "a control character": HEADER.replace(b"interactions:", b"# \x01\ninteractions:"),
    "an open quote": HEADER + b'- call: "GET http://a/\n',
    "a torn file": HEADER + b"- call: GET http://a/\n  request:\n    head: |\n      GET / HT",
    "an escape beyond Unicode": b'"\\UFFFFFFFF"',
    "half a character": HEADER + b'- call: "\\ud800"\n',
    "a huge directive": b"%YAML 1." + b"9" * 5000 + b"\n--- a\n",
    "utf-32": HEADER.decode().encode("utf-32"),
    "a list behind a comment": b"# cassette\n- call: x\n",
    "a list of two by one dash": HEADER + b"- call: x\n-\n",
    "a tagged list": HEADER.replace(b"interactions:", b"interactions: !!set []"),
    "a tag on a mapping": b"!!omap {cassette: 1}\n",
    "a tab": HEADER + b"\t- call: x\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(tmp_path, name, parser):
    (tmp_path / "a.yaml").write_bytes(HOSTILE[name])
    with pytest.raises(CassetteFormatError) as caught:
        load(tmp_path / "a.yaml")
    assert str(caught.value).startswith(f"{tmp_path}/a.yaml")
    assert "\n" in str(caught.value), "the remedy is missing"
    assert not (tmp_path / "owned").exists()


def test_a_text_too_long_to_parse_is_refused(opened, entry, monkeypatch):
    monkeypatch.setattr("cassette.store.document.MAX_PARSED", 100)
    assert opened(HEADER + entry() * 9).interaction(8).response.body == b"hello"
    with pytest.raises(CassetteFormatError, match="at most 100 are parsed at once"):
        opened(HEADER + entry() * 9 + b"# end\n")


def test_half_a_character_is_refused_by_every_parser(opened, entry, parser):
    reader = opened(HEADER + entry().replace(b"|-\n      hello", b'"\\ud800"'))
    with pytest.raises(CassetteFormatError, match=r"half a character|Unicode character"):
        reader.interaction(0)


def test_libyaml_is_not_needed(tmp_path, entry):
    (tmp_path / "a.yaml").write_bytes(HEADER + entry() + b"# end\n")
    program = (
        "import sys; sys.modules['yaml._yaml'] = None\n"
        "from cassette.store.reader import load\n"
        "print(load(sys.argv[1]).interactions[0].response.text)"
    )
    command = [sys.executable, "-c", program, tmp_path / "a.yaml"]
    assert subprocess.run(command, capture_output=True, check=True).stdout.split() == [b"hello"]


CONFLICTS = {
    "between entries": lambda entry: entry + b"<<<<<<< HEAD\n%b=======\n%b>>>>>>> theirs\n",
    "at the start": lambda entry: b"<<<<<<< HEAD\n%b=======\n%b>>>>>>> theirs\n" + entry,
    "in a body": lambda entry: entry.replace(
        b"      hello\n", b"<<<<<<< HEAD\n      hello\n=======\n      hallo\n>>>>>>> theirs\n"
    ),
}


@pytest.mark.parametrize("place", CONFLICTS)
def test_a_merge_conflict_is_named(opened, entry, place):
    text = CONFLICTS[place](entry(b"hello\n"))
    text = text % (entry(), entry()) if b"%b" in text else text
    header = b"cassette: 1\nrecorded: 2026-11-23T01:26:42Z\ninteractions:\n"
    line = (header + text).partition(b"<<<<<<<")[0].count(b"\n") + 1
    with pytest.raises(CassetteFormatError) as caught:
        opened(header + text).interaction(0)
    first, remedy = str(caught.value).splitlines()
    assert f"a.yaml:{line}: " in first
    assert first.endswith("a merge conflict is not resolved here")
    assert remedy == "Keep one side, or the interactions of both, and take the markers out."


def test_what_only_looks_like_a_conflict_is_a_body(opened, entry):
    header = b"cassette: 1\nrecorded: 2026-11-23T01:26:42Z\ninteractions:\n"
    body = b"<<<<<<< HEAD\na\n=======\nb\n>>>>>>> theirs\n"
    assert opened(header + entry(body)).interaction(0).response.body == body


def test_a_list_that_is_longer_than_any_that_is_written_is_refused(monkeypatch):
    monkeypatch.setattr(document, "MAX_ITEMS", 3)
    assert compose(b"a:\n- b: [1, 2, 3]\n- 2\n- 3\n- 4\n") is not None
    with pytest.raises(CassetteFormatError, match=r"a\[0\].b\[3\]: a list of more than 3 items"):
        compose(b"a:\n- b: [1, 2, 3, 4]\n")
