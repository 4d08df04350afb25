"""A failure comes back as the client's own exception, in its words, from the layer it came from."""

import contextlib
import socket

import anyio
import httpx
import httpx2
import pytest
from servers.raw import Step

import cassette


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


def outcome(backend, library, url, **options):
    """What a request gives: each exception from the outermost to the layer below httpcore."""

    async def program():
        async with library.AsyncClient(**options) as client:
            return (await client.get(url)).text

    try:
        return anyio.run(program, backend=backend)
    except library.HTTPError as error:
        told, link = [], error
        for _ in range(3):  # httpx, httpcore, the library below it
            told.append((type(link).__name__, str(link)))
            link = link.__cause__
            if link is None:
                break
        return told


CLOSED_PORT = "a closed port"
NO_SUCH_NAME = "no such name"
SCRIPTS = {
    "hangs up": [Step.READ_HEAD, Step.CLOSE],
    "resets": [Step.READ_HEAD, Step.RESET],
    "resets in a body": [
        Step.READ_HEAD,
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal",
        Step.RESET,
    ],
    "ends in a body": [Step.READ_HEAD, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"],
    "says nothing": [Step.READ_HEAD, Step.HANG],
    "speaks no HTTP": [Step.READ_HEAD, b"220 mail\r\n"],
}


@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("name", [CLOSED_PORT, NO_SUCH_NAME, *SCRIPTS])
def test_a_failure_is_worded_as_it_was(path, raw_server, backend, library, name):
    if name in SCRIPTS:
        host, port = raw_server(SCRIPTS[name]).address
    else:
        host = "no.such.invalid" if name == NO_SUCH_NAME else "127.0.0.1"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
    told = []
    for use in (
        contextlib.nullcontext(),
        cassette.use(path, mode="rewrite"),
        cassette.use(path, mode="none", on_unplayed="fail"),
    ):
        with use:
            told.append(outcome(backend, library, f"http://{host}:{port}/", timeout=0.2))
    assert told[0] == told[1]
    assert told[2] == told[0]
    assert isinstance(told[0], list)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_failed_handshake_is_worded_as_it_was(path, raw_server, authority, backend):
    server = raw_server([Step.READ_HEAD], context=authority.server_context())
    url = f"https://localhost:{server.address.port}/"
    with cassette.use(path, mode="rewrite"):
        live = outcome(backend, httpx, url)
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert outcome(backend, httpx, url) == live
    assert live[0][0] == "ConnectError"


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_refused_connection_is_kept_as_what_the_system_said(path, backend):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with cassette.use(path, mode="rewrite"):
        outcome(backend, httpx, f"http://127.0.0.1:{port}/")
    (one,) = cassette.load(path).interactions
    assert (one.ended.value, one.failure.kind) == ("refused", "ConnectionRefusedError")
    with cassette.use(path, mode="none"), pytest.raises(httpx.ConnectError, match="Errno 111"):
        httpx.get(f"http://127.0.0.1:{port}/")
