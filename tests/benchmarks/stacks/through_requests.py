"""Requests through the library of that name, one session."""

import requests
from traffic import Request


class Client:
    """The code under test, as a user of requests writes it."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self.session = requests.Session()

    def send(self, request: Request) -> bytes:
        url = self._base + request.target
        return self.session.request(
            request.method, url, data=request.body, headers=request.headers
        ).content

    def close(self) -> None:
        self.session.close()
