"""A dict behind an adapter of requests: the least that a stand-in for one library can do."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import traffic
from contestants.tape import Tape
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse


class DictAdapter(HTTPAdapter):
    """Answers by method and path, from messages that were taken apart beforehand."""

    def __init__(self, answers: dict[tuple[str, str], tuple[list[tuple[str, str]], bytes]]) -> None:
        super().__init__()
        self._answers = answers

    def send(self, request: PreparedRequest, **_options: object) -> Response:
        headers, body = self._answers[request.method, request.path_url]
        raw = HTTPResponse(
            io.BytesIO(body), headers, status=200, reason="OK", preload_content=False
        )
        return self.build_response(request, raw)


class Contestant(Tape):
    def __init__(self, requests: Sequence[traffic.Request]) -> None:
        self._answers = {}
        for request in requests:
            head, _, body = traffic.answer(request.target).partition(b"\r\n\r\n")
            lines = head.decode("ascii").split("\r\n")[1:]
            headers = [tuple(line.split(": ", 1)) for line in lines]
            self._answers[request.method, request.target] = headers, body

    @contextmanager
    def play(self, _path: Path, client: type, port: int) -> Iterator:
        user = client(port)
        user.session.mount("http://", DictAdapter(self._answers))
        yield user
