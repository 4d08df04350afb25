"""GET through `http.client`, one connection kept alive."""

import http.client


class Client:
    """The code under test, as a user of `http.client` writes it."""

    def __init__(self, port: int) -> None:
        # Looked up now, because an interceptor replaces the name while it is in use.
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def get(self, target: str) -> bytes:
        self._connection.request("GET", target)
        return self._connection.getresponse().read()

    def close(self) -> None:
        self._connection.close()
