"""How a use ends: above all, that a service which was down makes no good cassette."""

import http.client
import linecache
import socket
import warnings

import httpx
import pytest
import requests
from servers.raw import Step

import cassette


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tapes" / "a.yaml"


@pytest.fixture
def down():
    """The origin of a server that is gone."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def try_requests(url):
    try:
        return requests.get(url, timeout=5).text
    except requests.ConnectionError:
        return "offline"


def try_httpx(url):
    try:
        return httpx.get(url, timeout=5).text
    except httpx.ConnectError:
        return "offline"


def kept(path):
    return [one.call for one in cassette.load(path).interactions] if path.exists() else None


@pytest.mark.parametrize("ask", [try_requests, try_httpx])
@pytest.mark.parametrize("where", ["refused", "name not found"])
def test_once_makes_no_cassette_of_failures_to_connect_alone(path, down, ask, where):
    origin = down if where == "refused" else "http://nowhere.invalid"
    use = cassette.use(path, mode="once")
    tape = use.__enter__()
    assert [ask(f"{origin}/{n}") for n in range(4)] == ["offline"] * 4
    with pytest.warns(cassette.UnansweredWarning) as caught:
        use.__exit__(None, None, None)
    (warning,) = caught
    assert str(warning.message) == (
        f"{path} was not written: nothing was recorded but 4 failures to connect, "
        f"kept in {path}.partial\n"
        f"  connect {origin} ({where}), 4 times\n"
        "Record again once the service is up; or, if nobody is meant to answer, say so with "
        "failures=True."
    )
    assert "use.__exit__" in linecache.getline(__file__, warning.lineno)
    assert (tape.outage, tape.recorded, tape.unanswered) == (True, 4, 4)
    assert kept(path) is None
    assert kept(tape.journal) == [f"connect {origin}"] * 4


def test_the_next_run_goes_live_again_when_the_service_is_up(path, poll):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gone = listener.getsockname()[1]
    with pytest.warns(cassette.UnansweredWarning), cassette.use(path, mode="once"):
        try_requests(f"http://127.0.0.1:{gone}/")
    with cassette.use(path, mode="once"):
        assert try_requests(f"http://127.0.0.1:{poll.port}/") == "1"
    assert kept(path) == [f"GET http://127.0.0.1:{poll.port}/"]


def test_failures_are_recorded_where_that_was_asked_for(path, down):
    with cassette.use(path, mode="once", failures=True):
        assert try_requests(down) == "offline"
    assert kept(path) == [f"connect {down}"]
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert try_requests(down) == "offline"


def test_some_failures_are_recorded_and_counted(path, down, poll):
    with pytest.warns(cassette.UnansweredWarning) as caught, cassette.use(path, mode="once"):
        assert [try_requests(down), try_requests(f"http://127.0.0.1:{poll.port}/")] == [
            "offline",
            "1",
        ]
    assert str(caught[0].message).startswith(
        f"1 of 2 interactions recorded in {path} is a failure to connect, and every replay will "
        f"meet the same\n  connect {down} (refused)\n"
    )
    assert len(kept(path)) == 2


@pytest.mark.parametrize("mode", ["rewrite", "all", "new_episodes"])
def test_in_no_mode_does_an_outage_take_the_place_of_what_answers(path, down, poll, mode):
    with cassette.use(path, mode="once"):
        try_requests(f"http://127.0.0.1:{poll.port}/")
    before = path.read_bytes()
    with (
        pytest.warns(cassette.UnansweredWarning, match="a.yaml stays as it was: nothing was"),
        cassette.use(path, mode=mode),
    ):
        assert try_requests(down) == "offline"
    assert path.read_bytes() == before


def test_whoever_names_a_mode_gets_failures_where_nothing_answers_yet(path, down):
    for mode in ("rewrite", "rewrite", "new_episodes"):
        with cassette.use(path, mode=mode):
            try_requests(f"{down}/{mode}")
    assert len(kept(path)) == 1  # the last one has met what was recorded


def test_a_damaged_cassette_is_not_replaced_by_an_outage(path, down):
    path.parent.mkdir()
    path.write_text("cassette: 1\ninteractions: 7\n")
    with pytest.warns(cassette.UnansweredWarning), cassette.use(path, mode="rewrite"):
        try_requests(down)
    assert path.read_text() == "cassette: 1\ninteractions: 7\n"


def test_a_server_that_hangs_up_was_there_and_is_counted(path, raw_server):
    server = raw_server([])
    with cassette.use(path, mode="once") as tape:
        connection = http.client.HTTPConnection(*server.address)
        connection.request("GET", "/")
        with pytest.raises(http.client.RemoteDisconnected):
            connection.getresponse()
        connection.close()
    assert (tape.unanswered, tape.outage) == (1, False)
    assert path.exists()


def test_a_use_that_fails_does_so_over_its_own_error(path, down):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(KeyError), cassette.use(path, mode="once"):
            try_requests(down)
            raise KeyError
        with pytest.raises(cassette.UnansweredWarning), cassette.use(path, mode="once"):
            try_requests(down)
    assert not path.exists()


@pytest.fixture
def opaque(raw_server):
    """A server whose answers are in a coding that nobody knows."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: unheard\r\nContent-Length: 4\r\n\r\n"
    return raw_server([Step.READ_REQUEST, head + b"\x00\x01\x02\x03", Step.READ_REQUEST, Step.HANG])


def test_a_body_that_cannot_be_searched_for_secrets_is_told_of_once_in_a_run(
    tmp_path, opaque, monkeypatch
):
    monkeypatch.setattr("cassette.tapes.outcome._told_of", [])
    url = "http://{}:{}/".format(*opaque.address)

    def record(name):
        with cassette.use(tmp_path / name, mode="rewrite"):
            requests.get(url, timeout=5)
        return cassette.load(tmp_path / name).interactions[0].unsearched

    with pytest.warns(cassette.UnsearchedWarning) as caught:
        assert record("a.yaml") == ("response",)
    (told,) = caught
    lines = str(told.message).splitlines()
    assert lines[0].startswith("1 message in ")
    assert lines[0].endswith("a.yaml could not be searched for secrets:")
    advice = "python -m pip install 'pytest-cassette[codings]'"
    assert lines[1:] == [
        f"  GET {url} (response, unheard)",
        f"Look at them before you commit. br and zstd are undone with: {advice}",
    ]
    # Filters make an error of any warning here.
    assert record("b.yaml") == ("response",)
