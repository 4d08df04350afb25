"""The cassette of a test, from its first fixture to the end of its teardown."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest

from cassette.api import use
from cassette.errors import CassetteError
from cassette.plugin.commands import command, from_here
from cassette.plugin.places import files_of
from cassette.plugin.settings import Settings
from cassette.tapes.expiry import CassetteExpiredWarning
from cassette.tapes.outcome import (
    EditedWarning,
    UnansweredWarning,
    UnplayedWarning,
    UnrecordedWarning,
    UnsearchedWarning,
)
from cassette.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cassette.plugin.recording_locks import RecordingLocks


_WARNINGS: Final = (
    CassetteExpiredWarning,
    EditedWarning,
    UnansweredWarning,
    UnplayedWarning,
    UnrecordedWarning,
    UnsearchedWarning,
)
"""Warnings that a filter of the project may turn into errors."""

_taken_key: Final = pytest.StashKey[set[str]]()


@contextmanager
def failing_plainly() -> Iterator[None]:
    """Turn an error of ours into a failure that shows the message, and no code of ours."""
    try:
        yield
    except (CassetteError, *_WARNINGS) as error:
        said = error.told() if isinstance(error, CassetteError) else error
        message = f"{type(error).__name__}: {said}"
        raise pytest.fail.Exception(message, pytrace=False) from None


def _again(item: pytest.Item, mode: str) -> str:
    return command(item.config, mode, [from_here(item.config, item.nodeid, item.path)])


def _is_taken(session: pytest.Session, path: Path) -> bool:
    """Return whether a test that was collected has this cassette."""
    from cassette.plugin.plan import make_plan, same  # noqa: PLC0415 - only failures ask

    taken = session.stash.get(_taken_key, None)
    if taken is None:
        uses = make_plan(session.config, session.items, (), ()).uses.values()
        taken = session.stash[_taken_key] = {path for paths in uses for path in paths}
    return same(path) in taken


class TapedTest:
    """A cassette in use by a test. Making one puts it in force.

    ``withdraw`` comes when the fixture is torn down, ``close`` when the whole test is: only then
    is it known whether a fixture has failed on its way out.

    Attributes:
        tape: The cassette.
        good: Whether nothing of the test has failed so far.
        ending: Whether the test is being torn down, so that ``close`` will come.

    Args:
        item: The test.
        configured: The value of its fixture ``cassette_config``.
        folder: The folder for its cassettes.
        name: Name of its cassette where no option gives one.
        locks: Of this run.

    Raises:
        CassetteError: An option is wrong, or the cassette cannot be opened.
    """

    def __init__(
        self, item: pytest.Item, configured: object, folder: Path, name: str, locks: RecordingLocks
    ) -> None:
        settings = Settings.of(item.config).of_test(item, configured)
        path, settings["extra"] = files_of(folder, name, settings, item.config.rootpath)
        settings.pop("name", None)
        self.good = True
        self.ending = False
        self._use = use(path, **settings).of_run(
            partial(_again, item), item.config.rootpath, partial(_is_taken, item.session)
        )
        rerecords = settings.get("max_age") and settings.get("on_expiry") == "rerecord"
        self._lock = locks.take(path, settings.get("mode"), rerecords=bool(rerecords))
        try:
            if self._lock.adds:
                self._use = self._use.adding(self._lock.before)
            self.tape = self._use.__enter__()
        except BaseException:
            self._lock.release(recorded=False)
            raise

    def withdraw(self) -> None:
        """Take the cassette out of force; after an interruption, close it as well."""
        self._use.withdraw()
        if not self.ending:
            self._close(good=False)

    def raise_error(self) -> None:
        """Raise an error that the code under test was given and may have swallowed.

        Raises:
            CassetteError: The first of the tape's errors.
        """
        if self.tape.errors:
            raise self.tape.errors[0]

    def note(self, report: pytest.TestReport) -> None:
        """Learn from a report whether the test goes well; add to it where the recording stands.

        A test that was skipped half-way has not recorded all its requests. A test that fails as
        expected has.
        """
        if report.passed or hasattr(report, "wasxfail"):
            return
        self.good = False
        for error in self.tape.errors:
            # The test may have failed over this very error.
            if str(error).partition("\n")[0] not in report.longreprtext:
                report.sections.append((type(error).__name__, error.told()))
        if self.tape.journal is not None:
            report.sections.append(("the recording", self._whereabouts()))

    def close(self) -> None:
        """End the use: the recording becomes the cassette if the test went well.

        Raises:
            CassetteError: As ``Tape.close`` does.
        """
        self._close(good=self.good)

    def _close(self, *, good: bool) -> None:
        try:
            self.tape.close(good=good)
        finally:
            self._lock.release(recorded=self.tape.recorded > 0 and self.tape.journal is None)

    def _whereabouts(self) -> str:
        tape = self.tape
        kept = "stays as it was" if tape.path.exists() else "was not written"
        return (
            f"{tape.path} {kept}, since the test did not end well.\n"
            f"Recorded until then: {counted(tape.recorded, 'interaction')}, in {tape.journal}\n"
            "The next recording starts afresh."
        )


def check(item: pytest.Item) -> None:
    """Look at the markers of a test that was collected.

    A worker of pytest-xdist would end without a word; there the test itself fails.

    Raises:
        UsageError: One has a wrong option.
    """
    if hasattr(item.config, "workerinput"):
        return
    try:
        Settings.of(item.config).marked(item)
    except CassetteError as error:
        raise pytest.UsageError(error.told()) from None


def check_run(config: pytest.Config) -> None:
    """Look at the command line and the ini file.

    Raises:
        UsageError: They have a wrong value.
    """
    try:
        Settings.of(config)
    except CassetteError as error:
        raise pytest.UsageError(error.told()) from None
