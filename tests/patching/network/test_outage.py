"""A network that is down, or mute, for one context and one moment."""

import gc
import http.client
import socket
import ssl
import threading
import urllib.request
from functools import partial

import httpx
import pytest
import requests
import urllib3

import cassette
from cassette.client import HTTPConnection, HTTPSConnection
from cassette.patching.network.outage import outage, rehearse

DOWN = ConnectionRefusedError(111, "recorded")


def attempts():
    with socket.socket() as sock:
        yield lambda: socket.getaddrinfo("a.example", 80)
        yield lambda: socket.create_connection(("a.example", 80))
        yield lambda: sock.connect(("127.0.0.1", 9))


def test_every_look_up_and_connection_meets_the_recorded_error():
    with outage(DOWN):
        for attempt in attempts():
            with pytest.raises(ConnectionRefusedError) as met:
                attempt()
            assert met.value is DOWN


def test_afterwards_the_functions_are_the_same_as_before():
    before = socket.getaddrinfo, vars(socket.socket).get("connect")
    with pytest.raises(ZeroDivisionError), outage(DOWN):
        1 / 0  # noqa: B018
    assert (socket.getaddrinfo, vars(socket.socket).get("connect")) == before


def test_other_threads_have_their_network():
    found = []

    def look_up():
        found.append(socket.getaddrinfo("127.0.0.1", 80))

    with outage(DOWN):
        thread = threading.Thread(target=look_up)
        thread.start()
        thread.join()
    assert found


# -- what a client refuses by itself


BARE = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the system's certificates take a while to load
LONG = f"{'a' * 64}.example"
STOCK = (http.client.HTTPConnection, http.client.HTTPSConnection, urllib3.connection.HTTPConnection)


def ask(connect, host, port, *, tunnel=None, headers=None, **options):
    connection = connect(host, port, **options)
    if tunnel is not None:
        connection.set_tunnel(tunnel, 443, headers=headers)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    finally:
        connection.close()


REFUSED = {
    **{
        f"a tunnel's field of two lines, {connect.__name__} {n}": partial(
            ask,
            partial(connect, context=BARE) if connect is STOCK[1] else connect,
            tunnel="b.example",
            headers={"X": "a\r\nb: c"},
        )
        for n, connect in enumerate(STOCK)
    },
    "a tunnel's field that cannot be encoded": partial(
        ask, http.client.HTTPConnection, tunnel="b.example", headers={"X": "\u20ac"}
    ),
    "a tunnel to a host with a control character": partial(
        ask, http.client.HTTPConnection, tunnel="b\x7f.example"
    ),
    "urllib3": lambda host, port: urllib3.PoolManager().request("GET", f"http://{LONG}"),
    "requests": lambda host, port: requests.get(f"http://{LONG}", timeout=5),
    "requests, an empty label": lambda host, port: requests.get("http://a..b/", timeout=5),
    "urllib": lambda host, port: urllib.request.urlopen(f"http://{LONG}"),
    "urllib by TLS": lambda host, port: urllib.request.urlopen(f"https://{LONG}", context=BARE),
    "httpx": lambda host, port: httpx.get(f"http://{LONG}", verify=BARE),
    "httpx, an empty label": lambda host, port: httpx.get("http://a..b/", verify=BARE),
}
LEAVING = {  # the interpreter's own create_connection leaves its socket to the garbage collector
    "a negative timeout": partial(ask, http.client.HTTPConnection, timeout=-1),
    "a timeout in words": partial(ask, http.client.HTTPConnection, timeout="soon"),
    "a source that is no address": partial(ask, http.client.HTTPConnection, source_address=5),
    "httpx, a negative timeout": lambda host, port: httpx.get(
        f"http://{host}:{port}", timeout=-1, verify=BARE
    ),
}


def assert_refused_alike(program, port, path):
    def refusal(mode):
        with cassette.use(path, mode=mode) as tape:
            with pytest.raises(Exception) as met:  # noqa: PT011 - each client has its own
                program("127.0.0.1", port)
            assert (tape.recorded, tape.played) == (0, 0)
        return type(met.value), str(met.value)

    recorded = refusal("rewrite")
    assert not issubclass(recorded[0], OSError)
    assert refusal("none") == recorded
    assert refusal("new_episodes") == recorded


@pytest.mark.parametrize("program", REFUSED.values(), ids=REFUSED)
def test_what_a_client_refuses_by_itself_is_met_on_replay_as_it_was(program, poll, tmp_path):
    assert_refused_alike(program, poll.port, tmp_path / "a.yaml")


@pytest.fixture
def collected():
    yield
    gc.collect()


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize("program", LEAVING.values(), ids=LEAVING)
def test_what_is_refused_with_a_socket_at_hand_is_met_on_replay(program, poll, tmp_path):
    assert_refused_alike(program, poll.port, tmp_path / "a.yaml")


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize("connect", [HTTPConnection, partial(HTTPSConnection, context=BARE)])
@pytest.mark.parametrize(
    ("host", "options", "refusal"),
    [
        ("127.0.0.1", {"tunnel": "b.example", "headers": {"X": "a\r\nb: c"}}, ValueError),
        (LONG, {}, UnicodeError),
        ("127.0.0.1", {"timeout": -1}, ValueError),
        ("127.0.0.1", {"timeout": b"1"}, TypeError),
    ],
)
def test_a_connection_of_ours_refuses_as_it_does_live(connect, host, options, refusal, poll):
    for mode in ("rewrite", "none"):
        with cassette.tape("never.yaml", mode=mode) as tape, pytest.raises(refusal):
            ask(connect, host, poll.port, transport=tape, **options)


@pytest.mark.parametrize("options", [{}, {"tunnel": "b.example", "headers": {"X": "\xe4"}}])
def test_what_is_odd_and_is_not_refused_is_asked_for(options, tmp_path):
    with cassette.use(tmp_path / "a.yaml", mode="none") as tape:
        with pytest.raises(cassette.UnmatchedRequestError):
            ask(http.client.HTTPConnection, "b\xfccher.example", 80, **options)
        tape.errors.clear()


def test_a_recorded_failure_comes_before_a_refusal_as_it_did(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    path = tmp_path / "a.yaml"
    odd = {"tunnel": "b.example", "headers": {"X": "a\r\nb: c"}}
    with cassette.use(path, mode="rewrite"), pytest.raises(ConnectionRefusedError):
        ask(http.client.HTTPConnection, "127.0.0.1", port, **odd)
    with cassette.use(path, mode="none", on_unplayed="fail"), pytest.raises(ConnectionRefusedError):
        ask(http.client.HTTPConnection, "127.0.0.1", port, **odd)


def test_a_rehearsal_reaches_nobody_and_starts_no_handshake(poll):
    def dial():
        sock = socket.create_connection(("127.0.0.1", poll.port))
        with pytest.raises(OSError, match="nothing is behind"):
            sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        return BARE.wrap_socket(sock, server_hostname="a.example")

    rehearse(dial)
    assert poll.requests == 0
