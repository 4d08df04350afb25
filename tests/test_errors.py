"""What our errors say: what happened, where, what is near, what to do."""

import cassette
from cassette import errors


def test_a_mismatch_in_an_empty_cassette_says_so():
    error = errors.UnmatchedRequestError("GET http://a/", path="a.yaml", mode="none")
    assert str(error) == (
        "no interaction in a.yaml answers this request (record mode: none)\n"
        "  GET http://a/\n"
        "It holds no interaction at all."
    )


def test_a_mismatch_far_from_everything_says_so():
    error = errors.UnmatchedRequestError(
        "GET http://a/", path="a.yaml", mode="none", total=3, remedy="Do this."
    )
    assert str(error).splitlines()[2:] == [
        "None of its 3 interactions is for this origin.",
        "Do this.",
    ]


def test_a_read_past_the_recording_says_where_it_stops():
    error = errors.RecordingEndedError("GET http://a/", path="a.yaml", received=7)
    assert str(error) == (
        "the recording of GET http://a/ in a.yaml stops after 7 bytes: "
        "the program that was recorded read no further, and this one does\n"
        "Record the interaction again with the program as it is now."
    )


def test_what_was_not_played_is_listed_with_every_way_out():
    error = errors.UnplayedInteractionsError(["GET http://a/"], path="a.yaml", total=2)
    assert str(error) == (
        "1 of 2 interactions in a.yaml were not played:\n"
        "  GET http://a/\n"
        "Delete them from the file, record it again (mode='rewrite'), "
        "or allow them with on_unplayed='ignore'."
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
    for name in errors.__dict__:
        kind = getattr(errors, name)
        if isinstance(kind, type) and issubclass(kind, Exception):
            assert issubclass(kind, cassette.CassetteError)
            assert not issubclass(kind, OSError)
