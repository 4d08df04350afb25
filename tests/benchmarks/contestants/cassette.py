"""This project with its defaults: redaction on, the default matchers."""

from contextlib import AbstractContextManager
from pathlib import Path

from contestants.tape import Tape

import cassette


class Contestant(Tape):
    def use(self, path: Path, mode: str) -> AbstractContextManager:
        return cassette.use(path, mode=mode)
