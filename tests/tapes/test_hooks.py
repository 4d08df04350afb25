"""Hooks see each interaction once, change it as a whole, or leave it out; their errors are told."""

import http.client
import pickle
from dataclasses import replace

import pytest

import cassette
from cassette.errors import HookError, OptionError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


def get(port, target="/", headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("GET", target, headers=headers or {})
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def calls(path):
    return [one.call.rpartition("/")[2] for one in cassette.load(path).interactions]


def but_not(target):
    return lambda one: None if one.request.path == target else one


def test_what_before_record_returns_is_recorded(path, poll):
    def price(one):
        return one.with_response(json={"price": 1}, headers={"X-Changed": "yes"})

    with cassette.use(path, mode="rewrite", before_record=price):
        assert get(poll.port) == "1"
    with cassette.use(path, mode="none"):
        assert get(poll.port) == '{"price": 1}'


def test_what_before_record_leaves_out_is_not_recorded(path, poll):
    with cassette.use(path, mode="rewrite", before_record=but_not("/health")) as tape:
        get(poll.port, "/users")
        get(poll.port, "/health")
        assert tape.recorded == 1
    assert calls(path) == ["users"]
    with (
        pytest.raises(cassette.UnmatchedRequestError, match="before_record may have left it out"),
        cassette.use(path, mode="none", before_record=but_not("/health")),
    ):
        get(poll.port, "/health")


def test_secrets_of_what_is_left_out_are_known(path, poll):
    password = "corn.flakes.for.4"
    login = {"X-Password": password}
    with cassette.use(path, mode="rewrite", before_record=but_not("/login")):
        get(poll.port, "/login", login)
        get(poll.port, f"/of/{password}/x")
    assert password not in path.read_text(encoding="utf-8")


def test_what_a_hook_adds_is_masked(path, poll):
    hook = lambda one: one.with_request(headers={"X-Api-Key": "tok-8f3a9Qzx71LmPq"})  # noqa: E731
    with cassette.use(path, mode="rewrite", before_record=hook):
        get(poll.port)
    assert "8f3a9Q" not in path.read_text(encoding="utf-8")


def test_each_hook_runs_once_for_each_interaction(path, poll):
    seen = []
    hook = lambda one: seen.append(one.request.path) or one  # noqa: E731
    with cassette.use(path, mode="rewrite", before_record=hook):
        get(poll.port, "/a")
        get(poll.port, "/b")
    assert seen == ["/a", "/b"]
    with cassette.use(path, mode="none", before_playback=hook):
        get(poll.port, "/b")
        get(poll.port, "/a")
    assert seen == ["/a", "/b"] * 2


def test_what_before_playback_returns_is_matched_and_played(path, poll):
    with cassette.use(path, mode="rewrite"):
        get(poll.port, "/old")
    hook = lambda one: one.with_request(url=f"http://127.0.0.1:{poll.port}/new").with_response(  # noqa: E731
        status=404, text="gone"
    )
    with cassette.use(path, mode="none", before_playback=hook) as tape:
        assert get(poll.port, "/new") == "gone"
        assert tape.unplayed == []
    assert calls(path) == ["old"]


@pytest.mark.parametrize("repeat", [True, False])
def test_what_before_playback_leaves_out_answers_nothing_and_keeps_its_number(path, poll, repeat):
    with cassette.use(path, mode="rewrite"):
        get(poll.port, "/a")
        get(poll.port, "/b")
        get(poll.port, "/c")
    options = {"mode": "none", "before_playback": but_not("/a"), "repeat": repeat}
    with cassette.use(path, **options) as tape:
        assert get(poll.port, "/b") == "2"
        assert list(tape.unplayed_by_number) == [2]
        assert [one.request.path for one in tape.interactions] == ["/b", "/c"]
    with pytest.raises(cassette.UnmatchedRequestError) as caught, cassette.use(path, **options):
        get(poll.port, "/a")
    assert "#2 GET" in str(caught.value)
    assert "#0 GET" not in str(caught.value)


def test_before_playback_sees_the_extra_cassettes_too(path, poll):
    with cassette.use(path, mode="rewrite"):
        get(poll.port)
    hook = lambda one: one.with_response(text="changed")  # noqa: E731
    other = path.with_name("b.yaml")
    with cassette.use(other, mode="none", extra=[path], before_playback=hook):
        assert get(poll.port) == "changed"


def test_verify_compares_what_would_be_recorded(path, poll):
    hook = lambda one: one.with_response(json={"n": 0}) if one.request.path == "/" else None  # noqa: E731
    with cassette.use(path, mode="rewrite", before_record=hook):
        get(poll.port)
    with cassette.use(path, mode="verify", before_record=hook) as tape:
        get(poll.port)
        get(poll.port, "/other")
        assert tape.verified == 1


def in_place(one):
    one.took = 7
    return one


def in_the_message(one):
    one.response.raw = b""
    return one


@pytest.mark.parametrize(
    ("hook", "problem"),
    [
        (lambda one: {}[one.request.path], "KeyError: '/'"),
        (lambda one: 3, "it returned 3, which is neither an interaction nor None"),
        (in_place, "AttributeError: an interaction is not changed in place, its 'took' neither"),
        (in_the_message, "AttributeError: a message is never changed, its 'raw' neither"),
        (lambda one: one.with_response(status=7), "OptionError: 7 is no status"),
    ],
)
@pytest.mark.parametrize("option", ["before_record", "before_playback"])
def test_an_error_in_a_hook_is_told(path, poll, option, hook, problem):
    with cassette.use(path, mode="rewrite"):
        get(poll.port)
    mode = "rewrite" if option == "before_record" else "none"
    before = path.read_bytes()
    with pytest.raises(HookError) as caught, cassette.use(path, mode=mode, **{option: hook}):
        get(poll.port)
    told = str(caught.value)
    assert told.startswith(f"{option} failed")
    assert problem in told
    assert f"It was given: GET http://127.0.0.1:{poll.port}/" in told
    assert ("test_hooks.py:" in told) == (not problem.startswith("it returned"))
    assert str(pickle.loads(pickle.dumps(caught.value))) == told
    assert path.read_bytes() == before


def test_an_error_that_the_code_swallows_comes_up_at_the_end(path, poll):
    def hook(one):
        raise RuntimeError("no")

    use = cassette.use(path, mode="rewrite", before_record=hook)
    use.__enter__()
    with pytest.raises(HookError):
        get(poll.port)
    with pytest.raises(HookError, match="RuntimeError: no"):
        use.__exit__(None, None, None)
    assert not path.exists()


def test_no_secret_is_in_the_error(path, poll):
    def hook(one):
        raise ValueError(one.request.headers["Authorization"])

    use = cassette.use(path, mode="rewrite", before_record=hook)
    with pytest.raises(HookError) as caught, use:
        get(poll.port, "/x?api_key=k3y-71LmPqzzRw", {"Authorization": "Bearer tok-8f3a9Qzx71LmPq"})
    assert "71LmPq" not in str(caught.value)


def test_other_facts_are_changed_by_replacing_them(path, poll):
    with cassette.use(path, mode="rewrite", before_record=lambda one: replace(one, took=9.0)):
        get(poll.port)
    assert cassette.load(path).interactions[0].took == 9.0


@pytest.mark.parametrize("option", ["before_record", "before_playback"])
def test_what_cannot_be_called_is_refused(path, option):
    with pytest.raises(OptionError, match=f"{option} is 'x'\nIt may be: a function"):
        cassette.use(path, **{option: "x"})
