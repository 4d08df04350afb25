"""Every situation in which the http.client family must find a cassette, and lose it again."""

import asyncio
import contextlib
import functools
import http.client
import importlib
import re
import socket
import sys
import textwrap
import threading
import urllib.request
from http.client import HTTPConnection as EarlyConnection
from http.client import HTTPResponse as EarlyResponse
from http.client import HTTPSConnection as EarlySecureConnection

import pytest
import requests
import urllib3
from servers.raw import Step

import cassette
from cassette import client as ours
from cassette.store.reader import load


class UserConnection(EarlyConnection):
    """A subclass with a connect of its own, made long before any cassette."""

    connects = 0

    def connect(self):
        type(self).connects += 1
        super().connect()


class UnixConnection(EarlyConnection):
    def __init__(self, path):
        super().__init__("unix.local")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def get(connection, target="/a"):
    connection.request("GET", target)
    return connection.getresponse().read()


def once(connection, target="/a"):
    try:
        return get(connection, target)
    finally:
        connection.close()


def snapshot():
    classes = {
        EarlyConnection,
        EarlySecureConnection,
        EarlyResponse,
        UserConnection,
        urllib3.connection.HTTPConnection,
        urllib3.connection.HTTPSConnection,
        ours.HTTPConnection,
        ours.HTTPSConnection,
    }
    return (
        {cls: (cls.__bases__, dict(vars(cls))) for cls in classes},
        dict(vars(http.client)),
        (socket.getaddrinfo, vars(socket.socket).get("connect")),
        list(sys.meta_path),
    )


@pytest.fixture(params=["none", "new_episodes"])
def replay(request, tmp_path):
    """Record what a function does, then run it again from the cassette; return both results."""

    def both(function, server):
        path = tmp_path / "tape.yaml"
        with cassette.use(path, mode="rewrite"):
            live = function()
        seen = server.requests, server.connections
        with cassette.use(path, mode=request.param) as tape:
            played = function()
        assert (server.requests, server.connections) == seen, "a request reached the server"
        assert tape.left == 0
        assert tape.recorded == 0
        return live, played

    return both


def test_everything_is_identical_afterwards(tmp_path, server):
    before = snapshot()
    with cassette.use(tmp_path / "a.yaml", mode="rewrite"):
        assert snapshot() != before
        once(EarlyConnection("127.0.0.1", server.port))
        requests.get(server.url, timeout=5)
    assert snapshot() == before


def test_everything_is_identical_after_a_failure(tmp_path):
    before = snapshot()
    with pytest.raises(cassette.UnmatchedRequestError), cassette.use(tmp_path / "a", mode="none"):
        once(EarlyConnection("127.0.0.1", 9))
    assert snapshot() == before


@pytest.mark.parametrize(
    "connection",
    [
        lambda port: EarlyConnection("127.0.0.1", port),
        lambda port: http.client.HTTPConnection("127.0.0.1", port),
        lambda port: ours.HTTPConnection("127.0.0.1", port),
        lambda port: UserConnection("127.0.0.1", port),
    ],
    ids=["imported early", "looked up now", "ours", "a user's subclass"],
)
def test_a_connection_records_and_replays(replay, server, connection):
    live, played = replay(lambda: once(connection(server.port)), server)
    assert live == played == b"GET /a"


def test_a_subclass_created_meanwhile_records_and_replays(replay, server):
    def run():
        class Late(http.client.HTTPConnection):
            def connect(self):
                super().connect()

        class LateOnEarly(EarlyConnection):
            def connect(self):
                super().connect()

        return once(Late("127.0.0.1", server.port)) + once(LateOnEarly("127.0.0.1", server.port))

    live, played = replay(run, server)
    assert live == played


def test_a_unix_socket_records_and_replays(replay, unix_server):
    live, played = replay(lambda: once(UnixConnection(unix_server.address)), unix_server)
    assert live == played == b"GET /a"


def test_a_users_connect_does_not_run_on_replay(tmp_path, server):
    path = tmp_path / "a.yaml"
    with cassette.use(path, mode="rewrite"):
        once(UserConnection("127.0.0.1", server.port))
    connects = UserConnection.connects
    with cassette.use(path, mode="none"):
        once(UserConnection("127.0.0.1", server.port))
    assert UserConnection.connects == connects


class Dialer:
    """A mixin, which is no class of the family, with a connect of its own."""

    def connect(self):
        self.sock = socket.create_connection((self.host, self.port))


class Tuner:
    """A mixin that adds to the connect of the family."""

    def connect(self):
        super().connect()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


@pytest.mark.parametrize("mixin", [Dialer, Tuner])
def test_the_connect_of_a_mixin_is_intercepted_and_the_mixin_left_as_it_is(replay, server, mixin):
    class Mixed(mixin, EarlyConnection):
        pass

    class Below(Mixed):
        pass

    before = dict(vars(mixin)), dict(vars(Mixed))
    live, played = replay(
        lambda: [once(kind("127.0.0.1", server.port)) for kind in (Mixed, Below)], server
    )
    assert live == played
    assert (dict(vars(mixin)), dict(vars(Mixed))) == before


def test_a_connect_may_take_arguments(replay, server):
    class Verbose(EarlyConnection):
        def connect(self, greeting=None):
            super().connect()
            self.greeting = greeting

    def run():
        connection = Verbose("127.0.0.1", server.port)
        connection.connect(greeting="hello")
        return once(connection)

    live, played = replay(run, server)
    assert live == played


def test_a_connect_may_be_any_descriptor(replay, server):
    class Partial(EarlyConnection):
        def dial(self, flag):
            assert flag
            EarlyConnection.connect(self)

        connect = functools.partialmethod(dial, flag=True)

    live, played = replay(lambda: once(Partial("127.0.0.1", server.port)), server)
    assert live == played


def test_connections_that_are_equal_are_told_apart(replay, server):
    class Equal(EarlyConnection):
        def __eq__(self, other):
            return isinstance(other, Equal)

        __hash__ = None

    def run():
        connections = [Equal("127.0.0.1", server.port) for _ in range(2)]
        answers = [get(connection) for connection in connections]
        for connection in connections:
            connection.close()
        return answers

    live, played = replay(run, server)
    assert live == played


def test_private_names_of_a_subclass_are_its_own(replay, server):
    class Own(EarlyConnection):
        _blocks = _pieces = _host_value = None

    def run():
        connection = Own("127.0.0.1", server.port)
        connection.request("POST", "/a", iter([b"a", b"b"]))
        with contextlib.closing(connection):
            return connection.getresponse().read()

    live, played = replay(run, server)
    assert live == played


def test_a_wrapper_that_a_test_has_put_back_has_no_effect(tmp_path, server, monkeypatch):
    for _ in range(2):
        with cassette.use(tmp_path / "a.yaml", mode="rewrite") as tape:
            ours_now = UserConnection.connect
            monkeypatch.setattr(
                UserConnection, "connect", lambda self, ours_now=ours_now: ours_now(self)
            )
            once(UserConnection("127.0.0.1", server.port))
        monkeypatch.undo()  # only now, and so to what the cassette had put there
        assert tape.recorded == 1


HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab"


def leave_unread(address, kept):
    """Drop a connection whose response is read in part."""
    connection = http.client.HTTPConnection(*address)
    connection.request("GET", "/a")
    response = connection.getresponse()
    response.read(1)
    kept.append(response)


def leave_unasked(address, _kept):
    http.client.HTTPConnection(*address).request("GET", "/a")


def leave_open(address, kept):
    response = urllib.request.urlopen("http://{}:{}/a".format(*address), timeout=5)
    response.read(1)
    kept.append(response)


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::cassette.UnrecordedWarning")  # of what is not dropped
@pytest.mark.parametrize("dropped", [True, False])
@pytest.mark.parametrize("leave", [leave_unread, leave_unasked, leave_open])
def test_what_is_dropped_without_being_closed_is_recorded(tmp_path, raw_server, leave, dropped):
    path, kept = tmp_path / "a.yaml", []
    with cassette.use(path, mode="rewrite"):
        leave(raw_server([Step.READ_REQUEST, HALF, Step.HANG]).address, kept)
        if dropped:
            kept.clear()
    (one,) = cassette.load(path).interactions
    assert one.ended == "abandoned"
    for response in kept:
        response.close()
    assert [file.name for file in tmp_path.iterdir()] == ["a.yaml"]


class Awaited(EarlyConnection):
    """It connects when it may, which can be too late."""

    may, begun = threading.Event(), threading.Event()

    def connect(self):
        self.begun.set()
        self.may.wait()
        super().connect()


@pytest.mark.parametrize("refused", [True, False])
def test_what_comes_after_the_cassette_was_left_is_not_recorded(tmp_path, server, refused):
    Awaited.may.clear(), Awaited.begun.clear()

    def run():
        with contextlib.suppress(ConnectionRefusedError):
            once(Awaited("127.0.0.1", server.port))

    thread = threading.Thread(target=run)
    with cassette.use(tmp_path / "a.yaml", mode="rewrite") as tape:
        thread.start()
        Awaited.begun.wait()
    if refused:
        server.close()
    Awaited.may.set()
    thread.join()
    assert tape.recorded == 0
    assert list(tmp_path.iterdir()) == []


def test_a_response_that_is_played_can_be_polled(replay, server):
    def run():
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", "/a")
        with contextlib.closing(connection), connection.getresponse() as response:
            assert response.fileno() == response.fp.fileno() == connection.sock.fileno() >= 0
            return response.read()

    live, played = replay(run, server)
    assert live == played


def test_what_follows_an_upgrade_is_played(tmp_path, raw_server):
    switching = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n"
    read = Step.READ_HEAD
    address = raw_server([Step.READ_REQUEST, switching, read, b"one", read, b"two"]).address

    def run():
        connection = http.client.HTTPConnection(*address)
        connection.request("GET", "/", headers={"Connection": "upgrade", "Upgrade": "echo"})
        response = connection.getresponse()
        stream, answers = response.fp, []
        for frame in (b"\x01one\r\n\r\n", b"\x01two\r\n\r\n"):
            connection.sock.sendall(frame)
            answers.append(stream.read(3))
        connection.close()
        return response.status, answers

    with cassette.use(tmp_path / "a.yaml", mode="rewrite"):
        live = run()
    with cassette.use(tmp_path / "a.yaml", mode="none", on_unplayed="fail"):
        assert run() == live == (101, [b"one", b"two"])


@pytest.mark.parametrize("said", [b"Upgrade: websocket", b"Upgrade: WebSocket, odd"])
@pytest.mark.parametrize("together", [True, False])
def test_frames_of_websocket_are_not_recorded_and_refused(tmp_path, raw_server, said, together):
    path = tmp_path / "a.yaml"
    switching = b"HTTP/1.1 101 Switching Protocols\r\n%b\r\nConnection: upgrade\r\n\r\n" % said
    frame = b"\x81\x06secret"
    masked = b"\x81\x86\x01\x01\x01\x01" + bytes(byte ^ 1 for byte in b"secret")
    script = [switching + frame] if together else [switching, frame]
    address = raw_server([Step.READ_REQUEST, *script, Step.HANG]).address
    call = f"GET http://{address[0]}:{address[1]}/"

    def run():
        connection = http.client.HTTPConnection(*address)
        connection.request("GET", "/", headers={"Connection": "upgrade", "Upgrade": "websocket"})
        with contextlib.closing(connection), contextlib.closing(connection.getresponse()) as answer:
            yield answer.status
            yield answer.fp.read(8)
            connection.sock.sendall(masked)

    with (
        pytest.warns(cassette.UnrecordedWarning, match=f"{call} went over to WebSocket"),
        cassette.use(path, mode="rewrite"),
    ):
        assert list(run()) == [101, frame]
    (known,) = load(path).interactions
    assert known.response.raw == switching
    played = run()
    with cassette.use(path, mode="none") as tape:
        assert next(played) == 101
        with pytest.raises(cassette.RecordingEndedError, match="went over to WebSocket"):
            next(played)
        played.close()
        assert [type(error) for error in tape.errors] == [cassette.RecordingEndedError]
        tape.errors.clear()


def test_what_is_sent_over_websocket_is_refused_on_replay(tmp_path, raw_server):
    path = tmp_path / "a.yaml"
    switching = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
    address = raw_server([Step.READ_REQUEST, switching, Step.HANG]).address

    def run():
        connection = http.client.HTTPConnection(*address)
        connection.request("GET", "/", headers={"Connection": "upgrade", "Upgrade": "websocket"})
        with contextlib.closing(connection), contextlib.closing(connection.getresponse()):
            connection.sock.sendall(b"\x81\x80\x01\x01\x01\x01")

    with pytest.warns(cassette.UnrecordedWarning), cassette.use(path, mode="rewrite"):
        run()
    with (
        pytest.raises(cassette.RecordingEndedError, match="whose frames are not recorded"),
        cassette.use(path, mode="none"),
    ):
        run()


@pytest.mark.parametrize("kind", [EarlyConnection, UserConnection])
def test_a_connection_opened_before_does_not_leak(replay, server, kind):
    connection = kind("127.0.0.1", server.port)
    connection.connect()
    live_socket = connection.sock
    get(connection)
    live, played = replay(lambda: get(connection), server)
    assert live == played
    assert connection.sock is live_socket, "the live socket is put back"
    assert type(connection) is kind
    assert get(connection, "/again") == b"GET /again"
    connection.close()


@pytest.mark.parametrize("mode", ["rewrite", "none"])
def test_a_connection_outlives_cassettes_that_are_left_in_any_order(tmp_path, server, mode):
    for name in "ab":
        with cassette.use(tmp_path / name, mode="rewrite"):
            once(EarlyConnection("127.0.0.1", server.port), f"/{name}")
    connection = EarlyConnection("127.0.0.1", server.port)
    get(connection)
    with contextlib.ExitStack() as last, contextlib.ExitStack() as first:
        first.enter_context(cassette.use(tmp_path / "a", mode=mode))
        assert get(connection, "/a") == b"GET /a"
        last.enter_context(cassette.use(tmp_path / "b", mode=mode))
        assert get(connection, "/b") == b"GET /b"
    assert get(connection, "/after") == b"GET /after"
    connection.close()


def test_a_pool_filled_before_does_not_leak(replay, server):
    with requests.Session() as session:
        session.get(server.url, timeout=5)
        live, played = replay(lambda: session.get(f"{server.url}/b", timeout=5).text, server)
        assert live == played == "GET /b"
        assert session.get(f"{server.url}/live", timeout=5).text == "GET /live"


@pytest.mark.parametrize("mode", ["rewrite", "none"])
@pytest.mark.parametrize("kind", [EarlyConnection, UserConnection])
def test_a_connection_opened_inside_connects_anew_afterwards(tmp_path, server, mode, kind):
    path = tmp_path / "a.yaml"
    with cassette.use(path, mode="rewrite"):
        once(kind("127.0.0.1", server.port))
    connection = kind("127.0.0.1", server.port)
    with cassette.use(path, mode=mode):
        get(connection)
    seen = server.requests
    assert get(connection, "/later") == b"GET /later"
    assert server.requests == seen + 1
    assert type(connection) is kind
    connection.close()


def test_a_pool_filled_on_replay_connects_anew_afterwards(tmp_path, server):
    path = tmp_path / "a.yaml"
    with cassette.use(path, mode="rewrite"):
        requests.get(server.url, timeout=5)
    with requests.Session() as session:
        with cassette.use(path, mode="none"):
            session.get(server.url, timeout=5)
        seen = server.requests
        session.get(server.url, timeout=5)
        assert server.requests == seen + 1


def test_a_response_can_be_read_after_the_cassette_is_left(tmp_path, server):
    path = tmp_path / "a.yaml"
    with cassette.use(path, mode="rewrite"):
        once(EarlyConnection("127.0.0.1", server.port))
    connection = EarlyConnection("127.0.0.1", server.port)
    with cassette.use(path, mode="none"):
        connection.request("GET", "/a")
        response = connection.getresponse()
    assert response.read() == b"GET /a"
    connection.close()


def test_a_thread_of_the_code_under_test_sees_the_cassette(replay, server):
    def run():
        got = []
        thread = threading.Thread(
            target=lambda: got.append(once(EarlyConnection("127.0.0.1", server.port)))
        )
        thread.start()
        thread.join()
        return got

    live, played = replay(run, server)
    assert live == played == [b"GET /a"]


def test_the_inner_cassette_wins(tmp_path, server):
    outer, inner = tmp_path / "outer.yaml", tmp_path / "inner.yaml"
    connection = EarlyConnection("127.0.0.1", server.port)
    with cassette.use(outer, mode="rewrite"):
        get(connection, "/1")
        with cassette.use(inner, mode="rewrite"):
            get(connection, "/2")
        get(connection, "/3")
    assert [one.request.target for one in cassette.load(outer).interactions] == [b"/1", b"/3"]
    assert [one.request.target for one in cassette.load(inner).interactions] == [b"/2"]
    connection.close()


def test_two_tasks_each_have_a_cassette_of_their_own(tmp_path, server):
    async def task(name, mine, other):
        async with cassette.use(tmp_path / f"{name}.yaml", mode="rewrite"):
            mine.set()
            await other.wait()
            return once(EarlyConnection("127.0.0.1", server.port), f"/{name}")

    async def both():
        one, two = asyncio.Event(), asyncio.Event()
        await asyncio.gather(task("one", one, two), task("two", two, one))

    asyncio.run(both())
    for name in ("one", "two"):
        (only,) = cassette.load(tmp_path / f"{name}.yaml").interactions
        assert only.request.target == f"/{name}".encode()


def test_a_thread_started_by_a_task_with_its_context_sees_its_cassette(tmp_path, server):
    async def run():
        async with cassette.use(tmp_path / "a.yaml", mode="rewrite"):
            await asyncio.to_thread(once, EarlyConnection("127.0.0.1", server.port))

    asyncio.run(run())
    assert len(cassette.load(tmp_path / "a.yaml").interactions) == 1


def test_a_library_imported_meanwhile_keeps_nothing_of_ours(tmp_path, server, monkeypatch):
    (tmp_path / "late_library.py").write_text(
        textwrap.dedent("""
            import http.client
            from http.client import HTTPConnection, HTTPResponse

            class LateConnection(http.client.HTTPConnection):
                pass
        """)
    )
    monkeypatch.syspath_prepend(tmp_path)
    with cassette.use(tmp_path / "a.yaml", mode="rewrite"):
        library = importlib.import_module("late_library")
        once(library.LateConnection("127.0.0.1", server.port))
        once(library.HTTPConnection("127.0.0.1", server.port))
    assert library.LateConnection.__bases__ == (EarlyConnection,)
    assert library.HTTPConnection is EarlyConnection
    assert library.HTTPResponse is EarlyResponse
    assert len(cassette.load(tmp_path / "a.yaml").interactions) == 2
    del sys.modules["late_library"]


def test_no_object_changes_its_class_and_no_name_its_meaning(tmp_path, server):
    connection = EarlyConnection("127.0.0.1", server.port)
    with cassette.use(tmp_path / "a.yaml", mode="rewrite"):
        assert http.client.HTTPConnection is EarlyConnection
        assert get(connection) == b"GET /a"
        assert type(connection) is EarlyConnection
        assert EarlyConnection.getresponse is ours.HTTPConnection.getresponse
    connection.close()


def test_a_connect_between_two_stock_classes_is_called_in_the_order_of_resolution(tmp_path):
    class Between(EarlyConnection):
        def connect(self):
            raise OSError("between")

    class Both(EarlySecureConnection, Between):
        pass

    with (
        cassette.use(tmp_path / "a.yaml", mode="rewrite"),
        pytest.raises(OSError, match=r"^between$"),
    ):
        once(Both("127.0.0.1", 9))


def test_names_imported_early_recognise_what_comes_from_a_cassette(tmp_path, server):
    path = tmp_path / "a.yaml"
    with cassette.use(path, mode="rewrite"):
        connection = EarlyConnection("127.0.0.1", server.port)
        connection.request("GET", "/")
        response = connection.getresponse()
        assert isinstance(connection, EarlyConnection)
        assert isinstance(response, EarlyResponse)
        assert isinstance(response, http.client.HTTPResponse)
        with pytest.raises(http.client.CannotSendRequest):
            connection.request("GET", "/")
            connection.request("GET", "/")
        response.close()
        connection.close()


def tunnelled(proxy):
    connection = EarlySecureConnection("127.0.0.1", proxy, timeout=0.1)
    connection.set_tunnel("nowhere.invalid", 443)
    return once(connection)


BEHIND_A_PROXY = {
    "stock": tunnelled,
    "urllib3": lambda proxy: urllib3.ProxyManager(
        f"http://127.0.0.1:{proxy}", retries=False, timeout=0.1
    ).request("GET", "https://nowhere.invalid/"),
    "requests": lambda proxy: requests.get(
        "https://nowhere.invalid/", proxies={"https": f"http://127.0.0.1:{proxy}"}, timeout=0.1
    ),
}


@pytest.mark.parametrize("client", BEHIND_A_PROXY)
@pytest.mark.parametrize(
    "answer",
    [
        [Step.READ_HEAD, Step.CLOSE],
        [Step.READ_HEAD, b"garbage\r\n\r\n"],
        [Step.READ_HEAD, b"HTTP/1.1 407 Authenticate\r\n\r\n"],
        [Step.HANG],
    ],
    ids=["hangs up", "speaks no HTTP", "refuses", "is silent"],
)
def test_what_a_proxy_makes_of_a_tunnel_comes_as_it_came(tmp_path, raw_server, client, answer):
    port = raw_server(answer).address[1]
    path, told = tmp_path / "a.yaml", []
    for mode in ("rewrite", "none"):
        with (
            cassette.use(path, mode=mode, on_unplayed="fail"),
            pytest.raises(Exception) as caught,  # noqa: PT011 - the type is the outcome
        ):
            BEHIND_A_PROXY[client](port)
        told.append((type(caught.value), re.sub(r"0x\w+", "", str(caught.value))))
    assert told[0] == told[1]


@pytest.mark.parametrize("client", ["stock", "requests"])
def test_a_handshake_that_took_too_long_takes_too_long_again(tmp_path, raw_server, client):
    port = raw_server([Step.HANG]).address[1]
    attempt = {
        "stock": lambda: once(EarlySecureConnection("127.0.0.1", port, timeout=0.1)),
        "requests": lambda: requests.get(f"https://127.0.0.1:{port}/", timeout=0.1),
    }[client]
    told = []
    for mode in ("rewrite", "none"):
        with (
            cassette.use(tmp_path / "a.yaml", mode=mode, on_unplayed="fail"),
            pytest.raises((TimeoutError, requests.Timeout)) as caught,
        ):
            attempt()
        told.append((type(caught.value), str(caught.value)))
    assert told[0] == told[1]


def test_a_look_alike_that_a_test_put_there_is_left_alone(tmp_path):
    answer = cassette.ScriptedTransport([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])
    with cassette.use(tmp_path / "a.yaml", mode="none"):
        connection = EarlyConnection("nowhere.invalid")
        connection.sock = answer
        assert get(connection) == b""
    assert answer.sent


def test_a_host_left_alone_goes_live_and_is_not_recorded(tmp_path, server):
    with cassette.use(tmp_path / "a.yaml", mode="none", allow_hosts=["127.0.0.*"]):
        assert once(EarlyConnection("127.0.0.1", server.port)) == b"GET /a"
    assert not (tmp_path / "a.yaml").exists()


def test_off_is_as_if_there_were_no_cassette(tmp_path, server):
    with cassette.use(tmp_path / "outer.yaml", mode="none") as outer:
        with cassette.use(tmp_path / "a.yaml", mode="off"):
            assert once(EarlyConnection("127.0.0.1", server.port)) == b"GET /a"
        assert outer.errors == []


def test_a_refused_connection_is_refused_again_as_each_client_words_it(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    path = tmp_path / "a.yaml"
    attempts = {
        "stock": lambda: once(EarlyConnection("127.0.0.1", port)),
        "stock TLS": lambda: once(EarlySecureConnection("127.0.0.1", port)),
        "a user's subclass": lambda: once(UserConnection("127.0.0.1", port)),
        "urllib": lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/"),
        "urllib3": lambda: urllib3.PoolManager(retries=False).request(
            "GET", f"http://127.0.0.1:{port}/"
        ),
        "requests": lambda: requests.get(f"http://127.0.0.1:{port}/", timeout=5),
    }

    def outcomes():
        seen = {}
        for name, attempt in attempts.items():
            with pytest.raises(Exception) as caught:  # noqa: PT011 - the type is the outcome
                attempt()
            seen[name] = type(caught.value), str(caught.value).partition("0x")[0]
        return seen

    with cassette.use(path, mode="rewrite"):
        live = outcomes()
    assert {one.ended for one in cassette.load(path).interactions} == {cassette.Ended.REFUSED}
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert outcomes() == live


def test_a_failure_to_connect_has_its_turn_in_the_recorded_order(tmp_path, server):
    path = tmp_path / "a.yaml"

    def run():
        return [once(EarlyConnection("127.0.0.1", server.port))]

    with cassette.use(path, mode="rewrite"):
        run()
        server.close()
        with pytest.raises(ConnectionRefusedError):
            run()
    with cassette.use(path, mode="none"):
        assert run() == [b"GET /a"]
        with pytest.raises(ConnectionRefusedError):
            run()


def test_https_is_not_called_unverified_on_replay(tmp_path, recwarn):
    path = tmp_path / "a.yaml"
    path.write_text(
        textwrap.dedent("""
            cassette: 1
            recorded: 2026-01-01T00:00:00Z
            interactions:
            - call: GET https://api.example.com/
              request:
                head: |
                  GET / HTTP/1.1
                  Host: api.example.com
              response:
                head: |
                  HTTP/1.1 200 OK
                  Content-Length: 2
                text: |-
                  ok
              at: 2026-01-01T00:00:00Z
              took: 0.1
              ended: open
        """).lstrip()
    )
    with cassette.use(path, mode="none", repeat=True):
        assert requests.get("https://api.example.com/", timeout=5).text == "ok"
        assert not recwarn.list
        with pytest.warns(urllib3.exceptions.InsecureRequestWarning):
            requests.get("https://api.example.com/", timeout=5, verify=False)


def test_with_repeat_a_server_that_was_down_stays_down(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    path = tmp_path / "a.yaml"
    for mode in ("rewrite", "none"):
        with cassette.use(path, mode=mode, repeat=True):
            for _ in range(1 if mode == "rewrite" else 3):
                with pytest.raises(ConnectionRefusedError):
                    once(EarlyConnection("127.0.0.1", port))


def test_a_pooled_connection_meets_a_recorded_refusal(tmp_path, server):
    path = tmp_path / "a.yaml"
    port = server.port
    pooled = EarlyConnection("127.0.0.1", port)
    get(pooled)
    server.close()
    with cassette.use(path, mode="rewrite"), pytest.raises(ConnectionRefusedError):
        once(EarlyConnection("127.0.0.1", port))
    with cassette.use(path, mode="none", on_unplayed="fail"):
        with pytest.raises(ConnectionRefusedError):
            get(pooled)
        assert pooled.sock is None
    pooled.close()


def test_a_failure_that_no_operating_system_raised_comes_as_it_is(tmp_path):
    class Refusing(EarlyConnection):
        def connect(self):
            raise OSError("Tunnel connection failed: 403 Forbidden")

    path = tmp_path / "a.yaml"
    for mode in ("rewrite", "none"):
        with (
            cassette.use(path, mode=mode),
            pytest.raises(OSError, match=r"^Tunnel connection failed: 403 Forbidden$"),
        ):
            once(Refusing("example.com"))


@pytest.mark.parametrize(("timeout", "expected"), [(3, 3), (None, None), ("left out", 7)])
def test_what_goes_live_late_has_the_timeout_of_its_connection(tmp_path, server, timeout, expected):
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(7)
    try:
        options = {} if timeout == "left out" else {"timeout": timeout}
        with cassette.use(tmp_path / "a.yaml", mode="new_episodes"):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, **options)
            connection.request("GET", "/")
            assert connection.sock.gettimeout() == expected
            connection.close()
    finally:
        socket.setdefaulttimeout(before)


def test_a_connection_of_the_cassette_is_kept_and_not_claimed_again(server, tmp_path):
    connection = http.client.HTTPConnection(*server.address)
    with cassette.use(tmp_path / "a.yaml", mode="rewrite"):
        for target in ("/1", "/2", "/3"):
            connection.request("GET", target)
            assert connection.getresponse().read() == b"GET %b" % target.encode()
        assert server.connections == 1
        connection.close()
