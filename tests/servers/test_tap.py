import socket

import pytest
from servers.address import refuses
from servers.raw import Step

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def exchange(address, data, context=None):
    with socket.create_connection(address, timeout=10) as connection:
        if context is not None:
            connection = context.wrap_socket(connection, server_hostname="localhost")  # noqa: PLW2901
        with connection:
            connection.sendall(data)
            received = b""
            while piece := connection.recv(65536):
                received += piece
            return received


@pytest.mark.parametrize("client_tls", [False, True])
@pytest.mark.parametrize("server_tls", [False, True])
def test_the_tap_writes_down_plain_bytes_of_both_sides(
    raw_server, tap, authority, client_tls, server_tls
):
    server = raw_server(
        [Step.READ_HEAD, ANSWER], context=authority.server_context() if server_tls else None
    )
    relay = tap(
        server.address,
        client_side=authority.server_context() if client_tls else None,
        server_side=authority.client_context() if server_tls else None,
    )
    trust = authority.client_context() if client_tls else None
    assert exchange(relay.address, REQUEST, trust) == ANSWER
    relay.settle()
    assert (relay.sent, relay.received) == (REQUEST, ANSWER)


def test_each_connection_gets_the_next_script_over_and_over(raw_server):
    server = raw_server([b"one"], [b"two"])
    assert [exchange(server.address, b"") for _ in range(3)] == [b"one", b"two", b"one"]


def test_what_came_before_a_reset_is_delivered_and_the_reset_too(raw_server, tap):
    relay = tap(raw_server([Step.READ_HEAD, b"half", Step.RESET]).address)
    with socket.create_connection(relay.address, timeout=10) as connection:
        connection.sendall(REQUEST)
        assert connection.recv(4, socket.MSG_WAITALL) == b"half"
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    relay.settle()
    assert relay.received == b"half"


def test_an_answer_may_come_before_the_body_was_read(raw_server):
    server = raw_server([Step.READ_HEAD, ANSWER])
    with socket.create_connection(server.address, timeout=10) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n")
        assert connection.recv(len(ANSWER), socket.MSG_WAITALL) == ANSWER
        connection.sendall(b"too late!")


def test_a_whole_request_is_read_in_either_framing(raw_server):
    fixed = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
    chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    server = raw_server([Step.READ_REQUEST, b"1", Step.READ_REQUEST, b"2", Step.READ_REQUEST, b"3"])
    assert exchange(server.address, fixed + chunked + REQUEST) == b"123"


def test_a_closed_tap_refuses_and_lets_go_of_a_hanging_connection(raw_server, tap):
    relay = tap(raw_server([Step.READ_HEAD, b"x", Step.HANG]).address)
    with socket.create_connection(relay.address, timeout=10) as connection:
        connection.sendall(REQUEST)
        assert connection.recv(1) == b"x"
        relay.close()
        assert connection.recv(1) == b""
    assert refuses(relay.address)
