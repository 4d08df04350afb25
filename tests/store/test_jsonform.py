import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette.store.jsonform import MAX_JSON, decode_json, encode_json
from cassette.store.scalars import BREAK

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.text(st.sampled_from('a ,:"\\[{\n'), max_size=8),  # what could pass for more than a text
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)
STYLES = {"compact": (",", ":"), "spaced": (", ", ": ")}


def spread(body):
    """The lines of a body without the indentation of the file, and its style."""
    lines, style = encode_json(body)
    return lines.replace(BREAK, b"\n").decode()[1:], style.decode()


@given(
    VALUES.filter(lambda value: isinstance(value, dict | list) and value),
    st.sampled_from(list(STYLES)),
    st.booleans(),
    st.booleans(),
)
def test_json_in_a_common_style_is_broken_into_lines_exactly(value, style, ascii_only, newline):
    text = json.dumps(value, separators=STYLES[style], ensure_ascii=ascii_only)
    body = (text + "\n" * newline).encode()
    lines, name = encode_json(body)
    assert decode_json(lines, name) == body
    assert json.loads(lines) == value


@given(st.text(st.sampled_from('{}[]",: \\\n1ae-')))
def test_whatever_is_broken_into_lines_joins_to_itself(text):
    found = encode_json(b"{" + text.encode())
    assert found is None or decode_json(*found) == b"{" + text.encode()


def test_members_stand_on_lines_of_their_own():
    assert spread(b'{"id":1,"tags":["a","b"],"deep":{"list":[[1],[]]},"end":null}') == (
        (
            '{\n  "id":1,\n  "tags":["a","b"],\n  "deep":{\n    "list":[\n      [1],\n      []\n'
            '    ]\n  },\n  "end":null\n}'
        ),
        "compact",
    )


def test_a_spaced_body_keeps_its_blanks():
    assert spread(b'{"a": 1, "b": [1, 2]}\n') == (
        '{\n  "a": 1,\n  "b": [1, 2]\n}',
        "spaced-newline",
    )


def test_a_long_list_is_broken_too():
    body = json.dumps({"names": ["a rather long name"] * 8}, separators=(",", ":")).encode()
    assert spread(body)[0].count("\n") == 11


def test_a_bracket_in_a_string_keeps_no_body_from_being_broken_into_lines():
    assert spread(b'{"a":["[b","c"]}')[0] == '{\n  "a":[\n    "[b",\n    "c"\n  ]\n}'


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1.0,"a":1e5,"b":-0,"c":1E+2}',
        rb'{"u":"\u00e9\/\"\\","k\"ey":"\n"}',
        b'{"a":": ","b":"x, y","c":[": "]}',
        rb'{"a\\":": \"","b":"\\\": "}',
    ],
)
def test_spelling_and_escapes_survive(body):
    assert decode_json(*encode_json(body)) == body


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b'"text"',
        b"1",
        b"",
        b"{",
        b'{"a":1',
        b'{"a":1}}',
        b"[[1]",
        b'{"a":"b}',
        b'{"a": 1,"b":2}',
        b'{ "a":1 }',
        b'{\n  "a": 1\n}',
        b"{not json}",
        b"[link](target)",
        b'{"a":1}x',
        b'{"' + b'\\"' * (MAX_JSON // 3),
        b'{"a":1}\r\n',
        b"[" * 100 + b'"a"' + b"]" * 100,
        b"[" + b"1," * MAX_JSON + b"1]",
    ],
)
def test_what_is_no_json_in_a_style_stays_as_it_is(body):
    assert encode_json(body) is None


@pytest.mark.parametrize("style", [b"compact", b"spaced"])
def test_a_line_that_is_not_indented_is_not_joined(style):
    assert decode_json(b"\n      {\n    }", style) is None


def test_the_blank_behind_a_key_that_a_hand_wrote_is_left_out():
    lines = BREAK + b"{" + BREAK + b'  "a": "b\\": c",' + BREAK + b'  "d": [": "]' + BREAK + b"}"
    assert decode_json(lines, b"compact") == b'{"a":"b\\": c","d":[": "]}'
