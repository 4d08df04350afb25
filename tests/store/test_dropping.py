"""Taking interactions out of a cassette, and leaving the rest as it is."""

import re
from pathlib import Path

import pytest

from cassette.errors import CassetteError, CassetteFormatError, CassetteNotFoundError
from cassette.store.dropping import drop_interactions
from cassette.store.files import Journal
from cassette.store.places import Stamp
from cassette.store.reader import CassetteReader, load


@pytest.fixture
def path(record, kit):
    """Four interactions, of which a hand has edited the file all over."""
    path = record(
        *(kit.make(kit.head + b"%d" % n, call=f"GET http://a.example/{n}") for n in range(4))
    )
    text = path.read_text()
    text = text.replace("recorded: ", "# Recorded at staging.\nrecorded: ")
    text = text.replace("interactions:\n", "interactions:  # of today\n\n  # The first one.\n")
    text = re.sub(r"^- call: (.*/1)$", r"- call: '\1'  # by hand", text, flags=re.MULTILINE)
    text = text.replace("  took: 0.5\n  ended: open\n", "  took:   0.50\n  ended: open\n", 1)
    path.write_text(text)
    return path


def calls(*numbers):
    return {number: f"GET http://a.example/{number}" for number in numbers}


def entries(path):
    header, *entries = path.read_bytes().split(b"\n- call: ")
    return [header, *[entry.rstrip(b"\n") for entry in entries]]


@pytest.mark.parametrize("dropped", [(0,), (1,), (3,), (1, 2), (0, 1, 2)])
def test_what_stays_keeps_every_byte(path, dropped):
    header, *before = entries(path)
    drop_interactions(path, calls(*dropped))
    assert entries(path) == [header, *(before[n] for n in range(4) if n not in dropped)]
    assert [one.response.body for one in load(path).interactions] == [
        b"%d" % n for n in range(4) if n not in dropped
    ]
    assert list(path.parent.iterdir()) == [path]


def test_a_cassette_of_which_nothing_is_left_is_deleted(path):
    drop_interactions(path, calls(0, 1, 2, 3))
    assert not list(path.parent.iterdir())


def test_a_cassette_that_cannot_be_deleted_is_an_error_of_ours(path, monkeypatch):
    def unlink(self):  # the folder may be read-only, and whoever runs the tests may be root
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(CassetteError, match="yaml: it cannot be deleted: Permission denied"):
        drop_interactions(path, calls(0, 1, 2, 3))
    assert path.exists()


@pytest.mark.parametrize("wrong", [{0: "GET http://a.example/1"}, {4: "GET http://a.example/4"}])
def test_a_file_that_was_changed_meanwhile_is_left_alone(path, wrong):
    before = path.read_bytes()
    with pytest.raises(CassetteFormatError) as caught:
        drop_interactions(path, wrong)
    assert str(caught.value) == (
        f"{path}: it was changed since it was played\n"
        "Nothing was taken out of it; run the tests again."
    )
    assert path.read_bytes() == before


def test_a_file_that_only_a_parser_understands_is_left_alone(path):
    text = path.read_text().replace("\n- call", "\n  - call").replace("\n  ", "\n    ")
    text = text.replace("\n    - call", "\n  - call")
    path.write_text(text)
    assert len(load(path).interactions) == 4
    with pytest.raises(CassetteFormatError) as caught:
        drop_interactions(path, calls(0))
    assert str(caught.value) == (
        f"{path}: it is written in a way that only a YAML parser understands\n"
        "Delete the interactions by hand, or record it again (mode='rewrite')."
    )
    assert path.read_text() == text


def test_a_cassette_that_is_gone_is_an_error_of_ours(tmp_path):
    with pytest.raises(CassetteNotFoundError):
        drop_interactions(tmp_path / "a.yaml", calls(0))


def test_new_interactions_go_behind_the_header_that_a_hand_has_written(path, kit):
    header, *before = entries(path)
    with CassetteReader.open(path) as reader:
        journal = Journal.over(reader, path, before=Stamp.of(path))
        journal.append_entry(reader.entry(1))
        journal.append(kit.make(kit.head + b"new"))
        journal.commit()
    assert entries(path)[:2] == [header, before[1]]
    assert [one.response.body for one in load(path).interactions] == [b"1", b"new"]
