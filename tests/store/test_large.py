import os
import tracemalloc

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cassette.errors import CassetteFormatError
from cassette.model import Failure
from cassette.store.files import Journal
from cassette.store.large import join_slices
from cassette.store.reader import CassetteReader, load
from cassette.store.scalars import LARGE
from cassette.store.writer import encode_entry, encode_header

TEXTS = st.text(st.sampled_from("ab\n\n \t\r\"'-é\x85😀"), min_size=60, max_size=150).map(
    str.encode
)
BODIES = TEXTS | st.binary(min_size=60, max_size=150)


def chunked(body, size):
    pieces = [body[n : n + size] for n in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BODIES, st.integers(1, 90), st.sampled_from(["plain", "chunked", "trailers", "odd", "raw"]))
def test_any_large_body_survives(  # noqa: PLR0913, PLR0917 - Hypothesis and fixtures
    kit, small, tmp_path_factory, body, size, kind
):
    framed = chunked(body, size)
    response = {
        "plain": kit.head + body,
        "chunked": kit.chunked + framed,
        "trailers": kit.chunked + framed[:-2] + b"T: 1\r\n\r\n",
        "odd": kit.chunked + b"0" + framed,
        "raw": b"no HTTP " + body,
    }[kind]
    request = b"POST / HTTP/1.1\r\nHost: a\r\n\r\n" + body
    made = [kit.make(response, request, arrived=((0.1, 3),)), kit.make(kit.head, request)]
    path = tmp_path_factory.mktemp("large") / "a.yaml"
    journal = Journal(path, kit.at)
    for interaction in made:
        journal.append(interaction)
    journal.commit()
    yaml.load(path.read_bytes(), yaml.CSafeLoader)
    found = load(path).interactions
    assert [kit.facts_of(i) for i in found] == [kit.facts_of(i) for i in made]
    entry = b"".join(encode_entry(made[0]))
    assert kit.facts_of(kit.parse(entry)) == kit.facts_of(made[0])


@pytest.fixture
def large_file(tmp_path, kit, small):
    """A file of one large entry, after some edit."""

    def write(edit, body=b"line of text\n" * 40):
        text = encode_header(kit.at) + b"".join(encode_entry(kit.make(kit.head + body)))
        (tmp_path / "a.yaml").write_bytes(edit(text))
        return CassetteReader.open(tmp_path / "a.yaml")

    return write


EDITS = {
    "nothing": (b"", b""),
    "a comment": (b"  took:", b"  # slow\n  took:"),
    "a quoted call": (b"call: GET http://a.example/x", b"call: 'GET http://a.example/x'"),
    "another indentation": (b"      ", b"        "),
    "an indicator": (b"text: |", b"text: |2"),
    "a comment behind the header": (b"text: |", b"text: | # lines"),
    "a comment between": (b"    text:", b"    # lines\n    text:"),
    "request last": (b"  took: 0.5\n  ended: open\n", b"  ended: open\n  took: 0.5\n"),
}


POST = b"POST / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize("edit", EDITS)
def test_a_large_entry_may_be_edited(large_file, kit, edit):
    old, new = EDITS[edit]
    reader = large_file(lambda text: text.replace(old, new))
    assert reader.interaction(0).response.raw == kit.head + b"line of text\n" * 40


@pytest.mark.parametrize("quote", [b'"', b"'"])
def test_a_mark_in_a_large_quoted_text_splits_nothing(large_file, kit, quote):
    lines = b" many words" * 20 + b"\n  ended: open\n- call: GET http://b\n  ended: open\n"
    reader = large_file(
        lambda text: text.replace(
            b"|\n" + b"      line of text\n" * 40, quote + lines + quote + b"\n"
        )
    )
    assert reader.calls == ["GET http://a.example/x"]
    assert reader.interaction(0).response.body.endswith(b" call: GET http://b ended: open ")


def test_quotes_inside_a_large_text_are_no_trouble(large_file, no_parser):
    body = b'say "word" and don\'t\n' * 30
    reader = large_file(lambda text: text, body)
    assert reader.interaction(0).response.body == body


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"    text:", b"    chunks: [3]\n    text:", "chunks add up to 3 bytes"),
        (b"    text:", b"    chunks: [999]\n    text:", "chunks add up to 999 bytes"),
        (b"    text:", b"    raw:", "beside raw"),
        (b"    text:", b"    trailers: x\n    text:", "needs chunks"),
        (b"text: |", b"body: |", "expected !!binary"),
        (b"    text:", b"    text: a\n    text:", "stands here twice"),
    ],
)
def test_a_contradiction_in_a_large_entry_is_refused(large_file, old, new, problem):
    with pytest.raises(CassetteFormatError, match=problem):
        _ = large_file(lambda text: text.replace(old, new)).interaction(0).response.raw


@pytest.mark.parametrize("odd", ["\x85", "\u2028", "\ufeff", "\r"])
def test_breaks_in_a_large_text_are_left_to_the_yaml_parser(large_file, kit, odd):
    reader = large_file(lambda text: text.replace(b"of", odd.encode()))
    try:
        found = reader.interaction(0).response.body.decode()
    except CassetteFormatError:
        return
    assert found == kit.parse(reader.entry(0)).response.body.decode()


def test_a_large_text_that_is_no_utf_8_is_refused(large_file):
    for odd in (b"\xff", b"\xe2\x82"):
        reader = large_file(lambda text, odd=odd: text.replace(b"of", odd))
        with pytest.raises(CassetteFormatError, match="not valid YAML"):
            _ = reader.interaction(0).response.raw


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"text: |\n", b"text: |\n\n"),
        (b"text: |\n", b"text: >2\n"),
        (b"text: |\n", b"text: |2\n  "),
        (b"text: |\n", b"text: !!str |\n"),
        (b"text: |\n      line", b'text: "\n      line'),
    ],
)
def test_a_large_value_in_another_form_means_what_yaml_says(large_file, kit, old, new):
    def edit(text):
        text = text.replace(old, new)
        return text.replace(b"text\n  at:", b'text"\n  at:') if b'"' in new else text

    reader = large_file(edit)
    expected = kit.parse(reader.entry(0)).response.raw
    assert reader.interaction(0).response.raw == expected


@pytest.mark.parametrize("broken", [b"-", b"A", b"AA==", b"A" * 62 + b"=="])
def test_broken_base64_in_a_large_entry_is_refused(large_file, broken):
    reader = large_file(lambda text: text.replace(b"!binary ", b"!binary " + broken), b"\xff" * 200)
    with pytest.raises(CassetteFormatError, match=r"response\.body: broken base64"):
        _ = reader.interaction(0).response.raw


@pytest.mark.parametrize(("chunks", "problem"), [([3], "more"), ([1], "less")])
def test_chunks_must_add_up_to_the_slices(chunks, problem):
    with pytest.raises(ValueError, match=problem):
        join_slices(b"", [b"a", b"b"], chunks, b"")


@pytest.fixture
def written(tmp_path, kit, small, no_parser):
    """A cassette of one large entry, which no parser may read."""

    def write(edit=lambda text: text, **facts):
        text = edit(b"".join(encode_entry(kit.make(**facts))))
        (tmp_path / "a.yaml").write_bytes(encode_header(kit.at) + text)
        return CassetteReader.open(tmp_path / "a.yaml").interaction(0)

    return write


@pytest.mark.parametrize(
    "facts",
    [
        {"failure": Failure("ConnectionResetError", 104, "Connection reset by peer")},
        {"redacted": ("request.headers.x", "response.body")},
        {"decoded": ("request", "response")},
        {"arrived": ((0.1, 40), (0.5, 100))},
    ],
)
def test_a_large_entry_may_have_every_key_of_a_small_one(kit, written, facts):
    made = {"response": kit.head + b"line of text\n" * 40, **facts}
    assert kit.facts_of(written(**made)) == kit.facts_of(kit.make(**made))


def test_a_large_entry_may_have_two_large_messages(kit, written):
    made = {
        "request": POST + b"question " * 40 + b"\n",
        "response": kit.chunked + chunked(b"answer " * 40 + b"\n", 50),
    }
    assert kit.facts_of(written(**made)) == kit.facts_of(kit.make(**made))


@pytest.mark.parametrize("body", [b"line of text\n" * 40, bytes(range(256))])
def test_a_large_message_may_have_two_large_values(kit, written, body):
    trailers = b"T: %b\r\n" % (b"t" * 100)
    head = kit.chunked.replace(b"\r\n\r\n", b"\r\nA: %b\r\n\r\n" % (b"a" * 100))
    raw = head + chunked(body, 50)[:-2] + trailers + b"\r\n"
    assert written(response=raw).response.raw == raw


def test_the_chunks_of_a_large_message_may_stand_before_it(kit, written):
    def edit(text):
        lines = text.splitlines(keepends=True)
        chunks = next(line for line in lines if line.startswith(b"    chunks: "))
        lines.remove(chunks)
        lines.insert(lines.index(b"    text: |\n"), chunks)
        return b"".join(lines)

    raw = kit.chunked + chunked(b"line of text\n" * 40, 50)
    assert written(edit, response=raw).response.raw == raw


def test_a_message_that_holds_what_stands_in_for_a_large_value_is_exact(kit, tmp_path, small):
    raw = b"HTTP/1.1 200 OK\r\nA: \0hole\0\r\n\r\n" + b"line of text\n" * 40
    entry = b"".join(encode_entry(kit.make(raw)))
    (tmp_path / "a.yaml").write_bytes(encode_header(kit.at) + entry)
    assert load(tmp_path / "a.yaml").interactions[0].response.raw == raw


def test_a_large_body_outlives_its_reader(kit, tmp_path, small):
    raw = kit.head + b"line of text\n" * 40
    (tmp_path / "a.yaml").write_bytes(encode_header(kit.at) + b"".join(encode_entry(kit.make(raw))))
    with CassetteReader.open(tmp_path / "a.yaml") as reader:
        interaction = reader.interaction(0)
    (tmp_path / "b.yaml").write_bytes(b"another recording")
    (tmp_path / "b.yaml").replace(tmp_path / "a.yaml")
    assert interaction.response.raw == raw


def test_a_large_entry_of_a_small_file_is_decoded_in_slices_too(tmp_path, kit, no_parser):
    journal = Journal(tmp_path / "a.yaml", kit.at)
    made = kit.make(kit.head + b"a line of some text\n" * (LARGE // 10))
    journal.append(made)
    journal.commit()
    reader = CassetteReader.open(tmp_path / "a.yaml")
    assert kit.facts_of(reader.interaction(0)) == kit.facts_of(made)


@pytest.mark.parametrize("kind", ["binary", "text", "chunked"])
def test_a_large_body_is_not_held_twice(tmp_path, kit, kind):
    size = 40 << 20
    body = b"a line of some text\n" * (size // 20) if kind == "text" else os.urandom(size)
    raw = kit.chunked + chunked(body, 65536) if kind == "chunked" else kit.head + body
    del body
    interaction = kit.make(raw)
    journal = Journal(tmp_path / "a.yaml", kit.at)
    tracemalloc.start()
    try:
        journal.append(interaction)
        journal.commit()
        assert tracemalloc.get_traced_memory()[1] < size / 3
        tracemalloc.reset_peak()
        start = tracemalloc.get_traced_memory()[0]
        found = CassetteReader.open(tmp_path / "a.yaml").interaction(0).response.raw
        assert tracemalloc.get_traced_memory()[1] - start < 1.34 * size
    finally:
        tracemalloc.stop()
    assert found == raw
