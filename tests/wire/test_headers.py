"""Header fields: kept as they came, found without regard to case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette.wire.headers import Fields, Headers, first_value, parse_fields

BLOCK = b"Host: a\r\nset-cookie: x=1\r\nX-Empty:\r\nSet-Cookie:  y=2 \r\nX-Latin: caf\xe9\r\n\r\n"


def test_fields_keep_order_case_and_duplicates():
    assert parse_fields(BLOCK) == [
        (b"Host", b"a"),
        (b"set-cookie", b"x=1"),
        (b"X-Empty", b""),
        (b"Set-Cookie", b"y=2"),
        (b"X-Latin", b"caf\xe9"),
    ]


@pytest.mark.parametrize(
    ("block", "fields"),
    [
        (b"A: b\r\n c\r\n\td\r\n", [(b"A", b"b c d")]),
        (b" orphan\r\nA: b\r\n", [(b"A", b"b")]),
        (b"no colon\r\nA: b\n", [(b"A", b"b")]),
        (b"A : b\r\n", [(b"A", b"b")]),
        (b"", []),
    ],
    ids=["folded", "fold without a field", "no colon", "blank before the colon", "empty"],
)
def test_odd_lines_are_read_as_clients_read_them(block, fields):
    assert parse_fields(block) == fields


def test_first_value_is_the_first_of_its_name():
    fields = parse_fields(BLOCK)
    assert first_value(fields, b"set-cookie") == b"x=1"
    assert first_value(fields, b"cookie") is None


def test_lookup_ignores_case_and_joins_duplicates():
    headers = Headers(parse_fields(BLOCK))
    assert headers["SET-COOKIE"] == "x=1, y=2"
    assert headers.get_all("Set-cookie") == ["x=1", "y=2"]
    assert headers.get("nothing") is None
    assert headers.get("nothing", "else") == "else"
    assert "host" in headers
    assert 7 not in headers


def test_a_missing_field_is_a_key_error():
    with pytest.raises(KeyError, match="nothing"):
        Headers()["nothing"]


def test_headers_count_and_list_every_line():
    headers = Headers(parse_fields(BLOCK))
    assert len(headers) == 5
    assert list(headers) == ["Host", "set-cookie", "X-Empty", "Set-Cookie", "X-Latin"]
    assert headers.items()[-1] == ("X-Latin", "caf\xe9")
    assert headers == Headers(parse_fields(BLOCK))
    assert headers != Headers()
    assert headers != 1
    assert repr(Headers([(b"a", b"b")])) == "Headers([('a', 'b')])"


NAMES = [b"Host", b"Content-Length", b"X-Content-Length"]
VALUES = st.text(st.sampled_from(" \t0:,x"), max_size=4).map(str.encode)


@given(st.lists(st.tuples(st.sampled_from(NAMES), VALUES)))
def test_a_section_without_fault_is_searched_as_if_it_were_parsed(pairs):
    section = b"\n" + b"".join(b"%b:%b\r\n" % pair for pair in pairs) + b"\r\n"
    searched, parsed = Fields(section, certain=True), Fields(section)
    for name in map(bytes.lower, NAMES):
        assert searched.first(name) == parsed.first(name) == first_value(parsed, name)
        assert searched.every(name) == parsed.every(name)
    assert list(searched) == list(parsed) == parse_fields(section)
