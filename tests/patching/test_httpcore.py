"""httpx through the streams of httpcore, over the same state machines."""

import importlib
import socket
import sys

import httpcore
import httpx
import httpx2
import pytest
import requests
from servers.raw import Step

import cassette


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize("mode", ["none", "new_episodes"])
def test_httpx_records_and_replays(path, server, mode, library):
    def run():
        with library.Client() as client:
            return [client.get(f"{server.url}/{n}").text for n in range(2)]

    with cassette.use(path, mode="rewrite"):
        live = run()
    seen = server.requests, server.connections
    with cassette.use(path, mode=mode, on_unplayed="fail"):
        assert run() == live == ["GET /0", "GET /1"]
    assert (server.requests, server.connections) == seen


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_what_requests_recorded_plays_for_httpx_and_back(path, tmp_path, server, library):
    with cassette.use(path, mode="rewrite"):
        recorded = requests.post(server.url, json={"a": 1}, timeout=5).text
    with cassette.use(path, mode="none"):
        assert library.post(server.url, json={"a": 1}).text == recorded
    other = tmp_path / "b.yaml"
    with cassette.use(other, mode="rewrite"):
        recorded = library.get(server.url).text
    with cassette.use(other, mode="none"):
        assert requests.get(server.url, timeout=5).text == recorded


@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize(
    "answer",
    [
        [Step.READ_HEAD, Step.CLOSE],
        [Step.READ_HEAD, b"garbage\r\n\r\n"],
        [Step.READ_HEAD, b"HTTP/1.1 407 Authenticate\r\n\r\n"],
    ],
    ids=["hangs up", "speaks no HTTP", "refuses"],
)
def test_a_proxy_that_makes_no_tunnel_makes_none_again(path, raw_server, library, answer):
    host, port = raw_server(answer).address
    told = []
    for mode in ("rewrite", "none"):
        with (
            cassette.use(path, mode=mode, on_unplayed="fail"),
            library.Client(proxy=f"http://{host}:{port}") as client,
            pytest.raises(library.TransportError) as caught,
        ):
            client.get("https://nowhere.invalid/")
        told.append((type(caught.value), str(caught.value)))
    assert told[0] == told[1]


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_silent_proxy_takes_too_long_again(path, raw_server, library):
    host, port = raw_server([Step.HANG]).address
    for mode in ("rewrite", "none"):
        with (
            cassette.use(path, mode=mode, on_unplayed="fail"),
            library.Client(proxy=f"http://{host}:{port}", timeout=0.1) as client,
            pytest.raises(library.TimeoutException),
        ):
            client.get("https://nowhere.invalid/")


def test_what_a_proxy_refused_to_one_client_it_refuses_to_another(path, raw_server):
    host, port = raw_server([Step.READ_HEAD, b"HTTP/1.1 403 Forbidden\r\n\r\n"]).address
    proxy = f"http://{host}:{port}"

    def through_requests():
        with pytest.raises(requests.exceptions.ProxyError, match="403 Forbidden"):
            requests.get("https://nowhere.invalid/", proxies={"https": proxy}, timeout=5)

    def through_httpx():
        with httpx.Client(proxy=proxy) as client, pytest.raises(httpx.ProxyError, match="403"):
            client.get("https://nowhere.invalid/")

    for record, play in (
        (through_requests, through_httpx),
        (through_httpx, through_requests),
    ):
        with cassette.use(path, mode="rewrite"):
            record()
        with cassette.use(path, mode="none", on_unplayed="fail"):
            play()


def test_what_is_not_recorded_goes_live_under_new_episodes(path, server):
    with cassette.use(path, mode="rewrite"):
        httpx.get(f"{server.url}/a")
    with cassette.use(path, mode="new_episodes") as tape, httpx.Client() as client:
        assert client.get(f"{server.url}/a").text == "GET /a"
        assert client.get(f"{server.url}/b").text == "GET /b"
        assert (tape.played, tape.recorded) == (1, 1)


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_an_unmatched_request_is_told_as_it_is(path, server, library):
    with (
        pytest.raises(cassette.UnmatchedRequestError),
        cassette.use(path, mode="none"),
    ):
        library.get(server.url)
    assert server.connections == 0


def test_a_pool_filled_inside_connects_anew_afterwards(path, server):
    with httpx.Client() as client:
        with cassette.use(path, mode="rewrite"):
            client.get(server.url)
        with cassette.use(path, mode="none"):
            client.get(server.url)
        seen = server.requests
        client.get(server.url)
        assert server.requests == seen + 1


def test_a_pool_filled_before_does_not_leak(path, server):
    with httpx.Client() as client:
        client.get(f"{server.url}/before")
        with cassette.use(path, mode="rewrite") as tape:
            client.get(server.url)
            assert tape.recorded == 1
        client.get(f"{server.url}/before")
        seen = server.requests
        with cassette.use(path, mode="none"):
            client.get(server.url)
        assert server.requests == seen


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1:{port}/", httpx.ConnectError),
        ("http://no.such.invalid/", httpx.ConnectError),
    ],
)
def test_a_failure_to_connect_comes_back(path, url, error):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = url.format(port=listener.getsockname()[1])
    for mode in ("rewrite", "none"):
        with cassette.use(path, mode=mode), pytest.raises(error):
            httpx.get(url)


def test_a_failure_recorded_with_requests_comes_back_in_httpx(path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with cassette.use(path, mode="rewrite"), pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)
    with cassette.use(path, mode="none"), pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_library_imported_meanwhile_is_patched_and_put_back(path, server, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] in ("httpcore", "httpx")]:
        monkeypatch.delitem(sys.modules, name)
    with cassette.use(path, mode="rewrite"):
        late = importlib.import_module("httpx")
        late.get(server.url)
    late_core = importlib.import_module("httpcore")
    assert late_core is not httpcore
    assert "connect_tcp" not in late_core.SyncBackend.connect_tcp.__dict__
    assert not hasattr(late_core.SyncBackend.connect_tcp, "__wrapped__")
    assert len(cassette.load(path).interactions) == 1
