"""A writer turns what is recorded into a journal, and that into the cassette."""

import gzip
from dataclasses import replace

import pytest
from recordings import URL, interaction, write

import cassette
from cassette.matching import Matching
from cassette.redaction import Redactor
from cassette.store.places import Stamp
from cassette.store.reader import CassetteReader, load
from cassette.tapes.family import Family
from cassette.tapes.modes import RecordMode
from cassette.tapes.options import TapeOptions
from cassette.tapes.writer import Writer


def options(path, **others):
    redactor = Redactor()
    matching = Matching(redactor=redactor)
    return replace(TapeOptions(path, RecordMode.ALL, matching, redactor), **others)


def calls(path):
    return [one.call for one in load(path).interactions]


def call(path):
    return f"GET {URL}{path}"


def test_nothing_is_written_before_the_first_interaction(tmp_path):
    path = tmp_path / "new" / "a.yaml"
    writer = Writer(options(path), None, Family(), before=None, anew=False)
    assert writer.journal is None
    assert not path.parent.exists()
    writer.write(interaction(path="/1"))
    assert writer.journal == path.with_name("a.yaml.partial")
    writer.write(interaction(path="/2"))
    assert writer.recorded == 2
    assert not path.exists()
    writer.close(good=True)
    assert writer.journal is None
    assert calls(path) == [call("/1"), call("/2")]


def test_a_use_that_did_not_end_well_leaves_the_journal(tmp_path):
    path = tmp_path / "a.yaml"
    writer = Writer(options(path), None, Family(), before=None, anew=False)
    writer.write(interaction())
    writer.close(good=False)
    assert not path.exists()
    assert calls(writer.journal) == [call("/")]


def test_what_comes_after_the_end_is_not_written(tmp_path):
    path = tmp_path / "a.yaml"
    writer = Writer(options(path), None, Family(), before=None, anew=False)
    writer.write(interaction(path="/1"))
    writer.close(good=True)
    writer.write(interaction(path="/2"))
    assert calls(path) == [call("/1")]
    assert writer.recorded == 1
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("anew", "left"), [(False, ["/1", "/2", "/1"]), (True, ["/1", "/2"])], ids=["added", "anew"]
)
def test_old_interactions_stay_unless_they_were_recorded_again(tmp_path, anew, left):
    path = write(tmp_path / "a.yaml", interaction(path="/1"), interaction(path="/2"))
    writer = Writer(
        options(path), CassetteReader.open(path), Family(), before=Stamp.of(path), anew=anew
    )
    writer.write(interaction(9, path="/1"))
    writer.close(good=True)
    assert calls(path) == [call(one) for one in left]
    assert load(path).recorded == interaction().at  # when the recording began


def test_secrets_are_masked_and_bodies_decoded_where_that_was_asked_for(tmp_path):
    body = gzip.compress(b'{"a": 1}', mtime=0)
    raw = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b"
    secret = interaction(raw=raw % (len(body), body), fields=b"Authorization: Bearer s3cr3t99\r\n")
    written = {}
    for decode in (False, True):
        path = tmp_path / f"{decode}.yaml"
        writer = Writer(options(path, decode=decode), None, Family(), before=None, anew=False)
        writer.write(secret)
        writer.close(good=True)
        (written[decode],) = load(path).interactions
        assert b"s3cr3t99" not in path.read_bytes()
    assert written[False].response.body == body
    assert (written[True].response.body, written[True].decoded) == (b'{"a": 1}', ("response",))


def test_a_folder_that_cannot_be_made_is_told_of(tmp_path):
    (tmp_path / "file").write_text("")
    writer = Writer(options(tmp_path / "file" / "a.yaml"), None, Family(), before=None, anew=False)
    with pytest.raises(cassette.CassetteError, match="cannot be written"):
        writer.write(interaction())


def test_a_use_that_ends_while_an_interaction_is_masked_leaves_no_journal(tmp_path):
    class Ending(Redactor):
        def redact(self, interaction):
            writer.close(good=True)
            return interaction

    writer = Writer(
        options(tmp_path / "a.yaml", redactor=Ending()), None, Family(), before=None, anew=False
    )
    writer.write(interaction())
    assert writer.recorded == 0
    assert list(tmp_path.iterdir()) == []
