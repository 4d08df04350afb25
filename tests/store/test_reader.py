import gc
import itertools
import random
from datetime import UTC

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cassette.errors import (
    CassetteError,
    CassetteFormatError,
    CassetteNotFoundError,
)
from cassette.model import Ended, Failure, Interaction
from cassette.store.reader import CassetteReader, load
from cassette.store.scalars import LARGE
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
        "masks": st.lists(CHARS | st.sampled_from(["00017", "REDACTED-1-x", "aa=="])).map(tuple),
        "unsearched": st.sampled_from([(), ("request",), ("request", "response")]),
    }
)
CALLS = st.sampled_from(["GET http://a/x", "connect http://a"]) | CHARS


def open_text(tmp_path, text, name="a.yaml"):
    (tmp_path / name).write_bytes(text)
    return CassetteReader.open(tmp_path / name)


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
    for n in range(100):
        reader.latest(n)
        if n in (0, 15, 16, 49, 51, 99):
            assert kept() - before <= 16
        elif n == 50:
            assert kept() - before == 1


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


def test_a_crlf_checkout_reads_the_same(opened, entry, kit):
    bodies = [b"a\nb\n", b"a\r\nb\r\n", b'{"a":1}', b"\x00\r\n", b" \n"]
    texts = [kit.chunked + b"3\r\nabc\r\n0\r\nT: 1\r\n\r\n", *(kit.head + body for body in bodies)]
    made = [kit.make(raw) for raw in texts]
    text = HEADER + b"".join(map(encode_entry, made))
    reader = opened(text.replace(b"\n", b"\r\n"))
    assert [kit.facts_of(reader.interaction(n)) for n in range(len(made))] == [
        kit.facts_of(interaction) for interaction in made
    ]


def test_no_file_is_said_to_be_none(tmp_path):
    with pytest.raises(CassetteNotFoundError, match="there is no cassette at"):
        load(tmp_path / "none.yaml")


def test_a_directory_is_no_cassette(tmp_path):
    with pytest.raises(CassetteFormatError, match="it cannot be read"):
        load(tmp_path)


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
