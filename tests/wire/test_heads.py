"""Heads as bytes: where the lines are, and what a changed line leaves alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette.wire.headers import parse_fields
from cassette.wire.heads import (
    field_at,
    field_spans,
    head_end,
    target_span,
    with_length,
    without_field,
)

HEAD = (
    b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nX-Folded: one\r\n two\r\n"
    b"content-encoding : gzip,\r\n\tbr\r\nX-Content-Length: 7\r\n\r\n"
)


def shown(head):
    return [(name, head[start:stop]) for name, start, stop in field_spans(head, 0, len(head))]


def test_fields_stand_where_they_are_found_with_their_folded_lines():
    assert shown(HEAD) == [
        (b"Host", b"a\r"),
        (b"Content-Length", b"12\r"),
        (b"X-Folded", b"one\r\n two\r"),
        (b"content-encoding", b"gzip,\r\n\tbr\r"),
        (b"X-Content-Length", b"7\r"),
    ]


def test_the_first_line_may_be_a_field_and_what_lies_outside_is_none():
    data = b"A: outside\r\nB: 1\r\nC: 2\r\nD: outside\r\n"
    stop = data.index(b"D")
    spans = list(field_spans(data, data.index(b"B"), stop))
    assert [(name, data[start:end].strip()) for name, start, end in spans] == [
        (b"B", b"1"),
        (b"C", b"2"),
    ]


@given(st.text(st.sampled_from("Aa-: \t\r\n1"), max_size=40).map(str.encode))
def test_the_field_at_an_offset_is_the_one_that_is_found_there(lines):
    head = b"GET / HTTP/1.1\r\n" + lines
    for name, start, stop in field_spans(head, 0, len(head)):
        assert all(field_at(head, at) == (name, start, stop) for at in range(start, stop))


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        (b"/a", None),
        (b"12", b"Content-Length"),
        (b"two", b"X-Folded"),
        (b"br", b"content-encoding"),
    ],
)
def test_a_folded_line_belongs_to_the_field_before_it(mark, name):
    field = field_at(HEAD, HEAD.index(mark))
    assert (field and field.name) == name


@pytest.mark.parametrize(
    ("line", "name"), [(b": secret", b""), (b"no colon secret", b"no"), (b"\xe9: secret", b"\xe9")]
)
def test_a_line_that_is_no_field_has_the_name_that_it_begins_with(line, name):
    head = b"GET / HTTP/1.1\r\n" + line + b"\r\n\r\n"
    field = field_at(head, head.index(b"secret"))
    assert field is not None
    assert field.name == name


@pytest.mark.parametrize(
    ("head", "target"),
    [
        (b"GET /a?b HTTP/1.1\r\nA: b c\r\n\r\n", b"/a?b"),
        (b"GET /a b HTTP/1.1\r\n\r\n", b"/a b"),
        (b"GET /a\r\n\r\n", b"/a"),
        (b"GET /a b\r\n", b"/a b"),
        (b"nothing", b"nothing"),
    ],
)
def test_a_target_is_found_in_lines_with_faults_too(head, target):
    assert head[slice(*target_span(head))] == target


@pytest.mark.parametrize(("data", "end"), [(HEAD + b"x\r\n\r\n", len(HEAD)), (b"a\n\nb", 0)])
def test_a_head_ends_with_the_first_empty_line(data, end):
    assert head_end(data) == end


def test_a_field_goes_with_its_folded_lines_and_the_others_stay():
    rest = without_field(HEAD, b"content-encoding")
    assert rest == HEAD.replace(b"content-encoding : gzip,\r\n\tbr\r\n", b"")
    assert without_field(HEAD, b"encoding") == HEAD


def test_a_length_is_corrected_where_there_is_one():
    assert with_length(HEAD, 345) == HEAD.replace(b"Length: 12", b"Length: 345")
    assert with_length(b"GET / HTTP/1.1\r\n\r\n", 1) == b"GET / HTTP/1.1\r\n\r\n"


@given(st.sampled_from([b"host", b"x-folded", b"x-none"]))
def test_what_is_left_without_a_field_reads_as_before(name):
    kept = [field for field in parse_fields(HEAD) if field[0].lower() != name]
    assert parse_fields(without_field(HEAD, name)) == kept
