"""What is in force: the inner cassette, in this context, and in threads that know of none."""

import contextvars
import threading

import pytest

from cassette.tapes.in_force import UseInForce, current, entered, is_lifted, lifted


class Tape:
    settled = False

    def settle(self):
        self.settled = True


class Patcher:
    def __init__(self, log):
        self.log = log

    def apply(self):
        self.log.append("apply")

    def undo(self):
        self.log.append("undo")


@pytest.fixture
def log():
    return []


@pytest.fixture
def enter(log):
    """Return a function that puts a tape in force, and gives the tape and its entry."""

    def enter():
        entry = UseInForce(tape := Tape(), lambda: [Patcher(log)])
        entry.enter()
        return tape, entry

    return enter


def in_a_thread(function):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(function()))
    thread.start()
    thread.join()
    return answers[0]


def test_the_inner_one_is_in_force_and_the_outer_one_comes_back(enter, log):
    assert current() is None
    outer, leave_outer = enter()
    inner, leave_inner = enter()
    assert current() is inner
    leave_inner.leave()
    assert current() is outer
    assert (inner.settled, outer.settled) == (True, False)
    leave_outer.leave()
    assert current() is None
    assert log == ["apply", "undo"]


def test_a_thread_sees_the_one_entered_last_and_has_entered_none(enter):
    tape, entry = enter()
    assert in_a_thread(current) is tape
    assert in_a_thread(entered) is None
    entry.leave()
    assert in_a_thread(current) is None


def test_a_context_that_remembers_one_that_was_left_has_entered_none(enter):
    tape, entry = enter()
    context = contextvars.copy_context()
    assert context.run(entered) is tape
    entry.leave()
    assert context.run(entered) is None


def test_a_context_is_lifted_for_as_long_as_it_says_and_no_other_one():
    assert not is_lifted()
    with lifted():
        assert is_lifted()
        assert not in_a_thread(is_lifted)
        with lifted():
            pass
        assert is_lifted()
    assert not is_lifted()
