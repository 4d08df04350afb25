"""Processes that were forked within a use: what they record and play is not lost, and told."""

import contextlib
import http.client
import http.server
import multiprocessing
import os
import signal
import socket
import sys
import threading
from concurrent.futures import ProcessPoolExecutor

import pytest
from servers.threads import serving

import cassette
from cassette.system import System
from cassette.tapes.family import Family
from cassette.tapes.outcome import UnrecordedWarning

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows does not fork"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
FORK = multiprocessing.get_context("fork") if sys.platform != "win32" else None


class Sized(http.server.BaseHTTPRequestHandler):
    """Answers with as many bytes as the path asks for."""

    def do_GET(self):
        body = self.path.encode() + b" " * int(self.path.rpartition("/")[2])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def sized():
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sized)) as server:
        yield server.server_port


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


def get(port, target="/", token=""):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", target, headers={"Authorization": token} if token else {})
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def forked(*functions):
    """Run each function in a forked child of its own; return how each ended."""
    children = []
    for function in functions:
        child = os.fork()
        if not child:
            code = 1
            try:
                function()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def targets(path):
    return [one.request.target.decode() for one in cassette.load(path).interactions]


@pytest.mark.parametrize("size", [10, 200_000, 600_000])
@pytest.mark.parametrize("begun", [True, False], ids=["journal open", "children alone"])
def test_what_a_pool_of_forked_processes_asks_is_recorded_whole(path, sized, size, begun):
    jobs = [(sized, f"/{number}/{size}") for number in range(12)]
    with cassette.use(path, mode="once") as tape:
        if begun:
            get(sized, "/first/1")
        with FORK.Pool(4) as pool:
            live = pool.starmap(get, jobs)
        assert tape.recorded == len(jobs) + begun
        get(sized, "/last/1")
    assert list(path.parent.iterdir()) == [path]
    assert sorted(targets(path)) == sorted(
        [*(["/first/1"] if begun else []), *(target for _, target in jobs), "/last/1"]
    )
    with cassette.use(path, mode="none", on_unplayed="ignore"):
        assert [get(*job) for job in jobs] == live


def test_what_children_play_is_played(path, poll):
    jobs = [(poll.port, f"/{number}") for number in range(8)]
    with cassette.use(path, mode="once"):
        for job in jobs:
            get(*job)
    with cassette.use(path, mode="none", on_unplayed="fail") as tape:
        with ProcessPoolExecutor(2, mp_context=FORK) as pool:
            assert list(pool.map(get, *zip(*jobs[:7], strict=True)))
        assert (tape.played, tape.left) == (7, 1)
        assert tape.unplayed[0].endswith("/7")
        get(*jobs[7])
        assert [one.played for one in tape.interactions] == [1] * 8


def test_an_interaction_answers_one_process_only(path, poll):
    with cassette.use(path, mode="once"):
        assert [get(poll.port) for _ in range(6)] == list("123456")
    with cassette.use(path, mode="none", on_unplayed="fail"):
        with FORK.Pool(3) as pool:
            assert sorted(pool.map(get, [poll.port] * 5, chunksize=1)) == list("12345")
        assert get(poll.port) == "6"


@pytest.mark.parametrize("swallowed", [True, False])
def test_a_mismatch_in_a_child_fails_the_use(path, poll, swallowed):
    with cassette.use(path, mode="once"):
        get(poll.port)

    def miss():
        with contextlib.suppress(cassette.UnmatchedRequestError if swallowed else ()):
            get(poll.port, "/other")

    with (
        pytest.raises(cassette.UnmatchedRequestError, match="/other"),
        cassette.use(path, mode="none"),
    ):
        assert forked(miss) == [0 if swallowed else 1]


def test_a_mismatch_that_a_test_expects_of_a_child_can_be_taken_out(path, poll):
    with cassette.use(path, mode="once"):
        get(poll.port)
    with cassette.use(path, mode="none") as tape:
        with FORK.Pool(1) as pool, pytest.raises(cassette.UnmatchedRequestError):
            pool.apply(get, (poll.port, "/other"))
        assert len(tape.errors) == 1
        tape.errors.clear()


@pytest.mark.parametrize("good", [True, False])
def test_a_child_that_leaves_the_use_commits_nothing(path, poll, good):
    child = -1
    with contextlib.suppress(ZeroDivisionError):
        try:
            with cassette.use(path, mode="once", on_unplayed="fail") as tape:
                get(poll.port, "/1")
                child = os.fork()
                if child:
                    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
                    assert not path.exists()
                get(poll.port, f"/{'parent' if child else 'child'}")
                if not good:
                    raise ZeroDivisionError
        finally:
            if not child:
                os._exit(1 if path.exists() else 0)
    assert targets(path if good else tape.journal) == ["/1", "/parent", "/child"]
    assert len(list(path.parent.iterdir())) == 1


@pytest.mark.parametrize("mode", ["rewrite", "none"])
def test_a_child_hangs_over_no_lock_that_another_thread_held(path, poll, monkeypatch, mode):
    with cassette.use(path, mode="once"):
        get(poll.port, "/a"), get(poll.port, "/b")
    held, done = threading.Event(), threading.Event()

    def waiting(function):
        def wait(*args):
            if threading.current_thread() is thread:
                held.set()
                done.wait()
            return function(*args)

        return wait

    thread = threading.Thread(target=get, args=(poll.port, "/a"))
    monkeypatch.setattr(System, "write", waiting(System.write))
    matchers = ["method", "uri", waiting(lambda *_: True)]
    with cassette.use(path, mode=mode, match_on=matchers):
        thread.start()
        held.wait()
        child = os.fork()
        if not child:
            signal.alarm(20)
            get(poll.port, "/b")
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        done.set()
        thread.join()
    assert targets(path) == ["/a", "/b"]


def test_a_child_that_is_killed_in_the_middle_loses_what_was_not_complete_only(path, sized):
    def record():
        get(sized, "/whole/1")
        own = next(path.parent.glob("a.yaml.*.partial"))
        with own.open("ab") as file:
            file.write(b"- call: GET http://torn/\n  request:\n    he")
        os.kill(os.getpid(), signal.SIGKILL)

    with cassette.use(path, mode="once"):
        assert forked(record) == [-signal.SIGKILL]
        get(sized, "/parent/1")
    assert targets(path) == ["/parent/1", "/whole/1"]
    assert list(path.parent.iterdir()) == [path]


def test_what_a_child_asks_behind_the_end_is_not_recorded(path, poll):
    ready, go = os.pipe(), os.pipe()
    with cassette.use(path, mode="once"):
        child = os.fork()
        if not child:
            get(poll.port, "/1")
            os.write(ready[1], b".")
            os.read(go[0], 1)
            get(poll.port, "/late")
            os._exit(0)
        os.read(ready[0], 1)
    os.write(go[1], b".")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert targets(path) == ["/1"]
    assert list(path.parent.iterdir()) == [path]
    for end in (*ready, *go):
        os.close(end)


def test_children_give_no_two_secrets_one_mask(path, sized):
    def with_token(number):
        return lambda: get(sized, f"/{number}/1", token=f"Bearer s3cr3t{number}Qx{number}Zk9Lw4")

    with cassette.use(path, mode="once"):
        assert forked(*map(with_token, range(3))) == [0] * 3
        with_token(3)()
    heads = [one.request.raw for one in cassette.load(path).interactions]
    assert len({head.partition(b"Bearer ")[2].split()[0] for head in heads}) == 4
    assert b"s3cr3t" not in path.read_bytes()


def test_what_goes_past_the_cassette_in_a_child_is_told(path, sized):
    use = cassette.use(path, mode="once")
    use.__enter__()
    assert forked(lambda: socket.create_connection(("127.0.0.1", sized)).close()) == [0]
    assert forked(lambda: socket.create_connection(("127.0.0.1", 1))) == [1]  # nobody is there
    get(sized, "/recorded/1")
    with pytest.warns(UnrecordedWarning) as told:
        use.__exit__(None, None, None)
    assert [f"127.0.0.1:{sized} went past" in str(one.message) for one in told] == [True]


@pytest.mark.parametrize("met", ["children alone", "both"])
def test_what_drifts_in_children_fails_the_use_and_is_counted(path, poll, met):
    with cassette.use(path, mode="once"):
        for number in range(3):
            get(poll.port, f"/{number}")  # answers 1, 2, 3, and then 4 and so on
    with pytest.raises(cassette.DriftError) as caught:  # noqa: SIM117 - as a program nests them
        with cassette.use(
            path, mode="verify", verify=cassette.Verification(compare=["body"])
        ) as tape:
            assert forked(lambda: get(poll.port, "/0"), lambda: get(poll.port, "/1")) == [0, 0]
            if met == "both":
                get(poll.port, "/2")
    numbers = [0, 1, 2] if met == "both" else [0, 1]
    assert sorted(drift.number for drift in caught.value.drifts) == numbers
    assert tape.verified == tape.drifted == len(numbers)
    assert tape.errors == [caught.value]


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_processes_that_are_started_afresh_know_of_no_use(path, poll, method):
    with cassette.use(path, mode="once"):
        get(poll.port, "/1")
        with multiprocessing.get_context(method).Pool(1) as pool:
            assert pool.apply(sum, ([1, 2],)) == 3
        get(poll.port, "/2")
    assert targets(path) == ["/1", "/2"]


def test_what_is_torn_or_not_understood_is_passed_over(monkeypatch):
    heard = []
    family = Family()
    family.hear("topic", heard.append)
    family.prepare()

    def tell():
        family.tell("topic", 1)
        write = System.write
        monkeypatch.setattr(System, "write", lambda file, data: write(file, data[:9]) + 999)
        family.tell("topic", 2)  # killed in the middle
        monkeypatch.undo()
        family.tell("nobody listens", 2)
        family.tell("topic", 3)

    assert forked(tell) == [0]
    family.catch_up()
    family.catch_up()
    assert heard == [1, 3]
    family.end()
