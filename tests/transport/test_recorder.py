"""The recorder cuts the streams of a connection into interactions."""

import itertools
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette.model import Ended, Endpoint
from cassette.transport.recorder import Recorder

ENDPOINT = Endpoint("https", "api.example.com", 443)
GET = b"GET /a HTTP/1.1\r\nHost: api.example.com\r\n\r\n"
POST = b"POST /b HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
TO_THE_END = b"HTTP/1.0 200 OK\r\n\r\nall of it"


@pytest.fixture
def taken():
    return []


@pytest.fixture
def recorder(taken):
    return Recorder(ENDPOINT, taken.append)


def facts(interaction):
    return interaction.call, interaction.request.raw, interaction.response.raw, interaction.ended


def test_an_interaction_is_over_with_the_last_byte_of_its_response(recorder, taken):
    recorder.sent(GET)
    recorder.received(OK[:-1])
    assert taken == []
    recorder.received(OK[-1:])
    assert [facts(one) for one in taken] == [("GET https://api.example.com/a", GET, OK, Ended.OPEN)]


def test_a_kept_connection_is_cut_into_interactions(recorder, taken):
    for request, response in ((GET, OK), (POST, EMPTY), (GET, OK)):
        recorder.sent(request)
        recorder.received(response)
    assert [(one.request.raw, one.response.raw) for one in taken] == [
        (GET, OK),
        (POST, EMPTY),
        (GET, OK),
    ]


def test_pipelined_requests_get_their_own_responses(recorder, taken):
    recorder.sent(GET + POST)
    recorder.received(OK + EMPTY)
    assert [(one.request.raw, one.response.raw) for one in taken] == [(GET, OK), (POST, EMPTY)]


@given(
    cuts=st.lists(st.integers(0, 300)),
    send_cuts=st.lists(st.integers(0, 300)),
)
def test_segmentation_never_changes_what_is_recorded(cuts, send_cuts):
    taken = []
    recorder = Recorder(ENDPOINT, taken.append)
    for piece in pieces(POST, send_cuts):
        recorder.sent(piece)
    for piece in pieces(OK, cuts):
        recorder.received(piece)
    (one,) = taken
    assert facts(one) == ("POST https://api.example.com/b", POST, OK, Ended.OPEN)
    assert sum(size for _, size in one.arrived) in (0, len(OK))


def pieces(data, cuts):
    edges = sorted({0, len(data), *(cut % len(data) for cut in cuts)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


def test_pieces_are_noted_only_where_there_are_several(recorder, taken):
    recorder.sent(GET)
    recorder.received(OK)
    recorder.sent(GET)
    recorder.received(OK[:20])
    recorder.received(OK[20:])
    assert taken[0].arrived == ()
    assert [size for _, size in taken[1].arrived] == [20, len(OK) - 20]


def test_a_read_that_filled_the_buffer_does_not_end_a_piece(recorder, taken):
    recorder.sent(GET)
    recorder.received(OK[:20], filled=True)
    recorder.received(OK[20:])
    assert taken[0].arrived == ()


@pytest.mark.parametrize(
    ("received", "ended"),
    [(TO_THE_END, Ended.CLOSED), (OK[:-1], Ended.CLOSED), (b"", Ended.CLOSED)],
    ids=["the end of the body", "a body cut short", "no response at all"],
)
def test_the_end_of_the_stream_ends_an_interaction(recorder, taken, received, ended):
    recorder.sent(GET)
    if received:
        recorder.received(received)
    recorder.received(b"")
    assert facts(taken[0])[2:] == (received, ended)


@pytest.mark.parametrize(
    ("error", "ended", "kind"),
    [
        (
            ConnectionResetError(104, "Connection reset by peer"),
            Ended.RESET,
            "ConnectionResetError",
        ),
        (TimeoutError("timed out"), Ended.TIMEOUT, "TimeoutError"),
        (BrokenPipeError(32, "Broken pipe"), Ended.RESET, "BrokenPipeError"),
        (OSError(113, "No route to host"), Ended.FAILED, "OSError"),
        (socket.gaierror(-2, "Name or service not known"), Ended.NOT_FOUND, "gaierror"),
    ],
)
def test_a_failure_ends_an_interaction(recorder, taken, error, ended, kind):
    recorder.sent(GET)
    recorder.received(OK[:5])
    recorder.failed(error)
    assert facts(taken[0])[2:] == (OK[:5], ended)
    assert taken[0].failure.kind == kind
    assert taken[0].failure.errno == error.errno


UNSENT = ConnectionResetError(104, "Connection reset by peer")


@pytest.mark.parametrize(
    ("received", "ended", "kind"),
    [
        ([], Ended.RESET, "ConnectionResetError"),
        ([b""], Ended.CLOSED, None),
        ([OK[:-1]], Ended.ABANDONED, None),
        ([OK], Ended.OPEN, None),
    ],
    ids=["nothing", "the end", "half an answer", "an answer"],
)
def test_a_failure_to_send_is_told_by_what_is_read_behind_it(
    recorder, taken, received, ended, kind
):
    recorder.sent(POST[:-2])
    recorder.unsent(POST[-2:-1], UNSENT)
    for data in received:
        recorder.received(data)
    recorder.closed()
    (one,) = taken
    assert facts(one)[1:] == (POST[:-1], b"".join(received), ended)
    assert (one.failure and one.failure.kind) == kind


def test_a_client_that_stops_reading_abandons(recorder, taken):
    recorder.sent(GET)
    recorder.received(OK[:-1])
    recorder.closed()
    assert facts(taken[0])[2:] == (OK[:-1], Ended.ABANDONED)


def test_closing_after_a_complete_response_records_nothing_more(recorder, taken):
    recorder.sent(GET)
    recorder.received(OK)
    recorder.closed()
    recorder.received(b"")
    assert len(taken) == 1


def test_the_next_request_ends_a_response_whose_end_cannot_be_told(recorder, taken):
    recorder.sent(GET)
    recorder.received(b"no http at all")
    recorder.sent(POST)
    recorder.received(EMPTY)
    assert [one.response.raw for one in taken] == [b"no http at all", EMPTY]


@pytest.mark.parametrize("cut", range(1, len(OK)))
def test_the_next_request_ends_no_response_that_tells_its_own_end(recorder, taken, cut):
    recorder.sent(GET)
    recorder.received(OK[:cut])
    recorder.sent(POST)
    recorder.received(OK[cut:] + EMPTY)
    assert [facts(one)[1:3] for one in taken] == [(GET, OK), (POST, EMPTY)]


def test_bytes_beyond_the_response_are_kept_with_it(recorder, taken):
    recorder.sent(GET)
    recorder.received(OK + b"surplus")
    assert taken[0].response.raw == OK + b"surplus"


def test_bytes_that_nobody_asked_for_come_with_the_next_answer(recorder, taken):
    recorder.received(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
    recorder.sent(GET)
    recorder.received(b"")
    assert b"408" in taken[0].response.raw


def test_an_early_answer_and_the_rest_of_the_upload_are_one_interaction(recorder, taken):
    head = POST[: -len(b"body")]
    recorder.sent(head)
    recorder.received(b"HTTP/1.1 100 Continue\r\n\r\n")
    recorder.sent(b"body")
    recorder.received(OK)
    assert facts(taken[0])[1:3] == (POST, b"HTTP/1.1 100 Continue\r\n\r\n" + OK)


def test_an_answer_to_head_has_no_body(recorder, taken):
    recorder.sent(GET.replace(b"GET", b"HEAD"))
    recorder.received(OK[:-2])
    assert taken[0].ended is Ended.OPEN
    assert taken[0].response.body == b""


def test_a_request_to_a_proxy_is_filed_under_its_origin(recorder, taken):
    recorder.sent(b"GET http://Origin.example:80/x?y HTTP/1.1\r\n\r\n")
    recorder.received(OK)
    assert taken[0].call == "GET http://origin.example/x?y"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
FAULTY = {
    "line without a colon": OK.replace(b"\r\n", b"\r\nodd\r\n", 1),
    "blank before the colon": OK.replace(b":", b" :", 1),
    "bare LF after a chunk": CHUNKED.replace(b"ok\r\n", b"ok\n"),
}
faulty = pytest.mark.parametrize("response", FAULTY.values(), ids=FAULTY)


@faulty
def test_a_faulty_response_lasts_until_the_end_that_the_client_reads(recorder, taken, response):
    recorder.sent(GET)
    recorder.received(response)
    recorder.received(b" and more")
    recorder.received(b"")
    (one,) = taken
    assert (one.response.raw, one.ended) == (response + b" and more", Ended.CLOSED)
    assert [size for _, size in one.arrived] == [len(response), len(b" and more")]


@faulty
def test_a_faulty_response_fails_where_the_client_waits_in_vain(recorder, taken, response):
    recorder.sent(GET)
    recorder.received(response)
    recorder.failed(TimeoutError("timed out"))
    assert [(one.response.raw, one.ended) for one in taken] == [(response, Ended.TIMEOUT)]


@faulty
def test_a_faulty_response_is_over_when_the_client_moves_on_or_closes(recorder, taken, response):
    for _ in range(2):
        recorder.sent(GET)
        recorder.received(response)
    recorder.closed()
    assert [(one.response.raw, one.ended) for one in taken] == [(response, Ended.OPEN)] * 2


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 500),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500),
    ],
)
def test_what_has_no_end_is_given_up_and_not_held(recorder, taken, start, more):
    recorder.sent(GET)
    recorder.received(start + more)
    assert taken == []
    for _ in range(50):
        recorder.received(more)
    recorder.closed()
    (one,) = taken
    assert one.ended is Ended.ABANDONED
    assert len(one.response.raw) < 5 * len(more)


def test_a_client_that_reads_on_behind_a_timeout_has_not_failed(recorder, taken):
    recorder.sent(GET)
    recorder.received(OK[:5])
    recorder.stalled(TimeoutError("timed out"))
    assert taken == []
    recorder.received(OK[5:])
    assert [facts(one)[2:] for one in taken] == [(OK, Ended.OPEN)]
    recorder.stalled(TimeoutError("timed out"))  # nothing is under way
    recorder.sent(GET)
    recorder.stalled(TimeoutError("timed out"))
    recorder.closed()
    assert (taken[1].ended, taken[1].failure.kind) == (Ended.TIMEOUT, "TimeoutError")
