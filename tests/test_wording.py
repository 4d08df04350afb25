"""Phrases that several messages have in common."""

from datetime import timedelta

import pytest

from cassette.wording import counted, from_here, in_words, listed, suggestion, told_of_attempt


def test_a_path_is_shown_as_a_person_would_type_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert from_here(tmp_path / "cassettes" / "a.yaml") == "cassettes/a.yaml"
    assert from_here(tmp_path.parent / "a.yaml") == str(tmp_path.parent / "a.yaml")


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(days=41, hours=23), "41 days"),
        (timedelta(days=1, hours=23), "47 hours"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(seconds=2), "2 seconds"),
        (timedelta(days=14), "14 days"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=1, minutes=59), "1 day"),
        (timedelta(days=1, hours=1), "25 hours"),
        (timedelta(hours=1, seconds=59), "1 hour"),
        (timedelta(hours=1, minutes=1), "61 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=61), "61 seconds"),
        (timedelta(seconds=1, milliseconds=900), "1 second"),
        (timedelta(milliseconds=999), "a moment"),
    ],
)
def test_a_duration_is_told_as_a_person_says_it(duration, words):
    assert in_words(duration) == words


@pytest.mark.parametrize(("number", "words"), [(0, "0 bytes"), (1, "1 byte"), (2, "2 bytes")])
def test_one_of_a_thing_has_no_plural(number, words):
    assert counted(number, "byte") == words


def test_a_long_list_is_cut():
    assert listed(["a", "b"]) == "a, b"
    assert listed(["a", "b", "c"], limit=2) == "a, b, ..."


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("replat", "; did you mean 'repeat'?"),
        ("MODE", "; did you mean 'mode'?"),
        ("zzz", ""),
        (3, ""),
    ],
)
def test_a_word_that_is_nearly_right_is_suggested(wrong, said):
    assert suggestion(wrong, ["mode", "repeat"]) == said


@pytest.mark.parametrize(
    ("kind", "host", "port", "where"),
    [
        ("connection", "a.example", 80, "a connection to a.example:80"),
        ("datagram", "::1", 53, "a datagram to [::1]:53"),
        ("look-up", "a.example", None, "a look-up of a.example"),
    ],
)
def test_an_attempt_is_told_with_the_functions_that_made_it(kind, host, port, where):
    told = told_of_attempt(
        kind,
        host,
        port,
        "was blocked",
        who=["fetch, shop.py:3", "test_it, a.py:9"],
        remedy="Do this.",
    )
    assert told.splitlines() == [
        f"{where} was blocked",
        "  by fetch, shop.py:3",
        "  called by test_it, a.py:9",
        "Do this.",
    ]
