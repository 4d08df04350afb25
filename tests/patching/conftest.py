"""A server for the situations of interception: it counts who reaches it."""

import socket
import threading

import pytest

from cassette.wire.parser import RequestParser


class Counter:
    """Answers every request on loopback with its method and target; counts both kinds."""

    def __init__(self, listener):
        self._listener = listener
        self.address = listener.getsockname()
        self.connections = 0
        self.requests = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self):
        return self.address[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def close(self):
        if self._listener.fileno() >= 0:
            # shutdown wakes the thread that waits in accept; close alone would not.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            while True:
                parser = RequestParser()
                while not parser.complete:
                    try:
                        data = connection.recv(65536)
                    except OSError:
                        return
                    if not data:
                        return
                    parser.feed(data)
                self.requests += 1
                body = b"%s %s" % (parser.method, parser.target)
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
                )


@pytest.fixture
def server():
    counter = Counter(socket.create_server(("127.0.0.1", 0)))
    yield counter
    counter.close()


@pytest.fixture
def unix_server(tmp_path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket"))
    listener.listen()
    counter = Counter(listener)
    yield counter
    counter.close()
