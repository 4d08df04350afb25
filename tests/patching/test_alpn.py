"""No HTTP/2 is offered while a cassette is in use, and what speaks it all the same is refused."""

import asyncio
import contextlib
import http.client
import socket
import ssl

import h2.connection
import httpx
import httpx2
import pytest
import urllib3
import urllib3.http2
from servers.acceptor import Acceptor
from servers.versions import BothVersions

import cassette
from cassette.patching.alpn import offered_by

SECRET = "a-token-that-nobody-may-read"
HEADERS = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


@pytest.fixture
def secure(acceptors, authority):
    """A server that speaks both versions in TLS."""
    acceptors.append(server := BothVersions(authority.server_context()))
    return server


@pytest.fixture
def plain(acceptors):
    """A server that speaks both versions without TLS."""
    acceptors.append(server := BothVersions())
    return server


@pytest.fixture
def context(authority):
    """A context that was prepared for HTTP/2 before any cassette."""
    context = authority.client_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


@pytest.fixture
def injected():
    urllib3.http2.inject_into_urllib3()
    yield
    urllib3.http2.extract_from_urllib3()


def url(server, scheme="https"):
    return f"{scheme}://127.0.0.1:{server.address.port}/"


def everything_in(folder):
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


@pytest.mark.parametrize("offers", [[], ["h2"], ["h2", "http/1.1"], ["imap"]])
def test_what_a_context_offers_can_be_told(authority, offers):
    context = authority.client_context()
    if offers:
        context.set_alpn_protocols(offers)
    assert offered_by(context) == offers


def test_a_context_for_servers_offers_nothing(authority):
    assert offered_by(authority.server_context()) == []


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_client_that_could_speak_http2_records_and_replays_http11(path, secure, context, library):
    def get():
        with library.Client(http2=True, verify=context) as client:
            answer = client.get(url(secure), headers=HEADERS)
            return answer.http_version, answer.text

    assert get() == ("HTTP/2", "HTTP/2")
    for mode in ("rewrite", "none"):
        with cassette.use(path, mode=mode, on_unplayed="fail"):
            assert get() == ("HTTP/1.1", "HTTP/1.1")
    assert get() == ("HTTP/2", "HTTP/2")
    assert SECRET.encode() not in everything_in(path.parent)


def handshake(server, context, *, connect_late=False):
    """Return the protocol that a connection through ``ssl`` alone agrees on."""
    with socket.socket() as sock:
        if not connect_late:
            sock.connect(server.address)
        with context.wrap_socket(sock, server_hostname="127.0.0.1") as wrapped:
            if connect_late:
                wrapped.connect(server.address)
            return wrapped.selected_alpn_protocol()


@pytest.mark.parametrize("connect_late", [False, True])
def test_a_context_prepared_before_offers_it_again_afterwards(path, secure, context, connect_late):
    with cassette.use(path, mode="rewrite", allow_hosts=["*.example.com"]) as tape:
        assert handshake(secure, context, connect_late=connect_late) == "http/1.1"
        tape.bypasses.hosts.clear()
    assert handshake(secure, context, connect_late=connect_late) == "h2"
    assert offered_by(context) == ["h2", "http/1.1"]


def test_a_host_that_is_left_alone_is_offered_http2(path, secure, context):
    allowed = [f"127.0.0.1:{secure.address.port}"]
    for mode in ("rewrite", "none"):
        with (
            cassette.use(path, mode=mode, allow_hosts=allowed),
            httpx.Client(http2=True, verify=context) as client,
        ):
            assert client.get(url(secure)).http_version == "HTTP/2"


def test_what_offers_another_protocol_goes_on_offering_it(path, context, authority):
    context.set_alpn_protocols(["imap"])
    with cassette.use(path, mode="rewrite"):
        server, client = ssl.MemoryBIO(), ssl.MemoryBIO()
        theirs = authority.server_context()
        theirs.set_alpn_protocols(["imap"])
        one = context.wrap_bio(server, client, server_hostname="localhost")
        other = theirs.wrap_bio(client, server, server_side=True)
        for _ in range(3):
            for side in (one, other):
                with contextlib.suppress(ssl.SSLWantReadError):
                    side.do_handshake()
        assert other.selected_alpn_protocol() == "imap"


class Dialing(Acceptor):
    """A TLS server that makes a TLS connection itself before it answers the handshake."""

    def __init__(self, theirs, ours, other):
        self._theirs, self._ours, self._other = theirs, ours, other
        super().__init__()

    def serve(self, number, connection):
        assert handshake(self._other, self._ours) == "http/1.1"
        with self._theirs.wrap_socket(connection, server_side=True) as secure:
            self.keep(secure)
            with contextlib.suppress(OSError):  # whoever has dialed may just go
                secure.recv(1)


def test_one_handshake_does_not_wait_for_another(path, secure, context, authority, acceptors):
    acceptors.insert(0, server := Dialing(authority.server_context(), context, secure))
    with cassette.use(path, mode="rewrite") as tape:
        assert handshake(server, context) == "http/1.1"
        tape.bypasses.hosts.clear()


# What speaks HTTP/2 all the same.


def by_httpx(server):
    with httpx.Client(http1=False, http2=True) as client:
        client.get(url(server, "http"), headers=HEADERS)


def by_httpx2(server):
    with httpx2.Client(http1=False, http2=True) as client:
        client.get(url(server, "http"), headers=HEADERS)


def preface(connection):
    speaking = h2.connection.H2Connection()
    speaking.initiate_connection()
    speaking.send_headers(
        1,
        [
            (":method", "GET"),
            (":scheme", "http"),
            (":path", "/"),
            (":authority", "127.0.0.1"),
            *[(name.lower(), value) for name, value in HEADERS.items()],
        ],
        end_stream=True,
    )
    return speaking.data_to_send()


def by_a_raw_preface(server, size=1000):
    connection = http.client.HTTPConnection(*server.address, timeout=5)
    connection.connect()
    data = preface(connection)
    with contextlib.closing(connection):
        for start in range(0, len(data), size):
            connection.sock.sendall(data[start : start + size])


def by_a_preface_in_pieces(server):
    by_a_raw_preface(server, size=3)


def by_asynchronous_httpx(server):
    async def get():
        async with httpx.AsyncClient(http1=False, http2=True) as client:
            await client.get(url(server, "http"), headers=HEADERS)

    asyncio.run(get())


SPEAKERS = [by_httpx, by_httpx2, by_asynchronous_httpx, by_a_raw_preface, by_a_preface_in_pieces]


@pytest.mark.parametrize("mode", ["rewrite", "new_episodes", "none", "all", "verify"])
@pytest.mark.parametrize("speak", SPEAKERS)
def test_prior_knowledge_is_refused_in_every_mode(path, plain, speak, mode):
    with pytest.raises(cassette.UninterceptedClientError) as caught:  # noqa: SIM117
        with cassette.use(path, mode=mode) as tape:
            try:
                speak(plain)
            finally:
                assert tape.errors
    message = str(caught.value)
    assert "speaks HTTP/2" in message
    assert "allow_hosts=['127.0.0.1']" in message
    assert f"{__name__}.by_" in message
    assert SECRET.encode() not in everything_in(path.parent)
    assert not path.exists()


def test_the_client_and_the_way_out_are_told(path, plain):
    with (
        pytest.raises(cassette.UninterceptedClientError) as caught,
        cassette.use(path, mode="none"),
    ):
        by_httpx(plain)
    lines = str(caught.value).splitlines()
    assert lines[0] == (
        f"httpx wants to connect to 127.0.0.1 while {path} is in use, and it speaks HTTP/2, of "
        "which nothing can be recorded or replayed yet"
    )
    assert lines[1].startswith("  by httpcore._sync.http2.HTTP2Connection._write_outgoing_data (")
    assert lines[2].startswith(f"  called by {__name__}.by_httpx (")
    assert lines[3] == (
        "Leave out http1=False, so that it speaks HTTP/1.1, "
        "or let it go live with allow_hosts=['127.0.0.1']."
    )


@pytest.mark.parametrize("mode", ["rewrite", "none"])
def test_urllib3_with_http2_injected_is_refused(path, secure, authority, injected, mode):
    with (
        pytest.raises(cassette.UninterceptedClientError) as caught,
        cassette.use(path, mode=mode),
        urllib3.PoolManager(ca_certs=str(authority.root), retries=3) as pool,
    ):
        pool.request("GET", url(secure), headers=HEADERS)
    message = str(caught.value)
    assert message.startswith("urllib3 wants to connect to 127.0.0.1")
    assert "urllib3.http2.extract_from_urllib3()" in message
    assert SECRET.encode() not in everything_in(path.parent)


def test_a_swallowed_refusal_fails_the_use_and_is_told_of_what_became_of_it(path, plain):
    with (
        pytest.raises(cassette.UninterceptedClientError),
        cassette.use(path, mode="none"),
        contextlib.suppress(cassette.UninterceptedClientError),
    ):
        by_httpx(plain)
    with pytest.raises(ConnectionError) as caught, cassette.use(path, mode="none"):
        try:
            by_httpx(plain)
        except cassette.UninterceptedClientError:
            raise ConnectionError("Connection error.") from None
    (note,) = caught.value.__notes__
    assert note.startswith("UninterceptedClientError: httpx wants to connect to 127.0.0.1")


def test_a_host_that_is_left_alone_may_speak_http2(path, plain):
    with cassette.use(path, mode="none", allow_hosts=["127.0.0.1"]):
        by_httpx(plain)
    assert plain.spoken == ["HTTP/2"]
