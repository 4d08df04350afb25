"""Record modes: names, default, and what each lets happen."""

import pytest

from cassette.errors import OptionError
from cassette.tapes.modes import Policy, RecordMode, default_mode, parse_mode, policy

REPLAY = Policy(play=True, record=False, keep=True)
RECORD = Policy(play=False, record=True, keep=False)


@pytest.mark.parametrize(
    ("mode", "exists", "expected"),
    [
        ("none", True, REPLAY),
        ("none", False, REPLAY),
        ("once", True, REPLAY),
        ("once", False, RECORD),
        ("new_episodes", True, Policy(play=True, record=True, keep=True)),
        ("all", True, Policy(play=False, record=True, keep=True)),
        ("rewrite", True, RECORD),
        ("verify", True, Policy(play=False, record=True, keep=True, compare=True)),
        ("off", True, Policy(play=False, record=False, keep=False)),
    ],
)
def test_a_mode_says_what_may_happen(mode, exists, expected):
    assert policy(RecordMode(mode), exists=exists) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, RecordMode.ONCE),
        ("", RecordMode.ONCE),
        ("0", RecordMode.ONCE),
        ("false", RecordMode.ONCE),
        ("true", RecordMode.NONE),
        ("1", RecordMode.NONE),
    ],
)
def test_nothing_is_recorded_in_ci_by_default(monkeypatch, value, expected):
    monkeypatch.delenv("CI", raising=False)
    if value is not None:
        monkeypatch.setenv("CI", value)
    assert default_mode() is expected
    assert parse_mode(None) is expected


def test_a_wrong_mode_names_the_nearest_and_all():
    with pytest.raises(OptionError) as caught:
        parse_mode("new_episode")
    assert str(caught.value) == (
        "there is no record mode 'new_episode'; did you mean 'new_episodes'?\n"
        "Modes: none, once, new_episodes, all, rewrite, verify, off"
    )


def test_a_mode_like_no_other_gets_no_guess():
    with pytest.raises(OptionError, match="there is no record mode 'x'\nModes: none"):
        parse_mode("x")
