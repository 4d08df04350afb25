"""The floor: the unchanged client stack over a fake socket that answers from a dict."""

import io
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import traffic
from contestants.tape import Tape

_IDLE, _PEER = socket.socketpair()  # urllib3 polls the descriptor: connected, nothing to read


class AnsweringSocket:
    """Just enough of a socket for `http.client` and urllib3, and no more work than a lookup."""

    def __init__(self, answers: Mapping[bytes, bytes]) -> None:
        self._answers = answers
        self._answer = b""

    def sendall(self, data: bytes) -> None:
        # The head comes first; the body, sent after it, changes nothing.
        self._answer = self._answers.get(data.partition(b"\r\n")[0], self._answer)

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._answer)

    def fileno(self) -> int:
        return _IDLE.fileno()

    def setsockopt(self, *_option: int) -> None:
        pass

    def settimeout(self, _seconds: float | None) -> None:
        pass

    def close(self) -> None:
        pass


class Contestant(Tape):
    """Answers are made beforehand: the floor pays for nothing but the client."""

    def __init__(self, requests: Sequence[traffic.Request]) -> None:
        self._answers = {
            f"{sent.method} {sent.target} HTTP/1.1".encode("ascii"): traffic.answer(sent.target)
            for sent in set(requests)
        }

    def _connect(self, *_arguments: object, **_options: object) -> AnsweringSocket:
        return AnsweringSocket(self._answers)

    @contextmanager
    def use(self, _path: Path, _mode: str) -> Iterator[None]:
        # urllib3 has a function of its own for it; it is there only where requests is loaded.
        seams = [socket, sys.modules.get("urllib3.util.connection", socket)]
        originals = [seam.create_connection for seam in seams]
        for seam in seams:
            seam.create_connection = self._connect
        try:
            yield
        finally:
            for seam, original in zip(seams, originals, strict=True):
                seam.create_connection = original
