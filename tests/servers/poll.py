"""A server whose answers tell how often it was asked."""

import gzip
import socket
import threading

from cassette.wire.parser import RequestParser


class Poll:
    """Answers each request on loopback with the number of requests so far."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.requests = 0
        threading.Thread(target=self._run, daemon=True).start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _run(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                parser = RequestParser()
                while not parser.complete:
                    parser.feed(connection.recv(65536))
                self.requests += 1
                body, coding = b"%d" % self.requests, b"identity"
                if parser.target == b"/packed":
                    body, coding = gzip.compress(body), b"gzip"
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n"
                    b"Connection: close\r\n\r\n%s" % (coding, len(body), body)
                )
