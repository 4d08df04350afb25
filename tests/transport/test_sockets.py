"""A recorder or a player in the shape of a socket keeps the contract of a transport."""

import http.client
import select
import socket
from datetime import UTC, datetime

import pytest
from servers.raw import Step

import cassette
from cassette.errors import RecordingEndedError, UnmatchedRequestError
from cassette.model import Ended, Endpoint, Interaction, Request, Response
from cassette.transport.player import Player
from cassette.transport.recorder import Recorder
from cassette.transport.scripted import ScriptedTransport
from cassette.transport.sockets import CassetteSocket

ENDPOINT = Endpoint("http", "example.com", 80)
GET = b"GET /a HTTP/1.1\r\nHost: example.com\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Answers:
    """Answers the first request, and no other."""

    def __init__(self, ended=Ended.OPEN, *, live=False):
        self.interaction = Interaction(
            "GET http://example.com/a", Request(GET), Response(OK), datetime.now(UTC), ended=ended
        )
        self.live = live

    def answer(self, call, request):
        found, self.interaction = self.interaction, None
        if found is None and not self.live:
            raise UnmatchedRequestError(call, path="x.yaml", mode="none")
        return found

    def foresee(self, call):
        return None

    def refuse_more(self, interaction):
        raise RecordingEndedError("x", path="x.yaml", received=0)


@pytest.fixture
def playing():
    transport = CassetteSocket(ENDPOINT, player=Player(ENDPOINT, Answers()))
    yield transport
    transport.close()


@pytest.fixture
def pair():
    """A live connection, our end and the server's."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def recording(pair):
    taken = []
    transport = CassetteSocket(ENDPOINT, recorder=Recorder(ENDPOINT, taken.append), live=pair[0])
    transport.taken = taken
    yield transport
    transport.close()


def readable(transport):
    return bool(select.select([transport], [], [], 0)[0])


def test_a_recorder_passes_bytes_untouched_in_the_pieces_they_came(recording, pair):
    recording.sendall(GET)
    assert pair[1].recv(1000) == GET
    pair[1].sendall(OK[:10])
    assert recording.recv(1000) == OK[:10]
    pair[1].sendall(OK[10:])
    assert recording.recv(1000) == OK[10:]
    (one,) = recording.taken
    assert (one.request.raw, one.response.raw) == (GET, OK)
    assert [size for _, size in one.arrived] == [10, len(OK) - 10]


@pytest.mark.parametrize("data", [bytearray(GET), memoryview(GET)])
def test_any_buffer_can_be_sent(recording, pair, data):
    assert recording.send(data) == len(GET)
    assert pair[1].recv(1000) == GET


@pytest.mark.parametrize("data", ["text", 5, [b"a"], iter([b"a"])])
def test_what_is_no_buffer_is_refused_as_a_socket_does(recording, playing, data):
    for transport in (recording, playing):
        with pytest.raises(TypeError):
            transport.sendall(data)
    assert not isinstance(data, list) or data == [b"a"]


def test_what_the_live_transport_has_is_there(recording, pair):
    assert recording.fileno() == pair[0].fileno()
    assert recording.family is socket.AF_UNIX
    recording.settimeout(3)
    assert pair[0].gettimeout() == recording.gettimeout() == 3
    assert recording.getpeername() == pair[0].getpeername()
    recording.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    assert pair[0].getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_a_failure_of_the_live_transport_is_recorded_and_raised(pair):
    taken = []
    live = ScriptedTransport([OK[:5], ConnectionResetError(104, "Connection reset by peer")])
    transport = CassetteSocket(ENDPOINT, recorder=Recorder(ENDPOINT, taken.append), live=live)
    transport.sendall(GET)
    assert transport.recv(100) == OK[:5]
    with pytest.raises(ConnectionResetError):
        transport.recv(100)
    assert [(one.response.raw, one.ended) for one in taken] == [(OK[:5], Ended.RESET)]


def test_a_failure_to_send_is_recorded_with_its_request(recording, pair):
    pair[0].shutdown(socket.SHUT_WR)
    with pytest.raises(BrokenPipeError):
        recording.sendall(GET)
    recording.close()
    (one,) = recording.taken
    assert (one.request.raw, one.ended) == (GET, Ended.RESET)


def test_what_is_read_behind_a_failure_to_send_belongs_to_the_request(recording, pair):
    pair[1].sendall(OK)
    pair[0].shutdown(socket.SHUT_WR)
    with pytest.raises(BrokenPipeError):
        recording.sendall(GET)
    assert recording.recv(1000) == OK
    (one,) = recording.taken
    assert (one.request.raw, one.response.raw, one.ended) == (GET, OK, Ended.OPEN)


def test_closing_keeps_the_live_transport_for_open_readers(recording, pair):
    reader = recording.makefile("rb")
    recording.sendall(GET)
    pair[1].sendall(OK)
    recording.close()
    recording.close()
    assert reader.read(len(OK)) == OK
    reader.close()
    assert pair[0].fileno() == -1


def test_what_was_not_read_to_its_end_is_abandoned_when_all_is_closed(recording, pair):
    recording.sendall(GET)
    pair[1].sendall(OK[:-1])
    recording.recv(1000)
    recording.close()
    assert [one.ended for one in recording.taken] == [Ended.ABANDONED]


def test_a_player_says_connected_with_nothing_to_read_until_it_is_left(playing):
    assert playing.fileno() >= 0
    assert not readable(playing)
    playing.sendall(GET)
    assert readable(playing)
    assert playing.recv(1000) == OK
    assert not readable(playing)
    playing.leave()
    assert readable(playing)
    assert playing.recv(1000) == b""


def test_a_player_says_dropped_where_the_server_had_closed():
    transport = CassetteSocket(ENDPOINT, player=Player(ENDPOINT, Answers(Ended.CLOSED)))
    transport.sendall(GET)
    assert transport.recv(1000) == OK
    assert readable(transport)
    assert transport.recv(1000) == b""
    transport.close()


def test_a_player_owns_its_descriptor_and_gives_it_back(playing):
    descriptor = playing.fileno()
    playing.close()
    assert playing.fileno() == -1
    with pytest.raises(OSError, match="Bad file descriptor"):
        socket.socket(fileno=descriptor)


def test_a_player_answers_what_a_client_asks_of_a_socket(playing):
    playing.settimeout(3)
    assert playing.gettimeout() == 3
    playing.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    playing.shutdown(socket.SHUT_RDWR)
    assert playing.getpeername() == ("example.com", 80)
    assert playing.getpeercert() is None
    assert repr(playing) == "<CassetteSocket to http://example.com, playing>"
    with pytest.raises(AttributeError, match="a transport that plays a cassette has no 'version'"):
        playing.version()


@pytest.mark.parametrize("buffering", [None, -1, 0, 16])
def test_readers_are_made_as_a_socket_makes_them(playing, buffering):
    with playing, playing.makefile("rb", buffering) as reader:
        playing.sendall(GET)
        assert reader.readline() == b"HTTP/1.1 200 OK\r\n"
        assert reader.fileno() == playing.fileno()


def test_only_readers_are_made(playing):
    with pytest.raises(ValueError, match="readers only: mode 'rb', not 'w'"):
        playing.makefile("w")


@pytest.mark.parametrize("end", ["close", "leave"])
def test_nothing_can_be_sent_on_what_is_over(playing, end):
    getattr(playing, end)()
    with pytest.raises(BrokenPipeError):
        playing.sendall(GET)


def test_a_response_can_be_read_after_the_cassette_is_left(playing):
    playing.sendall(GET)
    playing.leave()
    assert playing.recv(1000) == OK
    assert playing.recv(1000) == b""


def test_what_nothing_answers_goes_live_through_the_clients_own_connect(pair):
    taken, dialed = [], []

    def dial():
        dialed.append(1)
        return pair[0]

    transport = CassetteSocket(
        ENDPOINT,
        player=Player(ENDPOINT, Answers(live=True)),
        recorder=Recorder(ENDPOINT, taken.append),
        dial=dial,
    )
    transport.settimeout(5)
    transport.sendall(GET)
    assert transport.recv(1000) == OK
    assert dialed == []
    for _ in range(2):
        transport.sendall(GET)
        assert pair[1].recv(1000) == GET
        pair[1].sendall(OK)
        assert transport.fileno() == pair[0].fileno()
        assert transport.recv(1000) == OK
    assert dialed == [1]
    assert pair[0].gettimeout() == 5
    assert len(taken) == 2
    transport.close()


@pytest.mark.parametrize("mode", ["live", "recorded", "replayed"])
def test_a_reader_says_behind_a_timeout_what_those_of_sockets_say(tmp_path, raw_server, mode):
    server = raw_server([Step.READ_REQUEST, OK[:-1], Step.HANG])
    uses = {"live": ["off"], "recorded": ["once"], "replayed": ["once", "none"]}[mode]
    for use in uses:
        with cassette.use(tmp_path / "a.yaml", mode=use):
            connection = http.client.HTTPConnection(*server.address, timeout=0.1)
            connection.request("GET", "/")
            response = connection.getresponse()
            with pytest.raises(TimeoutError):
                response.read()
            with pytest.raises(OSError, match="cannot read from timed out object"):
                response.read()
            connection.close()


def test_a_socket_that_does_not_wait_may_find_nothing_and_go_on(recording, pair):
    transport, taken = recording, recording.taken
    transport.sendall(GET)
    transport.settimeout(0)
    with pytest.raises(BlockingIOError):
        transport.recv(10)
    reader = transport.makefile("rb", 0)
    assert reader.readinto(bytearray(10)) is None
    pair[1].sendall(OK)
    assert transport.recv(100) == OK
    assert [(one.response.raw, one.ended) for one in taken] == [(OK, Ended.OPEN)]
    reader.close()


def test_a_reader_that_has_timed_out_ends_the_interaction_at_once(recording):
    recording.sendall(GET)
    recording.settimeout(0.01)
    with recording.makefile("rb") as reader, pytest.raises(TimeoutError):
        reader.read(1)
    assert [one.ended for one in recording.taken] == [Ended.TIMEOUT]
