"""docs/format.md and schema.json hold for what is written, and for each other."""

import base64
import json
import re
from datetime import datetime
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cassette.errors import CassetteFormatError
from cassette.model import Ended, Failure
from cassette.store import document, jsonform, parts, schema
from cassette.store.reader import CassetteReader, load
from cassette.store.writer import encode_entry, encode_header

PAGE = (Path(__file__).parents[2] / "docs" / "format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def as_json(value):
    """The data of a file as JSON has it."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else value


def check(text):
    """Hold the text of a cassette against the schema."""
    data = as_json(yaml.load(text, yaml.CSafeLoader))
    jsonschema.Draft202012Validator(schema.json_schema()).validate(data)
    return data


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(schema.json_schema())


def test_the_page_has_examples():
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_of_the_page_loads_and_fits_the_schema(text, tmp_path):
    check(text)
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    for interaction in load(tmp_path / "a.yaml").interactions:
        response = interaction.response
        if length := response.headers.get("content-length"):
            assert len(response.body) == int(length)
        assert sum(count for _, count in interaction.arrived) in (0, len(response.raw))


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_of_the_page_is_what_the_writer_writes(text, tmp_path):
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    cassette = load(tmp_path / "a.yaml")
    entries = b"".join(map(encode_entry, cassette.interactions))
    assert (encode_header(cassette.recorded) + entries).decode() == text


def test_the_first_example_is_all_of_the_design(tmp_path):
    (tmp_path / "a.yaml").write_text(EXAMPLES[0], encoding="utf-8")
    interaction = load(tmp_path / "a.yaml").interactions[0]
    assert interaction.request.body == b'{"name":"x"}'
    assert interaction.response.raw.endswith(b"b\r\ndata: two\n\n\r\n0\r\n\r\n")


RAW = st.sampled_from(
    [
        b"",
        b"no HTTP\xff",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: \xe9\r\n\r\n\x00\xff",
        b'HTTP/1.1 200 OK\r\n\r\n{"a": [1, 2]}\n',
        b"HTTP/1.1 200 OK\r\n\r\ntext\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n01\r\na\r\n0\r\n\r\n",
    ]
)


@given(
    RAW,
    RAW,
    st.sampled_from(Ended),
    st.none() | st.builds(Failure, st.text(), st.none() | st.integers(-99, 999), st.text()),
    st.lists(st.text()).map(tuple),
    st.lists(st.tuples(st.floats(0, 99), st.integers(0, 99))).map(tuple),
)
def test_whatever_is_written_fits_the_schema(  # noqa: PLR0913, PLR0917 - so many facts
    kit, sent, got, ended, failure, redacted, arrived
):
    try:
        interaction = kit.make(
            got, sent, ended=ended, failure=failure, redacted=redacted, arrived=arrived
        )
        text = encode_header(kit.at) + encode_entry(interaction)
    except UnicodeEncodeError:  # half a character in a text that no one can write
        return
    check(text)


def test_the_schema_and_the_reader_name_the_same_keys():
    definitions = schema.json_schema()["$defs"]
    assert set(definitions["message"]["properties"]) == set(parts.MESSAGE_KEYS)
    assert set(definitions["interaction"]["properties"]) == set(schema.ENTRY_KEYS)
    assert definitions["interaction"]["properties"]["ended"]["enum"] == list(Ended)
    assert definitions["message"]["properties"]["style"]["enum"] == list(jsonform.STYLES)


def test_the_page_names_every_key_and_limit():
    for key in (*schema.ENTRY_KEYS, *parts.MESSAGE_KEYS, *jsonform.STYLES, *Ended):
        assert f"`{key}`" in PAGE
    for size, limit in (
        ("64 KiB", jsonform.MAX_JSON),
        ("1 MiB", document.MAX_REPEATED),
        ("256 MiB", document.MAX_PARSED),
    ):
        number, unit = size.split()
        assert int(number) * {"KiB": 1 << 10, "MiB": 1 << 20}[unit] == limit
        assert size in PAGE
    assert f"{document.MAX_DEPTH} levels" in PAGE


BAD = [
    "{head: a, raw: b}",
    "{text: a}",
    "{head: a, text: b, body: !!binary aGk=}",
    "{head: a, json: '{}'}",
    "{head: a, style: compact}",
    "{head: a, trailers: b}",
    "{head: a, wire: b, chunks: [1]}",
    "{head: a, colour: red}",
    "{head: a, text: b, arrived: [[1]]}",
    "{head: a, text: b, chunks: [-1]}",
]


@pytest.mark.parametrize("response", BAD)
def test_the_schema_and_the_reader_refuse_the_same(kit, response, tmp_path):
    good = encode_header(kit.at) + encode_entry(kit.make(b""))
    check(good)
    text = good.replace(b"response: {}", b"response: " + response.encode())
    with pytest.raises(jsonschema.ValidationError):
        check(text)
    (tmp_path / "a.yaml").write_bytes(text)
    with pytest.raises(CassetteFormatError):
        CassetteReader.open(tmp_path / "a.yaml").interaction(0)


def test_the_schema_is_json_that_people_can_read():
    path = Path(schema.__file__).with_name("schema.json")
    assert json.loads(path.read_text(encoding="utf-8")) == schema.json_schema()
