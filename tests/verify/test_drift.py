"""What is told of live responses that have drifted."""

from datetime import UTC, datetime

import pytest

from cassette.matching.differences import Change, Difference
from cassette.verify.drift import Drift, DriftError


def drift(number=0, lines=("- 200", "+ 404"), ignored_by="", notes=()):
    parts = (Difference("status", [Change(tuple(lines), ignored_by)]),) if lines else ()
    return Drift(number, "GET http://a.example/", parts, tuple(notes))


def told(*drifts, recorded=None, remedy="Do this."):
    error = DriftError("a.yaml", recorded=recorded, remedy=remedy)
    error.drifts += drifts
    return str(error).split("\n")


def test_a_drift_is_told_with_its_number_and_what_differs():
    assert told(drift(), recorded=datetime(2026, 11, 23, tzinfo=UTC)) == [
        "1 live interaction drifted from a.yaml (recorded 2026-11-23)",
        "",
        "What was recorded (-) and what is live (+):",
        "  #0 GET http://a.example/",
        "    status",
        "      - 200",
        "      + 404",
        "",
        "Do this.",
    ]


def test_a_request_without_a_recording_is_told_with_its_note():
    assert told(drift(None, lines=(), notes=["a note"])) == [
        "1 live interaction drifted from a.yaml (there is no such file)",
        "",
        "What was recorded (-) and what is live (+):",
        "  not recorded: GET http://a.example/",
        "    a note",
        "",
        "Do this.",
    ]


@pytest.mark.parametrize(
    ("entries", "proposed"),
    [
        (["json:$.a"], True),
        (["json:$.a", "json:$.b", "json:$.a"], True),
        (["json:$.a", ""], False),
        ([f"json:$.{letter}" for letter in "abcd"], False),
    ],
    ids=["one", "two", "one of two", "too many"],
)
def test_entries_of_ignore_are_proposed_where_few_of_them_would_do_for_all(entries, proposed):
    lines = told(*(drift(ignored_by=entry) for entry in entries))
    expected = f"cassette.Verification(ignore={list(dict.fromkeys(entries))})"
    assert any(expected in line for line in lines) is proposed


def test_of_many_drifts_some_are_shown_and_the_others_counted():
    lines = told(*(drift(number, lines=["- a", "+ b"] * 20) for number in range(9)))
    assert lines[0].startswith("9 live interactions drifted")
    assert [line for line in lines if line.startswith("  #")][-1].startswith("  #5 ")
    assert "  ... 3 more" in lines
    assert len(lines) < 45
