"""The options of a use are frozen; each use has a memory of its own for secrets."""

import dataclasses

import pytest

from cassette.matching import Matching
from cassette.redaction import Redactor
from cassette.tapes.modes import RecordMode
from cassette.tapes.options import TapeOptions


@pytest.fixture
def options(tmp_path):
    redactor = Redactor(["X-Shoe-Size"])
    return TapeOptions(
        tmp_path / "a.yaml",
        RecordMode.ONCE,
        Matching(redactor=redactor),
        redactor,
        command=lambda mode: f"run --mode={mode}",
    )


def test_options_cannot_be_changed(options):
    with pytest.raises(dataclasses.FrozenInstanceError):
        options.mode = RecordMode.ALL


def test_a_use_more_shares_no_secret_with_the_one_before(options):
    one, other = options.fresh(), options.fresh()
    assert one.redactor is not other.redactor
    assert one.matching.redactor is one.redactor
    assert repr(one.redactor) == repr(options.redactor)
    assert one.redactor.mask_url("http://x/?token=abcdefgh1234") == other.redactor.mask_url(
        "http://x/?token=zyxwvuts9876"
    )


def test_advice_names_the_command_and_the_mode(options):
    assert options.how_to_record == "To record it: run --mode=new_episodes"
    assert options.how_to_record_anew == "To record it anew: run --mode=rewrite"
