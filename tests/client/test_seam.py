"""The door: what ``dial`` gives, what it leaves behind, and where a connection leads."""

import http.client
import socket

import pytest

from cassette.client import HTTPConnection, HTTPSConnection
from cassette.client.seam import connect_through, endpoint_of, has_own_connector, was_accepted
from cassette.model import Endpoint
from cassette.transport.scripted import ScriptedTransport


class Door:
    """Dials as often as it is told to, or never."""

    def __init__(self, dials=1):
        self.dials = dials
        self.opened = []

    def connect(self, endpoint, dial):
        for _ in range(self.dials):
            self.opened.append(dial())
        return self.opened[-1] if self.opened else ScriptedTransport()


def putting(connection, *transports):
    waiting = list(transports)

    def dial():
        connection.sock = waiting.pop(0)

    return dial


def test_what_was_dialed_stands_in_sock_when_the_door_gives_it():
    connection, live = HTTPConnection("example.com", timeout=3), ScriptedTransport()
    door = Door()
    assert connect_through(door, connection, putting(connection, live)) is True
    assert connection.sock is live is door.opened[0]
    assert live.gettimeout() is None  # a dialed one is as the client's own connect leaves it


@pytest.mark.parametrize("timeout", [3, 0.5, None])
def test_a_transport_that_was_not_dialed_has_the_timeout_of_the_connection(timeout):
    connection = HTTPConnection("example.com", timeout=timeout)
    assert connect_through(Door(0), connection, lambda: None) is False
    assert connection.sock.gettimeout() == timeout


def test_the_default_timeout_of_sockets_is_taken_where_the_connection_has_none(monkeypatch):
    monkeypatch.setattr(socket, "getdefaulttimeout", lambda: 7.0)
    connection = HTTPConnection("example.com")
    connect_through(Door(0), connection, lambda: None)
    assert connection.sock.gettimeout() == 7.0


def test_dialing_later_leaves_the_transport_in_sock():
    connection, live = HTTPConnection("example.com"), ScriptedTransport()
    later = []

    class Late:
        def connect(self, endpoint, dial):
            later.append(dial)
            return ScriptedTransport()

    connect_through(Late(), connection, putting(connection, live))
    first = connection.sock
    assert later[0]() is live
    assert connection.sock is first


@pytest.mark.parametrize("accepted", [True, False])
def test_a_failed_dial_says_whether_somebody_had_accepted_and_closes_what_it_leaves(accepted):
    connection, half = HTTPConnection("example.com"), ScriptedTransport()

    def dial():
        connection.sock = half if accepted else None
        raise TimeoutError("timed out")

    with pytest.raises(TimeoutError) as caught:
        connect_through(Door(), connection, dial)
    assert was_accepted(caught.value) is accepted
    assert half.closed is accepted
    assert connection.sock is None


@pytest.mark.parametrize(
    ("connection", "endpoint"),
    [
        (HTTPConnection("Example.com"), Endpoint("http", "example.com", 80)),
        (HTTPSConnection("example.com", 8443), Endpoint("https", "example.com", 8443)),
        (HTTPConnection("[::1]:8080"), Endpoint("http", "::1", 8080)),
        (http.client.HTTPSConnection("example.com"), Endpoint("https", "example.com", 443)),
    ],
)
def test_the_endpoint_is_the_origin(connection, endpoint):
    assert endpoint_of(connection) == endpoint
    connection.set_tunnel("Behind.example", 444)
    assert endpoint_of(connection) == Endpoint(endpoint.scheme, "behind.example", 444)


def test_a_connection_knows_whether_it_has_a_connector_of_its_own():
    assert has_own_connector(HTTPConnection("example.com", transport=ScriptedTransport()))
    assert not has_own_connector(HTTPConnection("example.com"))
    replaced = HTTPConnection("example.com")
    replaced.connect = lambda: None  # somebody else's
    assert not has_own_connector(replaced)
