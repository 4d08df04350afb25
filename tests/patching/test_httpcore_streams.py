"""Asynchronous httpx, on asyncio and on trio: a test sees on replay what it saw live."""

import asyncio
import contextlib

import anyio
import httpx
import httpx2
import pytest
from recordings import URL, interaction, write
from servers.raw import Step

import cassette
from cassette.model import Ended

LIBRARIES = (httpx, httpx2)
BACKENDS = ("asyncio", "trio")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
STREAM = [
    Step.READ_HEAD,
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"b\r\ndata: one\n\n\r\n",
    b"b\r\ndata: two\n\n\r\n",
    b"0\r\n\r\n",
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


@pytest.fixture(params=LIBRARIES, ids=["httpx", "httpx2"])
def library(request):
    return request.param


def run(backend, program, *args):
    return anyio.run(program, *args, backend=backend)


def url_of(server):
    return f"http://{server.address.host}:{server.address.port}"


async def get(library, url, **options):
    async with library.AsyncClient(**options) as client:
        answer = await client.get(url)
        return answer.status_code, answer.headers.multi_items(), answer.text


@pytest.mark.parametrize("mode", ["none", "new_episodes"])
def test_an_asynchronous_client_records_and_replays(path, server, backend, library, mode):
    async def program():
        async with library.AsyncClient() as client:
            return [(await client.get(f"{server.url}/{n}")).text for n in range(2)]

    with cassette.use(path, mode="rewrite"):
        assert run(backend, program) == ["GET /0", "GET /1"]
    seen = server.requests, server.connections
    with cassette.use(path, mode=mode, on_unplayed="fail"):
        assert run(backend, program) == ["GET /0", "GET /1"]
    assert (server.requests, server.connections) == seen


def test_what_one_client_recorded_plays_for_the_other_kind(path, tmp_path, server, backend):
    with cassette.use(path, mode="rewrite"):
        httpx.post(server.url, json={"a": 1})
    with cassette.use(path, mode="none"):

        async def program():
            async with httpx.AsyncClient() as client:
                return (await client.post(server.url, json={"a": 1})).text

        assert run(backend, program) == "POST /"
    other = tmp_path / "b.yaml"
    with cassette.use(other, mode="rewrite"):
        assert run(backend, program) == "POST /"
    with cassette.use(other, mode="none"):
        assert httpx.post(server.url, json={"a": 1}).text == "POST /"


def test_tls_is_recorded_inside_and_played_without_a_handshake(
    path, raw_server, authority, backend, library
):
    server = raw_server([Step.READ_HEAD, OK], context=authority.server_context())
    url = f"https://localhost:{server.address.port}/"

    async def program():
        return await get(library, url, verify=authority.client_context())

    with cassette.use(path, mode="rewrite"):
        live = run(backend, program)
    server.refuse()
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(backend, program) == live
    assert cassette.load(path).interactions[0].call == f"GET {url}"


@pytest.mark.parametrize("mode", ["none", "new_episodes"])
def test_a_unix_socket_is_recorded_and_played(path, unix_server, backend, library, mode):
    async def program():
        transport = library.AsyncHTTPTransport(uds=unix_server.address)
        async with library.AsyncClient(transport=transport) as client:
            return (await client.get("http://docker/info")).text

    with cassette.use(path, mode="rewrite"):
        assert run(backend, program) == "GET /info"
    unix_server.close()
    with cassette.use(path, mode=mode, on_unplayed="fail"):
        assert run(backend, program) == "GET /info"


def test_what_is_not_recorded_goes_live_under_new_episodes(path, server, backend):
    async def program(*targets):
        async with httpx.AsyncClient() as client:
            return [(await client.get(server.url + target)).text for target in targets]

    with cassette.use(path, mode="rewrite"):
        run(backend, program, "/a")
    with cassette.use(path, mode="new_episodes") as tape:
        assert run(backend, program, "/a", "/b", "/c") == ["GET /a", "GET /b", "GET /c"]
        assert (tape.played, tape.recorded) == (1, 2)


def test_an_unmatched_request_is_told_as_it_is_and_again_at_the_end(path, server, backend, library):
    async def swallowing():
        with contextlib.suppress(Exception):
            await get(library, server.url)

    with (
        pytest.raises(cassette.UnmatchedRequestError),
        cassette.use(path, mode="none"),
    ):
        run(backend, swallowing)
    assert server.connections == 0


def test_a_host_that_is_left_alone_is_reached_unrecorded(path, server, backend):
    with cassette.use(path, mode="once", allow_hosts=["127.0.0.1"]) as tape:
        assert run(backend, get, httpx, server.url)[2] == "GET /"
        assert tape.recorded == 0
    with cassette.use(path, mode="none", allow_hosts=["127.0.0.1"]):
        assert run(backend, get, httpx, server.url)[2] == "GET /"


# Pools.


def test_a_pool_is_never_taken_along_into_a_cassette_or_out_of_it(path, server, backend):
    async def program():
        told = []
        async with httpx.AsyncClient() as client:
            told.append((await client.get(f"{server.url}/before")).text)
            async with cassette.use(path, mode="rewrite") as tape:
                told.append((await client.get(f"{server.url}/in")).text)
                assert tape.recorded == 1
            told.append((await client.get(f"{server.url}/between")).text)
            seen = server.requests
            async with cassette.use(path, mode="none"):
                told.append((await client.get(f"{server.url}/in")).text)
            assert server.requests == seen
            told.append((await client.get(f"{server.url}/after")).text)
            return told

    told = run(backend, program)
    assert told == [f"GET /{where}" for where in ("before", "in", "between", "in", "after")]


def test_a_connection_of_an_outer_cassette_is_not_used_in_an_inner_one(path, tmp_path, server):
    async def program():
        async with httpx.AsyncClient() as client:
            async with cassette.use(path, mode="rewrite") as outer:
                await client.get(f"{server.url}/outer")
                async with cassette.use(tmp_path / "b.yaml", mode="rewrite") as inner:
                    await client.get(f"{server.url}/inner")
                await client.get(f"{server.url}/outer")
            return outer.recorded, inner.recorded

    assert asyncio.run(program()) == (2, 1)


# Streams.


@pytest.mark.parametrize("method", ["aiter_raw", "aiter_bytes", "aiter_lines"])
def test_a_stream_comes_in_the_recorded_pieces(path, raw_server, backend, library, method):
    async def program():
        async with (
            library.AsyncClient() as client,
            client.stream("GET", url_of(server)) as answer,
        ):
            return [piece async for piece in getattr(answer, method)()]

    with raw_server(STREAM) as server, cassette.use(path, mode="rewrite"):
        live = run(backend, program)
    with cassette.use(path, mode="none"):
        assert run(backend, program) == live
    assert "".join(piece if isinstance(piece, str) else piece.decode() for piece in live)


def test_at_its_own_time_each_piece_comes_when_it_came(path, backend):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"
    pieces = ((0.01, len(head)), (0.05, 3), (0.2, 3))
    write(path, interaction(raw=head + b"onetwo", arrived=pieces, took=0.2, ended=Ended.OPEN))

    async def program():
        async with (
            httpx.AsyncClient() as client,
            client.stream("GET", f"{URL}/") as answer,
        ):
            start = anyio.current_time()
            return [
                (piece, anyio.current_time() - start > 0.1) async for piece in answer.aiter_raw()
            ]

    with cassette.use(path, mode="none", timing="recorded"):
        assert run(backend, program) == [(b"one", False), (b"two", True)]


# Cancelling and giving up.


def test_what_is_cancelled_in_the_middle_of_a_body_is_abandoned_and_can_be_again(
    path, raw_server, backend
):
    async def program():
        told = []
        async with httpx.AsyncClient(timeout=5) as client:
            with anyio.move_on_after(0.3) as scope:
                async with client.stream("GET", url_of(server)) as answer:
                    async for piece in answer.aiter_raw():
                        told.append(piece)  # noqa: PERF401 - what came before the end
        return told, scope.cancelled_caught

    with raw_server([*STREAM[:3], Step.HANG]) as server, cassette.use(path, mode="rewrite"):
        live = run(backend, program)
    assert live == ([b"data: one\n\n"], True)
    assert cassette.load(path).interactions[0].ended is Ended.ABANDONED
    with cassette.use(path, mode="none"):
        assert run(backend, program) == live


def test_who_reads_on_where_the_recorded_program_had_given_up_is_told(path, raw_server):
    async def program(*, to_the_end):
        async with (
            httpx.AsyncClient(timeout=0.2) as client,
            client.stream("GET", url_of(server)) as answer,
        ):
            await anext(pieces := answer.aiter_raw())
            if to_the_end:
                await anext(pieces)

    with raw_server([*STREAM[:3], Step.HANG]) as server, cassette.use(path, mode="rewrite"):
        asyncio.run(program(to_the_end=False))
    with (
        pytest.raises(cassette.RecordingEndedError),
        cassette.use(path, mode="none"),
    ):
        asyncio.run(program(to_the_end=True))


# Many at once.


def test_many_tasks_share_a_cassette_and_each_gets_its_own_answer(path, server, backend):
    async def program():
        told = {}

        async def ask(client, n):
            told[n] = (await client.get(f"{server.url}/{n}")).text

        async with httpx.AsyncClient() as client, anyio.create_task_group() as group:
            for n in range(60):
                group.start_soon(ask, client, n)
        return told

    expected = {n: f"GET /{n}" for n in range(60)}
    with cassette.use(path, mode="rewrite"):
        assert run(backend, program) == expected
    seen = server.requests
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(backend, program) == expected
    assert server.requests == seen


def test_equal_requests_of_many_tasks_get_one_recording_each(path, poll, backend):
    url = f"http://127.0.0.1:{poll.port}/"

    async def program():
        told = []

        async def ask(client):
            told.append((await client.get(url)).text)

        async with httpx.AsyncClient() as client, anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(ask, client)
        return sorted(told, key=int)

    expected = [f"{n}" for n in range(1, 21)]
    with cassette.use(path, mode="rewrite"):
        assert run(backend, program) == expected
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(backend, program) == expected


def test_two_tasks_with_a_cassette_each_share_a_client(tmp_path, server):
    async def task(client, name):
        async with cassette.use(tmp_path / f"{name}.yaml", mode="rewrite") as tape:
            for n in range(5):
                await client.get(f"{server.url}/{name}/{n}")
        return tape.recorded

    async def program():
        async with httpx.AsyncClient() as client:
            return await asyncio.gather(task(client, "a"), task(client, "b"))

    assert asyncio.run(program()) == [5, 5]
    for name in ("a", "b"):
        calls = [one.call for one in cassette.load(tmp_path / f"{name}.yaml").interactions]
        assert calls == [f"GET {server.url}/{name}/{n}" for n in range(5)]
