"""Listening to the audit events of the interpreter, and watching the socket module."""

import asyncio
import socket
import sys
import threading

import pytest

from cassette.patching.network.audit import SocketWatch, listen, text_of
from cassette.patching.network.lookups import lookups
from cassette.patching.undo import UndoLog


def test_a_listener_hears_its_event_until_it_stops():
    log, heard = UndoLog(), []
    listen({"cassette.test": lambda *args: heard.append(args)}, log)
    sys.audit("cassette.test", 1, 2)
    sys.audit("cassette.other", 3)
    log.undo()
    sys.audit("cassette.test", 4)
    assert heard == [(1, 2)]


def test_an_error_of_a_listener_prevents_what_was_announced():
    log = UndoLog()

    def refuse(*args):
        raise PermissionError

    listen({"cassette.test": refuse}, log)
    try:
        with pytest.raises(PermissionError):
            sys.audit("cassette.test")
    finally:
        log.undo()


EVENTS = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")


@pytest.fixture
def watched():
    """The events that a watch asks about, with their first arguments."""
    asked = []
    checks = {
        event: lambda *args, event=event: asked.append((event, *args[:2])) for event in EVENTS
    }
    watch = SocketWatch(checks)
    watch.apply()
    yield asked
    watch.undo()


def test_a_name_is_asked_about_before_it_is_looked_up(watched):
    with socket.socket() as sock, pytest.raises(OSError, match=r".+"):
        sock.connect(("name.invalid", 80))
    assert watched[0] == ("socket.connect", sock, ("name.invalid", 80))


def test_the_name_of_an_address_is_known_after_its_look_up(watched):
    socket.getaddrinfo("localhost", 80, family=socket.AF_INET)
    socket.gethostbyname("localhost")
    assert lookups.names_of("127.0.0.1") == ["localhost"]
    assert lookups.names_of("192.0.2.1") == []


def test_an_event_loop_asks_in_the_task_and_vouches_for_its_thread():
    seen = []

    def check(host, *args):
        seen.append((threading.current_thread() is threading.main_thread(), [*lookups.vouched]))

    watch = SocketWatch({**dict.fromkeys(EVENTS, no_matter), "socket.getaddrinfo": check})

    async def look_up():
        await asyncio.get_running_loop().getaddrinfo("localhost", 80)

    watch.apply()
    try:
        asyncio.run(look_up())
    finally:
        watch.undo()
    assert seen == [(True, []), (False, ["localhost"])]
    assert lookups.vouched == []


def no_matter(*args):
    """A check that lets everything through."""


def test_the_socket_module_is_watched_until_the_last_one_leaves():
    before = socket.socket.connect
    watch = SocketWatch(dict.fromkeys(EVENTS, no_matter))
    watch.apply()
    watch.apply()
    watch.undo()
    assert socket.socket.connect != before
    watch.undo()
    assert socket.socket.connect == before


@pytest.mark.parametrize(
    ("host", "text"), [("a", "a"), (b"a", "a"), (bytearray(b"a"), "a"), (None, ""), (3, "")]
)
def test_a_host_may_be_text_or_bytes_or_none(host, text):
    assert text_of(host) == text
