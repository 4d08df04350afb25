"""A network that is down, for one context and one moment."""

import socket
import threading

import pytest

from cassette.patching.network.outage import outage

DOWN = ConnectionRefusedError(111, "recorded")


def attempts():
    with socket.socket() as sock:
        yield lambda: socket.getaddrinfo("a.example", 80)
        yield lambda: socket.create_connection(("a.example", 80))
        yield lambda: sock.connect(("127.0.0.1", 9))


def test_every_look_up_and_connection_meets_the_recorded_error():
    with outage(DOWN):
        for attempt in attempts():
            with pytest.raises(ConnectionRefusedError) as met:
                attempt()
            assert met.value is DOWN


def test_afterwards_the_functions_are_the_same_as_before():
    before = socket.getaddrinfo, vars(socket.socket).get("connect")
    with pytest.raises(ZeroDivisionError), outage(DOWN):
        1 / 0  # noqa: B018
    assert (socket.getaddrinfo, vars(socket.socket).get("connect")) == before


def test_other_threads_have_their_network():
    found = []

    def look_up():
        found.append(socket.getaddrinfo("127.0.0.1", 80))

    with outage(DOWN):
        thread = threading.Thread(target=look_up)
        thread.start()
        thread.join()
    assert found
