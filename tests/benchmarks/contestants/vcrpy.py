"""VCR.py with its defaults."""

from contextlib import AbstractContextManager
from pathlib import Path

import vcr
from contestants.tape import Tape


class Contestant(Tape):
    def use(self, path: Path, mode: str) -> AbstractContextManager:
        return vcr.use_cassette(str(path), record_mode=mode)
