"""The door opens connections until its use has ended, and then lets them go."""

import http.client
import socket

import pytest
from recordings import OK, interaction, write

import cassette
from cassette.model import Endpoint

HERE = Endpoint("http", "example.com", 80)


class Live:
    """A live transport that gives one answer."""

    def __init__(self, answer=OK):
        self.answer = answer
        self.sent = b""

    def sendall(self, data):
        self.sent += data

    def recv_into(self, buffer, nbytes=0, flags=0):
        size = min(nbytes or len(buffer), len(self.answer))
        buffer[:size] = self.answer[:size]
        self.answer = self.answer[size:]
        return size

    def settimeout(self, value):
        pass

    def gettimeout(self):
        return None

    def close(self):
        pass


def asked(transport, path="/"):
    transport.sendall(f"GET {path} HTTP/1.1\r\nHost: example.com\r\n\r\n".encode())
    response = http.client.HTTPResponse(transport)
    response.begin()
    return response.read()


def never():
    raise AssertionError("dialed")


def test_a_player_never_dials(tmp_path):
    with cassette.tape(write(tmp_path / "a.yaml", interaction()), mode="none") as tape:
        with pytest.raises(cassette.UnmatchedRequestError):
            asked(tape.connect(HERE, never), "/elsewhere")
        tape.errors.clear()


def test_a_recorder_dials_at_once_and_a_player_that_may_record_for_the_first_miss(tmp_path):
    path, dialed = tmp_path / "a.yaml", []

    def dial():
        dialed.append(Live())
        return dialed[-1]

    with cassette.tape(path, mode="rewrite") as tape:
        transport = tape.connect(HERE, dial)
        assert len(dialed) == 1
        asked(transport, "/1")
    with cassette.tape(path, mode="new_episodes") as tape:
        transport = tape.connect(HERE, dial)
        asked(transport, "/1")
        assert len(dialed) == 1
        asked(transport, "/2")
        assert len(dialed) == 2


@pytest.mark.parametrize("mode", ["rewrite", "new_episodes"])
def test_a_dial_that_fails_is_recorded_and_raised_as_it_was(tmp_path, mode):
    path, gone = tmp_path / "a.yaml", ConnectionRefusedError(111, "refused")

    def dial():
        raise gone

    with cassette.tape(path, mode=mode, failures=True) as tape:
        with pytest.raises(ConnectionRefusedError) as caught:
            tape.connect(HERE, dial).sendall(b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
        assert caught.value is gone
    with (
        cassette.tape(path, mode="none") as tape,
        pytest.raises(ConnectionRefusedError, match="refused"),
    ):
        tape.connect(HERE, never)


def test_what_passes_is_dialed_and_handed_on_untouched(tmp_path):
    live = Live()
    with cassette.tape(tmp_path / "a.yaml", mode="none", allow_hosts=["example.com"]) as tape:
        assert tape.connect(HERE, lambda: live) is live


@pytest.mark.parametrize("allowed", [(), ("example.com",)])
def test_a_door_that_is_closed_opens_nothing_and_says_so(tmp_path, allowed):
    use = cassette.tape(write(tmp_path / "a.yaml", interaction()), mode="none", allow_hosts=allowed)
    with use as tape:
        pass
    for open_one in (lambda: tape.connect(HERE, never), lambda: tape.line(HERE)):
        with pytest.raises(cassette.TapeClosedError, match=r"http://example\.com"):
            open_one()


def test_an_open_connection_is_let_go_at_the_end(tmp_path):
    with cassette.tape(write(tmp_path / "a.yaml", interaction()), mode="none") as tape:
        transport = tape.connect(HERE, never)
    with pytest.raises(BrokenPipeError, match="the tape of this connection is closed"):
        transport.sendall(b"GET / HTTP/1.1\r\n\r\n")
    assert isinstance(transport.fileno(), int)
    transport.close()


def test_a_dial_is_nothing_that_went_past_the_cassette_around_it(tmp_path):
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        cassette.use(tmp_path / "outer.yaml", mode="once") as outer,
        cassette.tape(tmp_path / "a.yaml", mode="rewrite") as tape,
    ):
        address = listener.getsockname()
        tape.connect(HERE, lambda: socket.create_connection(address)).close()
        assert not outer.bypasses.ports
        socket.create_connection(address).close()
        assert list(outer.bypasses.ports) == [address[1]]
