import http.client
import socket

import pytest
from servers import calls
from servers.address import refuses
from servers.node import start_node
from servers.process import Server, ServerMissingError, find_program
from servers.tls import Authority


def ask(connection: http.client.HTTPConnection, call: calls.Call) -> tuple[int, bytes]:
    connection.request(call.method, call.path, call.body, dict(call.headers))
    with connection.getresponse() as response:
        return response.status, response.read()


def test_every_call_gets_its_status(server: Server):
    connection = http.client.HTTPConnection(*server.plain)
    assert [ask(connection, call)[0] for call in server.calls] == [
        call.status for call in server.calls
    ]
    connection.close()


def test_every_server_shows_a_certificate_of_the_authority(server: Server, authority: Authority):
    context = authority.client_context()
    connection = http.client.HTTPSConnection(*server.secure, context=context)
    assert [ask(connection, call)[0] for call in server.calls] == [
        call.status for call in server.calls
    ]
    connection.close()


@pytest.mark.parametrize(
    ("call", "body"),
    [
        (calls.FIXED, calls.JSON),
        (calls.HEAD, b""),
        (calls.CHUNKED, b"".join(calls.PIECES)),
        (calls.EMPTY, b""),
        (calls.UNCHANGED, b""),
        (calls.ECHOED, calls.ECHOED.body),
        (calls.BIG, calls.LARGE),
        (calls.STREAMED, b"".join(calls.EVENTS)),
        (calls.UNTIL_CLOSE, calls.FAREWELL),
    ],
    ids=lambda value: getattr(value, "path", ""),
)
def test_all_servers_send_the_same_bodies(web_server: Server, call: calls.Call, body: bytes):
    connection = http.client.HTTPConnection(*web_server.plain)
    answer = ask(connection, call)
    connection.close()
    assert answer == (call.status, body) or (call not in web_server.calls and answer[0] == 404)


def test_nginx_answers_on_a_unix_socket(nginx: Server):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(f"{nginx.unix}")
        connection.sendall(b"GET /json HTTP/1.0\r\n\r\n")
        with connection.makefile("rb") as reader:
            assert reader.readline() == b"HTTP/1.1 200 OK\r\n"


def test_a_stopped_server_refuses(server_folder, authority: Authority):
    server = start_node(server_folder("stopped"), authority)
    server.stop()
    assert refuses(server.plain)
    assert refuses(server.secure)


def test_a_missing_program_says_its_name():
    with pytest.raises(ServerMissingError, match=r"^no-such-program is not installed$"):
        find_program("no-such-program")
