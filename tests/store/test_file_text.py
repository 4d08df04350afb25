"""The text of a file has the line ends of the writer, or an error says why there is none."""

import re

import pytest

import cassette
from cassette.store.file_text import read_text


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        (b"cassette: 1\nrecorded: x\n", b"cassette: 1\nrecorded: x\n"),
        (b"cassette: 1\r\nrecorded: x\r\n", b"cassette: 1\nrecorded: x\n"),
        (b"", b""),
    ],
    ids=["of the writer", "of a checkout with autocrlf", "empty"],
)
def test_lines_end_as_the_writer_ends_them(tmp_path, stored, text):
    path = tmp_path / "a.yaml"
    path.write_bytes(stored)
    assert read_text(path) == text


def test_a_file_that_is_not_there_is_no_cassette(tmp_path):
    with pytest.raises(cassette.CassetteNotFoundError, match=re.escape(str(tmp_path / "a.yaml"))):
        read_text(tmp_path / "a.yaml")


def test_what_cannot_be_read_is_told_with_its_path(tmp_path):
    with pytest.raises(cassette.CassetteFormatError, match="cannot be read") as caught:
        read_text(tmp_path)
    assert caught.value.path == tmp_path
