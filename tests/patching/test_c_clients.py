"""Clients in C and Rust are refused on replay, and told of while a cassette records."""

# ruff: noqa: PLC0415 - none of them need be installed

import asyncio
import contextlib
import importlib.util

import pytest

import cassette


def with_pycurl(url):
    import pycurl

    handle = pycurl.Curl()
    handle.setopt(pycurl.URL, url)
    handle.setopt(pycurl.WRITEFUNCTION, len)
    handle.perform()
    handle.close()


def with_pycurl_multi(url):
    import pycurl

    many, handle = pycurl.CurlMulti(), pycurl.Curl()
    handle.setopt(pycurl.URL, url)
    handle.setopt(pycurl.WRITEFUNCTION, len)
    many.add_handle(handle)
    while many.perform()[1]:
        many.select(1.0)
    many.remove_handle(handle)
    handle.close()
    many.close()


def with_curl_cffi(url):
    import curl_cffi.requests

    with curl_cffi.requests.Session() as session:
        session.get(url)


def with_asynchronous_curl_cffi(url):
    import curl_cffi.requests

    async def get():
        async with curl_cffi.requests.AsyncSession() as session:
            await session.get(url)

    asyncio.run(get())


def with_primp(url):
    import primp

    primp.Client().get(url)


def with_primp_itself(url):
    import primp

    primp.get(url)


def with_rnet(url):
    import rnet

    rnet.BlockingClient().get(url)


def with_asynchronous_rnet(url):
    import rnet

    async def get():
        await rnet.get(url)

    asyncio.run(get())


CLIENTS = {
    with_pycurl: "pycurl",
    with_pycurl_multi: "pycurl",
    with_curl_cffi: "curl_cffi",
    with_asynchronous_curl_cffi: "curl_cffi",
    with_primp: "primp",
    with_primp_itself: "primp",
    with_rnet: "rnet",
    with_asynchronous_rnet: "rnet",
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


@pytest.fixture(params=CLIENTS, ids=lambda call: call.__name__)
def fetch(request):
    name = CLIENTS[request.param]
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed: python -m pip install --group c-clients")
    return request.param


def test_it_is_refused_on_replay_with_its_name(path, server, fetch):
    with (
        pytest.raises(cassette.UninterceptedClientError) as caught,
        cassette.use(path, mode="none"),
    ):
        fetch(server.url)
    assert caught.value.client == CLIENTS[fetch]
    assert caught.value.host == "127.0.0.1"
    assert f"{__name__}.{fetch.__name__}" in str(caught.value)
    assert server.connections == 0
    fetch(server.url)
    assert server.connections == 1


def test_a_swallowed_refusal_comes_up_at_the_end(path, server, fetch):
    with (
        pytest.raises(cassette.UninterceptedClientError),
        cassette.use(path, mode="none"),
        contextlib.suppress(Exception),
    ):
        fetch(server.url)


@pytest.mark.parametrize("mode", ["once", "new_episodes"])
def test_it_is_told_of_while_recording(path, server, fetch, mode):
    with (
        pytest.warns(cassette.UnrecordedWarning, match=f"{CLIENTS[fetch]} went to 127.0.0.1 past"),
        cassette.use(path, mode=mode),
    ):
        fetch(server.url)
    assert server.connections == 1


def test_an_allowed_host_is_let_through(path, server, fetch):
    for mode in ("rewrite", "none"):
        with cassette.use(path, mode=mode, allow_hosts=["localhost"]):
            fetch(server.url)
    assert server.connections == 2


def test_the_guard_refuses_it_without_a_cassette(server, fetch):
    with cassette.block_network() as guard:
        with pytest.raises(cassette.BlockedNetworkError):
            fetch(server.url)
        guard.errors.clear()
    assert server.connections == 0


def test_grpc_is_refused_also_over_a_channel_from_before(path):
    grpc = pytest.importorskip("grpc")
    with grpc.insecure_channel("127.0.0.1:1") as before:
        call, watch = (getattr(before, kind)("/x/Y") for kind in ("unary_unary", "stream_stream"))
        for reach in (call, lambda _: call.future(b""), lambda _: call.with_call(b""), watch):
            with (
                pytest.raises(cassette.UninterceptedClientError, match=r"to 127\.0\.0\.1"),
                cassette.use(path, mode="none"),
            ):
                reach(iter(()))


def test_asynchronous_grpc_is_refused(path):
    grpc = pytest.importorskip("grpc.aio")

    async def reach():
        async with grpc.insecure_channel("127.0.0.1:1") as channel:
            await channel.unary_unary("/shop.Orders/Get")(b"")

    with (
        pytest.raises(cassette.UninterceptedClientError, match="grpc wants to connect"),
        cassette.use(path, mode="none"),
    ):
        asyncio.run(reach())


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
@pytest.mark.parametrize("dsn", ["host=db.invalid port=5432", "postgresql://db.invalid/shop"])
def test_a_driver_of_postgresql_is_refused_beyond_this_machine(path, driver, dsn):
    driver = pytest.importorskip(driver)
    with (
        pytest.raises(cassette.BlockedNetworkError, match=r"PostgreSQL\? .*db.invalid:5432"),
        cassette.use(path, mode="none"),
    ):
        driver.connect(dsn)


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_a_driver_of_postgresql_is_left_alone_on_this_machine(path, driver):
    driver = pytest.importorskip(driver)
    for mode in ("rewrite", "none"):
        with cassette.use(path, mode=mode), pytest.raises(driver.OperationalError):
            driver.connect("host=127.0.0.1 port=1")


def test_everything_is_put_back(path):
    pycurl = pytest.importorskip("pycurl")
    before = pycurl.Curl, pycurl.CurlMulti
    with cassette.use(path, mode="none"):
        assert (pycurl.Curl, pycurl.CurlMulti) != before
        assert isinstance(pycurl.Curl(), before[0])
    assert (pycurl.Curl, pycurl.CurlMulti) == before
