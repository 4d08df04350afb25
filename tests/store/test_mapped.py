from itertools import chain, repeat
from mmap import mmap
from types import SimpleNamespace

import pytest

from cassette.store import mapped as module
from cassette.store.file_text import read_text
from cassette.store.mapped import map_file
from cassette.store.reader import CassetteReader, load
from cassette.store.writer import encode_entry, encode_header

KIB = 1 << 10


def is_mapped(path, sizes, start=b""):
    """Whether a file of entries that have these sizes is mapped."""
    path.write_bytes(start + b"".join(b"\n-" + b"x" * (size - 2) for size in sizes))
    with path.open("rb") as file:
        mapped = map_file(file, path.stat().st_size)
        assert file.tell() == 0
    return mapped is not None


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        (repeat(1 << 20, 4), True),
        (repeat(32 * KIB, 64), True),
        (repeat(4 * KIB, 512), False),
        (repeat(KIB, 2048), False),
        (chain(repeat(KIB, 400), repeat(1 << 20, 4)), True),
        (chain(repeat(1 << 20, 1), repeat(KIB, 4096)), False),
    ],
)
def test_a_file_is_mapped_where_most_of_it_stands_in_large_entries(tmp_path, sizes, expected):
    assert is_mapped(tmp_path / "a.yaml", sizes) is expected


def test_a_file_that_would_fill_the_memory_is_mapped_whatever_its_entries(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_ALWAYS_MAPPED", 1 << 20)
    assert is_mapped(tmp_path / "a.yaml", repeat(KIB, 2048))


def test_a_file_with_crlf_is_never_mapped(tmp_path):
    assert not is_mapped(tmp_path / "a.yaml", repeat(1 << 20, 4), b"cassette: 1\r\n")


def test_a_file_that_nobody_could_replace_then_is_never_mapped(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "sys", SimpleNamespace(platform="win32"))
    assert not is_mapped(tmp_path / "a.yaml", repeat(1 << 20, 4))


@pytest.mark.parametrize(("size", "kind"), [(1 << 21, mmap), (1 << 19, bytes)])
def test_only_a_large_file_is_mapped(tmp_path, size, kind):
    (tmp_path / "a.yaml").write_bytes(b"x" * size)
    assert isinstance(read_text(tmp_path / "a.yaml"), kind)


@pytest.fixture
def mapped(monkeypatch):
    """Every file is mapped."""
    monkeypatch.setattr("cassette.store.file_text._LARGE_FILE", 0)
    monkeypatch.setattr(module, "_ALWAYS_MAPPED", 0)


def test_small_entries_of_a_large_file_are_read(tmp_path, kit, mapped, no_parser):
    made = [kit.make(kit.head + b"%d" % n) for n in range(3)]
    (tmp_path / "a.yaml").write_bytes(encode_header(kit.at) + b"".join(map(encode_entry, made)))
    reader = CassetteReader.open(tmp_path / "a.yaml")
    assert [reader.interaction(n).response.body for n in range(3)] == [b"0", b"1", b"2"]
    assert [reader.entry(n) for n in range(3)] == [*map(encode_entry, made)]


@pytest.mark.parametrize("kind", ["crlf", "whole", "partial"])
def test_a_large_file_may_be_odd(tmp_path, kit, mapped, kind):
    entry = encode_entry(kit.make(kit.head + b"body"))
    text = {
        "crlf": (encode_header(kit.at) + entry).replace(b"\n", b"\r\n"),
        "whole": encode_header(kit.at).replace(b"\n", b"\n\n") + entry.replace(b"\n", b" # x\n", 1),
        "partial": encode_header(kit.at) + entry + entry[:-3],
    }[kind]
    path = tmp_path / ("a.yaml.partial" if kind == "partial" else "a.yaml")
    path.write_bytes(text)
    assert [i.response.body for i in load(path).interactions] == [b"body"]
