"""The text of a file has the line ends of the writer, or an error says why there is none."""

import os
import re
import socket
import sys
from pathlib import Path

import pytest

import cassette
from cassette.errors import CassetteError, CassetteFormatError
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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other kinds of files")
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "socket"])
def test_what_is_no_regular_file_is_no_cassette(tmp_path, kind):
    path = tmp_path / "a.yaml"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(os.path.relpath(path))
    with pytest.raises(CassetteFormatError) as caught:
        read_text(path)
    assert str(caught.value) == (
        f"{path}: it cannot be read: Is no regular file\n"
        "A cassette is a file that this user may read."
    )


@pytest.mark.parametrize("name", ["a\0b.yaml", "a\ud800.yaml"], ids=ascii)
def test_a_path_that_can_be_none_is_an_error_of_ours(name):
    with pytest.raises(CassetteFormatError, match="it cannot be read"):
        read_text(Path(name))
    with pytest.raises(CassetteError), cassette.use("a.yaml", extra=[name]):
        pass
