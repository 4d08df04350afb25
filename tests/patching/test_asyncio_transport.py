"""Clients on asyncio's transports, on asyncio's loop and on uvloop: what was live is on replay."""

import asyncio
import contextlib

import optional
import pytest
from servers.raw import Step

import cassette
from cassette.model import Ended

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GET = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"
PIECES = [
    Step.READ_HEAD,
    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\n",
    b"one",
    b"two",
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request):
    """Run a coroutine on a loop of each kind."""
    if request.param == "asyncio":
        return asyncio.run
    optional.need("uvloop")
    import uvloop  # noqa: PLC0415 - it may be missing

    return uvloop.run


async def ask(host, port, sent=GET, **options):
    """What a client of a few lines gets."""
    reader, writer = await asyncio.open_connection(host, port, **options)
    writer.write(sent)
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    body = await reader.readexactly(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]))
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return head + body


def test_a_client_of_a_few_lines_is_recorded_and_replayed(path, server, run):
    with cassette.use(path, mode="rewrite") as tape:
        live = run(ask(*server.address))
        assert tape.recorded == 1
    seen = server.requests, server.connections
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(ask(*server.address)) == live
    assert (server.requests, server.connections) == seen


def test_tls_lies_below(path, raw_server, authority, run):
    server = raw_server([Step.READ_HEAD, OK], context=authority.server_context())
    program = lambda: ask("localhost", server.address.port, ssl=authority.client_context())  # noqa: E731
    with cassette.use(path, mode="rewrite"):
        live = run(program())
    server.refuse()
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(program()) == live
    assert (
        cassette.load(path).interactions[0].call == f"GET https://localhost:{server.address.port}/"
    )


def test_a_protocol_may_close_in_the_middle_of_what_it_is_told(
    path, raw_server, authority, run, caplog
):
    class Closing(Pieces):
        def data_received(self, data):
            super().data_received(data)
            self.transport.close()

    async def program():
        loop = asyncio.get_running_loop()
        secure = {"ssl": authority.client_context(), "server_hostname": "localhost"}
        _, protocol = await loop.create_connection(Closing, *server.address, **secure)
        await protocol.over
        return protocol.told[0]

    server = raw_server([Step.READ_HEAD, OK], context=authority.server_context())
    for mode in ("rewrite", "none"):
        with cassette.use(path, mode=mode):
            assert run(program()) == OK
    assert not caplog.records


def test_a_unix_socket_is_one_too(path, unix_server, run):
    async def program():
        reader, writer = await asyncio.open_unix_connection(unix_server.address)
        writer.write(GET)
        answer = await reader.readuntil(b"GET /")
        writer.close()
        return answer

    with cassette.use(path, mode="rewrite"):
        live = run(program())
    unix_server.close()
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(program()) == live


class Pieces(asyncio.Protocol):
    """Tells what it is told."""

    def __init__(self):
        self.told = []
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        transport.write(GET[:9])
        transport.writelines([GET[9:20], GET[20:]])

    def data_received(self, data):
        self.told.append(bytes(data))

    def eof_received(self):
        self.told.append("end")

    def connection_lost(self, error):
        self.told.append(type(error).__name__)
        self.over.set_result(None)


async def pieces(factory, address):
    _, protocol = await asyncio.get_running_loop().create_connection(factory, *address)
    await protocol.over
    return protocol.told


@pytest.mark.parametrize(
    ("script", "end"),
    [
        (PIECES, ["end", "NoneType"]),
        ([*PIECES[:3], Step.CLOSE], ["end", "NoneType"]),
        ([*PIECES[:3], Step.RESET], ["ConnectionResetError"]),
    ],
    ids=["closes", "closes early", "resets"],
)
def test_a_protocol_is_told_the_same_pieces_and_the_same_end(path, raw_server, run, script, end):
    with raw_server(script) as server, cassette.use(path, mode="rewrite"):
        live = run(pieces(Pieces, server.address))
    with cassette.use(path, mode="none", on_unplayed="fail"):
        replayed = run(pieces(Pieces, server.address))
    assert replayed == live
    assert live[-len(end) :] == end


class Buffered(Pieces, asyncio.BufferedProtocol):
    """Has a buffer of its own, a small one."""

    def get_buffer(self, sizehint):
        self.buffer = bytearray(4)
        return self.buffer

    def buffer_updated(self, count):
        self.told.append(bytes(self.buffer[:count]))


def test_a_protocol_with_a_buffer_of_its_own_gets_it_filled(path, raw_server, run):
    def whole(told):
        return b"".join(one for one in told if isinstance(one, bytes))

    with raw_server(PIECES) as server, cassette.use(path, mode="rewrite"):
        live = run(pieces(Buffered, server.address))
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert whole(run(pieces(Buffered, server.address))) == whole(live) == b"".join(PIECES[1:])


class Slow(Pieces):
    """Wants nothing more after each piece, until it says so."""

    def data_received(self, data):
        super().data_received(data)
        self.transport.pause_reading()
        asyncio.get_running_loop().call_soon(self.go_on)

    def go_on(self):
        self.told.append("went on")
        self.transport.resume_reading()


def test_a_protocol_that_pauses_is_told_nothing_meanwhile(path, raw_server):
    with raw_server(PIECES) as server, cassette.use(path, mode="rewrite"):
        asyncio.run(pieces(Pieces, server.address))
    with cassette.use(path, mode="none"):
        told = asyncio.run(pieces(Slow, server.address))
    assert told[1::2][:-1] == ["went on"] * (len(told) // 2 - 1)


def test_a_refused_connection_is_refused_again(path, run):
    async def program():
        try:
            await ask("127.0.0.1", 1)
        except OSError as error:
            return type(error), error.errno, str(error)

    with cassette.use(path, mode="rewrite"):
        live = run(program())
    assert live[0] is ConnectionRefusedError
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(program()) == live


def test_what_is_not_recorded_goes_live_under_new_episodes(path, server, run):
    with cassette.use(path, mode="rewrite"):
        run(ask(*server.address))

    async def program():
        first = await ask(*server.address)
        second = await ask(*server.address, GET.replace(b"/ ", b"/new "))
        return first[-5:], second[-8:]

    with cassette.use(path, mode="new_episodes") as tape:
        assert run(program()) == (b"GET /", b"GET /new")
        assert (tape.played, tape.recorded) == (1, 1)


def test_a_request_without_a_recording_is_refused_and_told_again_at_the_end(path, server, run):
    async def program():
        with contextlib.suppress(cassette.UnmatchedRequestError):
            await ask(*server.address)

    with pytest.raises(cassette.UnmatchedRequestError), cassette.use(path, mode="none"):
        run(program())
    assert server.connections == 0


# What is no HTTP.


SMTP = [b"220 mail\r\n", Step.HANG]
REDIS = [Step.READ_HEAD, b"+PONG\r\n", Step.HANG]


async def greeted(address):
    reader, writer = await asyncio.open_connection(*address)
    line = await reader.readline()
    writer.close()
    return line


async def pinged(address):
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"*1\r\n$4\r\nPING\r\n\r\n")
    line = await reader.readline()
    writer.close()
    return line


@pytest.mark.parametrize(("script", "talk"), [(SMTP, greeted), (REDIS, pinged)])
def test_what_is_no_http_passes_unrecorded(path, raw_server, run, script, talk):
    server = raw_server(script)
    with cassette.use(path, mode="rewrite") as tape:
        live = run(talk(server.address))
        assert tape.recorded == 0
    assert live == next(step for step in script if isinstance(step, bytes))


@pytest.mark.parametrize("talk", [greeted, pinged])
def test_what_is_no_http_is_refused_on_replay_where_the_network_is_blocked(
    path, raw_server, run, talk
):
    server = raw_server(REDIS)

    async def program():
        with contextlib.suppress(cassette.BlockedNetworkError):
            await talk(server.address)

    with (
        pytest.raises(cassette.BlockedNetworkError),
        cassette.block_network(),
        cassette.use(path, mode="none"),
    ):
        run(program())


@pytest.mark.parametrize("mode", ["once", "new_episodes"])
def test_what_is_no_http_on_this_machine_passes_without_a_word(path, raw_server, server, mode):
    mail = raw_server(SMTP)

    async def program():
        await greeted(mail.address)
        await ask(*server.address)

    for again in (mode, "none"):
        with cassette.use(path, mode=again):
            asyncio.run(program())
    assert [one.call for one in cassette.load(path).interactions] == [
        f"GET {GET and 'http://127.0.0.1:' + str(server.port)}/"
    ]


# Who gives up.


def test_who_gives_up_waiting_gives_up_on_replay(path, raw_server, run):
    async def program():
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(GET)
        told = [await reader.readuntil(b"\r\n\r\n")]
        try:
            async with asyncio.timeout(0.2):
                told.append(await reader.readexactly(6))
        except TimeoutError:
            told.append("gave up")
        writer.close()
        return told

    with raw_server([*PIECES[:2], Step.HANG]) as server, cassette.use(path, mode="rewrite"):
        live = run(program())
    assert live[-1] == "gave up"
    assert cassette.load(path).interactions[0].ended is Ended.ABANDONED
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(program()) == live


def test_who_reads_on_where_the_recorded_program_had_stopped_is_told(path, raw_server):
    async def program(count):
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(GET)
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(count)
        writer.close()

    with raw_server([*PIECES[:3], Step.HANG]) as server, cassette.use(path, mode="rewrite"):
        asyncio.run(program(3))
    with pytest.raises(cassette.RecordingEndedError), cassette.use(path, mode="none"):
        asyncio.run(program(4))


# Coming and going.


def test_a_connection_is_over_when_its_cassette_is_left(path, server, run):
    with cassette.use(path, mode="rewrite"):
        run(ask(*server.address))

    async def program():
        with cassette.use(path, mode="none"):
            reader, writer = await asyncio.open_connection(*server.address)
            writer.write(GET)
        assert writer.transport.is_closing()
        answer = await reader.read()
        writer.close()
        return answer

    assert run(program()).endswith(b"GET /")


def test_a_connection_that_was_recorded_goes_on_unrecorded(path, server, run):
    async def program():
        with cassette.use(path, mode="rewrite") as tape:
            reader, writer = await asyncio.open_connection(*server.address)
            writer.write(GET)
            await reader.readuntil(b"GET /")
        writer.write(GET)
        answer = await reader.readuntil(b"GET /")
        writer.close()
        return answer, tape.recorded

    assert run(program()) == (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nGET /", 1)


def test_what_a_protocol_does_when_it_is_told_is_recorded_too(path, server, run):
    class Following(Pieces):
        """Makes another request as soon as it has an answer."""

        def data_received(self, data):
            super().data_received(data)
            self.task = asyncio.get_running_loop().create_task(ask(*server.address))
            self.task.add_done_callback(lambda _: self.transport.close())

    with cassette.use(path, mode="rewrite") as tape:
        run(pieces(Following, server.address))
        assert tape.recorded == 2


def test_everything_is_put_back(path):
    methods = "create_connection", "start_tls", "create_unix_connection"
    loop = asyncio.SelectorEventLoop
    before = [getattr(loop, name) for name in methods]
    with cassette.use(path, mode="none"):
        assert [getattr(loop, name) for name in methods] != before
    assert [getattr(loop, name) for name in methods] == before
