"""Requests through `http.client`, one connection kept alive."""

import http.client

from traffic import Request


class Client:
    """The code under test, as a user of `http.client` writes it."""

    def __init__(self, port: int) -> None:
        # Looked up now, because an interceptor replaces the name while it is in use.
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def send(self, request: Request) -> bytes:
        self._connection.request(request.method, request.target, request.body, request.headers)
        return self._connection.getresponse().read()

    def close(self) -> None:
        self._connection.close()
