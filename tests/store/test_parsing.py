import pytest

from cassette.errors import (
    CassetteFormatError,
)

HEADER = b"cassette: 1\nrecorded: 2026-11-23T01:26:42Z\ninteractions:\n"


EDITS = {
    "a comment": (b"  took: 0.5", b"  # slow\n  took: 0.5"),
    "a comment behind a value": (b"ended: open", b"ended: open  # well"),
    "an empty line": (b"  at:", b"\n  at:"),
    "quotes": (b"call: GET http://a.example/x", b"call: 'GET http://a.example/x'"),
    "another indentation": (
        b"      HTTP/1.1 200 OK\n      C",
        b"        HTTP/1.1 200 OK\n        C",
    ),
    "an anchor": (b"response:\n", b"response: &r\n"),
    "a tag": (b"took: 0.5", b"took: !!float 0.5"),
    "a folded call": (b"call: GET http", b"call:\n    GET\n    http"),
    "a dash by itself": (b"- call", b"-\n  call"),
    "several blanks": (b"- call: ", b"- call:   "),
    "a flow mapping": (b"  at: ", b"  redacted: [ ]\n  at: "),
    "a block behind a comment": (b"head: |\n      H", b"head: | # lines\n      H"),
    "a stripped block": (b"head: |\n      H", b"head: |-\n      H"),
    "a document start": (b"cassette: 1", b"%YAML 1.1\n---\ncassette: 1"),
    "a document end": (b"ended: open\n", b"ended: open\n...\n"),
    "an underscored time": (b"at: 2026-11-23T01:26:42.103Z", b"at: 2026-11-23 01:26:42.103+00:00"),
    "a time zone": (b"at: 2026-11-23T01:26:42.103Z", b"at: 2026-11-23T03:26:42.103+02:00"),
    "a quoted body": (b"text: |-\n      hello", b'text: "hel\\\n      lo"'),
    "a single-quoted body": (b"text: |-\n      hello", b"text: 'hello'"),
    "base64 over two lines": (
        b"text: |-\n      hello",
        b"body: !!binary |\n      aGVs\n      bG8=",
    ),
    "a byte order mark": (b"cassette: 1", b"\xef\xbb\xbfcassette: 1"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_by_hand_that_means_the_same_reads_the_same(opened, entry, kit, edit, parser):
    text = HEADER + entry()
    old, new = EDITS[edit]
    assert old in text
    reader = opened(text.replace(old, new))
    assert kit.facts_of(reader.interaction(0)) == kit.facts_of(kit.make(kit.head + b"hello"))


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_entry_leaves_its_neighbours_alone(opened, entry, kit, edit):
    old, new = EDITS[edit]
    edited = entry().replace(old, new)
    if edit == "a document end":
        edited = entry()
    reader = opened(HEADER + entry(b"one") + edited + entry(b"three"))
    bodies = [reader.interaction(n).response.body for n in range(3)]
    assert bodies == [b"one", b"hello", b"three"]


def test_aliases_may_cross_entries(opened, entry):
    first = entry().replace(b"  request:\n", b"  request: &request\n")
    start, _, rest = entry().partition(b"  request:\n")
    second = start + b"  request: *request\n" + rest[rest.index(b"  response:") :]
    reader = opened(HEADER + first + second)
    assert reader.interaction(1).request.raw == reader.interaction(0).request.raw


FALSE_MARK = b'"one\n  ended: open\n- call: GET http://false/\n  request: {}\n  ended: open\n"'


@pytest.mark.parametrize("text", [FALSE_MARK, FALSE_MARK.replace(b'"', b"'")])
@pytest.mark.parametrize("quote", [b"", b"\"a\" 'b' ", b'\\" ', b"'' "])
def test_a_mark_inside_a_quoted_text_splits_nothing(opened, entry, text, quote):
    if text[:1] in quote.replace(b'\\"', b"").replace(b"''", b""):
        quote = b""
    text = text.replace(b"one", quote + b"one")
    edited = entry().replace(b"|-\n      hello", text)
    reader = opened(HEADER + entry() + edited + entry())
    assert reader.calls == ["GET http://a.example/x"] * 3
    body = reader.interaction(1).response.body
    assert body.endswith(b"one ended: open - call: GET http://false/ request: {} ended: open ")


def test_a_false_split_that_went_through_is_an_error(opened, entry, monkeypatch):
    monkeypatch.setattr("cassette.store.split.has_open_quote", lambda _: False)
    reader = opened(HEADER + entry().replace(b"|-\n      hello", FALSE_MARK))
    with pytest.raises(CassetteFormatError, match="found 2 interactions by their first lines, 1"):
        reader.interaction(0)


def test_plain_scalars_never_change_type(opened, entry):
    for text in (b"012", b"1:30", b"yes", b"null", b"~", b"1e3", b"0x1f", b"2026-11-23"):
        reader = opened(HEADER + entry().replace(b"|-\n      hello", text))
        assert reader.interaction(0).response.body == text


def test_a_carriage_return_alone_is_a_line_end_as_in_yaml(opened, entry):
    reader = opened(HEADER + entry(b"a\nb\n").replace(b"a\n", b"a\r"))
    assert reader.interaction(0).response.body == b"a\nb\n"


def test_a_damaged_request_is_told_with_the_interaction(opened, entry):
    """Also where only its response is asked for."""
    broken = entry().replace(b"Host: a.example\n", b"Host: a.example\n    style: none\n")
    reader = opened(HEADER + broken)
    with pytest.raises(CassetteFormatError, match=r"a\.yaml:9: interactions\[0\]\.request\.style"):
        reader.interaction(0)
