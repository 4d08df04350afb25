import pytest
import yaml

from cassette.errors import (
    CassetteFormatError,
)
from cassette.model import Failure
from cassette.store import document, shape
from cassette.store.reader import load
from cassette.store.shape import decode_entry
from cassette.store.writer import encode_entry

HEADER = b"cassette: 1\nrecorded: 2026-11-23T01:26:42Z\ninteractions:\n"


def test_what_the_writer_writes_needs_no_parser(opened, kit, no_parser):
    """Escapes beyond JSON's, and texts that must be quoted beside the messages, excepted."""
    bodies = [b"", b"a\n\nb\n\n", b" a", b'{"a":1}', b'{"a": "\\\\"}\n', b"a\r\nb", b"\x00\xff"]
    made = [kit.make(kit.head + body, kit.request + body) for body in bodies]
    made += [
        kit.make(b"no HTTP", b"", "connect http://a", redacted=("a.b", "c d")),
        kit.make(kit.head, arrived=((0.1, 4), (0.25, 5)), failure=Failure("gaierror", -2, "Name")),
        kit.make(kit.chunked + b"1\r\na\r\n0\r\nT: 1\r\n\r\n", call="GET http://a/:"),
        kit.make(kit.chunked + b"01\r\na\r\n0\r\n\r\n"),
        kit.make(b"HTTP/1.1 200 OK\r\nA: \r\nB: \xe9\r\n\r\n"),
        kit.make(b"HTTP/1.1 100 Continue\r\n\r\n" + kit.head + "caf\u00e9".encode()),
    ]
    reader = opened(HEADER + b"".join(map(encode_entry, made)))
    for index, interaction in enumerate(made):
        assert kit.facts_of(reader.interaction(index)) == kit.facts_of(interaction)


@pytest.mark.parametrize(
    "hard", [b"caf\xc3\xa9 \xe2\x80\xa8", b"nel \xc2\x85 x", b"bom \xef\xbb\xbf x"]
)
def test_a_break_that_only_yaml_knows_is_left_to_the_yaml_parser(opened, entry, hard, parser):
    reader = opened(HEADER + entry(b"hello\nworld").replace(b"hello", hard))
    try:
        found = reader.interaction(0).response.body
    except CassetteFormatError:
        return
    assert found == yaml.safe_load(reader.entry(0))[0]["response"]["text"].encode()


@pytest.mark.parametrize(
    ("line", "other"),
    [
        (b"\n  response:", b"\n      \n  response:"),
        (b"\n    text:", b"\n      \n    text:"),
        (b"\n    text:", b"\n    # a comment\n      Date: x\n    text:"),
        (b"\n  at:", b"\n    # a comment\n      more\n  at:"),
    ],
)
def test_lines_of_no_value_are_read_as_a_yaml_parser_reads_them(kit, entry, line, other):
    text = entry(b"hello").replace(line, other).removesuffix(b"\n")
    found = decode_entry("GET http://a.example/x", text[1:])
    try:
        parsed = kit.parse(text)
    except CassetteFormatError:
        assert found is None
        return
    if found is not None:
        assert kit.facts_of(found) == kit.facts_of(parsed)


@pytest.mark.parametrize("decoded", [("request",), ("response",), ("request", "response")])
def test_an_entry_that_was_decoded_needs_no_parser(opened, kit, no_parser, decoded):
    made = kit.make(
        kit.head + b"hello",
        decoded=decoded,
        redacted=("request.headers.x", "response.json.a[0]"),
        rules=("name", "github token"),
        masks=("REDACTED-1-xxx", "00017", "UkVEQUNU+/=="),
        unsearched=("response",),
    )
    assert kit.facts_of(opened(HEADER + encode_entry(made)).interaction(0)) == kit.facts_of(made)


@pytest.mark.parametrize(
    "line",
    [
        b"  decoded: [body]\n",
        b"  redacted: []\n",
        b"  redacted: [a]\n  rules: [name, name]\n",
        b'  masks: ["\\"]\n',
        b"  unsearched: [body]\n",
        b"  redacted: [a]\n  redacted: [b]\n",
        b"  decoded: [request]\n  redacted: [a]\n",
        b"  failure: {kind: a, message: b}\n",
        b"  # slow\n",
    ],
)
def test_lines_that_the_writer_would_not_write_are_left_to_the_parser(kit, line):
    entry = encode_entry(kit.make()).removesuffix(b"\n")
    edited = entry.replace(b"  ended", line + b"  ended")
    assert decode_entry("GET http://a.example/x", entry[1:]) is not None
    assert decode_entry("GET http://a.example/x", edited[1:]) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"response": 4 * b"1\r\nx\r\n"},
        {"arrived": tuple((number / 10, 1) for number in range(4))},
        {"redacted": tuple("abcd")},
        {"redacted": tuple("abcd"), "rules": tuple("abcd")},
        {"masks": tuple("abcd")},
    ],
    ids="-".join,
)
@pytest.mark.parametrize("size", [0, 1 << 18], ids=["small", "large"])
def test_a_longer_list_than_the_writer_writes_is_refused_without_a_look_at_each_item(
    record, kit, monkeypatch, facts, size
):
    facts = {"response": b"", **facts}
    body = b"%x\r\n%b\r\n" % (size, size * b"x") if size else b""
    raw = kit.chunked + body + facts.pop("response") + b"0\r\n\r\n"
    path = record(kit.make(raw, **facts))
    assert len(load(path).interactions) == 1
    for module in (document, shape):
        monkeypatch.setattr(module, "MAX_ITEMS", 3)
    with pytest.raises(CassetteFormatError, match=r"\[3\]: a list of more than 3 items"):
        load(path).interactions[0].response  # noqa: B018 - a large one is read only now
