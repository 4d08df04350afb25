"""The plain client against the live server, with nothing in between."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from contestants.tape import Tape


class Contestant(Tape):
    def use(self, _path: Path, _mode: str) -> AbstractContextManager:
        return nullcontext()
