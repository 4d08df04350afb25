"""Betamax with its defaults; it works on a session of requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import betamax
from contestants.tape import Tape


class Contestant(Tape):
    suffix = ".json"

    @contextmanager
    def _taped(self, path: Path, client: type, port: int, mode: str) -> Iterator:
        user = client(port)
        tape = betamax.Betamax(user.session, cassette_library_dir=str(path.parent))
        with tape.use_cassette(path.stem, record=mode):
            yield user

    def record(self, path: Path, client: type, port: int) -> Iterator:
        return self._taped(path, client, port, "once")

    def play(self, path: Path, client: type, port: int) -> Iterator:
        return self._taped(path, client, port, "none")
