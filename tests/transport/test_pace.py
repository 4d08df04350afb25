"""Under a pace, what was recorded comes when it came, and a client may be too impatient for it."""

import urllib.request
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import requests
from recordings import OK, URL, after, interaction, write

import cassette
from cassette.clock import Clock
from cassette.errors import RecordingEndedError
from cassette.model import Ended, Endpoint, Failure
from cassette.transport.pace import Pace
from cassette.transport.player import Player
from cassette.transport.sockets import CassetteSocket

ENDPOINT = Endpoint("http", "api.example.com", 80)
GET = b"GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
STREAM = {
    "raw": HEAD + b"one\ntwo\n",
    "arrived": ((0.5, len(HEAD)), (2.0, 4), (6.0, 4)),
    "took": 7.0,
    "ended": Ended.CLOSED,
}
RESET = {
    "raw": OK[:20],
    "took": 3.0,
    "ended": Ended.RESET,
    "failure": Failure("ConnectionResetError", 104, "Connection reset by peer"),
}


class Watch:
    """A clock on which a wait takes no time; it starts anywhere."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now

    def pass_to(self, moment):
        self.now = max(self.now, moment)
        return 0.0


class Answers:
    def __init__(self, *interactions):
        self.waiting = list(interactions)

    def answer(self, call, request):
        return self.waiting.pop(0)

    def foresee(self, call):
        return self.waiting[0]

    def refuse_more(self, interaction):
        raise RecordingEndedError("x", path="x.yaml", received=0)


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def connect(watch):
    """Return a function that makes a transport with a pace."""
    opened = []

    def connect(*interactions, factor=1.0):
        pace = Pace(Answers(*interactions), watch, factor=factor)
        opened.append(CassetteSocket(ENDPOINT, player=Player(ENDPOINT, pace), pace=pace))
        return opened[-1]

    yield connect
    for transport in opened:
        transport.close()


def passed(watch, transport, count):
    """Receive so many pieces; return them, and when each one came."""
    out = []
    for _ in range(count):
        piece = transport.recv(1000)
        out.append((watch.now - 1000.0, piece))
    return out


@pytest.mark.parametrize("factor", [1.0, 0.5, 10.0])
def test_pieces_and_the_end_come_when_they_came(connect, watch, factor):
    transport = connect(interaction(**STREAM), factor=factor)
    transport.sendall(GET)
    assert passed(watch, transport, 4) == [
        (0.5 * factor, HEAD),
        (2.0 * factor, b"one\n"),
        (6.0 * factor, b"two\n"),
        (7.0 * factor, b""),
    ]


def test_a_piece_that_is_read_in_parts_is_waited_for_once(connect, watch):
    transport = connect(interaction(**STREAM))
    transport.sendall(GET)
    transport.recv(1000)
    assert (transport.recv(1), watch.now) == (b"o", 1002.0)
    assert (transport.recv(2), watch.now) == (b"ne", 1002.0)


def test_time_that_the_program_took_itself_is_not_waited_for_again(connect, watch):
    transport = connect(interaction(**STREAM))
    transport.sendall(GET)
    watch.now += 4
    assert passed(watch, transport, 3) == [(4.0, HEAD), (4.0, b"one\n"), (6.0, b"two\n")]


def test_a_response_in_one_piece_comes_at_its_end(connect, watch):
    transport = connect(interaction(took=3.0), interaction(took=0.5))
    transport.sendall(GET)
    assert passed(watch, transport, 1) == [(3.0, OK)]
    watch.now += 10
    transport.sendall(GET)
    assert passed(watch, transport, 1) == [(13.5, OK)]


def test_a_reader_waits_for_a_response_in_one_piece_too(connect, watch):
    transport = connect(interaction(took=3.0))
    transport.sendall(GET)
    with transport.makefile("rb") as reader:
        assert reader.readline() == b"HTTP/1.1 200 OK\r\n"
    assert watch.now == 1003.0


def test_a_failure_comes_when_it_came(connect, watch):
    transport = connect(interaction(**RESET))
    transport.sendall(GET)
    transport.recv(1000)
    with pytest.raises(ConnectionResetError):
        transport.recv(1000)
    assert watch.now == 1003.0


@pytest.mark.parametrize("ended", [Ended.OPEN, Ended.ABANDONED])
def test_nobody_waits_for_what_was_not_recorded(connect, watch, ended):
    transport = connect(interaction(took=3.0, arrived=((0.1, 5), (0.2, len(OK) - 5)), ended=ended))
    transport.sendall(GET)
    transport.recv(1000), transport.recv(1000)
    if ended is Ended.OPEN:
        assert transport.recv(1000) == b""
    else:
        with pytest.raises(RecordingEndedError):
            transport.recv(1000)
    assert watch.now == pytest.approx(1000.2)


def test_reading_before_anything_is_sent_is_an_error_at_once(connect, watch):
    with pytest.raises(RecordingEndedError):
        connect().recv(1000)
    assert watch.now == 1000.0


def test_an_early_answer_comes_when_it_came(connect, watch):
    transport = connect(interaction(took=3.0))
    transport.sendall(b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbo")
    assert passed(watch, transport, 1) == [(3.0, OK)]


def test_what_came_before_the_body_was_sent_counts_from_the_head(connect, watch):
    ready = b"HTTP/1.1 100 Continue\r\n\r\n"
    transport = connect(
        interaction(raw=ready + OK, arrived=((1.0, len(ready)), (4.0, len(OK))), took=4.0)
    )
    transport.sendall(b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
    assert passed(watch, transport, 1) == [(1.0, ready)]
    transport.sendall(b"body")
    assert passed(watch, transport, 1) == [(4.0, OK)]


def test_who_waits_less_than_the_server_took_gets_a_timeout_and_may_try_again(connect, watch):
    transport = connect(interaction(**STREAM))
    transport.settimeout(1.5)
    transport.sendall(GET)
    assert passed(watch, transport, 2) == [(0.5, HEAD), (2.0, b"one\n")]
    for elapsed in (3.5, 5.0):
        with pytest.raises(TimeoutError, match=r"^timed out$"):
            transport.recv(1000)
        assert watch.now - 1000.0 == elapsed
    assert passed(watch, transport, 1) == [(6.0, b"two\n")]


# In a use of a cassette


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "a.yaml", interaction(**STREAM))


@pytest.fixture
def slept(monkeypatch):
    """The waits that the real clock was asked for; they take no time."""
    waits = []
    monkeypatch.setattr(Clock, "sleep", waits.append)
    monkeypatch.setattr(Clock, "monotonic", lambda: sum(waits))
    return waits


@pytest.mark.parametrize(("timing", "factor"), [("recorded", 1), (0.5, 0.5), (2, 2)])
def test_a_stream_takes_the_time_it_took(path, slept, timing, factor):
    with cassette.use(path, mode="none", timing=timing):
        answer = requests.get(URL, stream=True, timeout=100)
        assert slept == [0.5 * factor]
        assert list(answer.iter_lines()) == [b"one", b"two"]
    assert slept == [0.5 * factor, 1.5 * factor, 4 * factor, factor]


def test_a_stream_takes_its_time_in_httpx_too(path, slept):
    with (
        cassette.use(path, mode="none", timing="recorded"),
        httpx.stream("GET", URL, timeout=100) as answer,
    ):
        assert slept == [0.5]
        assert list(answer.iter_lines()) == ["one", "two"]
    assert slept == [0.5, 1.5, 4, 1]


def test_by_default_all_comes_at_once(path, slept):
    with cassette.use(path, mode="none"):
        assert requests.get(URL, timeout=1).text == "one\ntwo\n"
    assert slept == []


def test_a_wait_is_a_real_one(tmp_path):
    path = write(tmp_path / "a.yaml", interaction(took=0.01))
    before = Clock.monotonic()
    with cassette.use(path, mode="none", timing="recorded"):
        requests.get(URL, timeout=10)
    assert Clock.monotonic() - before >= 0.01


@pytest.mark.parametrize(
    ("fetch", "error"),
    [
        (lambda: requests.get(URL, timeout=3), requests.ConnectionError),
        (lambda: urllib.request.urlopen(URL, timeout=3).read(), TimeoutError),
        (lambda: httpx.get(URL, timeout=3), httpx.ReadTimeout),
    ],
    ids=["requests", "urllib", "httpx"],
)
def test_a_client_times_out_as_it_would_live(path, slept, fetch, error):
    with cassette.use(path, mode="none", timing="recorded"), pytest.raises(error):
        fetch()
    assert slept == [0.5, 1.5, 3]


def test_the_timeout_of_a_frozen_program_passes_on_its_clock(path):
    with (
        cassette.use(path, mode="none", timing="recorded", freeze=True),
        urllib.request.urlopen(URL, timeout=3) as answer,
    ):
        assert answer.readline() == b"one\n"
        with pytest.raises(TimeoutError):
            answer.readline()
        assert datetime.now(UTC) == after(2 + 3)


def test_the_moments_of_a_frozen_program_pass_on_its_clock(path, slept):
    write(path, interaction(10, **STREAM), interaction(100, "/b"))
    with cassette.use(path, mode="none", timing=0.5, freeze=True):
        with urllib.request.urlopen(URL, timeout=100) as answer:
            seen = [(datetime.now(UTC) - after(10)).total_seconds() for _ in answer]
        assert datetime.now(UTC) == after(100)
    assert seen == [1, 3]
    assert slept == []


def test_a_client_measures_what_a_response_took(path):
    with cassette.use(path, mode="none", timing="recorded", freeze=True):
        assert requests.get(URL, timeout=100).elapsed == timedelta(seconds=0.5)


@pytest.mark.parametrize("value", ["slow", 0, -1, float("nan"), float("inf"), True, [1]])
def test_timing_is_recorded_or_a_factor(path, value):
    with pytest.raises(cassette.OptionError) as caught:
        cassette.use(path, timing=value)
    assert str(caught.value) == (
        f"timing is {value!r}\n"
        "It may be: 'recorded', or a number above 0 that the recorded seconds are multiplied with"
    )
