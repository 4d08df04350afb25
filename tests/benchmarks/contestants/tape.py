"""What the recorders have in common that are a context manager around any code."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from traffic import Request


class Tape:
    """Records with mode `once` and replays with mode `none`, as a test suite does."""

    suffix = ".yaml"
    exact = True  # whether a body comes back as it went in

    def __init__(self, requests: Sequence[Request]) -> None:
        """Take the requests that will be sent; only the floor has use for them."""

    def use(self, path: Path, mode: str) -> AbstractContextManager:
        raise NotImplementedError

    @contextmanager
    def record(self, path: Path, client: type, port: int) -> Iterator:
        with self.use(path, "once"):
            yield client(port)

    @contextmanager
    def play(self, path: Path, client: type, port: int) -> Iterator:
        with self.use(path, "none"):
            yield client(port)
