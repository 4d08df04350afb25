import contextlib
import http.client
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from clients.drivers import (
    BOTO3,
    GENERAL,
    HTTP_CLIENT,
    HTTPLIB2,
    HTTPX,
    REQUESTS,
    XMLRPC,
    Driver,
    Way,
)
from clients.taping import Taping, origin, tape
from servers import calls
from servers.calls import Call
from servers.process import Server
from servers.tap import Tap
from servers.tls import Authority

import cassette

WAYS = ("plain", "tls", "forwarded", "tunnel")
RPC = (Call("POST", "/rpc"), Call("POST", "/rpc"))

TapFactory = Callable[..., Tap]


@pytest.fixture
def run(tmp_path: Path, tap: TapFactory, authority: Authority, request) -> Callable[..., None]:
    """Return the experiment: a client, a server and a way, and the tap that judges the bytes."""

    def check(driver: Driver, server: Server, how: str, asked: tuple[Call, ...]) -> None:
        if how == "plain":
            judge = tap(server.plain)
            way, taps = Way(origin(judge.address)), (judge,)
        elif how == "tls":
            judge = tls_tap(tap, server, authority)
            way, taps = Way(origin(judge.address, tls=True), authority.root), (judge,)
        else:
            proxy = request.getfixturevalue("tinyproxy")
            entry = tap(proxy.address)
            secure = how == "tunnel"
            exit_ = tls_tap(tap, server, authority) if secure else tap(server.plain)
            way = Way(
                origin(exit_.address, tls=secure),
                authority.root,
                proxy=entry.address,
                tunnel=how == "plain tunnel",
            )
            judge, taps = (entry if way.forwarded else exit_), (entry, exit_)
        taping = tape(driver, way, asked, tmp_path / "tape.yaml", *taps)
        taping.assert_same()
        taping.assert_exact(judge)

    return check


def tls_tap(tap: TapFactory, server: Server, authority: Authority) -> Tap:
    return tap(
        server.secure,
        client_side=authority.server_context(),
        server_side=authority.client_context(),
    )


def few(server: Server) -> tuple[Call, ...]:
    """Return some calls for the ways through tinyproxy, which is slow to pass answers on.

    No redirect among them: it would be followed on a connection that tinyproxy is about to close.
    """
    chosen = (calls.FIXED, calls.CHUNKED, calls.COMPRESSED, calls.EMPTY, calls.ECHOED)
    return tuple(call for call in server.calls if call in chosen) or server.calls


def name(value: object) -> str | None:
    return value.name if isinstance(value, Driver) else None


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("driver", GENERAL, ids=name)
def test_replay_gives_what_the_server_gave(driver: Driver, server: Server, how: str, run):
    if how == "forwarded" and driver is HTTPLIB2:
        how = "plain tunnel"  # all it can do
    run(driver, server, how, server.calls if how in ("plain", "tls") else few(server))


def test_a_plain_origin_behind_a_tunnel_replays(nginx: Server, run):
    run(HTTP_CLIENT, nginx, "plain tunnel", few(nginx))


@pytest.mark.parametrize("how", ["plain", "tls"])
def test_xmlrpc_replays(web_server: Server, how: str, run):
    run(XMLRPC, web_server, how, RPC)


@pytest.mark.parametrize("how", WAYS)
def test_boto3_replays(s3: Server, how: str, run):
    run(BOTO3, s3, how, s3.calls)


@pytest.mark.parametrize("driver", [HTTP_CLIENT, REQUESTS, HTTPX], ids=name)
def test_tls_that_nobody_opens_on_the_way_replays(
    driver: Driver, server: Server, authority: Authority, tap: TapFactory, tmp_path: Path
):
    relay = tap(server.secure)  # it sees ciphertext only: the handshake is the server's own
    way = Way(origin(relay.address, tls=True), authority.root)
    taping: Taping = tape(driver, way, server.calls[:3], tmp_path / "tape.yaml", relay)
    taping.assert_same()


@pytest.mark.parametrize("driver", GENERAL, ids=name)
def test_with_secrets_masked_everything_else_replays(
    driver: Driver, node: Server, tap: TapFactory, tmp_path: Path
):
    relay = tap(node.plain)
    asked = tuple(call for call in node.calls if call is not calls.COOKIE)
    way = Way(origin(relay.address))
    tape(driver, way, asked, tmp_path / "tape.yaml", relay, masked=True).assert_same()


def ask_unix_with_http_client(path: Path) -> tuple[int, bytes]:
    class UnixConnection(http.client.HTTPConnection):
        def connect(self) -> None:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.connect(f"{path}")

    with contextlib.closing(UnixConnection("localhost")) as connection:
        connection.request("GET", "/json")
        with connection.getresponse() as response:
            return response.status, response.read()


def ask_unix_with_httpx(path: Path) -> tuple[int, bytes]:
    httpx = pytest.importorskip("httpx")
    with httpx.Client(transport=httpx.HTTPTransport(uds=f"{path}")) as client:
        response = client.get("http://localhost/json")
        return response.status_code, response.content


@pytest.mark.parametrize("ask", [ask_unix_with_http_client, ask_unix_with_httpx])
def test_a_unix_socket_replays_without_its_server(ask, nginx: Server, tmp_path: Path):
    with cassette.use(tmp_path / "tape.yaml", mode="once"):
        recorded = ask(nginx.unix)
    with cassette.use(tmp_path / "tape.yaml", mode="none"):
        replayed = ask(tmp_path / "nobody.sock")
    assert replayed == recorded == (200, calls.JSON)
