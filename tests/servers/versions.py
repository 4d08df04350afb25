"""A server that speaks HTTP/2 with whoever asks for it, and HTTP/1.1 with all others."""

import contextlib
import socket
import ssl

import h2.config
import h2.connection
import h2.events
from servers.acceptor import Acceptor

from cassette.wire.parser import RequestParser

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


class BothVersions(Acceptor):
    """Answers every request with the version that it came in.

    Args:
        context: Where given, every connection speaks TLS first, and ALPN tells the version; else
            the first bytes do.

    Attributes:
        spoken: The version of each connection that was accepted.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        if context is not None:
            context.set_alpn_protocols(["h2", "http/1.1"])
        self._context = context
        self.spoken: list[str] = []
        super().__init__()

    def serve(self, number: int, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):  # a client may leave whenever it likes
            if self._context is None:
                begun = connection.recv(65536)
                self._speak(connection, begun, second=begun.startswith(_PREFACE))
                return
            with self._context.wrap_socket(connection, server_side=True) as secure:
                self.keep(secure)
                second = secure.selected_alpn_protocol() == "h2"
                self._speak(secure, secure.recv(65536), second=second)

    def _speak(self, connection: socket.socket, data: bytes, *, second: bool) -> None:
        self.spoken.append("HTTP/2" if second else "HTTP/1.1")
        answer = _second if second else _first
        answer(connection, data)


def _first(connection: socket.socket, data: bytes) -> None:
    while data:
        parser = RequestParser()
        parser.feed(data)
        while not parser.complete and (data := connection.recv(65536)):
            parser.feed(data)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nHTTP/1.1")
        data = connection.recv(65536)


def _second(connection: socket.socket, data: bytes) -> None:
    speaking = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    speaking.initiate_connection()
    while data:
        for event in speaking.receive_data(data):
            if isinstance(event, h2.events.StreamEnded):
                speaking.send_headers(event.stream_id, [(":status", "200")])
                speaking.send_data(event.stream_id, b"HTTP/2", end_stream=True)
        connection.sendall(speaking.data_to_send())
        data = connection.recv(65536)
