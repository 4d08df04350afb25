"""A cassette in use: modes, what it tells, and how it ends."""

import asyncio
import contextlib
import http.client
import inspect
import linecache
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

import cassette


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tapes" / "a.yaml"


def get(port, target="/", method="GET", body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request(method, target, body)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def recorded(path):
    return [one.response.text for one in cassette.load(path).interactions]


def test_once_records_and_then_only_replays(path, poll):
    with cassette.use(path, mode="once") as tape:
        assert get(poll.port) == "1"
        assert (tape.recorded, tape.played, tape.left) == (1, 0, 0)
    with cassette.use(path, mode="once") as tape:
        assert tape.left == 1
        assert get(poll.port) == "1"
        assert (tape.recorded, tape.played, tape.left) == (0, 1, 0)
    assert poll.requests == 1


def test_equal_requests_are_answered_in_the_recorded_order_each_once(path, poll):
    with cassette.use(path, mode="rewrite"):
        assert [get(poll.port) for _ in range(3)] == ["1", "2", "3"]
    with cassette.use(path, mode="none") as tape:
        assert [get(poll.port) for _ in range(3)] == ["1", "2", "3"]
        with pytest.raises(cassette.UnmatchedRequestError, match="played already"):
            get(poll.port)
        tape.errors.clear()


def test_a_tape_shows_its_interactions_and_how_often_each_was_played(path, poll):
    with cassette.use(path, mode="rewrite"):
        get(poll.port, "/a"), get(poll.port, "/b")
    with cassette.use(path, mode="none", repeat=True) as tape:
        get(poll.port, "/a"), get(poll.port, "/a")
        assert [(one.request.target, one.played) for one in tape.interactions] == [
            (b"/a", 2),
            (b"/b", 0),
        ]


def test_threads_each_get_the_answer_to_their_own_request(path, poll):
    targets = [f"/{number}" for number in range(200)]
    with cassette.use(path, mode="rewrite"):
        recorded_answers = {target: get(poll.port, target) for target in targets}
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with (
            cassette.use(path, mode="none", on_unplayed="fail") as tape,
            ThreadPoolExecutor(8) as pool,
        ):
            answers = dict(
                zip(targets, pool.map(lambda t: get(poll.port, t), targets), strict=True)
            )
    finally:
        sys.setswitchinterval(interval)
    assert answers == recorded_answers
    assert tape.played == len(targets)


def test_with_repeat_the_last_one_answers_from_then_on(path, poll):
    with cassette.use(path, mode="rewrite"):
        get(poll.port), get(poll.port)
    with cassette.use(path, mode="none", repeat=True):
        assert [get(poll.port) for _ in range(4)] == ["1", "2", "2", "2"]


def test_new_episodes_plays_what_is_there_and_records_the_rest(path, poll):
    with cassette.use(path, mode="rewrite"):
        get(poll.port, "/a")
    with cassette.use(path, mode="new_episodes") as tape:
        assert get(poll.port, "/a") == "1"
        assert get(poll.port, "/b", "POST", "x") == "2"
        assert (tape.recorded, tape.played) == (1, 1)
    assert recorded(path) == ["1", "2"]
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert [get(poll.port, "/a"), get(poll.port, "/b", "POST", "x")] == ["1", "2"]


def test_new_episodes_without_new_ones_leaves_the_file_alone(path, poll):
    with cassette.use(path, mode="rewrite"):
        get(poll.port)
    before = path.read_bytes(), path.stat().st_mtime_ns
    with cassette.use(path, mode="new_episodes"):
        get(poll.port)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_all_records_anew_and_keeps_what_was_not_asked_for_again(path, poll):
    with cassette.use(path, mode="rewrite"):
        get(poll.port, "/a"), get(poll.port, "/b")
    with cassette.use(path, mode="all"):
        get(poll.port, "/a"), get(poll.port, "/c")
    kept = {one.request.target: one.response.text for one in cassette.load(path).interactions}
    assert kept == {b"/a": "3", b"/b": "2", b"/c": "4"}


@pytest.mark.parametrize("mode", ["once", "rewrite", "all"])
def test_a_use_that_adds_keeps_what_is_there_once(path, poll, mode):
    with cassette.use(path, mode="rewrite"):
        get(poll.port, "/a"), get(poll.port, "/b")
    with cassette.use(path, mode=mode).adding():
        get(poll.port, "/a"), get(poll.port, "/c")
    assert recorded(path) == ["1", "2", "4"]


def test_rewrite_starts_from_nothing(path, poll):
    with cassette.use(path, mode="rewrite"):
        get(poll.port, "/a"), get(poll.port, "/b")
    with cassette.use(path, mode="rewrite"):
        get(poll.port, "/a")
    assert recorded(path) == ["3"]


def test_a_use_that_fails_leaves_a_journal_and_no_cassette(path, poll):
    with pytest.raises(RuntimeError), cassette.use(path, mode="once"):
        get(poll.port)
        raise RuntimeError
    assert not path.exists()
    assert recorded(path.with_name("a.yaml.partial")) == ["1"]
    with cassette.use(path, mode="once"):
        assert get(poll.port) == "2"
    assert recorded(path) == ["2"]
    assert list(path.parent.iterdir()) == [path]


def test_a_use_that_fails_leaves_the_old_cassette(path, poll):
    with cassette.use(path, mode="rewrite"):
        get(poll.port)
    with pytest.raises(RuntimeError), cassette.use(path, mode="rewrite"):
        get(poll.port)
        raise RuntimeError
    assert recorded(path) == ["1"]


def test_a_swallowed_mismatch_comes_up_at_the_end(path, poll):
    with (
        pytest.raises(cassette.UnmatchedRequestError, match=r"GET http://127\.0\.0\.1"),
        cassette.use(path, mode="none"),
        contextlib.suppress(Exception),  # as careless as the code that this guards against
    ):
        get(poll.port)
    assert poll.requests == 0


def test_a_swallowed_error_about_a_damaged_interaction_comes_up_at_the_end(path, poll):
    with cassette.use(path, mode="rewrite"):
        get(poll.port)
    path.write_text(path.read_text().replace("ended: open", "ended: maybe"))
    with (
        pytest.raises(cassette.CassetteFormatError, match=r"interactions\[0\]\.ended: expected"),
        cassette.use(path, mode="none"),
        contextlib.suppress(Exception),
    ):
        get(poll.port)


def test_a_mismatch_is_no_error_that_clients_retry():
    assert not issubclass(cassette.UnmatchedRequestError, OSError | http.client.HTTPException)


def test_a_mismatch_says_what_is_nearest_and_what_to_do(path, poll):
    with cassette.use(path, mode="rewrite"):
        get(poll.port, "/users?page=1")
    with (
        pytest.raises(cassette.UnmatchedRequestError) as caught,
        cassette.use(path, mode="none"),
    ):
        get(poll.port, "/users?page=2")
    origin = f"http://127.0.0.1:{poll.port}"
    assert str(caught.value) == (
        f"no interaction in {path} answers this request (record mode: none)\n"
        f"  GET {origin}/users?page=2\n"
        "\n"
        "Nearest of 1, with what was recorded (-) and what was sent (+):\n"
        f"  #0 GET {origin}/users?page=1\n"
        "    query\n"
        "      - page: 1\n"
        "      + page: 2\n"
        "\n"
        "If this differs on every run, leave it out: ignore=['query:page']\n"
        f"To record it: cassette.use('{path}', mode='new_episodes')\n"
        f"To record all anew, without what is stale: cassette.use('{path}', mode='rewrite')"
    )


@pytest.mark.parametrize(
    ("on_unplayed", "expectation"),
    [
        ("fail", lambda: pytest.raises(cassette.UnplayedInteractionsError, match="1 of 1")),
        ("warn", lambda: pytest.warns(cassette.UnplayedWarning, match="GET http://127")),
    ],
)
def test_what_was_left_is_told(path, poll, on_unplayed, expectation):
    with cassette.use(path, mode="rewrite"):
        get(poll.port)
    with expectation(), cassette.use(path, mode="none", on_unplayed=on_unplayed) as tape:
        assert tape.unplayed == [f"GET http://127.0.0.1:{poll.port}/"]


def test_what_was_edited_by_hand_is_played_and_told(path, poll):
    with cassette.use(path, mode="rewrite"):
        get(poll.port)
        get(poll.port)
    text = path.read_text(encoding="utf-8").replace('text: "1"\n', "text: one and more\n")
    text = text.replace("text: |-\n      1\n", "text: one and more\n")
    path.write_text(text, encoding="utf-8")
    use = cassette.use(path, mode="none")
    tape = use.__enter__()
    assert get(poll.port) == "one and more"
    assert get(poll.port) == "2"
    assert list(tape.edited) == [0]
    with pytest.warns(cassette.EditedWarning) as caught:
        use.__exit__(None, None, None)
    (told,) = [str(one.message) for one in caught]
    assert told == (
        f"1 of 2 interactions in {path} was edited by hand, and played so:\n"
        f"  #0 GET http://127.0.0.1:{poll.port}/\n"
        f"To make that the recording: cassette fix {path}"
    )
    assert caught[0].filename == __file__


def test_the_warning_points_at_the_line_that_left_the_cassette(path, poll):
    with cassette.use(path, mode="rewrite"):
        get(poll.port)
    use = cassette.use(path, mode="none", on_unplayed="warn")
    use.__enter__()
    with pytest.warns(cassette.UnplayedWarning) as caught:
        use.__exit__(None, None, None)
    assert caught[0].filename == __file__
    assert f"To record it anew: cassette.use({str(path)!r}, mode='rewrite')\n" in str(
        caught[0].message
    )
    assert "use.__exit__" in linecache.getline(__file__, caught[0].lineno)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "nonce"}, "there is no record mode 'nonce'"),
        ({"on_unplayed": "explode"}, "on_unplayed is 'explode'\nIt may be"),
        ({"match_on": ["methud"]}, "methud"),
        ({"ignore": ["heade:x"]}, "heade"),
        ({"repeat": "yes"}, "repeat is 'yes'\nIt may be: True, False"),
        ({"decode": "gzip"}, "decode is 'gzip'\nIt may be: True, False"),
        ({"redact": ["x-shoe-size"]}, "redact is .*\nIt may be: True, False, or a redactor: "),
        ({"extra": Path("a.yaml")}, "extra: expected a list of cassettes, found "),
        ({"extra": [7]}, "extra: 7 is no path of a cassette"),
    ],
)
def test_a_wrong_option_is_an_error_of_ours(path, options, message):
    with (
        pytest.raises(cassette.OptionError, match=message),
        cassette.use(path, **{"mode": "none", **options}),
    ):
        pytest.fail("a wrong option was accepted")


def test_a_recording_that_cannot_be_written_is_told_even_if_the_code_swallowed_it(tmp_path, poll):
    (tmp_path / "file").touch()
    with (
        pytest.raises(cassette.CassetteError, match="the recording cannot be written"),
        cassette.use(tmp_path / "file" / "a.yaml", mode="once"),
        contextlib.suppress(Exception),
    ):
        get(poll.port)


def test_a_recording_that_lacks_an_interaction_is_no_cassette(path, poll):
    with (
        pytest.raises(cassette.CassetteError, match="the recording cannot be written"),
        cassette.use(path, mode="once"),
    ):
        journal = path.with_name(f"{path.name}.partial")
        journal.mkdir(parents=True)
        with contextlib.suppress(Exception):
            get(poll.port)
        journal.rmdir()
        get(poll.port)
    assert journal.exists()
    assert not path.exists()


def test_a_folder_is_no_cassette(tmp_path):
    with pytest.raises(cassette.OptionError, match="is a folder"):
        cassette.use(tmp_path)


@pytest.mark.parametrize(
    ("path", "why"),
    [("a\0b", "embedded null"), ("x" * 300, "name too long"), (None, "NoneType"), (b"a", "bytes")],
)
def test_what_cannot_be_a_path_is_told(path, why):
    with pytest.raises(cassette.OptionError, match=f"(?i)is no path of a cassette: .*{why}"):
        cassette.use(path)


@pytest.mark.parametrize("kind", [TypeError, ConnectionError])
def test_a_matcher_that_fails_is_told_even_if_the_code_swallowed_it(path, poll, kind):
    def broken(recorded, incoming):
        raise kind("it is broken")

    with cassette.use(path, mode="rewrite"):
        get(poll.port)
    with (
        pytest.raises(cassette.OptionError, match=f"broken raised {kind.__name__}: it is broken"),
        cassette.use(path, mode="none", match_on=["method", broken]),
        contextlib.suppress(cassette.CassetteError),
    ):
        get(poll.port)


def test_functions_coroutines_and_generators_are_decorated(path, poll):
    use = cassette.use(path, mode="new_episodes", repeat=True)

    @use
    def function(target):
        """Its docstring."""
        return get(poll.port, target)

    @use
    async def coroutine(target):
        return get(poll.port, target)

    @use
    def generator(target):
        yield get(poll.port, target)
        return "returned"

    @use
    async def async_generator(target):
        yield get(poll.port, target)

    async def collect(items):
        return [item async for item in items]

    assert function("/a") == function("/a") == "1"
    assert asyncio.run(coroutine("/a")) == "1"
    assert list(generator("/a")) == ["1"]
    assert asyncio.run(collect(async_generator("/a"))) == ["1"]
    assert (function.__name__, function.__doc__) == ("function", "Its docstring.")
    assert inspect.iscoroutinefunction(coroutine)
    assert inspect.isgeneratorfunction(generator)
    assert inspect.isasyncgenfunction(async_generator)
    assert poll.requests == 1


def test_an_object_is_decorated_as_the_function_that_it_is_called_by(path, poll):
    class Coroutine:
        async def __call__(self, target):
            return get(poll.port, target)

    class Generator:
        def __call__(self, target):
            yield get(poll.port, target)

    use = cassette.use(path, mode="new_episodes", repeat=True)
    assert asyncio.run(use(Coroutine())("/a")) == "1"
    assert list(use(Generator())("/a")) == ["1"]
    assert poll.requests == 1


def test_a_class_is_not_decorated(path):
    with pytest.raises(cassette.OptionError, match=r"the class .*\.Tests\nDecorate its methods"):

        @cassette.use(path)
        class Tests:
            pass


def test_an_async_generator_is_sent_to_thrown_into_and_closed(path):
    seen = []

    @cassette.use(path, mode="new_episodes")
    async def decorated():
        try:
            seen.append((yield 1))
            try:
                yield 2
            except KeyError:
                yield 3
        finally:
            seen.append("closed")

    async def run():
        steps = decorated()
        got = [await anext(steps), await steps.asend("sent"), await steps.athrow(KeyError)]
        await steps.aclose()
        return got

    assert asyncio.run(run()) == [1, 2, 3]
    assert seen == ["sent", "closed"]


def test_one_use_may_be_in_force_in_two_threads(path, poll):
    use, entered, go_on = (
        cassette.use(path, mode="new_episodes"),
        threading.Event(),
        threading.Event(),
    )

    def run():
        with use:
            entered.set()
            go_on.wait()

    thread = threading.Thread(target=run)
    thread.start()
    entered.wait()
    with use as tape:
        go_on.set()
        thread.join()
        get(poll.port)
        assert tape.recorded == 1


def test_a_use_is_entered_and_left_asynchronously(path, poll):
    async def run():
        async with cassette.use(path, mode="once") as tape:
            get(poll.port)
            return tape

    assert asyncio.run(run()).recorded == 1


RECORD_AND_DIE = """
import http.client, os, signal, sys
import cassette
path, port = sys.argv[1], int(sys.argv[2])
with cassette.use(path, mode="once"):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for number in range(3):
        connection.request("GET", f"/{number}")
        answer = connection.getresponse()
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        answer.read()
"""


def test_a_killed_recording_loses_nothing_that_was_complete(path, poll):
    done = subprocess.run(
        [sys.executable, "-c", RECORD_AND_DIE, path, str(poll.port)], check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    assert not path.exists()
    journal = cassette.load(path.with_name("a.yaml.partial"))
    assert [one.request.target for one in journal.interactions][:2] == [b"/0", b"/1"]
    with cassette.use(path, mode="once") as tape:
        get(poll.port)
        assert tape.recorded == 1, "a journal is no cassette"


def test_a_cassette_of_a_newer_version_says_so(path):
    path.parent.mkdir()
    path.write_text("cassette: 99\nrecorded: 2026-01-01T00:00:00Z\ninteractions: []\n")
    with pytest.raises(cassette.CassetteVersionError, match="99"), cassette.use(path):
        pytest.fail("it was accepted")


def test_secrets_never_reach_the_file_and_other_credentials_replay(path, poll):
    def login(secret):
        connection = http.client.HTTPConnection("127.0.0.1", poll.port)
        connection.request(
            "POST",
            f"/login?api_key={secret}",
            f'{{"user": "ada", "password": "{secret}"}}',
            {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
        )
        body = connection.getresponse().read()
        connection.close()
        return body

    with cassette.use(path, mode="rewrite"):
        live = login("correct-horse-battery")
    assert b"correct-horse" not in path.read_bytes()
    (one,) = cassette.load(path).interactions
    assert len(one.redacted) == 3
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert login("something-else") == live


def test_a_new_secret_gets_no_mask_that_the_file_has_already(path, poll):
    for mode, secret in (("rewrite", "one-secret-word"), ("new_episodes", "other-secret-word")):
        with cassette.use(path, mode=mode):
            get(poll.port, f"/{mode}?api_key={secret}")
    masks = {one.request.target.partition(b"=")[2] for one in cassette.load(path).interactions}
    assert len(masks) == 2


def test_a_secret_that_was_looked_for_gets_no_mask_that_the_file_has_already(path, poll):
    for mode, token in (("rewrite", "one-secret-word"), ("new_episodes", "other-secret-word")):
        with cassette.use(path, mode=mode):
            requests.get(
                f"http://127.0.0.1:{poll.port}/{mode}", headers={"X-Api-Key": token}, timeout=5
            )
    keys = {one.request.headers.get("x-api-key") for one in cassette.load(path).interactions}
    assert len(keys) == 2


def test_a_compressed_body_is_decoded_only_on_request(path, poll):
    for decode, said in ((False, ()), (True, ("response",))):
        with cassette.use(path, mode="rewrite", decode=decode):
            requests.get(f"http://127.0.0.1:{poll.port}/packed", timeout=5)
        (one,) = cassette.load(path).interactions
        assert one.decoded == said
        assert (one.response.body == b"2") is decode
        with cassette.use(path, mode="none"):
            answer = requests.get(f"http://127.0.0.1:{poll.port}/packed", timeout=5)
        assert answer.text == str(poll.requests)


def test_redaction_can_be_switched_off(path, poll):
    with cassette.use(path, mode="rewrite", redact=False):
        get(poll.port, "/?api_key=hunter2")
    assert b"hunter2" in path.read_bytes()


def test_the_public_names_are_these():
    assert sorted(cassette.__all__) == dir(cassette)
    for name in cassette.__all__:
        assert getattr(cassette, name) is not None
    assert cassette.__version__
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        cassette.nonsense  # noqa: B018 - looking it up is the test


def test_a_path_may_be_a_string_and_its_folders_are_made(tmp_path, poll):
    place = str(Path(tmp_path) / "x" / "y" / "z.yaml")
    with cassette.use(place, mode="once"):
        get(poll.port)
    assert cassette.load(place).interactions[0].response.status == 200


def test_a_change_of_the_current_folder_moves_no_recording(tmp_path, monkeypatch, poll):
    for name in ("first", "second", "beside"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "beside")
    with cassette.use("b.yaml", mode="once"):
        get(poll.port, "/b")
    use = cassette.use("tapes/a.yaml", mode="new_episodes", extra=["../beside/b.yaml"])
    for name in ("first", "second"):  # a use begins where the code that enters it is
        monkeypatch.chdir(tmp_path / name)
        with use as tape:
            assert get(poll.port, "/b") == "1"
            monkeypatch.chdir(tmp_path)
            get(poll.port, "/a")
            assert tape.path == tmp_path / name / "tapes" / "a.yaml"
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")) == [
        "beside/b.yaml",
        "first/tapes/a.yaml",
        "second/tapes/a.yaml",
    ]


@pytest.mark.parametrize("mode", ["once", "rewrite", "new_episodes"])
def test_a_recording_is_written_through_a_link(tmp_path, poll, mode):
    place, link = tmp_path / "shared" / "real.yaml", tmp_path / "a.yaml"
    place.parent.mkdir()
    link.symlink_to("shared/real.yaml")
    if mode != "once":
        with cassette.use(place, mode="once"):
            get(poll.port, "/before")
    with cassette.use(link, mode=mode):
        get(poll.port)
    assert link.is_symlink()
    assert recorded(place)[-1] == recorded(link)[-1]
    assert sorted(place.parent.iterdir()) == [place]


def test_nothing_is_recorded_through_a_link_that_leads_out(tmp_path, poll):
    (tmp_path / "tapes").mkdir()
    (tmp_path / "tapes" / "a.yaml").symlink_to("../precious")
    with (
        pytest.raises(cassette.CassetteError, match="a symbolic link leads out of"),
        cassette.use(tmp_path / "tapes" / "a.yaml", mode="once"),
    ):
        get(poll.port)
    assert not (tmp_path / "precious").exists()
