import os
import random
import re
import signal
import subprocess
import sys
import threading

import pytest

from cassette.errors import CassetteError
from cassette.store.files import Journal
from cassette.store.places import Stamp
from cassette.store.reader import load
from cassette.system import System


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
        journal = Journal(path, kit.at, before=Stamp.of(path))
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
    lock = System.lock

    def commit_then_lock(descriptor):
        monkeypatch.setattr(System, "lock", lock)
        journal.commit()
        lock(descriptor)

    monkeypatch.setattr(System, "lock", commit_then_lock)
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


def test_a_cassette_that_cannot_be_replaced_is_an_error_of_ours(path, kit):
    path.mkdir(parents=True)
    journal = Journal(path, kit.at, before=Stamp.of(path))
    journal.append(kit.make())
    with pytest.raises(CassetteError, match="cannot be written: Is a directory"):
        journal.commit()
    journal.abandon()


def test_what_appears_while_a_recording_is_made_is_not_overwritten(journal, path, kit):
    journal.append(kit.make())
    path.write_text("precious")
    with pytest.raises(CassetteError) as caught:
        journal.commit()
    assert str(caught.value) == (
        f"{path}: something appeared there while this recording was made\n"
        f"It was left as it is; what was recorded stands in {journal.partial}"
    )
    assert path.read_text() == "precious"
    assert len(load(journal.partial).interactions) == 1


def test_what_appears_at_the_last_moment_is_not_overwritten(journal, path, kit, monkeypatch):
    journal.append(kit.make())
    link = System.link

    def late(source, target):
        path.write_text("precious")
        link(source, target)

    monkeypatch.setattr(System, "link", late)
    with pytest.raises(CassetteError, match="something appeared there"):
        journal.commit()
    assert path.read_text() == "precious"


@pytest.mark.parametrize("how", ["written to", "replaced", "removed"])
def test_a_cassette_that_changed_meanwhile_is_not_overwritten(path, kit, how):
    path.parent.mkdir(parents=True)
    path.write_text("as it was")
    journal = Journal(path, kit.at, before=Stamp.of(path))
    journal.append(kit.make())
    if how != "written to":
        path.unlink()
    if how != "removed":
        path.write_text("another")
    with pytest.raises(CassetteError, match="the cassette was changed while this recording"):
        journal.commit()
    journal.abandon()
    assert how == "removed" or path.read_text() == "another"
    assert len(load(journal.partial).interactions) == 1


def test_where_a_file_has_one_name_only_a_journal_becomes_the_cassette(
    journal, path, kit, monkeypatch
):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(System, "link", refuse)
    journal.append(kit.make())
    journal.commit()
    assert [file.name for file in path.parent.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
def test_a_recording_keeps_the_permissions_of_the_cassette(path, kit, mode):
    path.parent.mkdir(parents=True)
    path.touch()
    path.chmod(mode)
    journal = Journal(path, kit.at, before=Stamp.of(path))
    journal.append(kit.make())
    assert journal.partial.stat().st_mode & 0o777 == mode
    journal.commit()
    assert path.stat().st_mode & 0o777 == mode


PRECIOUS = "precious\n" * 100


def link_to(target, partial):
    target.write_text(PRECIOUS)
    partial.symlink_to(target)


def dangle(target, partial):
    partial.symlink_to(target)


def link_hard(target, partial):
    target.write_text(PRECIOUS)
    os.link(target, partial)


def link_to_the_cassette(target, partial):
    target.write_text(PRECIOUS)
    partial.symlink_to(partial.with_name("a.yaml"))


def make_pipe(target, partial):
    os.mkfifo(partial)


def make_folder(target, partial):
    partial.mkdir()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other kinds of files")
@pytest.mark.parametrize(
    "obstruct",
    [link_to, dangle, link_hard, link_to_the_cassette, make_pipe, make_folder],
    ids=lambda obstruct: obstruct.__name__,
)
def test_a_journal_is_a_file_of_its_own_or_nothing(tmp_path, kit, obstruct):
    path, target = tmp_path / "a.yaml", tmp_path / "elsewhere"
    obstruct(target, tmp_path / "a.yaml.partial")
    before = sorted(tmp_path.iterdir())
    journal = Journal(path, kit.at)
    with pytest.raises(CassetteError, match=re.escape(f"{path}.partial: ")):
        journal.append(kit.make())
    journal.abandon()
    assert sorted(tmp_path.iterdir()) == before
    assert not target.exists() or target.read_text() == PRECIOUS


def test_a_link_that_stands_at_the_journal_is_named(tmp_path, kit):
    partial = tmp_path / "a.yaml.partial"
    link_to(tmp_path / "b", partial)
    with pytest.raises(CassetteError) as caught:
        Journal(tmp_path / "a.yaml", kit.at).append(kit.make())
    assert str(caught.value) == (
        f"{partial}: the journal of a recording belongs there, and there is a symbolic link\n"
        "Nothing was written to it. Remove it, and record again."
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets no open file be replaced")
@pytest.mark.parametrize("good", [True, False], ids=["commit", "abandon"])
@pytest.mark.parametrize("how", ["removed", "replaced", "linked", "doubled", "folder removed"])
def test_a_journal_that_is_replaced_meanwhile_is_rescued(tmp_path, kit, good, how):
    path = tmp_path / "folder" / "a.yaml"
    journal = Journal(path, kit.at)
    journal.append(kit.make(kit.head + b"x" * 5000))
    partial = journal.partial
    if how == "doubled":
        os.link(partial, tmp_path / "other")
    else:
        partial.unlink()
    if how == "replaced":
        partial.write_text("theirs")
    elif how == "linked":
        link_to(tmp_path / "theirs", partial)
    elif how == "folder removed":
        path.parent.rmdir()
    journal.append(kit.make())
    if good:
        with pytest.raises(CassetteError, match="replaced or removed while it was written"):
            journal.commit()
    else:
        journal.abandon()
    assert not path.exists()
    assert len(load(journal.partial).interactions) == 2
    assert journal.partial != partial
    if how == "replaced":
        assert partial.read_text() == "theirs"


def test_a_recording_that_was_killed_between_its_last_steps_is_completed(tmp_path, kit):
    path, partial = tmp_path / "a.yaml", tmp_path / "a.yaml.partial"
    partial.write_text("a whole cassette")
    os.link(partial, path)
    journal = Journal(path, kit.at, before=Stamp.of(path))
    journal.append(kit.make())
    assert path.read_text() == "a whole cassette"
    journal.commit()
    assert len(load(path).interactions) == 1


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
from pathlib import Path
from cassette.model import Interaction, Request, Response
from cassette.store.files import Journal
from cassette.store.places import Stamp

journal = Journal(Path(sys.argv[1]), datetime.now(UTC))
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


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of 256 KiB; only root on Linux can make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "cassette-test", folder]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_keeps_what_was_complete(small_disk, kit):
    journal = Journal(small_disk / "a.yaml", kit.at)
    complete = 0
    with pytest.raises(CassetteError, match="cannot be written: No space left on device"):
        while True:
            journal.append(kit.make(kit.head + b"x" * 9000))
            complete += 1
    assert complete > 20
    journal.append(kit.make())  # a small one still fits
    journal.commit()
    assert len(load(small_disk / "a.yaml").interactions) == complete + 1
