"""GET through requests, one session."""

import requests


class Client:
    """The code under test, as a user of requests writes it."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self.session = requests.Session()

    def get(self, target: str) -> bytes:
        return self.session.get(self._base + target).content

    def close(self) -> None:
        self.session.close()
