"""What goes past the cassettes does not reach the network either."""

import _socket
import asyncio
import contextlib
import contextvars
import http.client
import linecache
import socket
import ssl
import subprocess
import sys
import threading
import types
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import create_connection, getaddrinfo, gethostbyname

import aiohttp
import httpx
import pytest
import requests
from servers.raw import Step

import cassette
from cassette.patching.network.guard import GuardPatcher
from cassette.patching.undo import take_back_uncovered
from cassette.tapes.in_force import lifted

NOWHERE = "no-such-host.invalid"
"""A name that nobody has; a look-up that goes through gives an error of the system."""

REMEDY = (
    "Use a client that cassettes replay (all that is built on http.client, such as requests, "
    "urllib3 and boto3, httpx, aiohttp), or let the host through: allow_hosts=[{!r}]."
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


def write_recording_of(path, *origins):
    """Write a cassette that has a recording of each origin."""
    entries = [
        f"- call: GET {origin}/recorded\n  request: {{}}\n  response: {{}}\n"
        "  at: 2026-11-23T01:26:42Z\n  took: 0.1\n  ended: open\n"
        for origin in origins
    ]
    path.write_text(
        "cassette: 1\nrecorded: 2026-11-23T01:26:42Z\ninteractions:\n" + "".join(entries)
    )


@pytest.fixture
def known(path, server):
    """The path of a cassette that has a recording of the server."""
    write_recording_of(path, server.url)
    return path


@pytest.fixture
def replaying(known):
    """A cassette that only replays, in use; the test takes out of its errors what it expects."""
    with cassette.use(known, mode="none") as tape:
        yield tape


@contextlib.contextmanager
def refused(tape, host, port=None):
    """Expect that an attempt to reach a host is refused, and noted."""
    with pytest.raises(cassette.BlockedNetworkError) as caught:
        yield caught
    assert caught.value in tape.errors
    assert (caught.value.host, caught.value.port) == (host, port)
    tape.errors.clear()


class OwnSocket(socket.socket):
    """A subclass, as proxies and test tools write them."""

    def connect(self, address):
        super().connect(address)


def connect_ex(address):
    with socket.socket() as sock:
        sock.connect_ex(address)


def connect_own(address):
    with OwnSocket() as sock:
        sock.connect(address)


def connect_tls(address):
    context = ssl.create_default_context()
    with context.wrap_socket(socket.socket(), server_hostname="localhost") as sock:
        sock.connect(address)


def connect_without_blocking(address):
    with socket.socket() as sock:
        sock.setblocking(0)
        sock.connect(address)


def connect_below(address):
    with contextlib.closing(socket.SocketType()) as sock:
        sock.connect(address)


CONNECTING = [
    create_connection,
    connect_ex,
    connect_own,
    connect_tls,
    connect_without_blocking,
    connect_below,
]


@pytest.mark.parametrize("connect", CONNECTING)
def test_a_connection_is_refused_however_it_is_made(replaying, server, connect):
    with refused(replaying, *server.address):
        connect(server.address)
    assert server.connections == 0


@pytest.mark.parametrize("connect", [*CONNECTING[:5]])
def test_a_name_is_refused_before_it_is_looked_up(replaying, connect):
    with pytest.raises(cassette.BlockedNetworkError) as caught:
        connect((NOWHERE, 80))
    assert caught.value.host == NOWHERE
    replaying.errors.clear()


@pytest.mark.parametrize("name", [NOWHERE, NOWHERE.encode()])
@pytest.mark.parametrize(
    "look_up",
    [
        lambda name: getaddrinfo(name, 80),
        lambda name: socket.getaddrinfo(host=name, port="https"),
        gethostbyname,
        socket.gethostbyname_ex,
        socket.gethostbyaddr,
        lambda name: socket.getnameinfo((name if isinstance(name, str) else NOWHERE, 80), 0),
    ],
)
def test_a_look_up_is_refused(replaying, look_up, name):
    with refused(replaying, NOWHERE):
        look_up(name)


@pytest.mark.parametrize(
    "look_up", [socket.gethostbyaddr, lambda address: socket.getnameinfo((address, 80), 0)]
)
def test_no_name_server_is_asked_for_the_name_of_an_address(replaying, look_up):
    with refused(replaying, "192.0.2.1"):
        look_up("192.0.2.1")


def test_a_datagram_is_refused(path):
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        contextlib.ExitStack() as stack,
    ):
        receiver.bind(("127.0.0.1", 0))
        address = receiver.getsockname()
        write_recording_of(path, f"http://127.0.0.1:{address[1]}")
        replaying = stack.enter_context(cassette.use(path, mode="none"))
        for send in (
            lambda to: sender.sendto(b"x", to),
            lambda to: sender.sendto(b"x", 0, to),
            lambda to: sender.sendmsg([b"x"], [], 0, to),
            sender.connect,
        ):
            with refused(replaying, *address):
                send(address)
            with refused(replaying, NOWHERE, 53):
                send((NOWHERE, 53))


def test_an_address_of_ipv6_is_refused(replaying):
    with (
        socket.socket(socket.AF_INET6) as sock,
        pytest.raises(cassette.BlockedNetworkError, match=r"a connection to \[2001:db8::1\]:80"),
    ):
        sock.connect(("2001:db8::1", 80))
    replaying.errors.clear()


def test_who_tried_is_told(replaying, path, server):
    line = test_who_tried_is_told.__code__.co_firstlineno + 3
    with refused(replaying, *server.address) as caught:
        create_connection(server.address)
    assert str(caught.value) == (
        f"a connection to 127.0.0.1:{server.port} was blocked: "
        f"{path} is in use and only replays (record mode: none)\n"
        f"  by {__name__}.test_who_tried_is_told ({relative(__file__)}:{line})\n"
        + REMEDY.format("127.0.0.1")
    )


def test_a_library_that_tried_is_told_with_the_line_that_called_it(path, server):
    with cassette.block_network() as guard:
        with pytest.raises(cassette.BlockedNetworkError) as caught:
            requests.get(server.url, timeout=5)
        guard.errors.clear()
    library, caller = caught.value.who
    assert library.startswith("urllib3.util.connection.create_connection (urllib3/util/")
    assert caller.startswith(f"{__name__}.test_a_library_that_tried")
    assert f"\n  by {library}\n  called by {caller}\n" in str(caught.value)


def relative(file):
    path = Path(file)
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def test_it_is_no_error_that_clients_retry_or_wrap():
    assert not issubclass(cassette.BlockedNetworkError, (OSError, http.client.HTTPException))


def test_a_swallowed_error_comes_up_at_the_end(known, server):
    with (
        pytest.raises(cassette.BlockedNetworkError),
        cassette.use(known, mode="none"),
        contextlib.suppress(Exception),
    ):
        create_connection(server.address)
    assert server.connections == 0


# What is left alone.


def test_unix_sockets_and_socket_pairs_are_left_alone(replaying, unix_server):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(unix_server.address)
    for make in (socket.socketpair, getattr(socket, "_fallback_socketpair", socket.socketpair)):
        one, other = make()
        with one, other:
            one.sendmsg([b"x"])
            assert other.recv(1) == b"x"


@pytest.mark.parametrize("host", [None, "localhost", "127.0.0.1", "::1", b"127.0.0.1"])
def test_look_ups_that_ask_nobody_are_left_alone(replaying, host):
    assert socket.getaddrinfo(host, 80)


def test_a_look_up_of_a_foreign_address_is_left_alone(replaying):
    assert socket.getaddrinfo("192.0.2.1", 80)[0][4] == ("192.0.2.1", 80)


def test_this_machine_may_look_itself_up(replaying):
    with contextlib.suppress(OSError):  # not every machine knows its own name
        socket.gethostbyaddr(socket.gethostname())
    assert socket.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICSERV)[1] == "80"
    assert socket.getnameinfo(("0.0.0.0", 80), socket.NI_NUMERICSERV)[1] == "80"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", ""])
def test_a_server_can_be_started(replaying, host):
    with HTTPServer((host, 0), BaseHTTPRequestHandler) as server:
        assert server.server_port


def test_an_event_loop_and_child_processes_are_left_alone(replaying):
    async def run():
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
        assert await process.wait() == 0
        assert await asyncio.to_thread(lambda: 1) == 1

    asyncio.run(run())
    subprocess.run([sys.executable, "-c", ""], check=True)


def test_a_connection_that_is_open_already_stays_usable(path, server):
    with create_connection(server.address) as sock, cassette.use(path, mode="none"):
        sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert sock.recv(12) == b"HTTP/1.1 200"


def test_a_debugger_reaches_its_editor(replaying, server):
    module = types.ModuleType("_pydevd_bundle.pydevd_comm")
    exec("def start(connect, address): connect(address).close()", vars(module))
    module.start(create_connection, server.address)


def test_urllib_goes_on_when_it_may_not_look_up_whether_a_host_is_behind_a_proxy(replaying):
    # What proxy_bypass calls on macOS, for requests too.
    settings = {"exclude_simple": False, "exceptions": ["169.254/16"]}
    bypass = urllib.request._proxy_bypass_macosx_sysconf  # noqa: SLF001 - to be had everywhere
    assert not bypass(NOWHERE, settings)
    assert not replaying.errors


def test_without_a_cassette_nothing_is_refused(server):
    create_connection(server.address).close()


# Services on this machine.


def reach_by_datagram(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", address)


@pytest.mark.parametrize("reach", [*CONNECTING[1:3], *CONNECTING[4:], reach_by_datagram])
@pytest.mark.parametrize("mode", ["once", "new_episodes", "none"])
def test_a_port_of_this_machine_without_a_recording_is_left_alone(path, server, reach, mode):
    write_recording_of(path, "http://api.example.com", f"http://10.0.0.1:{server.port}")
    with cassette.use(path, mode=mode) as tape, contextlib.suppress(BlockingIOError):
        reach(server.address)
    assert not tape.errors


@pytest.mark.parametrize("origin", ["localhost", "[::1]", "127.0.0.2", "api.localhost"])
def test_a_recording_under_any_name_of_this_machine_counts(path, server, origin):
    write_recording_of(path, f"http://{origin}:{server.port}")
    with cassette.use(path, mode="none") as tape, refused(tape, *server.address):
        create_connection(server.address)


def test_a_default_port_counts_as_well(path):
    write_recording_of(path, "https://localhost")
    with cassette.use(path, mode="none") as tape, refused(tape, "127.0.0.1", 443):
        create_connection(("127.0.0.1", 443))


def test_a_recording_of_an_extra_cassette_counts(path, tmp_path, server):
    write_recording_of(tmp_path / "b.yaml", server.url)
    use = cassette.use(path, mode="none", extra=[tmp_path / "b.yaml"])
    with use as tape, refused(tape, *server.address):
        create_connection(server.address)


def test_what_passed_while_it_was_recorded_passes_on_replay(path, server, raw_server):
    web = raw_server([Step.READ_REQUEST, b"HTTP/1.1 204 No Content\r\n\r\n"])
    for mode in ("once", "once", "none"):
        with cassette.use(path, mode=mode):
            requests.get(f"http://127.0.0.1:{web.address.port}", timeout=5)
            create_connection(server.address).close()


def test_a_blocked_network_leaves_no_port_of_this_machine_alone(path, server):
    with cassette.block_network() as guard, cassette.use(path, mode="none") as tape:
        with pytest.raises(cassette.BlockedNetworkError):
            create_connection(server.address)
        assert guard.errors or tape.errors
        guard.errors.clear()
        tape.errors.clear()


@pytest.mark.parametrize(
    ("port", "service", "place"),
    [
        (5432, "PostgreSQL", "192.0.2.1:5432"),
        (6379, "Redis", "192.0.2.1:6379"),
        (587, "A mail server", "192.0.2.1:587"),
    ],
)
def test_the_first_remedy_names_the_service_of_a_well_known_port(replaying, port, service, place):
    with refused(replaying, "192.0.2.1", port) as caught:
        create_connection(("192.0.2.1", port))
    assert str(caught.value).splitlines()[-1] == (
        f"{service}? Let it through: allow_hosts=['{place}'], or for all tests in the ini file of "
        f"pytest: cassette_allow_hosts = {place}"
    )


@pytest.mark.parametrize("port", [5432, "5432", b"5432"])
def test_so_does_that_of_a_look_up(replaying, port):
    with refused(replaying, NOWHERE) as caught:
        socket.getaddrinfo(NOWHERE, port)
    assert f"PostgreSQL? Let it through: allow_hosts=['{NOWHERE}:5432']" in str(caught.value)


def test_an_event_loop_tells_the_port_too(replaying):
    async def run():
        await asyncio.get_running_loop().getaddrinfo(NOWHERE, 5432)

    with refused(replaying, NOWHERE) as caught:
        asyncio.run(run())
    assert "PostgreSQL? " in str(caught.value)


# Allowing.


@pytest.mark.parametrize(
    "pattern", ["127.0.0.1", "127.0.0.*", "127.0.0.1:{port}", "127.0.0.0/8", "localhost", "*"]
)
def test_what_a_use_leaves_alone_its_guard_lets_through(path, server, pattern):
    with cassette.use(path, mode="none", allow_hosts=[pattern.format(port=server.port)]):
        create_connection(server.address).close()


def test_only_the_allowed_port_is_let_through(known, server):
    with (
        cassette.use(known, mode="none", allow_hosts=["127.0.0.1:1"]) as tape,
        refused(tape, *server.address),
    ):
        create_connection(server.address)


def machine(monkeypatch, addresses):
    """Let a look-up of example.test give the addresses, below everything that is tested here."""
    monkeypatch.setattr(
        _socket,
        "getaddrinfo",
        lambda host, port, *rest: [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses
        ],
    )


def test_whoever_may_reach_a_name_may_reach_its_addresses(known, server, monkeypatch):
    machine(monkeypatch, ["127.0.0.1"])
    write_recording_of(known, server.url, "http://127.0.0.1:1")
    with cassette.use(known, mode="none", allow_hosts=[f"example.test:{server.port}"]) as tape:
        with refused(tape, *server.address):
            create_connection(server.address)
        create_connection(("example.test", server.port)).close()
        create_connection(server.address).close()
        with pytest.raises(cassette.BlockedNetworkError, match=r"allow_hosts=\['example.test'\]"):
            create_connection(("127.0.0.1", 1))
        tape.errors.clear()


def test_an_allowed_name_lets_a_name_through_that_is_looked_up_by_the_socket(path, server):
    with cassette.use(path, mode="none", allow_hosts=["localhost"]):
        with socket.socket() as sock:
            sock.connect(("localhost", server.port))
        _, _, addresses = socket.gethostbyname_ex("localhost")
        create_connection((gethostbyname("localhost"), server.port)).close()
        assert "127.0.0.1" in addresses


def test_the_addresses_of_a_name_are_forgotten_with_the_guard(known, server, monkeypatch):
    machine(monkeypatch, ["127.0.0.1"])
    with cassette.use(known, mode="none", allow_hosts=["example.test"]):
        create_connection(("example.test", server.port)).close()
    monkeypatch.undo()
    with (
        cassette.use(known, mode="none", allow_hosts=["example.test"]) as tape,
        refused(tape, *server.address),
    ):
        create_connection(server.address)


# Which cassette, which context.


@pytest.mark.parametrize("mode", ["verify", "off"])
def test_a_use_that_writes_nothing_refuses_nothing(path, server, mode):
    with cassette.use(path, mode=mode):
        create_connection(server.address).close()


def test_once_refuses_when_there_is_a_cassette(path, server):
    with cassette.use(path, mode="once"):
        requests.get(server.url, timeout=5)
    with cassette.use(path, mode="once") as tape, refused(tape, *server.address) as caught:
        create_connection(server.address)
    assert "(record mode: once)" in str(caught.value)


def test_the_inner_cassette_decides(known, tmp_path, server):
    with cassette.use(known, mode="none") as outer:
        with cassette.use(tmp_path / "b.yaml", mode="off"):
            create_connection(server.address).close()
        with refused(outer, *server.address):
            create_connection(server.address)
    create_connection(server.address).close()


def met_by_a_thread(address):
    """Return what a thread meets that connects."""
    met = []

    def run():
        try:
            create_connection(address).close()
        except cassette.BlockedNetworkError as error:
            met.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return met


def test_a_thread_meets_the_guard(replaying, server):
    met = met_by_a_thread(server.address)
    assert met == replaying.errors
    assert "met_by_a_thread.<locals>.run" in str(met[0])
    replaying.errors.clear()


def test_each_task_has_the_guard_of_its_own_cassette(path, tmp_path, server):
    async def reach(mode, name, *, ready, other):
        with cassette.use(tmp_path / name, mode=mode) as tape:
            ready.set()
            await other.wait()
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.close()
            await writer.wait_closed()
            refused = [type(error) for error in tape.errors]
            tape.errors.clear()
            return refused

    write_recording_of(tmp_path / "c.yaml", f"http://localhost:{server.port}")

    async def main():
        one, two = asyncio.Event(), asyncio.Event()
        return await asyncio.gather(
            reach("off", "b.yaml", ready=one, other=two),
            reach("none", "c.yaml", ready=two, other=one),
        )

    assert asyncio.run(main()) == [[], [cassette.BlockedNetworkError]]


# What goes past a cassette that records.


@contextlib.contextmanager
def told_of(path, *beginnings, **options):
    """Record; expect that the use ends well, and of what it warns."""
    with pytest.warns(cassette.UnrecordedWarning) as caught, cassette.use(path, **options):
        yield caught
    for warning, beginning in zip(caught, beginnings, strict=True):
        assert str(warning.message).startswith(f"{beginning} went past {path}: ")


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite"])
def test_what_goes_past_a_recording_is_told_when_the_use_ends(path, server, mode):
    line = test_what_goes_past_a_recording_is_told_when_the_use_ends.__code__.co_firstlineno + 5
    use = cassette.use(path, mode=mode)
    use.__enter__()
    create_connection(server.address).close()
    requests.get(server.url, timeout=5)
    with pytest.warns(cassette.UnrecordedWarning) as caught:
        use.__exit__(None, None, None)
    assert cassette.load(path).interactions
    (warning,) = caught
    assert warning.filename == __file__
    assert "use.__exit__" in linecache.getline(__file__, warning.lineno)
    assert str(warning.message) == (
        f"a connection to 127.0.0.1:{server.port} went past {path}: "
        "it is not in the cassette, and a replay will refuse it\n"
        f"  by {__name__}.test_what_goes_past_a_recording_is_told_when_the_use_ends "
        f"({relative(__file__)}:{line})\n" + REMEDY.format("127.0.0.1")
    )


def test_a_host_is_told_once_by_its_name(path, server, monkeypatch):
    machine(monkeypatch, ["127.0.0.1"])
    told = ("a datagram to [2001:db8::1]:53", f"a connection to 127.0.0.1:{server.port}")
    with told_of(path, *told, mode="once") as caught:
        requests.get(server.url, timeout=5)
        create_connection(("example.test", server.port)).close()
        create_connection(server.address).close()
        with (
            socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock,
            contextlib.suppress(OSError),  # not every machine has a way there
        ):
            sock.sendto(b"x", ("2001:db8::1", 53))
    assert str(caught[1].message).endswith("allow_hosts=['example.test'].")


def test_a_warning_that_is_an_error_leaves_no_cassette(path, server):
    with pytest.raises(cassette.UnrecordedWarning), cassette.use(path, mode="once"):
        requests.get(server.url, timeout=5)
        create_connection(server.address).close()
    assert [file.name for file in path.parent.iterdir()] == ["a.yaml.partial"]
    with cassette.use(path, mode="once"):
        requests.get(server.url, timeout=5)
    assert [file.name for file in path.parent.iterdir()] == ["a.yaml"]


def test_what_made_the_use_fail_is_told_instead(path, server):
    with pytest.raises(ZeroDivisionError), cassette.use(path, mode="once"):
        create_connection(server.address).close()
        raise ZeroDivisionError


@pytest.mark.parametrize("pattern", ["127.0.0.1", "localhost", "127.0.0.1:{port}"])
def test_an_allowed_host_goes_past_a_recording_without_a_word(path, server, pattern):
    hosts = [pattern.format(port=server.port)]
    with cassette.use(path, mode="once", allow_hosts=hosts) as tape:
        create_connection(server.address).close()
    assert not tape.bypasses.hosts


def test_what_needs_no_network_goes_past_a_recording_without_a_word(path, unix_server):
    settings = {"exclude_simple": False, "exceptions": ["169.254/16"]}
    with cassette.use(path, mode="once") as tape:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(unix_server.address)
        socket.getaddrinfo("localhost", 80)
        # What proxy_bypass calls on macOS, for requests too.
        urllib.request._proxy_bypass_macosx_sysconf(NOWHERE, settings)  # noqa: SLF001 - as above
    assert not tape.bypasses.hosts


def test_a_task_that_was_started_before_the_use_is_told_of(path, server):
    # As that one in which anyio runs tests, where a fixture of wider scope is async too.
    with told_of(path, f"a connection to 127.0.0.1:{server.port}", mode="once"):
        requests.get(server.url, timeout=5)
        contextvars.Context().run(create_connection, server.address).close()


def test_a_thread_of_no_cassette_goes_past_a_recording_without_a_word(path, server):
    # It may be a server of the test's own: a proxy dials where the recorded client sends it.
    with cassette.use(path, mode="once") as tape:
        assert met_by_a_thread(server.address) == []
    assert not tape.bypasses.hosts


def test_the_guard_refuses_what_goes_past_a_recording(path, server):
    with cassette.block_network() as guard:
        with cassette.use(path, mode="once") as tape, refused(guard, *server.address):
            create_connection(server.address)
        assert not tape.bypasses.hosts


# Clients as they are.


async def with_streams(url):
    host, port = url.removeprefix("http://").split(":")
    await asyncio.open_connection(host, int(port))


async def with_aiohttp(url):
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status


async def with_a_socket(url):
    host, port = url.removeprefix("http://").split(":")
    with socket.socket() as sock:
        sock.setblocking(False)  # noqa: FBT003 - as sockets have it
        await asyncio.get_running_loop().sock_connect(sock, (host, int(port)))


async def with_httpx(url):
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).status_code


async def with_datagrams(url):
    host, port = url.removeprefix("http://").split(":")
    await asyncio.get_running_loop().create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=(host, int(port))
    )


ASYNC = [with_streams, with_aiohttp, with_httpx, with_datagrams]


def fails_with(errors, coroutine):
    """Run it; something of ours must come out, or have been noted."""
    with contextlib.suppress(Exception):
        asyncio.run(coroutine)
    noted = list(errors)
    errors.clear()
    return noted


def test_an_async_client_that_goes_past_a_recording_is_told_of(path, server):
    with told_of(path, f"a connection to 127.0.0.1:{server.port}", mode="once") as caught:
        requests.get(server.url, timeout=5)
        asyncio.run(with_a_socket(server.url))
    assert f"  by {__name__}.with_a_socket (" in str(caught[0].message)


@pytest.mark.parametrize("fetch", ASYNC)
def test_an_async_client_does_not_reach_a_server(server, fetch):
    with cassette.block_network() as guard:
        noted = fails_with(guard.errors, fetch(server.url))
    assert (noted[0].host, noted[0].port) == server.address
    assert server.connections == 0


@pytest.mark.parametrize("fetch", ASYNC)
def test_an_async_client_does_not_look_a_name_up(fetch):
    with cassette.block_network() as guard:
        noted = fails_with(guard.errors, fetch(f"http://{NOWHERE}:80"))
    assert {(error.kind, error.host) for error in noted} == {("look-up", NOWHERE)}
    assert "the thread" not in str(noted[0]), "who asked is known, not who was sent to ask"


@pytest.mark.parametrize("fetch", [with_aiohttp, with_httpx])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_async_client_reaches_an_allowed_server(server, fetch, host):
    with cassette.block_network([host]):
        assert asyncio.run(fetch(f"http://{host}:{server.port}/")) == 200


def test_every_address_that_is_tried_is_refused_where_asyncio_collects_the_errors():
    async def run():
        await asyncio.open_connection("localhost", 1, happy_eyeballs_delay=0.01)

    with cassette.block_network() as guard:
        noted = fails_with(guard.errors, run())
    assert {type(error) for error in noted} == {cassette.BlockedNetworkError}


class Bypass(urllib.request.HTTPHandler):
    """Sends a request past http.client."""

    def http_open(self, request):
        with create_connection((request.host.split(":")[0], int(request.host.split(":")[1]))):
            raise AssertionError("reached")


def test_an_opener_that_bypasses_http_client_is_refused(replaying, server):
    opener = urllib.request.build_opener(Bypass)
    with refused(replaying, *server.address):
        opener.open(server.url)


# With and without cassettes.


def test_everything_is_refused_while_the_network_is_blocked(server):
    with pytest.raises(cassette.BlockedNetworkError) as caught, cassette.block_network():
        create_connection(server.address)
    assert "was blocked: cassette.block_network is on\n" in str(caught.value)
    assert str(caught.value).endswith(
        "\nRecord it into a cassette, or let the host through: allow_hosts=['127.0.0.1']."
    )
    create_connection(server.address).close()


def test_a_swallowed_error_comes_up_when_the_block_ends(server):
    with (
        pytest.raises(cassette.BlockedNetworkError),
        cassette.block_network(),
        contextlib.suppress(Exception),
    ):
        create_connection(server.address)


@pytest.mark.parametrize("get", [requests.get, httpx.get])
@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite"])
def test_what_a_cassette_records_is_let_through(path, server, mode, get):
    with cassette.block_network() as guard, cassette.use(path, mode=mode) as tape:
        get(f"{server.url}/a", timeout=5)
        get(f"http://localhost:{server.port}/a", timeout=5)
        assert tape.recorded == 2
        with pytest.raises(cassette.BlockedNetworkError):
            create_connection(server.address)
        guard.errors.clear()


def test_a_cassette_that_is_off_lets_nothing_through_a_blocked_network(path, server):
    with cassette.block_network() as guard, cassette.use(path, mode="off"):
        with pytest.raises(cassette.BlockedNetworkError):
            requests.get(server.url, timeout=5)
        guard.errors.clear()


def test_a_blocked_network_lets_through_what_a_use_leaves_alone(path, server):
    with cassette.block_network(), cassette.use(path, mode="once", allow_hosts=["localhost"]):
        create_connection(server.address).close()


def test_a_replaying_use_lets_through_what_the_block_around_it_allows(path, server):
    with cassette.block_network(["localhost"]), cassette.use(path, mode="none"):
        create_connection(server.address).close()


def test_the_inner_block_decides(server):
    with cassette.block_network(), cassette.block_network(["127.0.0.1"]):
        create_connection(server.address).close()


def test_a_recorded_failure_to_connect_plays_under_the_guard(path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with cassette.block_network():
        for mode in ("rewrite", "none"):
            with cassette.use(path, mode=mode), pytest.raises(requests.ConnectionError):
                requests.get(url, timeout=5)


def test_a_lifted_guard_is_lifted_in_its_context_alone(server):
    with cassette.block_network() as guard:
        with lifted():
            create_connection(server.address).close()
            met = met_by_a_thread(server.address)
        assert guard.errors == met != []
        guard.errors.clear()


# Leaving no trace.


def watched():
    return [
        vars(socket.socket).get("connect"),
        vars(socket.socket).get("connect_ex"),
        vars(socket.socket).get("sendto"),
        vars(socket.socket).get("sendmsg"),
        _socket.getaddrinfo,
        socket.getaddrinfo,
        socket.gethostbyname,
        socket.gethostbyname_ex,
        asyncio.BaseEventLoop.getaddrinfo,
    ]


def test_everything_is_put_back(path):
    before = watched()
    with cassette.block_network(), cassette.use(path, mode="none"):
        assert all(
            a is not b for a, b in zip(before, watched(), strict=True) if a is not getaddrinfo
        )
    assert all(a is b for a, b in zip(before, watched(), strict=True))


def test_what_another_tool_put_there_meanwhile_is_left_there():
    def theirs(*args):
        raise AssertionError

    patcher = GuardPatcher()
    patcher.apply()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", theirs)
        patcher.undo()
        assert socket.socket.connect is theirs
    take_back_uncovered()
    assert "connect" not in vars(socket.socket)


def test_the_hook_is_installed_once_and_only_when_it_is_needed():
    program = """if True:
        import sys
        added = []
        sys.addaudithook(lambda event, args: event == "sys.addaudithook" and added.append(event))
        import cassette, cassette.api, cassette.patching
        assert added == []
        for mode in ("rewrite", "none", "none"):
            with cassette.use("a.yaml", mode=mode):
                pass
        with cassette.block_network():
            pass
        assert len(added) == 1, added
    """
    subprocess.run([sys.executable, "-c", program], check=True)
