"""What our errors say: what happened, where, what is near, what to do."""

import re
from http.client import HTTPException
from pathlib import Path

import pytest

import cassette
from cassette import errors


def mismatch(**fields):
    error = errors.UnmatchedRequestError("GET http://a/", path="a.yaml", mode="none", **fields)
    first, call, blank, *rest = str(error).split("\n")
    assert first == "no interaction in a.yaml answers this request (record mode: none)"
    assert (call, blank) == ("  GET http://a/", "")
    return rest


def test_a_mismatch_without_a_cassette_says_so():
    assert mismatch() == ["There is no such file yet."]


def test_a_mismatch_beside_a_journal_says_that_it_is_none_to_play():
    assert mismatch(journal=Path("a.yaml.partial")) == [
        "There is no such file yet: its recording was interrupted, or did not end well.",
        "Recorded until then: a.yaml.partial",
        "The next recording starts afresh.",
    ]


def test_a_mismatch_in_an_empty_cassette_says_so():
    assert mismatch(total=0, remedy="Do this.") == [
        "It holds no interaction at all.",
        "",
        "Do this.",
    ]


def test_a_mismatch_far_from_everything_names_what_is_known():
    assert mismatch(total=3, origins=["http://b", "http://c:1"]) == [
        "None of its 3 interactions is for this origin:",
        "  http://b, http://c:1",
    ]


def test_a_request_whose_recordings_were_played_is_told_how_to_repeat():
    assert mismatch(total=9, spent=range(7), remedy="Do this.") == [
        (
            "It was recorded (#0, #1, #2, #3, #4, ...), "
            "and every recording of it has been played already."
        ),
        "",
        "To let the last one answer again: repeat=True",
        "Do this.",
    ]


@pytest.mark.parametrize(
    ("total", "lines"),
    [
        (7, ["Nearest of 9, with what was recorded (-) and what was sent (+):"]),
        (
            None,
            [
                "There is no such file yet.",
                (
                    "Nearest of 2 in the cassettes beside it, "
                    "with what was recorded (-) and what was sent (+):"
                ),
            ],
        ),
    ],
)
def test_a_mismatch_counts_the_cassettes_beside_it(total, lines):
    assert mismatch(total=total, beside=2, nearest=["#1 in b.yaml: GET b"]) == [
        *lines,
        "  #1 in b.yaml: GET b",
    ]


def test_a_mismatch_shows_what_is_nearest_and_what_would_help():
    assert mismatch(total=9, nearest=["#1 GET b\n  - 1\n  + 2"], ignore=["query:a"]) == [
        "Nearest of 9, with what was recorded (-) and what was sent (+):",
        "  #1 GET b",
        "    - 1",
        "    + 2",
        "",
        "If this differs on every run, leave it out: ignore=['query:a']",
    ]


def test_a_read_past_the_recording_says_where_it_stops():
    error = errors.RecordingEndedError("GET http://a/", path="a.yaml", received=7)
    assert str(error) == (
        "the recording of GET http://a/ in a.yaml stops after 7 bytes: "
        "the program that was recorded read no further, and this one does\n"
        "Record the interaction again with the program as it is now."
    )


def test_what_was_not_played_is_listed_with_every_way_out():
    error = errors.UnplayedInteractionsError(
        ["GET http://a/"], path="a.yaml", total=2, remedy="Do it again."
    )
    assert str(error) == (
        "1 of 2 interactions in a.yaml were not played:\n"
        "  GET http://a/\n"
        "Do it again.\n"
        "Or delete them from the file, or allow them with on_unplayed='ignore'."
    )


def test_a_missing_cassette_says_how_to_record_it(tmp_path):
    error = errors.CassetteNotFoundError("a.yaml")
    assert str(error) == (
        "there is no cassette at a.yaml\nRecord it first: cassette.use(..., mode='once')."
    )


def test_a_format_error_gives_path_line_key_and_remedy():
    error = errors.CassetteFormatError(
        "expected bytes, found a list",
        path="a.yaml",
        line=41,
        key="interactions[2].response",
        remedy="Repair it.",
    )
    assert str(error) == (
        "a.yaml:41: interactions[2].response: expected bytes, found a list\nRepair it."
    )
    assert str(errors.CassetteFormatError("empty")) == "<bytes>: empty"


def test_every_error_has_the_one_base_and_no_other_that_clients_catch():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    ours = [kind for kind in kinds if issubclass(kind, Exception)]
    assert cassette.CassetteError in ours
    for kind in ours:
        assert issubclass(kind, cassette.CassetteError)
        assert not issubclass(kind, OSError | HTTPException)


def test_the_module_holds_the_tree_and_nothing_else():
    own = {name for name, value in vars(errors).items() if is_own(value)}
    drawn = set(re.findall(r"── (\w+)", errors.__doc__)) | {"CassetteError"}
    assert own == drawn - {"DriftError"}


def is_own(value):
    return getattr(value, "__module__", "") == errors.__name__
