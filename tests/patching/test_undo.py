"""Changes undo themselves, but never over what somebody else has put there since."""

import pytest

from cassette.patching.undo import UndoLog, take_back_uncovered


@pytest.fixture
def owner():
    return type("Owner", (), {"old": "original"})


def test_the_very_objects_come_back_and_what_was_not_there_goes(owner):
    original = owner.old
    log = UndoLog()
    log.set_all(owner, {"old": "ours", "new": "ours"})
    assert (owner.old, owner.new) == ("ours", "ours")
    log.undo()
    assert owner.old is original
    assert "new" not in vars(owner)


def test_changes_are_taken_back_in_reverse_order(owner):
    log = UndoLog()
    for value in ("one", "two", "three"):
        log.set(owner, "old", value)
    log.undo()
    assert owner.old == "original"


def test_what_somebody_else_has_put_there_stays_until_it_uncovers_ours(owner):
    log = UndoLog()
    log.set(owner, "old", ours := object())
    owner.old = "a wrapper of another tool"
    log.undo()
    assert owner.old == "a wrapper of another tool"
    take_back_uncovered()
    assert owner.old == "a wrapper of another tool"
    owner.old = ours  # the tool was uninstalled, and took ours for the original
    take_back_uncovered()
    assert owner.old == "original"


def test_undoing_twice_does_no_more(owner):
    log = UndoLog()
    undone = []
    log.add(lambda: undone.append(1))
    log.undo()
    log.undo()
    assert undone == [1]
