"""A faked file system, or a mocked function of the system, is no matter of a recording."""

import http.client
import os
import threading
from unittest import mock

import pytest
from pyfakefs import fake_filesystem_unittest as pyfakefs
from recordings import OK, interaction, write

import cassette

LARGE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (2 << 20, b"x" * (2 << 20))


def get(port, target="/"):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("GET", target)
        return connection.getresponse().read()
    finally:
        connection.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tapes" / "a.yaml"


def calls(path):
    return [one.call.rpartition("/")[2] for one in cassette.load(path).interactions]


@pytest.mark.parametrize("before", [0, 1], ids=["begun in the fake", "begun before"])
@pytest.mark.parametrize("after", [0, 1], ids=["ended in the fake", "ended behind"])
def test_a_recording_under_a_faked_file_system_is_real(path, poll, before, after):
    descriptors = [os.open(path.parent.parent / f"{n}", os.O_RDWR | os.O_CREAT) for n in range(8)]
    with cassette.use(path, mode="once") as tape:
        for number in range(before):
            get(poll.port, f"/before{number}")
        with pyfakefs.Patcher() as patcher:
            patcher.fs.create_file("/theirs", contents="theirs")
            with open("/theirs") as theirs:  # noqa: PTH123 - as a test would
                get(poll.port, "/during")
                assert theirs.read() == "theirs"
            if not after:
                tape.close(good=True)
            assert not os.path.exists(path)  # noqa: PTH110 - as above
        for number in range(after):
            get(poll.port, f"/after{number}")
    for descriptor in descriptors:
        assert os.fstat(descriptor).st_size == 0
        os.close(descriptor)
    assert calls(path) == ["before0"] * before + ["during"] + ["after0"] * after
    assert list(path.parent.iterdir()) == [path]


def test_a_use_that_begins_and_ends_in_the_fake_records_for_real(path, poll, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for mode in ("once", "new_episodes"):
        with pyfakefs.Patcher(), cassette.use("tapes/a.yaml", mode=mode):
            get(poll.port, f"/{mode}")
    assert calls(path) == ["once", "new_episodes"]


@pytest.mark.parametrize("raw", [OK, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("place", ["before", "added", "not shown"])
def test_a_cassette_replays_under_a_faked_file_system(tmp_path, place, raw):
    path = write(tmp_path / "a.yaml", interaction(raw=raw), interaction(path="/2", raw=raw))
    bodies = raw.partition(b"\r\n\r\n")[2]

    def play():
        connection = http.client.HTTPConnection("api.example.com")
        connection.request("GET", "/")
        assert connection.getresponse().read() == bodies
        connection.request("GET", "/2")
        assert connection.getresponse().read() == bodies
        connection.close()

    if place == "before":
        with cassette.use(path, mode="none"), pyfakefs.Patcher():
            play()
        return
    with pyfakefs.Patcher() as patcher:
        if place == "added":
            patcher.fs.add_real_file(path)
        with cassette.use(path, mode="once"):
            play()


def test_a_cassette_of_the_fake_alone_replays_there(tmp_path):
    text = write(tmp_path / "b.yaml", interaction()).read_text()
    with pyfakefs.Patcher() as patcher:
        patcher.fs.create_file("/work/a.yaml", contents=text)
        patcher.fs.cwd = "/work"
        with cassette.use("a.yaml", mode="once") as tape:
            connection = http.client.HTTPConnection("api.example.com")
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"ok"
            connection.close()
            assert tape.path.as_posix() == "/work/a.yaml"


MOCKED = [
    "os.open", "os.write", "os.close", "os.fsync", "os.stat", "os.lstat", "os.replace", "os.rename",
    "os.link", "os.unlink", "os.mkdir", "os.makedirs", "os.path.exists", "builtins.open", "io.open",
    "pathlib.Path.exists", "pathlib.Path.mkdir", "pathlib.Path.replace", "pathlib.Path.open",
    "fcntl.flock",
]  # fmt: skip


@pytest.mark.parametrize("name", MOCKED)
def test_a_recording_needs_no_function_that_a_test_mocks(path, poll, name):
    with cassette.use(path, mode="once"), mock.patch(name):
        get(poll.port, "/1")
    assert calls(path) == ["1"]


def test_threads_record_under_a_faked_file_system(path, poll):
    with cassette.use(path, mode="once"), pyfakefs.Patcher():
        threads = [threading.Thread(target=get, args=(poll.port, f"/{n}")) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(calls(path)) == [str(n) for n in range(8)]
