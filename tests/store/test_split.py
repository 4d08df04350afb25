import string

import pytest
import yaml

from cassette.store.split import has_open_quote, is_whole, read_own_call, without_torn_entry

BEFORE_A_MARK = [
    char
    for char in string.printable + "é日😀\xa0\x85\u2028\u2029\ufeff"
    if not has_open_quote(f'{char}"'.encode())
]
PLACES = [
    "{}",
    "a{}",
    "- {}",
    "- a{}",
    "a: {}",
    "a: b{}",
    "a: !{}",
    "a: &b{}",
    "a: *b{}",
    "a: |\n  {}",
    "a: >{}",
    "[{}]",
    "[a{}]",
    "[a, {}]",
    "[[a]{}]",
    "[{{a: b}}{}]",
    "{{a: {}}}",
    "{{a{}: b}}",
    "{{{}: b}}",
    '{{"a"{}: b}}',
    "['a'{}]",
]


def opens_behind(text, char, loader):
    """Whether a valid text has a quoted scalar that starts right behind this character."""
    try:
        list(yaml.parse(text, loader))
        tokens = list(yaml.scan(text, loader))
    except yaml.YAMLError:
        return False
    return any(
        isinstance(token, yaml.ScalarToken)
        and token.style in {'"', "'"}
        and token.start_mark.index > 0
        and text[token.start_mark.index - 1] == char
        for token in tokens
    )


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
@pytest.mark.parametrize("place", PLACES)
def test_no_scalar_opens_where_a_mark_is_said_to_close_one(place, loader):
    for char in BEFORE_A_MARK:
        for mark in "\"'":
            text = place.format(f"{char}{mark}x{mark}")
            assert not opens_behind(text, char, loader), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a: "b"', False),
        ('a: "Straße"', False),
        ('a: "日本"', False),
        ('a: ""', False),
        ('a: "b!"', False),
        ("a: 'b'", False),
        ("a: b", False),
        ('"', True),
        ('a: "b', True),
        ('a: "b\\"', True),
        ("a: 'b", True),
        ("a: 'it''", True),
        ('a:\u2028"b', True),
        ("a: \"b's", True),
    ],
)
def test_an_open_quote_is_never_overlooked(text, expected):
    assert has_open_quote(text.encode()) is expected


@pytest.mark.parametrize("name", ["open", "name not found"])
def test_an_entry_is_whole_if_its_last_line_is(name):
    entry = f" call: GET http://a/\n  ended: {name}".encode()
    assert is_whole(entry)
    assert not is_whole(entry[:-1])


@pytest.mark.parametrize(
    ("line", "call"),
    [
        (" call: GET http://a/", "GET http://a/"),
        (' call: "GET http://a/:"', "GET http://a/:"),
        (' call: "GET http://a/\\ud800"', None),
        (' call: "GET \\ http://a/"', None),
        (" call: GET http://a/ # slow", None),
        (" call: GET http://a/:", None),
        (" call: GET: http://a/", None),
        (" call: GET #a", None),
        (" call:  GET http://a/", None),
        ("  call: GET http://a/", None),
    ],
)
def test_a_call_is_read_only_as_the_writer_writes_it(line, call):
    assert read_own_call(line.encode() + b"\n  request: {}") == call


def test_a_torn_entry_is_left_out():
    whole = b"cassette: 1\ninteractions:\n- call: a\n  ended: reset\n"
    assert without_torn_entry(whole) == whole
    assert without_torn_entry(whole + b"- call: b\n  ended: op") == whole
    assert without_torn_entry(b"cassette: 1\n") == b""
