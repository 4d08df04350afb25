"""A tape without patching: what is given ``transport=`` goes through it, and nothing else does."""

import contextlib
import errno
import gc
import http.client
import inspect
import socket
import ssl
import weakref
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from recordings import OK, interaction, write
from servers.raw import Step

import cassette
from cassette.client import HTTPConnection, HTTPSConnection, RemoteDisconnected
from cassette.model import Endpoint
from cassette.transport.sockets import CassetteSocket


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tapes" / "a.yaml"


def get(port, transport=None, target="/", headers=None, connect=HTTPConnection, **options):
    connection = connect("127.0.0.1", port, transport=transport, **options)
    try:
        connection.request("GET", target, headers=headers or {})
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_it_records_and_then_plays_and_patches_nothing(path, poll):
    before = dict(vars(http.client.HTTPConnection))
    with cassette.tape(path, mode="once") as tape:
        assert dict(vars(http.client.HTTPConnection)) == before
        assert get(poll.port, tape) == "1"
        assert get(poll.port) == "2"  # a live socket
        assert isinstance(tape, cassette.Tape)
        assert (tape.recorded, tape.played) == (1, 0)
    with cassette.tape(path, mode="once") as tape:
        assert get(poll.port, tape) == "1"
        assert get(poll.port) == "3"
        assert (tape.recorded, tape.played) == (0, 1)


def test_what_was_recorded_by_transport_plays_for_patched_clients_and_back(path, poll):
    with cassette.tape(path, mode="rewrite") as tape:
        get(poll.port, tape)
    with cassette.use(path, mode="none"):
        assert get(poll.port) == "1"
    with cassette.use(path, mode="rewrite"):
        get(poll.port)
    with cassette.tape(path, mode="none") as tape:
        assert get(poll.port, tape) == "2"


def test_new_episodes_dial_for_the_first_request_without_a_recording(path, poll):
    with cassette.tape(path, mode="rewrite") as tape:
        get(poll.port, tape, "/a")
    with cassette.tape(path, mode="new_episodes") as tape:
        assert get(poll.port, tape, "/a") == "1"
        assert poll.requests == 1
        assert get(poll.port, tape, "/b") == "2"
        assert (tape.recorded, tape.played) == (1, 1)
    assert len(cassette.load(path).interactions) == 2


def test_tls_is_below_the_seam_and_no_handshake_is_made_on_replay(path, nginx, authority):
    host, port = "localhost", nginx.secure.port

    def ask(transport):
        context = authority.client_context()
        connection = HTTPSConnection(host, port, context=context, transport=transport)
        connection.request("GET", nginx.calls[0].path)
        response = connection.getresponse()
        answer = response.status, response.getheaders(), response.read()
        connection.close()
        return answer

    live = ask(None)
    with cassette.tape(path, mode="once") as tape:
        recorded = ask(tape)
    (interaction,) = cassette.load(path).interactions
    assert interaction.call.startswith(f"GET https://{host}:{port}/")
    with cassette.tape(path, mode="none") as tape:
        replayed = ask(tape)
    assert recorded == replayed
    assert (live[0], live[2]) == (replayed[0], replayed[2])


def test_a_tunnel_is_below_the_seam(path, nginx, tinyproxy, authority):
    def ask(transport):
        connection = HTTPSConnection(
            *tinyproxy.address, context=authority.client_context(), transport=transport
        )
        connection.set_tunnel("localhost", nginx.secure.port)
        connection.request("GET", nginx.calls[0].path)
        body = connection.getresponse().read()
        connection.close()
        return body

    with cassette.tape(path, mode="once") as tape:
        recorded = ask(tape)
    (interaction,) = cassette.load(path).interactions
    assert f"https://localhost:{nginx.secure.port}/" in interaction.call
    with cassette.tape(path, mode="none") as tape:
        assert ask(tape) == recorded


def refused_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_failure_to_connect_is_recorded_and_met_again(path):
    port = refused_port()
    with cassette.tape(path, mode="once", failures=True) as tape:
        with pytest.raises(ConnectionRefusedError) as live:
            get(port, tape)
        assert tape.recorded == 1
    with cassette.tape(path, mode="none") as tape:
        with pytest.raises(ConnectionRefusedError) as replayed:
            get(port, tape)
        assert tape.played == 1
    assert replayed.value.args == live.value.args


def test_a_failed_handshake_is_recorded_and_its_socket_closed(path, nginx):
    def ask(transport):
        connection = HTTPSConnection("localhost", nginx.secure.port, transport=transport)
        with pytest.raises(ssl.SSLCertVerificationError) as caught:
            connection.request("GET", "/")
        assert connection.sock is None  # an open one would warn when it is collected
        return caught.value.strerror

    with cassette.tape(path, mode="once", failures=True) as tape:
        live = ask(tape)
    assert cassette.load(path).interactions[0].ended == "tls failure"
    with cassette.tape(path, mode="none") as tape:
        assert ask(tape) == live


def test_a_handshake_that_times_out_is_no_timeout_of_the_connection(path, raw_server):
    silent = raw_server([Step.HANG])
    with cassette.tape(path, mode="once", failures=True) as tape, pytest.raises(TimeoutError):
        HTTPSConnection(*silent.address, timeout=0.2, transport=tape).request("GET", "/")
    assert cassette.load(path).interactions[0].ended == "failed"


def test_a_subclass_dials_by_its_own_connect(path, poll):
    class Named(HTTPConnection):
        dialed = 0

        def connect(self):
            Named.dialed += 1
            super().connect()

    with cassette.tape(path, mode="once") as tape:
        assert get(poll.port, tape, connect=Named) == "1"
        assert tape.recorded == 1
    with cassette.tape(path, mode="none") as tape:
        assert get(poll.port, tape, connect=Named) == "1"
    assert Named.dialed == 1


def test_a_connection_is_not_kept_alive_by_its_transport():
    connection = HTTPConnection("example.com", transport=cassette.ScriptedTransport())
    gone = weakref.ref(connection)
    gc.disable()
    try:
        del connection
        assert gone() is None
    finally:
        gc.enable()


def test_a_replay_waits_no_longer_than_the_timeout_of_the_connection(tmp_path):
    late = interaction(raw=OK, arrived=((0.0, len(OK) - 2), (60.0, 2)), took=60.0)
    path = write(tmp_path / "a.yaml", late)
    with cassette.tape(path, mode="none", timing=1e-3) as tape, pytest.raises(TimeoutError):
        connection = HTTPConnection("api.example.com", timeout=0.01, transport=tape)
        connection.request("GET", "/")
        connection.getresponse().read()


def test_what_was_swallowed_comes_up_at_the_end(path, poll):
    with cassette.tape(path, mode="rewrite") as tape:
        get(poll.port, tape, "/a")

    def program(tape):
        try:
            get(poll.port, tape, "/b")
        except cassette.CassetteError:
            return "swallowed"

    with (
        pytest.raises(cassette.UnmatchedRequestError, match="/b"),
        cassette.tape(path, mode="none") as tape,
    ):
        assert program(tape) == "swallowed"


def test_secrets_are_masked_and_match_all_the_same(path, poll):
    with cassette.tape(path, mode="once") as tape:
        get(poll.port, tape, headers={"Authorization": "Bearer abcdefgh12345678"})
    assert b"abcdefgh12345678" not in path.read_bytes()
    with cassette.tape(path, mode="none", match_on=["method", "uri", "headers"]) as tape:
        assert get(poll.port, tape, headers={"Authorization": "Bearer another-one"}) == "1"


def test_verify_compares_and_freeze_shows_the_time_of_the_recording(path, poll):
    with cassette.tape(path, mode="rewrite") as tape:
        get(poll.port, tape)
    (recorded,) = cassette.load(path).interactions
    with cassette.tape(path, mode="none", freeze=True) as tape:
        assert datetime.now(UTC) == recorded.at
        get(poll.port, tape)
    assert datetime.now(UTC) > recorded.at
    compare = cassette.Verification(compare=["body"])
    with (
        pytest.raises(cassette.DriftError) as caught,
        cassette.tape(path, mode="verify", verify=compare) as tape,
    ):
        assert get(poll.port, tape) == "2"
        assert tape.verified == 1
    assert len(caught.value.drifts) == 1


def test_many_threads_share_one_tape(path, poll):
    targets = [f"/{number}" for number in range(40)]

    def ask_all(tape):
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda target: get(poll.port, tape, target), targets))

    with cassette.tape(path, mode="once") as tape:
        recorded = ask_all(tape)
        assert tape.recorded == 40
    with cassette.tape(path, mode="none", on_unplayed="fail") as tape:
        assert ask_all(tape) == recorded


@pytest.mark.parametrize("connects_before", [True, False])
def test_a_use_leaves_a_connection_with_a_transport_alone(path, poll, connects_before):
    other = path.with_name("other.yaml")
    with cassette.tape(path, mode="rewrite") as tape:
        get(poll.port, tape)
    with cassette.use(other, mode="rewrite"):
        get(poll.port)
    with cassette.tape(path, mode="none") as tape, contextlib.ExitStack() as stack:
        connection = HTTPConnection("127.0.0.1", poll.port, transport=tape)
        if connects_before:
            connection.connect()
        used = stack.enter_context(cassette.use(other, mode="none"))
        if not connects_before:
            connection.connect()
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"1"
        assert get(poll.port) == "2"
        assert (tape.played, used.played) == (1, 1)
    connection.close()


def test_a_tape_records_inside_of_a_use_that_only_replays(path, poll):
    with cassette.use(path.with_name("other.yaml"), mode="rewrite"):
        get(poll.port)
    with cassette.use(path.with_name("other.yaml"), mode="none"), cassette.tape(path) as tape:
        assert get(poll.port, tape) == "2"
        assert get(poll.port) == "1"
        assert tape.recorded == 1


def test_what_a_tape_lets_pass_is_refused_by_a_use_that_only_replays(path, poll):
    with cassette.use(path.with_name("other.yaml"), mode="rewrite"):
        get(poll.port)
    with (
        cassette.use(path.with_name("other.yaml"), mode="none") as used,
        cassette.tape(path, mode="off") as tape,
    ):
        with pytest.raises(cassette.BlockedNetworkError):
            get(poll.port, tape)
        used.errors.clear()
    assert poll.requests == 1


def test_a_host_that_passes_goes_live_and_is_not_recorded(path, poll):
    with cassette.tape(path, mode="none", allow_hosts=["127.0.0.1"]) as tape:
        assert get(poll.port, tape) == "1"
    assert not path.exists()


@pytest.mark.parametrize("kept", [True, False])
def test_a_tape_that_is_closed_says_so_and_never_goes_live(path, poll, kept, raw_server):
    server = raw_server(
        [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"], [b"HTTP/1.1 200 OK\r\n\r\n"]
    )
    with cassette.tape(path, mode="once") as tape:
        connection = HTTPConnection(*server.address, transport=tape)
        connection.request("GET", "/")
        connection.getresponse().read()
        if not kept:
            connection.close()
    for _ in range(2):
        with pytest.raises((cassette.TapeClosedError, BrokenPipeError), match="closed"):
            connection.request("GET", "/")
        connection.close()
    with pytest.raises(cassette.TapeClosedError) as caught:
        connection.connect()
    assert str(caught.value) == (
        f"the tape of {path} is closed: it opens no connection to "
        f"http://127.0.0.1:{server.address.port} any more\n"
        "Connect while the tape is in use, inside of its with block."
    )


@pytest.mark.filterwarnings("ignore:the response to:cassette.UnrecordedWarning")  # if it is late
def test_a_response_may_be_read_on_when_the_tape_is_closed(path, raw_server):
    server = raw_server([b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", b"body"])
    with cassette.tape(path, mode="once") as tape:
        connection = HTTPConnection(*server.address, transport=tape)
        connection.request("GET", "/")
        response = connection.getresponse()
    assert response.read() == b"body"
    connection.close()


@pytest.mark.parametrize("wrong", ["users.yaml", 1, object(), b""])
def test_what_is_no_transport_is_refused_when_the_connection_is_made(wrong):
    with pytest.raises(cassette.OptionError) as caught:
        HTTPConnection("example.com", transport=wrong)
    assert str(caught.value).startswith(f"transport is {wrong!r}, which has no method connect(")


def test_a_tape_that_was_not_entered_is_refused_with_how_to_use_it(path):
    with pytest.raises(cassette.OptionError, match=r"with cassette\.tape\(path\) as tape"):
        HTTPSConnection("example.com", transport=cassette.tape(path))


def test_a_tape_takes_the_options_of_a_use(path):
    assert inspect.signature(cassette.tape) == inspect.signature(cassette.use)
    with pytest.raises(cassette.OptionError, match="there is no record mode 'onse'"):
        cassette.tape(path, mode="onse")
    with pytest.raises(cassette.OptionError, match="no option 'mood'"):
        cassette.tape(path, mood="once")


class Recording:
    """A connector of one's own: notes what it is asked, and hands out what it is given."""

    def __init__(self, opened=None):
        self.asked = []
        self.opened = opened

    def connect(self, endpoint, dial):
        self.asked.append(endpoint)
        if isinstance(self.opened, BaseException):
            raise self.opened
        return self.opened or dial()


@pytest.mark.parametrize(
    ("connection", "endpoint"),
    [
        (HTTPConnection, Endpoint("http", "example.com", 80)),
        (HTTPSConnection, Endpoint("https", "example.com", 443)),
    ],
)
def test_a_connector_of_ones_own_is_told_where_the_connection_leads(connection, endpoint):
    own = Recording(cassette.ScriptedTransport([b"HTTP/1.1 204 No Content\r\n\r\n"]))
    made = connection("Example.COM", transport=own)
    made.request("GET", "/")
    assert made.getresponse().status == 204
    assert own.asked == [endpoint]
    made.set_debuglevel(0)
    made.close()
    tunnelled = connection("proxy.example", 3128, transport=own)
    tunnelled.set_tunnel("example.com", endpoint.port)
    tunnelled.connect()
    assert own.asked[-1] == endpoint


def test_a_connector_of_ones_own_may_dial(poll):
    own = Recording()
    assert get(poll.port, own) == "1"
    assert own.asked == [Endpoint("http", "127.0.0.1", poll.port)]


def test_a_failure_of_ones_own_reaches_the_program_as_it_is():
    error = ConnectionResetError(errno.ECONNRESET, "injected")
    connection = HTTPConnection("example.com", transport=Recording(error))
    with pytest.raises(ConnectionResetError) as caught:
        connection.request("GET", "/")
    assert caught.value is error
    assert connection.sock is None


def test_a_connector_may_stand_before_a_tape(path, poll):
    class Before:
        def __init__(self, tape):
            self.tape = tape

        def connect(self, endpoint, dial):
            transport = self.tape.connect(endpoint, dial)
            assert isinstance(transport, CassetteSocket)
            return transport

    with cassette.tape(path, mode="once") as tape:
        get(poll.port, Before(tape))
    with cassette.tape(path, mode="none") as tape:
        assert get(poll.port, Before(tape)) == "1"


def test_a_failure_injected_before_a_tape_is_not_recorded(path):
    class Broken:
        def connect(self, endpoint, dial):
            raise ConnectionResetError(errno.ECONNRESET, "injected")

    with cassette.tape(path, mode="once") as tape, pytest.raises(ConnectionResetError):
        get(1, Broken())
    assert tape.recorded == 0


def test_a_failure_injected_below_a_tape_is_recorded(path, poll):
    def no_dial():
        raise RemoteDisconnected("injected")

    class Below:
        def connect(self, endpoint, dial):
            return tape.connect(endpoint, no_dial)

    with cassette.tape(path, mode="once", failures=True) as tape, pytest.raises(RemoteDisconnected):
        get(poll.port, Below())
    (failed,) = cassette.load(path).interactions
    assert (failed.call, failed.failure.kind) == (
        f"connect http://127.0.0.1:{poll.port}",
        "RemoteDisconnected",
    )


def test_scripts_go_on_where_the_connection_connects_again():
    one = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n1"
    transport = cassette.ScriptedTransport([one, one.replace(b"\r\n\r\n1", b"\r\n\r\n2")])
    connection = HTTPConnection("example.com", transport=transport)
    answers = []
    for _ in range(2):
        connection.request("GET", "/")
        answers.append(connection.getresponse().read())
    assert answers == [b"1", b"2"]


@pytest.mark.parametrize(
    ("existed", "said"), [(False, "There is no such file yet."), (True, "It holds no interaction")]
)
def test_a_refusal_tells_an_empty_cassette_from_a_missing_one(path, existed, said):
    path.parent.mkdir()
    if existed:
        write(path)
    with cassette.tape(path, mode="none") as tape:
        with pytest.raises(cassette.UnmatchedRequestError, match=said):
            get(80, tape)
        tape.errors.clear()
