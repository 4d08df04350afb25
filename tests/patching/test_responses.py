"""Stubs of `responses` beside a cassette."""

import importlib
import re
import sys
import threading
from contextlib import ExitStack, contextmanager

import pytest
import requests
import responses
from responses.registries import OrderedRegistry

import cassette

ORDERS = ["responses outside", "cassette outside"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


@contextmanager
def together(order, mock, use):
    """Activate a mock and a cassette, one inside the other; give the cassette."""
    with ExitStack() as stack:
        if order == "responses outside":
            stack.enter_context(mock)
            tape = stack.enter_context(use)
        else:
            tape = stack.enter_context(use)
            stack.enter_context(mock)
        yield tape


def get(url):
    return requests.get(url, timeout=5)


@pytest.fixture(params=ORDERS)
def order(request):
    return request.param


def test_a_stub_answers_its_call_and_the_cassette_the_rest(order, path, server):
    def run(mode):
        mock = responses.RequestsMock()
        mock.get(f"{server.url}/down", status=503)
        with together(order, mock, cassette.use(path, mode=mode, on_unplayed="fail")):
            assert get(f"{server.url}/down").status_code == 503
            assert get(f"{server.url}/up").text == "GET /up"
            assert [call.request.url for call in mock.calls] == [f"{server.url}/down"]

    run("rewrite")
    calls = [interaction.call for interaction in cassette.load(path).interactions]
    assert calls == [f"GET {server.url}/up"]
    server.close()
    run("none")
    assert server.requests == 1


def test_a_stubbed_error_reaches_the_program(order, path, server):
    mock = responses.RequestsMock()
    mock.get(server.url, body=requests.ConnectTimeout("too slow"))
    with (
        together(order, mock, cassette.use(path, mode="none")),
        pytest.raises(requests.ConnectTimeout, match="too slow"),
    ):
        get(server.url)


def test_a_stub_that_was_not_called_still_fails(order, path, server):
    mock = responses.RequestsMock(assert_all_requests_are_fired=True)
    mock.get(f"{server.url}/stubbed")
    with (
        pytest.raises(AssertionError, match=r"Not all requests have been executed .*/stubbed"),
        together(order, mock, cassette.use(path, mode="rewrite")),
    ):
        get(f"{server.url}/recorded")


def test_the_decorators_of_both_go_together_in_either_order(path, server):
    @responses.activate(assert_all_requests_are_fired=True)
    @cassette.use(path, mode="rewrite")
    def record():
        responses.get(f"{server.url}/stub", body="stub")
        return get(f"{server.url}/stub").text, get(f"{server.url}/a").text, len(responses.calls)

    @cassette.use(path, mode="none")
    @responses.activate(assert_all_requests_are_fired=True)
    def replay():
        responses.get(f"{server.url}/stub", body="stub")
        return get(f"{server.url}/stub").text, get(f"{server.url}/a").text, len(responses.calls)

    assert record() == replay() == ("stub", "GET /a", 1)


def test_start_and_stop_in_any_order_leave_everything_as_it_was(path, server):
    send = requests.adapters.HTTPAdapter.send
    mock = responses.RequestsMock()
    mock.get(f"{server.url}/stub", body="stub")
    use = cassette.use(path, mode="rewrite")
    mock.start()
    use.__enter__()
    assert get(f"{server.url}/stub").text == "stub"
    mock.stop()
    assert get(f"{server.url}/stub").text == "GET /stub"
    mock.start()
    assert get(f"{server.url}/rest").text == "GET /rest"
    use.__exit__(None, None, None)
    with pytest.raises(requests.ConnectionError, match="refused by Responses"):
        get(f"{server.url}/rest")
    mock.stop()
    assert requests.adapters.HTTPAdapter.send is send


def test_a_request_that_neither_answers_says_so_about_both(order, path, server):
    with cassette.use(path, mode="rewrite"):
        get(f"{server.url}/a")
    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    mock.get("http://example.com/b")
    mock.post(f"{server.url}/c")
    with (
        pytest.raises(cassette.UnmatchedRequestError) as raised,
        together(order, mock, cassette.use(path, mode="none")),
    ):
        get(f"{server.url}/c")
    address, *notes = raised.value.__notes__
    assert address.startswith("More: ")
    assert "\n".join(notes) == (
        "No stub of `responses` answers it either:\n"
        "  GET http://example.com/b\n"
        f"  POST {server.url}/c"
    )
    assert server.requests == 1


def test_without_a_stub_nothing_is_said_about_stubs(path, server):
    with (
        responses.RequestsMock(),
        pytest.raises(cassette.UnmatchedRequestError) as raised,
        cassette.use(path, mode="none"),
    ):
        get(server.url)
    assert [note.partition(":")[0] for note in raised.value.__notes__] == ["More"]


def test_an_inner_mock_hands_on_to_the_outer_one_and_that_to_the_cassette(path, server):
    with (
        responses.RequestsMock() as outer,
        cassette.use(path, mode="rewrite") as tape,
        responses.RequestsMock() as inner,
    ):
        outer.get(f"{server.url}/outer", body="outer")
        outer.get(f"{server.url}/both", body="never")
        outer.assert_all_requests_are_fired = False
        inner.get(f"{server.url}/both", body="inner")
        bodies = [get(f"{server.url}/{name}").text for name in ("outer", "both", "neither")]
        assert (len(outer.calls), len(inner.calls), tape.recorded) == (1, 1, 1)
    assert bodies == ["outer", "inner", "GET /neither"]


def test_ordered_stubs_keep_their_order_while_other_requests_pass_between_them(path, server):
    with (
        responses.RequestsMock(registry=OrderedRegistry) as mock,
        cassette.use(path, mode="rewrite"),
    ):
        mock.get(f"{server.url}/a", body="first")
        mock.get(f"{server.url}/a", body="second")
        paths = ("/a", "/rest", "/a", "/rest")
        bodies = [get(f"{server.url}{path}").text for path in paths]
    assert bodies == ["first", "GET /rest", "second", "GET /rest"]


def test_callbacks_see_what_was_stubbed_and_nothing_else(path, server):
    seen = []
    with (
        responses.RequestsMock(response_callback=lambda r: seen.append(r.url) or r) as mock,
        cassette.use(path, mode="rewrite"),
    ):
        mock.add_callback("GET", f"{server.url}/stub", lambda request: (201, {}, request.url))
        assert get(f"{server.url}/stub").text == f"{server.url}/stub"
        assert get(f"{server.url}/rest").text == "GET /rest"
    assert seen == [f"{server.url}/stub"]


@pytest.mark.parametrize(
    "let_through",
    [
        lambda mock, url: mock.add_passthru(url),
        lambda mock, url: mock.add(responses.PassthroughResponse("GET", f"{url}/a")),
    ],
    ids=["prefix", "PassthroughResponse"],
)
def test_what_responses_lets_through_meets_the_cassette(path, server, let_through):
    with cassette.use(path, mode="rewrite"):
        get(f"{server.url}/a")
    with responses.RequestsMock() as mock, cassette.use(path, mode="none"):
        let_through(mock, server.url)
        assert get(f"{server.url}/a").text == "GET /a"
    assert server.requests == 1


def test_a_retried_stub_may_go_on_with_the_cassette(path, server):
    retry = requests.adapters.Retry(total=1, status_forcelist=[503], backoff_factor=0)
    with (
        responses.RequestsMock(registry=OrderedRegistry) as mock,
        cassette.use(path, mode="rewrite"),
        requests.Session() as session,
    ):
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retry))
        mock.get(f"{server.url}/a", status=503)
        assert session.get(f"{server.url}/a", timeout=5).text == "GET /a"


def test_a_body_from_a_file_is_recorded_whole(path, server, tmp_path):
    (tmp_path / "upload").write_bytes(b"x" * 1000)
    with (
        responses.RequestsMock(),
        cassette.use(path, mode="rewrite"),
        (tmp_path / "upload").open("rb") as upload,
    ):
        requests.post(server.url, data=upload, timeout=5)
    assert cassette.load(path).interactions[0].request.body == b"x" * 1000


def test_threads_share_the_stubs_and_the_cassette(path, server):
    bodies = {}

    def work(name):
        bodies[name] = get(f"{server.url}/{name}").text

    with responses.RequestsMock() as mock, cassette.use(path, mode="rewrite") as tape:
        mock.get(re.compile(f"{server.url}/stub.*"), body="stub")
        names = [f"{kind}{n}" for n in range(5) for kind in ("stub", "rest")]
        threads = [threading.Thread(target=work, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert tape.recorded == 5
    assert bodies == {n: "stub" if n.startswith("stub") else f"GET /{n}" for n in names}


def test_without_a_cassette_responses_refuses_as_ever(path, server):
    before = dict(vars(responses.RequestsMock))
    with cassette.use(path, mode="rewrite"):
        get(server.url)
    assert dict(vars(responses.RequestsMock)) == before
    with responses.RequestsMock(), pytest.raises(requests.ConnectionError, match="refused by Resp"):
        get(server.url)


def test_responses_may_be_imported_while_the_cassette_is_in_use(path, server, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "responses"]:
        monkeypatch.delitem(sys.modules, name)
    with cassette.use(path, mode="rewrite"):
        late = importlib.import_module("responses")
        with late.RequestsMock() as mock:
            mock.get(f"{server.url}/stub", body="stub")
            assert get(f"{server.url}/stub").text == "stub"
            assert get(f"{server.url}/rest").text == "GET /rest"


def test_under_mode_off_the_rest_goes_live(path, server):
    with responses.RequestsMock() as mock, cassette.use(path, mode="off"):
        mock.get(f"{server.url}/stub", body="stub")
        assert get(f"{server.url}/stub").text == "stub"
        assert get(f"{server.url}/rest").text == "GET /rest"
    assert not path.exists()
