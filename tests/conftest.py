"""Real servers on loopback for every test that wants one.

A server that is not installed skips its tests with the reason, as a package does that is not
installed. Where ``CASSETTE_REQUIRE_SERVERS=1`` is set in the environment, as in continuous
integration, both fail them instead.
"""

import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import optional
import pytest
from servers.acceptor import Acceptor
from servers.address import LOOPBACK, Address, address_of
from servers.apache import start_apache
from servers.nginx import start_nginx
from servers.node import start_node
from servers.poll import Poll
from servers.process import Server, ServerMissingError
from servers.python import start_http_server, start_hypercorn, start_s3, start_uvicorn
from servers.raw import RawServer, Script
from servers.tap import Tap
from servers.tinyproxy import Proxy, start_tinyproxy
from servers.tls import Authority

pytest.register_assert_rewrite("clients.taping")

# The default mode depends on CI; a test that is about it sets it.
os.environ.pop("CI", None)

Started = TypeVar("Started", Server, Proxy)
Folders = Callable[[str], Path]


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module:
    """Let a test module be skipped where a package that it imports is not installed."""
    return optional.Module.from_parent(parent, path=module_path)


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Folders]:
    """Return a function that makes a folder for one server.

    pytest's own folders are closed to other users, and a server started as root becomes one.
    """
    with tempfile.TemporaryDirectory(prefix="servers-") as name:
        root = Path(name)
        root.chmod(0o755)

        def make(name: str) -> Path:
            folder = root / name
            folder.mkdir(mode=0o755)
            return folder

        yield make


@pytest.fixture(scope="session")
def authority(server_folder: Folders) -> Authority:
    """Return the certificate authority of this run."""
    return Authority.create(server_folder("authority"))


def running(start: Callable[..., Started], *arguments: Any) -> Iterator[Started]:
    """Yield a server while a fixture lasts; skip or fail where it is not installed."""
    try:
        started = start(*arguments)
    except ServerMissingError as missing:
        optional.give_up(f"{missing}")
    yield started
    started.stop()


@pytest.fixture(scope="session")
def nginx(server_folder: Folders, authority: Authority) -> Iterator[Server]:
    yield from running(start_nginx, server_folder("nginx"), authority)


@pytest.fixture(scope="session")
def apache(server_folder: Folders, authority: Authority) -> Iterator[Server]:
    yield from running(start_apache, server_folder("apache"), authority)


@pytest.fixture(scope="session")
def node(server_folder: Folders, authority: Authority) -> Iterator[Server]:
    yield from running(start_node, server_folder("node"), authority)


@pytest.fixture(scope="session")
def http_server(server_folder: Folders, authority: Authority) -> Iterator[Server]:
    yield from running(start_http_server, server_folder("http_server"), authority)


@pytest.fixture(scope="session")
def uvicorn(server_folder: Folders, authority: Authority) -> Iterator[Server]:
    yield from running(start_uvicorn, server_folder("uvicorn"), authority)


@pytest.fixture(scope="session")
def hypercorn(server_folder: Folders, authority: Authority) -> Iterator[Server]:
    yield from running(start_hypercorn, server_folder("hypercorn"), authority)


@pytest.fixture(scope="session")
def s3(server_folder: Folders, authority: Authority) -> Iterator[Server]:
    yield from running(start_s3, server_folder("s3"), authority)


@pytest.fixture(scope="session")
def tinyproxy(server_folder: Folders) -> Iterator[Proxy]:
    yield from running(start_tinyproxy, server_folder("tinyproxy"))


WEB_SERVERS = ("nginx", "apache", "node", "http_server", "uvicorn", "hypercorn")


@pytest.fixture(scope="session", params=WEB_SERVERS)
def web_server(request: pytest.FixtureRequest) -> Server:
    """Return each server that offers the common routes, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session", params=(*WEB_SERVERS, "s3"))
def server(request: pytest.FixtureRequest) -> Server:
    """Return each HTTP server, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def poll() -> Iterator[Poll]:
    """Return a server whose answers tell how often it was asked."""
    server = Poll()
    yield server
    server.close()


@pytest.fixture
def acceptors() -> Iterator[list[Acceptor]]:
    """Return a list of listeners to close after the test, and to ask what went wrong in them."""
    opened: list[Acceptor] = []
    yield opened
    for acceptor in opened:
        acceptor.close()
    failures = [failure for acceptor in opened for failure in acceptor.failures]
    if failures:
        raise ExceptionGroup("a listener failed", failures)


@pytest.fixture
def raw_server(acceptors: list[Acceptor]) -> Callable[..., RawServer]:
    """Return a function that starts a server which says bytes written by hand."""

    def start(*scripts: Script, **options: Any) -> RawServer:
        acceptors.append(server := RawServer(*scripts, **options))
        return server

    return start


@pytest.fixture
def tap(acceptors: list[Acceptor]) -> Callable[..., Tap]:
    """Return a function that starts a relay which writes down what crosses it."""

    def start(upstream: Address, **options: Any) -> Tap:
        # Before the server it leads to, so that it is closed first.
        acceptors.insert(0, relay := Tap(upstream, **options))
        return relay

    return start


@pytest.fixture
def deaf_address() -> Iterator[Address]:
    """Return the address of a listener whose queue is full: a connection attempt hangs."""
    with socket.create_server((LOOPBACK, 0), backlog=0) as listener:
        address = address_of(listener)
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)  # noqa: FBT003
            each.connect_ex(address)
        yield address
        for each in waiting:
            each.close()
