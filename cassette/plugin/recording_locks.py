"""Locks for recording into one cassette, for the tests that share it.

The first test records the cassette, and the tests that follow add what they need; the cassette is
complete when the last of them has ended. Under pytest-xdist the tests run in several processes, so
the locks are files that all workers of the run see. What stood there before the first of them is
kept aside, so that a cassette that says the same in the end can stay as it was.
"""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path
from typing import Final

import pytest

from cassette.errors import CassetteError
from cassette.store.file_text import read_text
from cassette.tapes.modes import RecordMode, parse_mode, policy

_key: Final = pytest.StashKey["RecordingLocks"]()

_COMPLETED: Final = (RecordMode.ONCE, RecordMode.REWRITE)
"""Modes in which a cassette of this run is added to, not replayed or written anew."""


class RecordingLock:
    """The lock of one test on one cassette, until ``release``; a test that only replays holds none.

    Attributes:
        adds: The cassette was recorded earlier in this run, and this test adds to it.
        before: A copy of what stood there before that; None for nothing.
    """

    def __init__(self, locks: RecordingLocks, path: Path, *, adds: bool, held: ExitStack) -> None:
        self.adds = adds
        kept = locks.kept(path) if adds else None
        self.before = kept if kept is not None and kept.exists() else None
        self._locks = locks
        self._path = path
        self._held = held

    def release(self, *, recorded: bool) -> None:
        """Let the next test record into the cassette.

        Args:
            recorded: What was recorded has become the cassette.
        """
        with self._held:
            if recorded:
                self._locks.note(self._path)


class RecordingLocks:
    """The locks of a run within one process, where no two tests run at a time.

    Args:
        config: Of this run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._recorded: set[Path] = set()

    @classmethod
    def of(cls, request: pytest.FixtureRequest) -> RecordingLocks:
        """Return the locks of this run."""
        config = request.config
        locks = config.stash.get(_key, None)
        if locks is None:
            locks = cls(config)
            if hasattr(config, "workerinput"):
                # The temporary folder of a worker lies in that of the run.
                factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
                locks = _LocksOfWorkers(config, factory.getbasetemp().parent / "cassette")
            config.stash[_key] = locks
        return locks

    def take(self, path: Path, mode: str | None, *, rerecords: bool = False) -> RecordingLock:
        """Wait for the lock of a test, and return it; a test that only replays waits for nobody.

        Args:
            path: The cassette.
            mode: The record mode that the test asks for; None stands for the default.
            rerecords: A cassette that is too old is recorded anew.

        Raises:
            OptionError: There is no such mode.
        """
        wanted = parse_mode(mode)
        completes = wanted in _COMPLETED
        with ExitStack() as held:
            writes = policy(wanted, exists=path.exists()).writes
            if writes or (completes and (rerecords or self.was_noted(path))):
                self.wait(path, held)
            adds = completes and self.was_noted(path)
            if completes and not adds and (writes or rerecords):
                # Without a copy the cassette is written anew, which is never wrong.
                with suppress(CassetteError, OSError):
                    self.kept(path).write_bytes(read_text(path)[:])
            return RecordingLock(self, path, adds=adds, held=held.pop_all())

    def kept(self, path: Path) -> Path:
        """Return where a copy of a cassette stands as it was before this run recorded it."""
        return self._folder / hashlib.sha256(str(path.resolve()).encode()).hexdigest()

    @cached_property
    def _folder(self) -> Path:
        folder = tempfile.TemporaryDirectory(prefix="cassette-")
        self._config.add_cleanup(folder.cleanup)
        return Path(folder.name)

    def was_noted(self, path: Path) -> bool:
        """Return whether this run has recorded a cassette."""
        return path in self._recorded

    def note(self, path: Path) -> None:
        """Note that this run has recorded a cassette."""
        self._recorded.add(path)

    def wait(self, path: Path, held: ExitStack) -> None:
        """Wait until no other test records into a cassette; ``held`` lets the next one go on."""


class _LocksOfWorkers(RecordingLocks):
    """The locks of a run whose tests are in several processes.

    Args:
        config: Of this run.
        folder: A folder that all these processes see, and no other run.
    """

    def __init__(self, config: pytest.Config, folder: Path) -> None:
        super().__init__(config)
        self._folder = folder

    def was_noted(self, path: Path) -> bool:
        return self._sign(path, ".recorded").exists()

    def note(self, path: Path) -> None:
        self._sign(path, ".recorded").touch()

    def wait(self, path: Path, held: ExitStack) -> None:
        from filelock import FileLock  # noqa: PLC0415 - only recordings in workers need it

        self._folder.mkdir(parents=True, exist_ok=True)
        # The operating system releases the lock of a worker that was killed.
        held.enter_context(FileLock(self._sign(path, ".lock")))

    def _sign(self, path: Path, suffix: str) -> Path:
        return self.kept(path).with_suffix(suffix)
