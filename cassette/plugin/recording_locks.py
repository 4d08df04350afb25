"""RecordingLocks at recording into one cassette, for tests that share it.

A cassette that a run has recorded is not complete before every test that shares it has had its
turn: the first one records it, and those that follow add what they need. Under pytest-xdist the
tests are in several processes, so a turn is a lock that all workers of the run see.
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import pytest

from cassette.errors import CassetteError
from cassette.tapes.modes import RecordMode, parse_mode, policy

if TYPE_CHECKING:
    from pathlib import Path

_key: Final = pytest.StashKey["RecordingLocks"]()

_COMPLETED: Final = (RecordMode.ONCE, RecordMode.REWRITE)
"""Modes in which a cassette of this run is added to, not replayed or written anew."""


class RecordingLock:
    """A test's turn at a cassette, until ``end``.

    Attributes:
        adds: The cassette was recorded earlier in this run, and this test adds to it.
    """

    def __init__(self, turns: RecordingLocks, path: Path, *, adds: bool, held: ExitStack) -> None:
        self.adds = adds
        self._turns = turns
        self._path = path
        self._held = held

    def end(self, *, recorded: bool) -> None:
        """Let the next test have its turn.

        Args:
            recorded: What was recorded has become the cassette.
        """
        with self._held:
            if recorded:
                self._turns.note(self._path)


class RecordingLocks:
    """Who may record into which cassette, in a run within one process."""

    def __init__(self) -> None:
        self._recorded: set[Path] = set()

    @classmethod
    def of(cls, request: pytest.FixtureRequest) -> RecordingLocks:
        """Return the turns of this run."""
        config = request.config
        turns = config.stash.get(_key, None)
        if turns is None:
            turns = cls()
            if hasattr(config, "workerinput"):
                # What the worker has for itself lies in the folder of the run.
                factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
                turns = _LocksOfWorkers(factory.getbasetemp().parent / "cassette")
            config.stash[_key] = turns
        return turns

    def take(self, path: Path, mode: str | None, *, rerecords: bool = False) -> RecordingLock:
        """Return the turn of a test once it has come; a test that only replays waits for nobody.

        Args:
            path: The cassette.
            mode: The record mode that the test asks for; None stands for the default.
            rerecords: A cassette that is too old is recorded anew.

        Raises:
            OptionError: There is no such mode.
            CassetteError: RecordingLocks between processes need a package that is not installed.
        """
        wanted = parse_mode(mode)
        completes = wanted in _COMPLETED
        with ExitStack() as held:
            writes = policy(wanted, exists=path.exists()).writes
            if writes or (completes and (rerecords or self.was_noted(path))):
                self.wait(path, held)
            return RecordingLock(
                self, path, adds=completes and self.was_noted(path), held=held.pop_all()
            )

    def was_noted(self, path: Path) -> bool:
        """Return whether this run has recorded a cassette."""
        return path in self._recorded

    def note(self, path: Path) -> None:
        """Note that this run has recorded a cassette."""
        self._recorded.add(path)

    def wait(self, path: Path, held: ExitStack) -> None:
        """Wait until nobody else records into a cassette; ``held`` ends that."""


class _LocksOfWorkers(RecordingLocks):
    """The same between the processes of a run.

    Args:
        folder: Seen by all of them, and by no other run.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def was_noted(self, path: Path) -> bool:
        return self._sign(path, ".recorded").exists()

    def note(self, path: Path) -> None:
        self._sign(path, ".recorded").touch()

    def wait(self, path: Path, held: ExitStack) -> None:
        try:
            from filelock import FileLock  # noqa: PLC0415 - only recordings in workers need it
        except ImportError:
            raise CassetteError(
                "workers of pytest-xdist take turns at recording, but filelock is not installed\n"
                "Install it: python -m pip install 'pytest-cassette[xdist]'"
            ) from None
        self._folder.mkdir(parents=True, exist_ok=True)
        # Of a worker that was killed, the operating system lets the lock go.
        held.enter_context(FileLock(self._sign(path, ".lock")))

    def _sign(self, path: Path, suffix: str) -> Path:
        digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()
        return self._folder / (digest + suffix)
