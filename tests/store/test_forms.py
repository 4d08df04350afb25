import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cassette.store import forms

HARD = [
    b"---\n",
    b"...\n",
    b"--- a\n...\n",
    b"# no comment\n",
    b"%YAML 1.1\n",
    b"- a\n- b\n",
    b"key: value\n",
    b"'single' \"double\" \\ back\n",
    b"tab\tinside\n",
    b"\ttab first\n",
    b" blank first\n",
    b"    blanks first\n  fewer\n",
    b"\n\nnewlines first\n",
    b"\n  newline, then blanks\n",
    b"no final newline",
    b"several final newlines\n\n\n",
    b"one\n\n\n\n\nmany between\n",
    b"trailing blank \n",
    b"trailing tab\t\nmore\n",
    b"trailing blank at the end ",
    b" ",
    b"\t",
    b"\n",
    b"\n\n\n",
    b"  \n  \n",
    b"cr lf\r\n  indented\r\n",
    b"lone\rcr",
    "nel\x85 ls\u2028 ps\u2029 bom\ufeff".encode(),
    "\ufeffbom first".encode(),
    b"nul\x00 bell\x07 del\x7f escape\x1b",
    "noncharacters \ufffe \uffff \ufdd0 \U0001fffe \U0010ffff".encode(),
    "caf\u00e9 \u65e5\u672c \U0001f600\n".encode(),
    b"back\\slash at the end\\",
    b"line\\\r\nline\\n\\\r\n",
    b"yes",
    b"012",
    b"1:30",
    b"null",
    b"~",
    b"!!binary aGk=",
    b"*alias &anchor",
    b"| block\n",
]


def read(form, loader):
    text = b"key:\n  nested:\n    value: " + form + b"\n    next: 1\n"
    data = yaml.load(text, loader)["key"]["nested"]
    assert data["next"] == 1
    value = data["value"]
    return value.encode() if isinstance(value, str) else value


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
@pytest.mark.parametrize("text", HARD)
def test_what_yaml_finds_hard_survives_every_loader(text, loader):
    assert read(forms.encode_bytes(text), loader) == text


@given(st.binary() | st.text(st.sampled_from("ab \t\n\r\\\"':#-|{}[]\x00\x85\u2028\ufeffé😀")))
def test_any_bytes_survive_every_loader(data):
    data = data.encode() if isinstance(data, str) else data
    form = forms.encode_bytes(data)
    assert read(form, yaml.SafeLoader) == data
    assert read(form, yaml.CSafeLoader) == data


@given(st.text(st.sampled_from("ab \t\n\r\x85é")))
def test_no_block_has_cr_or_a_trailing_blank(text):
    block = forms.encode_block(text.encode())
    if block is not None:
        lines = block.split(b"\n")
        assert b"\r" not in block
        assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        (b"a\n", b"|\n"),
        (b"a", b"|-\n"),
        (b"a\n\n", b"|+\n"),
        (b" a\n", b"|2\n"),
        (b"\na", b"|2-\n"),
        (b"\ta\n\n", b"|2+\n"),
    ],
)
def test_a_block_says_how_it_starts_and_ends(text, header):
    assert forms.encode_block(text).startswith(header)


def test_crlf_lines_are_quoted_line_by_line():
    assert forms.encode_text(b"a\r\n b\r\nc") == b'"a\\r\\n\\\n      \\ b\\r\\n\\\n      c"'


def test_binary_stands_on_one_line():
    form = forms.encode_bytes(bytes(range(256)) * 100)
    assert form.startswith(b"!!binary ")
    assert b"\n" not in form
    assert len(form) < 1.34 * 25600


def test_text_that_is_mostly_escapes_is_binary():
    assert forms.encode_bytes(b"\x00\x01\x02\x03ab") == b"!!binary AAECA2Fi"


def test_long_text_that_no_block_holds_is_binary():
    assert forms.encode_text(b"a \n" * forms.MAX_QUOTED) is None


@pytest.mark.parametrize(
    "text",
    ["plain words", "request.headers.x", "Yes", "null", "y", "", "a: b", "a #b", "[a]", "1", "é\n"],
)
def test_a_short_text_reads_as_itself_in_every_loader(text):
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        assert yaml.load(f"[{forms.encode_scalar(text)}]", loader) == [text]


def test_plain_words_are_not_quoted():
    assert forms.encode_scalar("name not found") == "name not found"


def test_a_character_is_plain_text_unless_yaml_refuses_or_changes_it():
    ends = [plane << 16 | low for plane in range(1, 17) for low in (0, 0xFFFD, 0xFFFE, 0xFFFF)]
    for code in (*range(0x3000), *range(0xE000, 0x10000), *ends):
        unsafe = (
            (code < 0x20 and code not in {0x09, 0x0A})
            or 0x7F <= code < 0xA0
            or code in {0x2028, 0x2029, 0xFEFF}
            or 0xFDD0 <= code <= 0xFDEF
            or code & 0xFFFE == 0xFFFE
        )
        assert forms.is_plain_text(chr(code).encode()) is not unsafe, hex(code)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("é\x00".encode(), False),
        ("é\n\tü".encode(), True),
        ("no-break \xa0, soft \xad, private \ue000".encode(), True),
        (b"\xc3a\xa9", False),
        ("é".encode()[:-1], False),
    ],
)
def test_a_text_is_plain_if_every_character_in_it_is(data, expected):
    assert forms.is_plain_text(data) is expected
