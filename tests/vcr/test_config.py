"""``cassette.vcr``: what VCR.py's users write means the same here."""

import asyncio
import http.server
import json
import re
import shutil
import urllib.request
from pathlib import Path

import pytest
from servers.threads import Hello, serving

import cassette
from cassette import vcr
from cassette.vcr.errors import CannotOverwriteExistingCassetteException

RECORDED = Path(__file__).parents[2] / "fixtures" / "vcrpy" / "requests.yaml"
TOKEN = "s3cr3t/Value+42=="


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


class Taking(Hello):
    def do_POST(self):  # noqa: N802 - the stock module calls it so
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()


@pytest.fixture
def server():
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taking)) as server:
        yield server


@pytest.fixture
def url(server):
    return f"http://127.0.0.1:{server.server_port}/a"


def get(url, headers=None, data=None):
    with urllib.request.urlopen(urllib.request.Request(url, data, headers or {})) as answer:
        return answer.read()


def origin():
    return re.search(r"uri: (http://[^/]+)/", RECORDED.read_text(encoding="utf-8"))[1]


def test_a_file_of_vcrpy_plays_where_it_lies_and_stays_as_it_is():
    shutil.copy(RECORDED, "a.yaml")
    with vcr.use_cassette("a.yaml") as tape:
        assert json.loads(get(f"{origin()}/json"))["name"] == "cassette"
        assert (tape.play_count, tape.all_played, tape.dirty) == (1, len(tape) == 1, False)
    assert Path("a.yaml").read_bytes() == RECORDED.read_bytes()


def test_what_is_recorded_anew_is_ours_and_keeps_what_was_there(url):
    shutil.copy(RECORDED, "a.yaml")
    with vcr.use_cassette("a.yaml", record_mode="new_episodes") as tape:
        get(url)
        get(f"{origin()}/json")
        held = len(tape)
    calls = [one.call for one in cassette.load("a.yaml").interactions]
    assert len(calls) == held
    assert calls[-1] == f"GET {url}"
    with vcr.use_cassette("a.yaml", record_mode=vcr.mode.NONE):
        get(url)
        get(f"{origin()}/json")


def test_a_request_without_an_answer_raises_what_vcrpy_raises_by_name(url):
    with vcr.use_cassette("a.yaml"):
        get(url)
    with (
        pytest.raises(CannotOverwriteExistingCassetteException, match="record_mode='new_episodes'"),
        vcr.use_cassette("a.yaml"),
    ):
        get(f"{url}/other")


def test_the_tape_tells_its_requests_and_responses_and_is_rewound(url):
    with vcr.use_cassette("a.yaml") as tape:
        get(url)
        (request,), (response,) = tape.requests, tape.responses
        assert (request.method, request.uri, request.host) == ("GET", url, "127.0.0.1")
        assert request.headers["user-AGENT"].startswith("Python-urllib")
        assert response["status"] == {"code": 200, "message": "OK"}
        assert response["headers"]["Content-Length"] == ["5"]
        assert response["body"] == {"string": b"hello"}
        assert tape.dirty
    with vcr.use_cassette("a.yaml") as tape:
        get(url)
        assert tape.all_played
        tape.rewind()
        assert not tape.all_played
        get(url)
        assert (tape.play_count, tape.play_counts, len(tape)) == (1, {0: 1}, 1)
        assert request in tape
        assert tape.responses_of(request) == [response]


@pytest.mark.parametrize("form", ["bare", "called", "path", "with"])
def test_every_form_of_use_cassette_finds_its_file(form, url):
    tapes = vcr.VCR(cassette_library_dir="tapes")
    if form == "with":
        with tapes.use_cassette("fetch"):
            get(url)
    else:

        def fetch():
            return get(url)

        decorators = {
            "bare": tapes.use_cassette,
            "called": tapes.use_cassette(),
            "path": tapes.use_cassette("tapes/fetch"),
        }
        assert decorators[form](fetch)() == b"hello"
    assert [path.as_posix() for path in Path("tapes").iterdir()] == ["tapes/fetch"]


def test_without_a_folder_the_file_of_a_function_lies_beside_it():
    seen = []

    @vcr.use_cassette(record_mode="none", path_transformer=lambda path: seen.append(path) or path)
    def fetch(): ...

    fetch()
    assert seen == [str(Path(__file__).parent / "fetch")]


def test_a_cassette_without_a_name_is_told():
    with pytest.raises(cassette.OptionError, match="has no path, and no function"):
        vcr.use_cassette().__enter__()


def test_classes_coroutines_and_injected_cassettes(url):
    tapes = vcr.VCR(cassette_library_dir="tapes", inject_cassette=True)

    @vcr.use_cassette("tapes/class")
    class TestIt:
        def test_it(self):
            return get(url)

        def helper(self):
            return get(url)

    @tapes.use_cassette("injected")
    def fetch(tape, word):
        get(url)
        return len(tape), word

    @tapes.use_cassette("coroutine")
    async def later(tape):
        get(url)
        return len(tape)

    class Bound:
        @tapes.use_cassette("bound")
        def fetch(self, tape):
            return self, len(tape)

    assert TestIt().test_it() == b"hello"
    assert fetch("x") == (1, "x")
    assert asyncio.run(later()) == 1
    bound = Bound()
    assert bound.fetch() == (bound, 0)
    assert sorted(path.name for path in Path("tapes").iterdir()) == [
        "class",
        "coroutine",
        "injected",
    ]


def test_filters_take_out_and_replace_what_is_kept_and_what_is_matched(url):
    def shorten(key, value, request):
        assert (request.method, len(value) > 0) == ("POST", True)
        return key.upper()

    tapes = vcr.VCR(
        filter_headers=["X-Gone", ("X-Kept", "other")],
        filter_query_parameters=["gone", ("kept", shorten)],
        filter_post_data_parameters=[("name", None), ("word", "other")],
        match_on=["method", "uri", "body"],
    )
    for value in ("a", "b"):
        with tapes.use_cassette("a.yaml") as tape:
            get(
                f"{url}?gone={value}&kept={value}&x=1",
                {"X-Gone": value, "X-Kept": value},
                f"name={value}&word={value}&y=2".encode(),
            )
    (request,) = tape.requests
    assert request.uri == f"{url}?kept=KEPT&x=1"
    assert request.body == b"word=other&y=2"
    assert "X-Gone" not in request.headers
    assert request.headers["X-Kept"] == "other"


def test_a_filter_of_parameters_sorts_the_query_as_vcrpy_does(url):
    tapes = vcr.VCR(filter_query_parameters=["gone"], match_on=["uri"])
    for query in ("b=2&a=1&gone=1", "a=1&gone=2&b=2"):
        with tapes.use_cassette("a.yaml") as tape:
            get(f"{url}?{query}")
    assert tape.requests[0].uri == f"{url}?a=1&b=2"


def test_filters_reach_objects_in_json(url):
    with vcr.use_cassette("a.yaml", filter_post_data_parameters=["name"]) as tape:
        get(url, {"Content-Type": "application/json"}, b'{"name": 1, "x": 2}')
        assert tape.requests[0].body == b'{"x": 2}'


def test_functions_change_what_is_recorded_and_leave_requests_alone(url, server):
    def request_of(request):
        if request.path.endswith("alone"):
            return None
        request.uri = request.uri.replace("/a", "/z")
        return request

    def response_of(response):
        response["body"]["string"] = response["body"]["string"].replace(b"hello", b"good bye")
        return response

    tapes = vcr.VCR(before_record_request=request_of, before_record_response=response_of)
    with tapes.use_cassette("a.yaml") as tape:
        assert get(url) == b"hello"
        assert get(f"{url}/alone") == b"hello"
        assert tape.requests[0].path == "/z"
        assert len(tape) == 1
    with tapes.use_cassette("a.yaml", record_mode="none"):
        assert get(url) == b"good bye"
        assert get(f"{url}/alone") == b"hello", "a request that is left alone goes live"


def test_a_response_that_is_left_out_is_not_recorded(url):
    with vcr.use_cassette("a.yaml", before_record_response=lambda _: None) as tape:
        get(url)
        assert len(tape) == 0
    assert not Path("a.yaml").exists()


def test_matchers_of_a_project_get_the_incoming_request_first(url):
    seen = []

    def matcher(incoming, recorded):
        seen.append((incoming.headers["X-A"], recorded.headers["X-A"]))
        return incoming.headers["X-A"].lower() == recorded.headers["X-A"].lower()

    tapes = vcr.VCR(match_on=["method", "mine"])
    tapes.register_matcher("mine", matcher)
    with tapes.use_cassette("a.yaml"):
        get(url, {"X-A": "one"})
    with tapes.use_cassette("a.yaml"):
        get(f"{url}/elsewhere", {"X-A": "ONE"})
    assert ("ONE", "one") in seen
    with pytest.raises(cassette.OptionError, match="there is no matcher 'min'; did you mean 'mine"):
        tapes.use_cassette("a.yaml", match_on=["min"]).__enter__()


def test_hosts_that_are_ignored_go_live(url):
    for options in ({"ignore_localhost": True}, {"ignore_hosts": ["127.0.0.1"]}):
        with vcr.use_cassette("a.yaml", record_mode="none", **options):
            assert get(url) == b"hello"


@pytest.mark.parametrize("keeps", [True, False])
def test_a_recording_that_ends_with_an_error_is_kept_as_asked(keeps, url):
    with (
        pytest.raises(ZeroDivisionError),
        vcr.use_cassette("a.yaml", record_on_exception=keeps),
    ):
        get(url)
        _ = 1 / 0
    assert Path("a.yaml").exists() == keeps


def test_secrets_are_masked_unless_that_is_switched_off(url):
    with vcr.use_cassette("a.yaml"):
        get(url, {"Authorization": f"Bearer {TOKEN}"})
    assert TOKEN not in Path("a.yaml").read_text(encoding="utf-8")
    with vcr.use_cassette("b.yaml", redact=False):
        get(url, {"Authorization": f"Bearer {TOKEN}"})
    assert TOKEN in Path("b.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"custom_patches": [1]}, "custom_patches is not kept by cassette.vcr\nNothing has to"),
        ({"drop_unused_requests": True}, "drop_unused_requests is not kept by cassette.vcr\n"),
        ({"record_mod": "none"}, "there is no option 'record_mod'; did you mean 'record_mode'?"),
    ],
)
def test_what_cannot_be_kept_raises_with_what_to_do(option, message):
    with pytest.raises(cassette.OptionError, match=re.escape(message)):
        vcr.VCR(**option)
    with pytest.raises(cassette.OptionError, match=re.escape(message)):
        vcr.use_cassette("a.yaml", **option)
