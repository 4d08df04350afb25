"""Opening puts the parts of a tape together, for the mode and the file that are there."""

from dataclasses import replace
from datetime import timedelta

import pytest
from recordings import OK, URL, interaction, write

import cassette
from cassette.matching import Matching
from cassette.redaction import Redactor
from cassette.tapes.expiry import Expiry, OnExpiry
from cassette.tapes.modes import RecordMode
from cassette.tapes.opening import open_tape
from cassette.tapes.options import TapeOptions


@pytest.fixture
def options(tmp_path):
    redactor = Redactor()
    return TapeOptions(tmp_path / "a.yaml", RecordMode.ONCE, Matching(redactor=redactor), redactor)


@pytest.mark.parametrize(
    ("mode", "exists", "shown", "left"),
    [
        ("none", True, 2, 2),
        ("once", True, 2, 2),
        ("once", False, 0, 0),
        ("new_episodes", True, 2, 2),
        ("all", True, 2, 0),
        ("rewrite", True, 0, 0),
        ("verify", True, 2, 2),
        ("off", True, 0, 0),
        ("none", False, 0, 0),
    ],
)
def test_a_tape_shows_what_the_mode_keeps_and_leaves_what_it_plays(
    options, mode, exists, shown, left
):
    if exists:
        write(options.path, interaction(path="/1"), interaction(path="/2"))
    tape = open_tape(replace(options, mode=RecordMode(mode)))
    assert (tape.existed, len(tape.interactions), tape.left) == (exists, shown, left)
    tape.close(good=True)


@pytest.mark.parametrize("mode", ["all", "new_episodes", "rewrite"])
def test_no_new_secret_gets_the_mask_of_an_old_one(options, mode):
    write(options.path, interaction(fields=b"Authorization: Bearer REDACTED-7-xxxxx\r\n"))
    options = replace(options, mode=RecordMode(mode))
    open_tape(options).close(good=True)
    masked = options.redactor.mask_url(f"{URL}/?token=abcdefgh12345678")
    assert ("REDACTED-8" if mode != "rewrite" else "REDACTED-1") in masked


@pytest.mark.parametrize("consequence", list(OnExpiry))
def test_a_cassette_that_is_too_old_is_minded_as_was_asked_for(options, consequence):
    write(options.path, interaction())
    options = replace(options, expiry=Expiry(timedelta(days=1), consequence))
    if consequence is OnExpiry.FAIL:
        with pytest.raises(cassette.CassetteExpiredError):
            open_tape(options)
        return
    if consequence is OnExpiry.WARN:
        with pytest.warns(cassette.CassetteExpiredWarning):
            tape = open_tape(options)
        assert (tape.mode, tape.left) == (RecordMode.ONCE, 1)
    else:
        tape = open_tape(options)
        assert (tape.mode, tape.left) == (RecordMode.REWRITE, 0)
        assert tape.interactions == []  # none is kept in what is recorded now
    assert tape.expired > timedelta(days=1)
    tape.close(good=True)


def test_a_cassette_beside_this_one_that_is_this_one_is_read_once(options, tmp_path):
    write(options.path, interaction(raw=OK))
    other = write(tmp_path / "b.yaml", interaction(path="/b"))
    tape = open_tape(replace(options, extra=(options.path, other)))
    assert [source.path for source in tape.extra] == [other]
    tape.close(good=True)


def test_a_cassette_beside_this_one_must_be_there(options, tmp_path):
    missing = tmp_path / "missing.yaml"
    with pytest.raises(cassette.CassetteNotFoundError, match="only read"):
        open_tape(replace(options, extra=(missing,)))
    open_tape(replace(options, extra=(missing,), mode=RecordMode.OFF)).close(good=True)
