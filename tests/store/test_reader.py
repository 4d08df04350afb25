import gc
import itertools
import random
import subprocess
import sys
from datetime import UTC

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cassette.errors import (
    CassetteError,
    CassetteFormatError,
    CassetteNotFoundError,
    CassetteVersionError,
)
from cassette.model import Ended, Failure, Interaction
from cassette.store.reader import CassetteReader, load
from cassette.store.slices import LARGE
from cassette.store.writer import encode_entry, encode_header

HEADER = b"cassette: 1\nrecorded: 2026-11-23T01:26:42Z\ninteractions:\n"

CHARS = st.text(
    st.sampled_from("ab \t\n\r\\\"':{}[],0#-|>%&*!?@`~é\x85\u2028\ufeff\x00\x7f😀\ufffe")
)
BODIES = st.binary(max_size=40) | CHARS.map(str.encode)
HEADS = st.sampled_from(
    [
        b"",
        b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: \r\nB: \xe9\r\n\r\n",
        b"HTTP/1.1 200 OK\nA: b\n\n",
    ]
)
CHUNKED = st.builds(
    lambda chunks: b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in [*chunks, b""]),
    st.lists(BODIES.filter(len), max_size=3),
)
RAW = st.builds(lambda head, body: head + body, HEADS, BODIES | CHUNKED)
SECONDS = st.floats(0, 1e9)
FACTS = st.fixed_dictionaries(
    {
        "at": st.datetimes(timezones=st.just(UTC)),
        "took": SECONDS,
        "arrived": st.lists(st.tuples(SECONDS, st.integers(0, 10**12)), max_size=3).map(tuple),
        "ended": st.sampled_from(Ended),
        "failure": st.none()
        | st.builds(Failure, CHARS, st.none() | st.integers(-(10**9) + 1, 10**9 - 1), CHARS),
        "redacted": st.lists(CHARS | st.sampled_from(["request.headers.x", "a b"])).map(tuple),
    }
)
CALLS = st.sampled_from(["GET http://a/x", "connect http://a"]) | CHARS


def open_text(tmp_path, text, name="a.yaml"):
    (tmp_path / name).write_bytes(text)
    return CassetteReader.open(tmp_path / name)


@pytest.fixture
def opened(tmp_path):
    return lambda text: open_text(tmp_path, text)


@pytest.fixture
def entry(kit):
    """An entry as the writer writes it, with a body."""
    return lambda body=b"hello", **facts: encode_entry(kit.make(kit.head + body, **facts))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(RAW, RAW, CALLS, FACTS), max_size=3))
def test_load_gives_back_what_was_written(kit, record, interactions):
    """Bytes of the messages, and every fact beside them."""
    made = [kit.make(res, req, call, **facts) for req, res, call, facts in interactions]
    expected = [kit.facts_of(interaction) for interaction in made]
    if made:
        assert [kit.facts_of(i) for i in load(record(*made)).interactions] == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(RAW, RAW, FACTS)
def test_the_yaml_parser_and_the_fast_reader_agree(kit, tmp_path, request_raw, response, facts):
    entry = encode_entry(kit.make(response, request_raw, **facts))
    fast = open_text(tmp_path, HEADER + entry).interaction(0)
    assert kit.facts_of(fast) == kit.facts_of(kit.parse(entry))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(RAW, FACTS)
def test_every_other_yaml_tool_may_rewrite_the_file(kit, tmp_path, response, facts):
    made = kit.make(response, **facts)
    data = yaml.safe_load(HEADER + encode_entry(made))
    assume(yaml.safe_load(yaml.safe_dump(data, allow_unicode=True)) == data)
    for style, sort in itertools.product((None, True, False), (True, False)):
        text = yaml.safe_dump(data, default_flow_style=style, sort_keys=sort, allow_unicode=True)
        reader = open_text(tmp_path, text.encode())
        assert kit.facts_of(reader.interaction(0)) == kit.facts_of(made)


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


def test_calls_are_known_without_decoding(opened, entry):
    reader = opened(HEADER + b"".join(entry(call=f"GET http://a/{n}") for n in range(5)))
    assert reader.calls == [f"GET http://a/{n}" for n in range(5)]
    assert len(reader) == 5


def test_the_time_of_the_recording_is_known(opened, kit):
    assert opened(encode_header(kit.at)).recorded == kit.at


@given(st.lists(st.integers(0, 39), max_size=8).map(lambda order: [*range(20), *order, *range(40)]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_in_whatever_order_they_are_asked_for_each_one_is_itself(opened, entry, order):
    texts = [entry(b"%d" % n) for n in range(40)]
    texts[7] = texts[7].replace(b"took: 0.5", b"took: 0.5 # slow")
    texts[9] = texts[9].replace(b"took: 0.5", b"took: fast")
    texts[17] = b"".join(entry(b"17" + b"x" * LARGE))
    texts[18] = texts[17].replace(b"17", b"18").replace(b"took: 0.5", b"took: 0.50 # slow")
    reader = opened(HEADER + b"".join(texts))
    for n in order:
        if n == 9:
            with pytest.raises(CassetteFormatError, match=r"interactions\[9\]\.took"):
                reader.latest(n)
        else:
            assert reader.latest(n).response.body.rstrip(b"x") == b"%d" % n
            assert reader.latest(n) is reader.latest(n)


def test_only_a_few_interactions_are_kept_and_a_large_one_alone(opened, entry):
    def kept():
        return sum(isinstance(thing, Interaction) for thing in gc.get_objects())

    texts = [entry() for _ in range(100)]
    texts[50] = b"".join(entry(b"x" * LARGE))
    reader = opened(HEADER + b"".join(texts))
    before = kept()
    counts = []
    for n in range(100):
        reader.latest(n)
        counts.append(kept() - before)
    assert max(counts) <= 16
    assert counts[50] == 1


def test_entries_of_several_files_make_one(opened, entry, kit):
    first = encode_header(kit.at) + entry(b"one")
    second = encode_header(kit.at) + entry(b"two") + entry(b"three")
    merged = opened(first + second.partition(b"interactions:\n")[2])
    assert [merged.interaction(n).response.body for n in range(3)] == [b"one", b"two", b"three"]


def test_an_entry_is_copied_with_its_text(opened, entry):
    texts = [entry(b"one"), entry(b"two").replace(b"took: 0.5", b"took: 0.5 # slow"), entry()]
    reader = opened(HEADER + b"".join(texts))
    assert [reader.entry(n) for n in range(3)] == texts


def test_an_entry_of_a_file_in_another_style_is_written_anew(opened, entry):
    data = yaml.safe_load(HEADER + entry())
    reader = opened(yaml.safe_dump(data, default_flow_style=True).encode())
    assert reader.entry(0) == entry()


@pytest.mark.parametrize(
    "interactions", [b"interactions:\n", b"interactions: []\n", b"interactions:"]
)
def test_a_cassette_may_be_empty(opened, interactions):
    reader = opened(b"cassette: 1\nrecorded: 2026-11-23T01:26:42Z\n" + interactions)
    assert reader.calls == []


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


def test_a_crlf_checkout_reads_the_same(opened, entry, kit):
    bodies = [b"a\nb\n", b"a\r\nb\r\n", b'{"a":1}', b"\x00\r\n", b" \n"]
    texts = [kit.chunked + b"3\r\nabc\r\n0\r\nT: 1\r\n\r\n", *(kit.head + body for body in bodies)]
    made = [kit.make(raw) for raw in texts]
    text = HEADER + b"".join(map(encode_entry, made))
    reader = opened(text.replace(b"\n", b"\r\n"))
    assert [kit.facts_of(reader.interaction(n)) for n in range(len(made))] == [
        kit.facts_of(interaction) for interaction in made
    ]


def test_a_carriage_return_alone_is_a_line_end_as_in_yaml(opened, entry):
    reader = opened(HEADER + entry(b"a\nb\n").replace(b"a\n", b"a\r"))
    assert reader.interaction(0).response.body == b"a\nb\n"


def test_a_damaged_request_is_told_with_the_interaction(opened, entry):
    """Also where only its response is asked for."""
    broken = entry().replace(b"Host: a.example\n", b"Host: a.example\n    style: none\n")
    reader = opened(HEADER + broken)
    with pytest.raises(CassetteFormatError, match=r"a\.yaml:9: interactions\[0\]\.request\.style"):
        reader.interaction(0)


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


def test_no_file_is_said_to_be_none(tmp_path):
    with pytest.raises(CassetteNotFoundError, match="there is no cassette at"):
        load(tmp_path / "none.yaml")


def test_a_directory_is_no_cassette(tmp_path):
    with pytest.raises(CassetteFormatError, match="it cannot be read"):
        load(tmp_path)


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
        "/a.yaml:27: interactions[1].response.text: expected a text, found a list\n"
        "Repair it by hand (docs/format.md), or record the cassette again."
    )


def test_a_missing_end_is_an_error_in_a_cassette(opened, entry, tmp_path):
    with pytest.raises(CassetteFormatError) as caught:
        opened(HEADER + entry() + entry().replace(b"  ended: open\n", b""))
    assert whole(caught, tmp_path).startswith(
        "/a.yaml:18: interactions[1]: the key 'ended' is missing\n"
    )


def test_a_mutated_file_loads_or_is_refused_by_an_error_of_ours(tmp_path, kit, parser):
    """Deleted, doubled, swapped and changed bytes, from a fixed seed."""
    seed = random.Random(20261123)
    bodies = (b'{"a":[1,{"b":"c"}]}', b"\x00\xff", b"a\r\nb", kit.chunked)
    interactions = [kit.make(kit.head + body) for body in bodies]
    interactions.append(
        kit.make(kit.chunked + b"3\r\nabc\r\n0\r\nT: 1\r\n\r\n", arrived=((0.1, 3),))
    )
    interactions.append(kit.make(b"", failure=Failure("gaierror", -2, "x"), redacted=("a",)))
    valid = HEADER + b"".join(map(encode_entry, interactions))
    path = tmp_path / "a.yaml"
    for _ in range(600):
        text = bytearray(valid)
        for _ in range(seed.choice((1, 1, 2, 5))):
            place = seed.randrange(len(text))
            width = seed.choice((1, 1, 3, 40))
            action = seed.randrange(5)
            if action == 0:
                del text[place : place + width]
            elif action == 1:
                text[place:place] = text[place : place + width]
            elif action == 2:
                text[place:place] = seed.choice(
                    (b"&a ", b"*a", b"!!x ", b"[", b"{", b'"', b"'", b"\n", b"\r", b"\t", b": ")
                )
            elif action == 3:
                text[place] = seed.randrange(256)
            else:
                del text[place:]
                text += b" "
        path.write_bytes(text)
        try:
            for interaction in load(path).interactions:
                kit.facts_of(interaction)
        except CassetteError as error:
            problem = str(error)
        else:
            problem = str(path)
        assert str(path) in problem


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


def test_libyaml_is_not_needed(tmp_path, entry):
    (tmp_path / "a.yaml").write_bytes(HEADER + entry() + b"# end\n")
    program = (
        "import sys; sys.modules['yaml._yaml'] = None\n"
        "from cassette.store.reader import load\n"
        "print(load(sys.argv[1]).interactions[0].response.text)"
    )
    command = [sys.executable, "-c", program, tmp_path / "a.yaml"]
    assert subprocess.run(command, capture_output=True, check=True).stdout.split() == [b"hello"]


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
        "If VCR.py recorded it: cassette convert --from vcrpy --overwrite PATH"
    )
