"""A lock is free in a forked child, whoever held it."""

import os
import sys
import threading

import pytest

from cassette.locks import make_lock, make_rlock

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows does not fork"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


def in_child(function):
    """Call a function in a forked child; return whether it gave true."""
    child = os.fork()
    if not child:
        code = 1
        try:
            code = 0 if function() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize("make", [make_lock, make_rlock])
def test_a_lock_that_another_thread_held_is_free_in_a_child(make):
    lock, held, done = make(), threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            done.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    assert in_child(lambda: lock.acquire(blocking=False))
    assert not lock.acquire(blocking=False)
    done.set()
    thread.join()


def test_a_lock_that_the_forking_thread_holds_stays_its_own():
    lock = make_rlock()
    with lock:
        child_released = in_child(lambda: lock.release() is None)
    assert child_released
