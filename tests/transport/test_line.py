"""A line plays and records for shells that bring their own input and output."""

from datetime import UTC, datetime

import pytest
from recordings import OK

from cassette.model import Ended, Endpoint, Interaction, Request, Response
from cassette.transport.line import Line, Pause
from cassette.transport.pace import Pace
from cassette.transport.player import Player
from cassette.transport.recorder import Recorder

ENDPOINT = Endpoint("http", "example.com", 80)
GET = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"


class Answers:
    def __init__(self, interaction):
        self.interaction = interaction

    def answer(self, call, request):
        return self.interaction


class Watch:
    def monotonic(self):
        return 10.0

    def pass_to(self, moment):
        return moment - 10.0


def recorded(ended=Ended.OPEN, raw=OK, took=0.5):
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    return Interaction(
        "GET http://example.com/", Request(GET), Response(raw), at=moment, took=took, ended=ended
    )


def playing(interaction, factor=0.0):
    answers = Answers(interaction)
    pace = Pace(answers, Watch(), factor=factor) if factor else None
    return Line(ENDPOINT, player=Player(ENDPOINT, pace or answers), pace=pace)


def test_a_line_with_nothing_in_it_lets_all_pass():
    line = Line(ENDPOINT)
    assert line.must_dial
    assert line.take(GET) == GET
    line.sent(GET)
    line.received(OK)
    line.failed(OSError())
    line.closed()
    assert (line.answering, line.readable, line.waits, line.receive(9)) == (False, False, None, b"")


def test_what_is_told_is_recorded_until_the_cassette_is_left():
    taken = []
    line = Line(ENDPOINT, recorder=Recorder(ENDPOINT, taken.append))
    line.sent(GET)
    line.received(OK)
    line.leave()
    line.sent(GET)
    line.received(OK)
    line.closed()
    assert [one.response.raw for one in taken] == [OK]
    assert line.left
    assert line.readable


def test_closing_ends_what_is_under_way_once():
    taken = []
    line = Line(ENDPOINT, recorder=Recorder(ENDPOINT, taken.append))
    line.sent(GET)
    line.closed()
    line.closed()
    assert [one.ended for one in taken] == [Ended.ABANDONED]


def test_a_pause_is_as_long_as_the_client_would_wait_at_most():
    line = playing(recorded(), factor=2.0)
    assert line.take(GET) == b""
    assert line.pause(None) == Pause(1.0, in_time=True)
    assert line.pause(0.25) == Pause(0.25, in_time=False)
    assert playing(recorded()).pause(0.25) == Pause(0.0, in_time=True)


@pytest.mark.parametrize(("ended", "stall"), [(Ended.ABANDONED, 0.5), (Ended.OPEN, None)])
def test_a_client_may_have_waited_where_it_had_given_up(ended, stall):
    line = playing(recorded(ended, OK[:-1]))
    line.take(GET)
    assert line.stall is None
    line.receive(1000)
    assert line.stall == stall
