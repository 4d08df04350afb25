"""The player gives what was recorded: the bytes, the pieces, the end and the failure."""

from datetime import UTC, datetime

import pytest

from cassette.errors import RecordingEndedError
from cassette.model import Ended, Endpoint, Failure, Interaction, Request, Response
from cassette.transport.player import Player

ENDPOINT = Endpoint("http", "example.com", 80)
GET = b"GET /a HTTP/1.1\r\nHost: example.com\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def interaction(raw, **facts):
    return Interaction(
        "GET http://example.com/a", Request(GET), Response(raw), datetime.now(UTC), **facts
    )


class Stack:
    """Answers with the interactions given, one after the other; keeps what it was asked."""

    def __init__(self, *interactions):
        self.waiting = list(interactions)
        self.asked = []

    def answer(self, call, request):
        self.asked.append((call, request.raw))
        return self.waiting.pop(0)

    def foresee(self, call):
        return self.waiting[0]

    def refuse_more(self, interaction):
        raise RecordingEndedError("x", path="x.yaml", received=0)


def player(*interactions):
    return Player(ENDPOINT, Stack(*interactions))


def read_all(machine, size=100):
    out = []
    while machine.readable and (data := bytes(machine.receive(size))):
        out.append(data)
    return out


@pytest.mark.parametrize("cut", range(1, len(POST)))
def test_a_request_is_asked_for_when_it_is_complete(cut):
    stack = Stack(interaction(OK))
    machine = Player(ENDPOINT, stack)
    assert machine.sent(POST[:cut]) == b""
    assert stack.asked == []
    assert machine.sent(POST[cut:]) == b""
    assert stack.asked == [("POST http://example.com/a", POST)]
    assert read_all(machine) == [OK]


@pytest.mark.parametrize(
    "raw",
    [
        GET,
        GET.replace(b"\r\n\r\n", b"\r\nX-Y: z\r\n\r\n"),
        b"DELETE /a?b=c&d HTTP/1.0\r\n\r\n",
        b"GET http://example.com/a HTTP/1.1\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: x\r\nX: caf\xe9\r\n\r\n",
    ],
)
def test_a_request_without_a_body_is_complete_with_its_head(raw):
    stack = Stack(interaction(OK))
    Player(ENDPOINT, stack).sent(raw)
    assert stack.asked[0][1] == raw


@pytest.mark.parametrize("cut", range(1, len(POST + GET)))
def test_requests_may_be_sent_before_an_answer_is_read(cut):
    answers = [OK, CONTINUE + OK, OK[:9]]
    stack = Stack(*map(interaction, answers))
    machine = Player(ENDPOINT, stack)
    requests = POST + GET
    assert machine.sent(requests[:cut]) == machine.sent(requests[cut:] + GET) == b""
    assert [raw for _, raw in stack.asked] == [POST, GET, GET]
    assert machine.take_whole(100) is None
    assert read_all(machine) == answers


def test_an_answer_in_its_turn_is_given_whole():
    machine = player(interaction(OK), interaction(CONTINUE + OK))
    machine.sent(GET + GET)
    assert bytes(machine.receive(100)) == OK
    assert machine.take_whole(100) == CONTINUE + OK


def test_an_answer_from_the_network_comes_in_its_turn():
    machine = player(interaction(OK), None)
    assert machine.sent(GET + POST) == POST
    assert machine.answering
    assert bytes(machine.receive(100)) == OK
    assert not machine.answering


def test_a_server_may_leave_requests_unanswered():
    machine = player(interaction(OK), interaction(b"", ended=Ended.CLOSED))
    machine.sent(GET + GET)
    assert bytes(machine.receive(100)) == OK
    assert machine.readable
    assert bytes(machine.receive(100)) == b""


def test_pieces_come_as_they_came():
    machine = player(interaction(OK, arrived=((0.0, 5), (0.1, 30), (0.2, len(OK) - 35))))
    machine.sent(GET)
    assert read_all(machine) == [OK[:5], OK[5:35], OK[35:]]


def test_a_smaller_buffer_gets_the_piece_in_parts():
    machine = player(interaction(OK, arrived=((0.0, 5), (0.1, len(OK) - 5))))
    machine.sent(GET)
    assert [len(part) for part in read_all(machine, 4)] == [4, 1, 4, 4, 4, 4, 4, 4, 4, 4, 3]


def test_the_end_of_the_stream_comes_again_at_each_call():
    machine = player(interaction(OK, ended=Ended.CLOSED))
    machine.sent(GET)
    assert bytes(machine.receive(100)) == OK
    assert machine.readable
    assert bytes(machine.receive(100)) == b""
    assert bytes(machine.receive(100)) == b""


def test_a_failure_comes_after_the_bytes_before_it():
    failure = Failure("ConnectionResetError", 104, "Connection reset by peer")
    machine = player(interaction(OK[:9], ended=Ended.RESET, failure=failure))
    machine.sent(GET)
    assert bytes(machine.receive(100)) == OK[:9]
    with pytest.raises(ConnectionResetError, match="reset by peer") as caught:
        machine.receive(100)
    assert caught.value.errno == 104


def test_behind_a_complete_response_is_the_end():
    machine = player(interaction(OK, ended=Ended.OPEN))
    machine.sent(GET)
    machine.receive(100)
    assert not machine.readable
    assert bytes(machine.receive(100)) == b""


@pytest.mark.parametrize(
    ("facts", "limit", "whole"),
    [
        ({}, 100, True),
        ({"ended": Ended.CLOSED}, 100, True),
        ({}, len(OK) - 1, False),
        ({"ended": Ended.ABANDONED}, 100, False),
        ({"arrived": ((0.0, 5), (0.1, len(OK) - 5))}, 100, False),
        ({"ended": Ended.RESET, "failure": Failure("OSError", 1, "x")}, 100, False),
    ],
)
def test_a_response_is_given_whole_only_where_nobody_could_tell(facts, limit, whole):
    machine = player(interaction(OK, **facts))
    assert machine.take_whole(limit) is None
    machine.sent(GET)
    assert machine.take_whole(limit) == (OK if whole else None)
    assert machine.take_whole(limit) is None or not whole
    assert machine.readable is (not whole or facts.get("ended") is Ended.CLOSED)


def test_reading_past_the_recording_is_an_error_of_ours():
    machine = player(interaction(OK, ended=Ended.ABANDONED))
    machine.sent(GET)
    machine.receive(100)
    assert not machine.readable
    with pytest.raises(RecordingEndedError):
        machine.receive(100)


def test_reading_before_anything_is_sent_is_an_error_of_ours():
    with pytest.raises(RecordingEndedError):
        player().receive(100)


def test_an_early_answer_is_played_to_a_client_that_reads_early():
    machine = player(interaction(OK))
    machine.sent(POST[:-2])
    assert bytes(machine.receive(100)) == OK


def test_what_nothing_answers_goes_live_whole():
    machine = player(None, interaction(OK))
    assert machine.sent(POST[:10]) == b""
    assert machine.sent(POST[10:]) == POST
    assert not machine.answering
    assert machine.sent(GET) == b""
    assert read_all(machine) == [OK]


@pytest.mark.parametrize("read_it", [True, False])
def test_continue_is_given_before_the_body_and_only_once(read_it):
    head = b"PUT /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    machine = player(interaction(CONTINUE + OK, arrived=((0.0, 25), (0.1, len(OK)))))
    machine.sent(head)
    assert machine.readable
    given = bytes(machine.receive(100)) if read_it else b""
    machine.sent(b"body")
    assert given + b"".join(read_all(machine)) == CONTINUE + OK


def test_no_continue_is_given_where_none_was_recorded():
    machine = player(interaction(OK))
    machine.sent(b"PUT /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
    assert not machine.readable
