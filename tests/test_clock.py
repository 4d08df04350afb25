"""The real clock, which no test freezes."""

import urllib.request
import warnings
from datetime import UTC, datetime, timedelta

import freezegun
import pytest
import time_machine

import cassette
from cassette.clock import Clock


def test_the_clock_goes_on_while_the_program_sees_another_time():
    with freezegun.freeze_time("2001-02-03"):
        assert datetime.now(UTC).year == 2001
        now, wall, monotonic = Clock.now(), Clock.wall(), Clock.monotonic()
    assert timedelta() <= Clock.now() - now < timedelta(minutes=1)
    assert 0 <= Clock.wall() - wall < 60
    assert 0 <= Clock.monotonic() - monotonic < 60


@pytest.mark.parametrize("destination", ["2001-02-03", "2051-02-03"])
def test_the_clock_is_real_while_the_program_travels(tmp_path, poll, destination):
    def get():
        with urllib.request.urlopen(f"http://127.0.0.1:{poll.port}/") as answer:
            return answer.read()

    before = Clock.now()
    with time_machine.travel(destination, tick=False):
        assert str(datetime.now(UTC).year) == destination[:4]
        with cassette.use(tmp_path / "a.yaml", mode="once"):
            get()
        with (
            warnings.catch_warnings(action="error"),
            cassette.use(tmp_path / "a.yaml", mode="once", max_age="1h"),
        ):
            get()
    (recorded,) = cassette.load(tmp_path / "a.yaml").interactions
    assert before <= recorded.at <= Clock.now()


def test_the_present_moment_is_in_utc_and_whole_milliseconds(monkeypatch):
    monkeypatch.setattr(Clock, "wall", staticmethod(lambda: 1.0019))
    assert Clock.now() == datetime(1970, 1, 1, 0, 0, 1, 1000, UTC)


def test_nobody_waits_for_a_moment_that_is_past(monkeypatch):
    monkeypatch.setattr(Clock, "monotonic", staticmethod(lambda: 10.0))
    assert [Clock.pass_to(moment) for moment in (9.0, 10.0, 12.5)] == [0.0, 0.0, 2.5]
