import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cassette.store.forms import encode_binary, encode_block
from cassette.store.reader import CassetteReader
from cassette.store.scalars import LARGE
from cassette.store.slices import encode_spans
from cassette.store.writer import encode_entry, encode_header

TEXTS = st.text(st.sampled_from("ab\n\n \t\r\"'-é\x85😀"), min_size=60, max_size=150).map(
    str.encode
)
BODIES = TEXTS | st.binary(min_size=60, max_size=150)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BODIES)
def test_a_large_text_is_written_as_a_small_one(small, body):
    large = b"".join(encode_spans(b"text", body, [(0, 10), (10, 11), (11, len(body))]))
    block = encode_block(body)
    if block is None:
        assert large == b"    body: " + encode_binary(body) + b"\n"
    else:
        assert large == b"    text: " + block + b"\n"


@pytest.mark.parametrize(
    "body",
    [
        b"a" * 80 + b" ",
        b"a" * 80 + b" \n",
        b"a" * 23 + b" \n" + b"a" * 60,
        b"a" * 80 + b"\xc3",
        b"\n" * 80,
        b" " * 80,
        b"a" * 80 + b"\n\n\n",
        b"\n\n" + b"a" * 80,
        b"a" * 24 + b"\n" * 50 + b"a" * 24 + b"\n",
        "é".encode() * 40,
    ],
)
def test_the_ends_of_slices_are_no_trouble(kit, small, tmp_path, body):
    made = kit.make(kit.head + body)
    entry = b"".join(encode_entry(made))
    assert all(line == line.rstrip() for line in entry.split(b"\n"))
    (tmp_path / "a.yaml").write_bytes(encode_header(kit.at) + entry)
    assert CassetteReader.open(tmp_path / "a.yaml").interaction(0).response.body == body
    assert kit.parse(entry).response.body == body


def test_a_large_file_is_no_larger_than_it_must_be(kit):
    text = b'{"key":"%b"}' % (b"v" * LARGE)
    binary = os.urandom(LARGE)
    for body, ratio in ((text, 1.01), (binary, 1.34)):
        written = sum(map(len, encode_entry(kit.make(kit.head + body))))
        assert written / len(body) < ratio


def test_the_large_form_differs_in_nothing_but_size(kit):
    entry = b"".join(encode_entry(kit.make(kit.head + b"word," * LARGE + b"\n")))
    assert re.sub(rb"(word,){9,}\n", b"...\n", entry).count(b"\n") == 15
