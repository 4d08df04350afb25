"""Cassettes that answer: the one in use, and those beside it."""

import contextlib
import http.client
import re
import socket
from dataclasses import replace

import pytest
from recordings import OK, URL, interaction, write

import cassette
from cassette.matching import Matching
from cassette.model import Ended, Endpoint, Failure, Request
from cassette.store.reader import CassetteReader
from cassette.tapes.family import Family
from cassette.tapes.source import Source


def source(path, *interactions, repeat=False):
    reader = CassetteReader.open(write(path, *interactions))
    return Source(reader, Matching(), Family(), repeat=repeat)


def failure(path="/", **facts):
    """A connection that was refused."""
    down = interaction(raw=b"", ended=Ended.REFUSED, failure=Failure("OSError", 111, "x"), **facts)
    return replace(down, call=f"connect {URL}", request=Request(b"", URL))


def asked(source, path):
    return source.find(f"GET {URL}{path}", interaction(path=path).request)


def test_what_was_found_answers_nobody_else_and_counts_when_it_was_played(tmp_path):
    two = source(tmp_path / "a.yaml", interaction(path="/1"), interaction(path="/2"))
    found = asked(two, "/2")
    assert (found.number, found.call) == (1, f"GET {URL}/2")
    assert asked(two, "/2") is None
    assert (two.played, list(two.unplayed_by_number)) == (0, [0])
    two.play(found)
    assert two.played == 1
    assert [one.played for one in two] == [0, 1]


def test_the_last_one_repeats_where_that_was_asked_for(tmp_path):
    two = source(tmp_path / "a.yaml", interaction(1), interaction(2), repeat=True)
    assert [asked(two, "/").number for _ in range(4)] == [0, 1, 1, 1]


def test_a_failure_is_due_when_it_is_the_next_with_its_origin(tmp_path):
    three = source(tmp_path / "a.yaml", failure(), interaction(path="/1"), failure())
    assert three.next_failure("http://other.example.com") is None
    assert three.next_failure(URL).number == 0
    assert three.next_failure(URL) is None  # a request is due
    asked(three, "/1")
    assert three.next_failure(URL).number == 2
    assert three.next_failure(URL) is None


def test_to_foresee_an_answer_leaves_it_where_it_is(tmp_path):
    one = source(tmp_path / "a.yaml", interaction(path="/1"))
    assert one.foresee(f"GET {URL}/1").call == one.foresee(f"GET {URL}/1").call
    assert one.foresee(f"GET {URL}/2") is None
    assert asked(one, "/1") is not None


def test_a_source_without_a_file_answers_nothing(tmp_path):
    none = Source(CassetteReader(tmp_path / "none.yaml"), Matching(), Family(), repeat=True)
    assert asked(none, "/") is None
    assert none.foresee(f"GET {URL}/") is None
    assert none.next_failure(URL) is None
    assert (len(none), list(none), none.unplayed_by_number) == (0, [], {})


def get(port, path="/"):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


@pytest.fixture
def shared(tmp_path, poll):
    """A cassette with two answers to /token, "1" and "2"."""
    path = tmp_path / "shared.yaml"
    with cassette.use(path, mode="rewrite"):
        assert [get(poll.port, "/token") for _ in range(2)] == [b"1", b"2"]
    return path


@pytest.fixture
def own(tmp_path):
    return tmp_path / "own.yaml"


def test_an_extra_cassette_answers_what_the_own_one_does_not(own, shared, poll):
    with cassette.use(own, mode="rewrite"):
        get(poll.port, "/token")
        get(poll.port, "/users")
    with cassette.use(own, mode="none", extra=[shared], on_unplayed="fail") as tape:
        answers = [get(poll.port, path) for path in ("/token", "/users", "/token", "/token")]
    assert answers == [b"3", b"4", b"1", b"2"]
    assert tape.played == 4


def test_an_extra_cassette_answers_as_often_as_it_is_asked(own, shared, poll):
    with cassette.use(own, mode="none", extra=[shared]):
        assert [get(poll.port, "/token") for _ in range(4)] == [b"1", b"2", b"2", b"2"]


def test_the_first_extra_cassette_that_answers_does(own, shared, poll, tmp_path):
    other = tmp_path / "other.yaml"
    with cassette.use(other, mode="rewrite"):
        get(poll.port, "/token")
        get(poll.port, "/users")
    with cassette.use(own, mode="none", extra=[shared, other]):
        assert [get(poll.port, path) for path in ("/token", "/users")] == [b"1", b"4"]


@pytest.mark.parametrize("mode", ["once", "rewrite", "all"])
def test_what_an_extra_cassette_answers_goes_live_while_recording_and_is_not_recorded(
    own, shared, poll, mode
):
    text = shared.read_bytes()
    with cassette.use(own, mode=mode, extra=[shared]) as tape:
        assert [get(poll.port, path) for path in ("/token", "/users")] == [b"3", b"4"]
        assert tape.recorded == 1
    assert [i.call for i in cassette.load(own).interactions] == [
        f"GET http://127.0.0.1:{poll.port}/users"
    ]
    assert shared.read_bytes() == text


def test_what_an_extra_cassette_answers_is_no_new_episode(own, shared, poll):
    with cassette.use(own, mode="new_episodes", extra=[shared]) as tape:
        assert [get(poll.port, path) for path in ("/token", "/users")] == [b"1", b"3"]
        assert tape.recorded == 1


def test_an_extra_cassette_is_not_looked_at_where_everything_goes_live(own, poll):
    with cassette.use(own, mode="off", extra=[own.with_name("missing.yaml")]):
        assert get(poll.port) == b"1"


def test_the_cassette_that_is_recorded_is_no_extra_one(own, poll):
    with cassette.use(own, mode="once", extra=[own]):
        get(poll.port)
    with cassette.use(own, mode="none", extra=[own]) as tape:
        get(poll.port)
        with pytest.raises(cassette.UnmatchedRequestError):
            get(poll.port)
        tape.errors.clear()


def test_an_extra_cassette_must_be_there(own):
    missing = own.with_name("auth.yaml")
    with pytest.raises(cassette.CassetteNotFoundError) as caught:
        cassette.use(own, extra=[missing]).__enter__()
    assert str(caught.value) == (
        f"there is no cassette at {missing}\n"
        "An extra cassette is only read: record it by itself, or leave it out."
    )


def test_extra_cassettes_are_a_list(own):
    with pytest.raises(cassette.OptionError) as caught:
        cassette.use(own, extra="auth.yaml")
    assert str(caught.value) == (
        "extra: expected a list of cassettes, found the string 'auth.yaml'\n"
        "Write extra=('auth.yaml',) for a single one."
    )


def test_a_damaged_extra_interaction_fails_the_use(own, shared, poll):
    shared.write_bytes(shared.read_bytes().replace(b"ended: ", b"endet: "))
    with (
        pytest.raises(cassette.CassetteFormatError, match=re.escape(str(shared))),
        cassette.use(own, mode="none", extra=[shared]),
        contextlib.suppress(cassette.CassetteError),
    ):
        get(poll.port, "/token")


def test_what_nearly_answers_is_shown_with_its_file(own, shared, poll, monkeypatch):
    monkeypatch.chdir(own.parent)
    base = f"GET http://127.0.0.1:{poll.port}"
    with cassette.use(own, mode="rewrite"):
        get(poll.port, "/users?page=1")
    with cassette.use(own, mode="none", extra=[shared]) as tape:
        with pytest.raises(cassette.UnmatchedRequestError) as caught:
            get(poll.port, "/token?page=1")
        tape.errors.clear()
    assert str(caught.value).splitlines()[3:10] == [
        "Nearest of 3, with what was recorded (-) and what was sent (+):",
        f"  #0 in shared.yaml: {base}/token",
        "    query",
        "      + page: 1",
        f"  #1 in shared.yaml: {base}/token",
        "    query",
        "      + page: 1",
    ]
    assert caught.value.ignore == ("query:page",)


def test_without_a_file_the_extra_cassettes_are_compared_with(own, shared, poll):
    with cassette.use(own, mode="none", extra=[shared]) as tape:
        with pytest.raises(cassette.UnmatchedRequestError, match=r"#0 in .*shared\.yaml: GET "):
            get(poll.port, "/token?page=1")
        tape.errors.clear()


@pytest.mark.parametrize("options", [{}, {"extra": ["shared.yaml"]}], ids=["own", "extra"])
def test_a_damaged_interaction_that_nearly_answers_fails_the_use(
    own, shared, poll, monkeypatch, options
):
    monkeypatch.chdir(own.parent)
    shared.write_bytes(shared.read_bytes().replace(b"ended: ", b"endet: "))
    with (
        pytest.raises(cassette.CassetteFormatError, match=re.escape(shared.name)),
        cassette.use("own.yaml" if options else "shared.yaml", mode="none", **options),
        contextlib.suppress(cassette.CassetteError),
    ):
        get(poll.port, "/token?page=1")


def test_an_extra_failure_to_connect_is_played(own, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    down = tmp_path / "down.yaml"
    with cassette.use(down, mode="rewrite"), pytest.raises(ConnectionRefusedError):
        get(port)
    with cassette.use(own, mode="none", extra=[down]):
        for _ in range(2):
            with pytest.raises(ConnectionRefusedError):
                get(port)


def test_an_extra_cassette_answers_a_client_that_waits_before_its_body(own, tmp_path):
    head = b"POST / HTTP/1.1\r\nHost: api.example.com\r\nExpect: 100-continue\r\n"
    sent = head + b"Content-Length: 2\r\n\r\n"
    answer = b"HTTP/1.1 100 Continue\r\n\r\n" + OK
    recorded = replace(interaction(raw=answer), call=f"POST {URL}/", request=Request(sent + b"hi"))
    shared = write(tmp_path / "shared.yaml", recorded)
    with cassette.tape(own, mode="none", extra=[shared]) as tape:
        transport = tape.connect(Endpoint("http", "api.example.com", 80), dial=None)
        transport.sendall(sent)
        assert transport.recv(1 << 16).startswith(b"HTTP/1.1 100 ")
        transport.sendall(b"hi")
        assert transport.recv(1 << 16) == OK


def test_a_new_secret_gets_no_mask_that_an_extra_cassette_has(own, tmp_path, poll):
    def get_as(user):
        connection = http.client.HTTPConnection("127.0.0.1", poll.port)
        connection.request("GET", f"/{user}", headers={"Authorization": f"Bearer {user}" * 4})
        connection.getresponse().read()
        connection.close()

    masks = []
    shared = tmp_path / "shared.yaml"
    for path, user, extra in ((shared, "ann", ()), (own, "bob", [shared])):
        with cassette.use(path, mode="rewrite", extra=extra):
            get_as(user)
        masks += re.findall(r"Authorization: (.*)", path.read_text())
    assert len(set(masks)) == 2
