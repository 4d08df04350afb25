import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette.store.forms import encode_bytes
from cassette.store.scalars import BREAK, CR, decode_binary, decode_value, is_own_text


@given(st.binary() | st.text(st.sampled_from("ab \t\n\r\\\"'é\x85\u2028😀")).map(str.encode))
def test_what_the_writer_makes_of_any_bytes_is_read_back(data):
    """Or left to the parser, where a quoted scalar has escapes that JSON does not know."""
    form = encode_bytes(data)
    value = decode_value(form.replace(BREAK, CR).replace(b"\n", CR))
    if value is None:
        assert form.startswith(b'"')
    else:
        assert value.data == data


@pytest.mark.parametrize(
    "scalar",
    [
        b"plain",
        b"'single'",
        b">\rfolded",
        b"|",
        b"| # lines\ra",
        b"|3\r   a",
        b"|\r blank first",
        b'"open',
        b'"\\x41"',
        b'"a\rb"',
        b'"a\\\r b"',
        b"!!binary YQ",
        b"!!binary Y Q==",
        b"!!str a",
        b"",
    ],
)
def test_a_scalar_in_any_other_form_is_left_to_the_parser(scalar):
    assert decode_value(scalar) is None


@pytest.mark.parametrize("data", [b"YQ", b"YQ=", b"YQ===", b"YQ==YQ==", b"Y\nQ==", b"Y!=="])
def test_base64_must_be_as_it_is_written(data):
    with pytest.raises(ValueError, match=r"."):
        decode_binary(data)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"ascii\n", True),
        ("é 日本 😀 “quoted”".encode(), True),
        ("no-break \xa0 and control \x84".encode(), True),
        ("nel \x85".encode(), False),
        ("ls \u2028 日本".encode(), False),
        ("ps \u2029 😀".encode(), False),
        ("bom \ufeff".encode(), False),
        (b"cr \r", False),
        (b"\xff", False),
        ("cut é".encode()[:-1], False),
    ],
)
def test_a_text_is_the_writers_own_if_yaml_changes_nothing_in_it(text, expected):
    assert is_own_text(text) is expected
