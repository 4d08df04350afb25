import os
import random
import signal
import subprocess
import sys
import threading

import pytest

from cassette.errors import CassetteError
from cassette.store import files
from cassette.store.files import Journal
from cassette.store.reader import load


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "er" / "a.yaml"


@pytest.fixture
def journal(path, kit):
    journal = Journal(path, kit.at)
    yield journal
    journal.abandon()


def test_nothing_touches_the_disk_before_the_first_interaction(journal, path):
    journal.commit()
    assert not path.parent.parent.exists()


def test_a_journal_is_beside_the_cassette_until_it_is_committed(journal, path, kit):
    journal.append(kit.make())
    assert [file.name for file in path.parent.iterdir()] == ["a.yaml.partial"]
    journal.commit()
    assert [file.name for file in path.parent.iterdir()] == ["a.yaml"]
    assert len(load(path).interactions) == 1


def test_a_journal_is_a_cassette_after_every_interaction(journal, kit):
    for count in range(1, 4):
        journal.append(kit.make(kit.head + b"%d" % count))
        bodies = [i.response.body for i in load(journal.partial).interactions]
        assert bodies == [b"%d" % (n + 1) for n in range(count)]


def test_a_commit_replaces_the_cassette_that_was_there(path, kit):
    for body in (b"old", b"new"):
        journal = Journal(path, kit.at)
        journal.append(kit.make(kit.head + body))
        journal.commit()
    assert [i.response.body for i in load(path).interactions] == [b"new"]


def test_an_abandoned_journal_stays_and_leaves_the_cassette_alone(path, kit):
    first, second = Journal(path, kit.at), Journal(path, kit.at)
    first.append(kit.make(kit.head + b"kept"))
    first.commit()
    second.append(kit.make())
    second.abandon()
    assert [i.response.body for i in load(path).interactions] == [b"kept"]
    assert len(load(second.partial).interactions) == 1


def test_an_abandoned_journal_is_taken_over(journal, path, kit):
    left = Journal(path, kit.at)
    left.append(kit.make())
    left.append(kit.make())
    left.abandon()
    journal.append(kit.make())
    journal.commit()
    assert len(load(path).interactions) == 1


def test_two_journals_of_one_cassette_at_once_are_refused(journal, path, kit):
    journal.append(kit.make())
    with pytest.raises(CassetteError, match="another recording is being written there"):
        Journal(path, kit.at).append(kit.make())
    journal.append(kit.make())
    journal.commit()
    assert len(load(path).interactions) == 2


def test_a_journal_that_became_a_cassette_meanwhile_is_not_emptied(journal, path, kit, monkeypatch):
    """Between opening and locking, the other one commits."""
    journal.append(kit.make())
    lock = files.lock_file

    def commit_then_lock(descriptor):
        monkeypatch.setattr(files, "lock_file", lock)
        journal.commit()
        lock(descriptor)

    monkeypatch.setattr(files, "lock_file", commit_then_lock)
    late = Journal(path, kit.at)
    late.append(kit.make(kit.head + b"late"))
    assert [i.response.body for i in load(path).interactions] == [b""]
    assert [i.response.body for i in load(late.partial).interactions] == [b"late"]
    late.abandon()


def test_an_entry_is_copied_as_it_is(journal, kit):
    text = b"- call: GET http://a.example/  # by hand\n  ended: open\n"
    journal.append_entry(text)
    journal.append_entry([b"- call: ", b"in pieces\n"])
    assert journal.partial.read_bytes().endswith(text + b"- call: in pieces\n")


def test_a_failed_write_leaves_no_torn_entry(journal, path, kit):
    journal.append(kit.make())

    def pieces():
        yield b"- call: torn\n"
        raise OSError(28, "No space left on device")

    with pytest.raises(CassetteError, match="cannot be written: No space left"):
        journal.append_entry(pieces())
    journal.append(kit.make())
    journal.commit()
    assert len(load(path).interactions) == 2


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path, kit):
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "below" / "a.yaml"
    with pytest.raises(CassetteError) as caught:
        Journal(path, kit.at).append(kit.make())
    assert str(caught.value) == (
        f"{path}.partial: the recording cannot be written: Not a directory\n"
        "Record into a folder that can be written to, or only replay: mode='none'."
    )


def test_a_cassette_that_cannot_be_replaced_is_an_error_of_ours(journal, path, kit):
    journal.append(kit.make())
    path.mkdir()
    with pytest.raises(CassetteError, match="cannot be written"):
        journal.commit()


def test_threads_write_one_entry_after_the_other(journal, path, kit):
    def write():
        for _ in range(50):
            journal.append(kit.make(kit.head + b"x" * 500))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.commit()
    assert len(load(path).interactions) == 200


def test_lines_end_in_lf_everywhere(journal, path, kit):
    journal.append(kit.make(kit.head + b"a\nb\r\n"))
    journal.commit()
    assert b"\r" not in path.read_bytes()


CHILD = """
import sys
from datetime import UTC, datetime
from cassette.model import Interaction, Request, Response
from cassette.store import files
from cassette.store.files import Journal

journal = Journal(sys.argv[1], datetime.now(UTC))
count = 0
while True:
    raw = b"HTTP/1.1 200 OK\\r\\n\\r\\n%d " % count + b"x" * (count * 37 % 20_000)
    journal.append(Interaction("GET http://a/", Request(b""), Response(raw), datetime.now(UTC)))
    print(count, flush=True)
    count += 1
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_process_loses_nothing_that_was_complete(tmp_path):
    seed = random.Random(20261123)
    for turn in range(6):
        path = tmp_path / f"{turn}.yaml"
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, path], stdout=subprocess.PIPE, text=True
        )
        target = seed.randrange(1, 300)
        done = 0
        for line in child.stdout:
            done = int(line)
            if done >= target:
                break
        os.kill(child.pid, signal.SIGKILL)
        rest = child.stdout.read().split("\n")
        child.wait()
        child.stdout.close()
        done = max([done, *(int(line) for line in rest[:-1])])
        interactions = load(tmp_path / f"{turn}.yaml.partial").interactions
        assert len(interactions) in (done + 1, done + 2)
        numbers = [int(i.response.body.split(b" ")[0]) for i in interactions]
        assert numbers == list(range(len(numbers)))
        assert not path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_process_leaves_the_cassette_free(tmp_path, kit):
    path = tmp_path / "a.yaml"
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, path], stdout=subprocess.PIPE, text=True
    ) as child:
        child.stdout.readline()
        busy = Journal(path, kit.at)
        with pytest.raises(CassetteError, match="another recording"):
            busy.append(kit.make())
        child.kill()
    busy.append(kit.make())
    busy.commit()
    assert len(load(path).interactions) == 1


def test_a_journal_cut_anywhere_loads_what_was_complete(tmp_path, kit):
    whole = tmp_path / "a.yaml.partial"
    journal = Journal(tmp_path / "a.yaml", kit.at)
    ends = []
    for body in (b"one", b'{"a":"\xc3\xa9"}', b"\x00\xff"):
        journal.append(kit.make(kit.head + body))
        ends.append(whole.stat().st_size)
    journal.abandon()
    text = whole.read_bytes()
    for cut in range(len(text) + 1):
        whole.write_bytes(text[:cut])
        assert len(load(whole).interactions) == sum(end <= cut for end in ends)
