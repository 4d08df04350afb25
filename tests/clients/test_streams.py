"""Streams that a program leaves early, hands on, or reads after the use."""

import http.client

import httpx
import pytest
import requests
import urllib3
from servers.raw import Step
from urllib3.util.wait import wait_for_read

import cassette
from cassette.model import Ended

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
EVENTS = (b'data: {"n": 1}\n\n', b'data: {"n": 2}\n\n', b"data: [DONE]\n\n")


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


STREAM = HEAD + b"".join(map(chunk, EVENTS))
"""All but the last chunk, in one piece."""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


def url(server):
    return f"http://127.0.0.1:{server.address.port}/"


def with_requests(url):
    with requests.get(url, stream=True, timeout=5) as answer:
        for line in answer.iter_lines():
            if line == b"data: [DONE]":
                return


def with_urllib3(url):
    answer = urllib3.PoolManager().request("GET", url, preload_content=False)
    seen = b""
    while b"[DONE]" not in seen:
        seen += (
            answer.read1() if hasattr(answer, "read1") else answer.read(1)
        )  # urllib3 1.26 has none
    answer.close()


def with_httpx(url):
    with httpx.stream("GET", url) as answer:
        for line in answer.iter_lines():
            if line == "data: [DONE]":
                return


def with_http_client(url):
    host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    connection.request("GET", "/")
    answer = connection.getresponse()
    while answer.readline() != b"data: [DONE]\n":
        pass
    answer.close()
    connection.close()


LEAVING = [with_requests, with_urllib3, with_httpx, with_http_client]


@pytest.mark.parametrize("leave", LEAVING)
def test_what_has_arrived_when_a_stream_is_left_completes_it(path, raw_server, leave):
    # The end comes with the last event, behind more than the buffer of a reader holds.
    padding = b": %s\n\n" % (b"x" * 20_000)
    stream = HEAD + b"".join(map(chunk, (*EVENTS, padding))) + b"0\r\n\r\n"
    with raw_server([Step.READ_REQUEST, stream]) as server:
        with cassette.use(path, mode="rewrite"):
            leave(url(server))
        (one,) = cassette.load(path).interactions
        assert (one.response.raw, one.ended) == (stream, Ended.OPEN)
    with cassette.use(path, mode="none", on_unplayed="fail"):
        leave(url(server))
    with cassette.use(path, mode="none"):
        assert requests.get(url(server), timeout=5).content == b"".join((*EVENTS, padding))


@pytest.mark.parametrize("leave", LEAVING)
def test_what_is_really_cut_short_says_so(path, raw_server, leave):
    with raw_server([Step.READ_REQUEST, STREAM, Step.HANG]) as server:
        with cassette.use(path, mode="rewrite"):
            leave(url(server))
        (one,) = cassette.load(path).interactions
        assert (one.response.raw, one.ended) == (STREAM, Ended.ABANDONED)
    with cassette.use(path, mode="none", on_unplayed="fail"):
        leave(url(server))
    with pytest.raises(cassette.RecordingEndedError), cassette.use(path, mode="none"):
        requests.get(url(server), timeout=5)


def server_goes_on(answer):
    """Let a server that waits for the next head go on, past the client."""
    answer.raw._fp.fp.raw._transport._live.sendall(b"go on\r\n\r\n")  # noqa: SLF001 - no other way


def test_a_response_that_is_read_after_the_use_is_told_of(path, raw_server):
    rest = chunk(b"data: late\n\n") + b"0\r\n\r\n"
    script = [Step.READ_REQUEST, STREAM, Step.READ_HEAD, rest]
    with raw_server(script) as server:
        with (
            pytest.warns(cassette.UnrecordedWarning) as caught,
            cassette.use(path, mode="rewrite"),
        ):
            answer = requests.get(url(server), stream=True, timeout=5)
        server_goes_on(answer)
        assert answer.content.endswith(b"late\n\n")
    (warning,) = caught
    assert str(warning.message).startswith(
        f"the response to GET {url(server)} was still being read when the use of {path} ended: "
    )
    with cassette.use(path, mode="none"):
        answer = requests.get(url(server), stream=True, timeout=5)
    with pytest.raises(cassette.RecordingEndedError):
        assert not answer.content


def test_a_connection_that_is_given_back_unread_is_not_used_again_on_replay(path, raw_server):
    def twice(server):
        with urllib3.PoolManager(retries=False) as pool:
            first = pool.request("GET", url(server), preload_content=False)
            assert first.read1()
            # By this urllib3 knows a connection that its server has closed.
            assert wait_for_read(first.connection.sock, timeout=5)
            first.release_conn()
            second = pool.request("GET", url(server) + "second")
            return second.data

    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond"
    with (
        raw_server([Step.READ_REQUEST, STREAM], [Step.READ_REQUEST, answer]) as server,
        cassette.use(path, mode="rewrite"),
    ):
        live = twice(server)
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert twice(server) == live == b"second"
