"""aiohttp through its own parser, on asyncio's loop and on uvloop."""

import asyncio
import contextlib
import gzip
import socket

import aiohttp
import optional
import pytest
from aiohttp import web
from recordings import URL, interaction, write
from servers.raw import Step

import cassette
from cassette.model import Ended

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"
STREAM = [
    Step.READ_HEAD,
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"b\r\ndata: one\n\n\r\n",
    b"b\r\ndata: two\n\n\r\n",
    b"0\r\n\r\n",
]
PACKED = gzip.compress(b"packed", mtime=0)


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


def url_of(server, *, scheme="http", host="127.0.0.1"):
    return f"{scheme}://{host}:{server.address.port}/"


async def get(url, session=None, **options):
    async with contextlib.AsyncExitStack() as stack:
        if session is None:
            session = await stack.enter_async_context(aiohttp.ClientSession())
        async with session.get(url, **options) as answer:
            return answer.status, answer.raw_headers, await answer.read()


def taped(path, run, program, *servers):
    """What a program gets live, recorded, and from the cassette when its servers are gone."""
    live = run(program())
    with cassette.use(path, mode="rewrite", redact=False):
        recorded = run(program())
    for server in servers:
        server.refuse()
    with cassette.use(path, mode="none", redact=False, on_unplayed="fail"):
        replayed = run(program())
    assert recorded == live
    assert replayed == live
    return live


@pytest.mark.parametrize("mode", ["none", "new_episodes"])
def test_aiohttp_records_and_replays_on_a_kept_connection(path, server, run, mode):
    async def program():
        async with aiohttp.ClientSession() as session:
            return [(await get(f"{server.url}/{n}", session))[2] for n in range(3)]

    with cassette.use(path, mode="rewrite"):
        assert run(program()) == [b"GET /0", b"GET /1", b"GET /2"]
    assert server.connections == 1
    with cassette.use(path, mode=mode, on_unplayed="fail"):
        assert run(program()) == [b"GET /0", b"GET /1", b"GET /2"]
    assert server.connections == 1


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Length: 6\r\n", b"whole."),
        (b"Transfer-Encoding: chunked\r\n", b"3\r\none\r\n3;x=y\r\ntwo\r\n0\r\nDone: yes\r\n\r\n"),
        (b"Content-Encoding: gzip\r\nContent-Length: %d\r\n" % len(PACKED), PACKED),
        (b"Set-Cookie: a=b\r\nContent-Length: 0\r\n", b""),
        (b"Connection: close\r\n", b"until the end"),
    ],
    ids=["sized", "chunked", "packed", "cookie", "until close"],
)
def test_a_response_is_what_it_was(path, raw_server, run, head, body):
    server = raw_server([Step.READ_HEAD, b"HTTP/1.1 200 Fine\r\n" + head + b"\r\n", body])
    taped(path, run, lambda: get(url_of(server)), server)


def test_a_redirect_is_followed_with_its_history_and_its_cookies(path, raw_server):
    server = raw_server(
        [
            Step.READ_HEAD,
            b"HTTP/1.1 302 Found\r\nSet-Cookie: a=b\r\nLocation: /there\r\n",
            b"Content-Length: 0\r\n\r\n",
            Step.READ_HEAD,
            HEAD + b"there.",
        ]
    )

    async def program():
        jar = aiohttp.CookieJar(unsafe=True)
        async with (
            aiohttp.ClientSession(cookie_jar=jar) as session,
            session.get(url_of(server)) as answer,
        ):
            sent = answer.request_info.headers.get("Cookie")
            return [one.status for one in answer.history], str(answer.url), sent

    assert taped(path, asyncio.run, program, server)[2] == "a=b"


def test_an_upload_in_chunks_is_sent_as_it_is(path, server, run):
    async def body():
        for n in range(3):
            yield b"piece %d;" % n

    async def program():
        async with (
            aiohttp.ClientSession() as session,
            session.post(server.url, data=body()) as answer,
        ):
            return await answer.text()

    taped(path, run, program)
    (one,) = cassette.load(path).interactions
    assert one.request.raw.endswith(b"8\r\npiece 2;\r\n0\r\n\r\n")


def test_a_stream_comes_in_the_recorded_pieces(path, raw_server, run):
    server = raw_server(STREAM)

    async def program(read):
        async with (
            aiohttp.ClientSession() as session,
            session.get(url_of(server)) as answer,
        ):
            return [piece async for piece in read(answer.content)]

    def pieces(content):
        return content.iter_any()

    def lines(content):
        return content

    with cassette.use(path, mode="rewrite"):
        live = run(program(pieces))
    with cassette.use(path, mode="none"):
        assert run(program(pieces)) == live
    with cassette.use(path, mode="none"):
        assert run(program(lines)) == [b"data: one\n", b"\n", b"data: two\n", b"\n"]


def test_tls_lies_below_and_the_host_is_known_by_its_name(path, raw_server, authority, run):
    server = raw_server([Step.READ_HEAD, HEAD + b"secret"], context=authority.server_context())
    url = url_of(server, scheme="https", host="localhost")
    taped(path, run, lambda: get(url, ssl=authority.client_context()), server)
    assert cassette.load(path).interactions[0].call == f"GET {url}"


def test_no_name_is_looked_up_on_replay(path, run):
    write(path, interaction(ended=Ended.OPEN))
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(get(URL))[2] == b"ok"


def test_a_unix_socket_is_recorded_and_played(path, unix_server, run):
    async def program():
        connector = aiohttp.UnixConnector(path=unix_server.address)
        async with aiohttp.ClientSession(connector=connector) as session:
            return (await get("http://docker/info", session))[2]

    with cassette.use(path, mode="rewrite"):
        assert run(program()) == b"GET /info"
    unix_server.close()
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(program()) == b"GET /info"


def test_what_requests_recorded_plays_for_aiohttp_and_back(path, tmp_path, server):
    requests = pytest.importorskip("requests")

    async def post():
        async with (
            aiohttp.ClientSession() as session,
            session.post(server.url, json={"a": 1}) as answer,
        ):
            return await answer.text()

    with cassette.use(path, mode="rewrite"):
        live = requests.post(server.url, json={"a": 1}, timeout=5).text
    with cassette.use(path, mode="none"):
        assert asyncio.run(post()) == live
    other = tmp_path / "b.yaml"
    with cassette.use(other, mode="rewrite"):
        assert asyncio.run(post()) == live
    with cassette.use(other, mode="none"):
        assert requests.post(server.url, json={"a": 1}, timeout=5).text == live


def test_what_is_not_recorded_goes_live_under_new_episodes(path, server, run):
    async def program(*targets):
        async with aiohttp.ClientSession() as session:
            return [(await get(server.url + target, session))[2] for target in targets]

    with cassette.use(path, mode="rewrite"):
        run(program("/a"))
    with cassette.use(path, mode="new_episodes") as tape:
        assert run(program("/a", "/b", "/c")) == [b"GET /a", b"GET /b", b"GET /c"]
        assert (tape.played, tape.recorded) == (1, 2)


def test_an_unmatched_request_is_told_as_it_is_and_again_at_the_end(path, server, run):
    async def program():
        with contextlib.suppress(cassette.UnmatchedRequestError):
            await get(server.url)
            pytest.fail("nothing was raised")

    with pytest.raises(cassette.UnmatchedRequestError), cassette.use(path, mode="none"):
        run(program())
    assert server.connections == 0


def test_a_host_that_is_left_alone_is_reached_unrecorded(path, server, run):
    for mode in ("once", "none"):
        with cassette.use(path, mode=mode, allow_hosts=["127.0.0.1"]) as tape:
            assert run(get(server.url))[2] == b"GET /"
            assert (tape.recorded, tape.played) == (0, 0)


# WebSockets, which pass by.


@pytest.fixture
def websocket():
    """Run a program against a server that echoes what it is told."""

    async def echo(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket

    async def answer(_request):
        return web.Response(text="ok")

    @contextlib.asynccontextmanager
    async def serve():
        app = web.Application()
        app.add_routes([web.get("/echo", echo), web.get("/", answer)])
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield "http://{}:{}/".format(*runner.addresses[0])
        finally:
            await runner.cleanup()

    return serve


async def echoed(url, *, kept):
    async with aiohttp.ClientSession() as session:
        if kept:
            await get(url, session)
        async with session.ws_connect(f"{url}echo") as socket:
            await socket.send_str("hello")
            return (await socket.receive()).data


def test_a_websocket_passes_unrecorded_and_is_told_of(path, websocket):
    async def program():
        async with websocket() as url:
            with cassette.use(path, mode="rewrite") as tape:
                told = await echoed(url, kept=True)
                return told, tape.recorded

    with pytest.warns(cassette.UnrecordedWarning, match="went past"):
        assert asyncio.run(program()) == ("hello", 1)


def test_a_websocket_is_refused_on_replay(path, websocket):
    async def program():
        async with websocket() as url:
            with cassette.use(path, mode="rewrite"):
                await get(url)
            with cassette.use(path, mode="none") as tape:
                with contextlib.suppress(cassette.BlockedNetworkError):
                    await echoed(url, kept=False)
                    pytest.fail("it was not refused")
                tape.errors.clear()

    asyncio.run(program())


# Failures.


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


SCRIPTS = {
    "hangs up": [Step.READ_HEAD, Step.CLOSE],
    "resets": [Step.READ_HEAD, Step.RESET],
    "resets in a body": [Step.READ_HEAD, HEAD + b"hal", Step.RESET],
    "ends in a body": [Step.READ_HEAD, HEAD + b"half"],
    "says nothing": [Step.READ_HEAD, Step.HANG],
    "stalls in a body": [Step.READ_HEAD, HEAD + b"half", Step.HANG],
    "speaks no HTTP": [Step.READ_HEAD, b"220 mail\r\n"],
}


@pytest.mark.parametrize("name", ["a closed port", "no such name", *SCRIPTS])
@pytest.mark.parametrize("patience", ["sock_read", "total"])
def test_a_failure_is_worded_as_it_was(path, raw_server, run, name, patience):
    # Who hangs is waited for in vain; who answers may be slow to.
    hangs = Step.HANG in SCRIPTS.get(name, [])
    if name in SCRIPTS:
        host, port = raw_server(SCRIPTS[name]).address
    else:
        host, port = "no.such.invalid" if "name" in name else "127.0.0.1", closed_port()

    async def program():
        timeout = aiohttp.ClientTimeout(**{patience: 0.2 if hangs else 20})
        try:
            return await get(f"http://{host}:{port}/", timeout=timeout)
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error), str(error)

    live = taped(path, run, program)
    assert isinstance(live[0], type)


def test_a_stall_that_ran_into_the_clients_timeout_is_a_timeout(path, raw_server, run):
    server = raw_server(SCRIPTS["stalls in a body"])

    async def program():
        with contextlib.suppress(TimeoutError):
            await get(url_of(server), timeout=aiohttp.ClientTimeout(sock_read=0.1))

    with cassette.use(path, mode="rewrite"):
        run(program())
    assert cassette.load(path).interactions[0].ended is Ended.TIMEOUT


def test_a_failed_handshake_is_worded_as_it_was(path, raw_server, authority, run):
    server = raw_server([Step.READ_HEAD], context=authority.server_context())

    async def program():
        try:
            await get(url_of(server, scheme="https", host="localhost"))
        except aiohttp.ClientConnectorCertificateError as error:
            return str(error)

    with cassette.use(path, mode="rewrite"):
        live = run(program())
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(program()) == live
    assert "certificate verify failed" in live
    assert cassette.load(path).interactions[0].ended is Ended.TLS


# Proxies.


def test_a_tunnel_is_recorded_by_the_host_behind_it(path, raw_server, authority, tap, run):
    secure = raw_server([Step.READ_HEAD, HEAD + b"secret"], context=authority.server_context())
    proxy = raw_server([Step.READ_HEAD, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"])
    url = url_of(secure, scheme="https", host="localhost")

    async def program():
        try:
            await get(url, proxy=url_of(proxy), ssl=authority.client_context())
        except aiohttp.ClientHttpProxyError as error:
            return error.status, error.message

    assert taped(path, run, program, proxy) == (403, "Forbidden")
    (one,) = cassette.load(path).interactions
    assert (one.call, one.failure.message) == (
        f"connect {url[:-1]}",
        "Tunnel connection failed: 403 Forbidden",
    )


@pytest.mark.parametrize("mode", ["none", "new_episodes"])
def test_a_request_goes_through_a_proxy_and_is_recorded_without_it(  # noqa: PLR0913, PLR0917
    path, tinyproxy, raw_server, authority, run, mode
):
    secure = raw_server([Step.READ_HEAD, HEAD + b"secret"], context=authority.server_context())
    url = url_of(secure, scheme="https", host="localhost")
    proxy = f"http://{tinyproxy.address.host}:{tinyproxy.address.port}"
    program = lambda url: get(url, proxy=proxy, ssl=authority.client_context())  # noqa: E731
    with cassette.use(path, mode="rewrite"):
        live = run(program(url))
    with cassette.use(path, mode=mode, on_unplayed="fail"):
        assert run(program(url)) == live
    assert [one.call for one in cassette.load(path).interactions] == [f"GET {url}"]
    if mode == "new_episodes":
        with cassette.use(path, mode=mode) as tape:
            assert run(program(url + "new"))[2] == b"secret"
            assert tape.recorded == 1


# Pools and tasks.


def test_a_pool_is_never_taken_along_into_a_cassette_or_out_of_it(path, server, run):
    async def program():
        told = []
        async with aiohttp.ClientSession() as session:
            told.append((await get(f"{server.url}/before", session))[2])
            async with cassette.use(path, mode="rewrite") as tape:
                told.append((await get(f"{server.url}/in", session))[2])
                assert tape.recorded == 1
            told.append((await get(f"{server.url}/between", session))[2])
            seen = server.requests
            async with cassette.use(path, mode="none"):
                told.append((await get(f"{server.url}/in", session))[2])
            assert server.requests == seen
            told.append((await get(f"{server.url}/after", session))[2])
        return told

    where = (b"before", b"in", b"between", b"in", b"after")
    assert run(program()) == [b"GET /" + name for name in where]


def test_many_tasks_share_a_cassette_and_each_gets_its_own_answer(path, server, run):
    async def program():
        async with aiohttp.ClientSession() as session:
            answers = [get(f"{server.url}/{n}", session) for n in range(200)]
            return [answer[2] for answer in await asyncio.gather(*answers)]

    expected = [b"GET /%d" % n for n in range(200)]
    with cassette.use(path, mode="rewrite"):
        assert run(program()) == expected
    seen = server.requests
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(program()) == expected
    assert server.requests == seen


def test_two_tasks_with_a_cassette_each_share_a_session(tmp_path, server):
    async def task(session, name):
        async with cassette.use(tmp_path / f"{name}.yaml", mode="rewrite"):
            for n in range(5):
                await get(f"{server.url}/{name}/{n}", session)

    async def program():
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(task(session, "a"), task(session, "b"))

    asyncio.run(program())
    for name in ("a", "b"):
        calls = [one.call for one in cassette.load(tmp_path / f"{name}.yaml").interactions]
        assert calls == [f"GET {server.url}/{name}/{n}" for n in range(5)]


def test_a_task_group_that_is_cancelled_leaves_a_cassette_that_replays(path, raw_server, run):
    server = raw_server([*STREAM[:3], Step.HANG])

    async def program():
        seen = []

        async def read(session, n):
            async with session.get(f"{url_of(server)}{n}") as answer:
                async for piece in answer.content.iter_any():
                    seen.append((n, piece))
                    if len(seen) == 3:
                        raise KeyError

        async with aiohttp.ClientSession() as session:
            with contextlib.suppress(BaseExceptionGroup):
                async with asyncio.TaskGroup() as group:
                    for n in range(3):
                        group.create_task(read(session, n))
        return sorted(seen)

    with cassette.use(path, mode="rewrite"):
        live = run(program())
    assert [one.ended for one in cassette.load(path).interactions] == [Ended.ABANDONED] * 3
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(program()) == live


def test_everything_is_put_back(path):
    places = (
        (aiohttp.TCPConnector, "_create_direct_connection"),
        (aiohttp.TCPConnector, "_resolve_host"),
        (aiohttp.client_proto.ResponseHandler, "is_connected"),
        (aiohttp.connector.aiohappyeyeballs, "start_connection"),
    )
    before = [getattr(*place) for place in places]
    with cassette.use(path, mode="none"):
        assert [getattr(*place) for place in places] != before
    assert [getattr(*place) for place in places] == before


async def bodies_of(port, paths):
    """What many tasks get at once through one session."""
    async with aiohttp.ClientSession() as session:
        answers = [get(f"http://127.0.0.1:{port}{path}", session) for path in paths]
        return [body for _, _, body in await asyncio.gather(*answers)]


def test_each_of_500_tasks_gets_its_own_answer(path, poll, run):
    paths = [f"/{number}" for number in range(500)]
    with cassette.use(path, mode="rewrite"):
        recorded = run(bodies_of(poll.port, paths))
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert run(bodies_of(poll.port, paths[::-1])) == recorded[::-1]
    assert len(set(recorded)) == 500


def test_each_of_50_equal_requests_gets_one_recording(path, poll, run):
    with cassette.use(path, mode="rewrite"):
        recorded = run(bodies_of(poll.port, ["/same"] * 50))
    with cassette.use(path, mode="none", on_unplayed="fail"):
        played = run(bodies_of(poll.port, ["/same"] * 50))
    assert sorted(played) == sorted(recorded)
    assert len(set(played)) == 50


def test_two_tasks_have_a_cassette_each(tmp_path, poll, run):
    async def use(name):
        with cassette.use(tmp_path / f"{name}.yaml", mode="rewrite"):
            await bodies_of(poll.port, [f"/{name}"] * 20)

    async def both():
        await asyncio.gather(use("a"), use("b"))

    run(both())
    for name in "ab":
        calls = [one.call for one in cassette.load(tmp_path / f"{name}.yaml").interactions]
        assert calls == [f"GET http://127.0.0.1:{poll.port}/{name}"] * 20
