"""Writing down which cassettes a test has used, in the process that runs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cassette.plugin import tape_key
from cassette.plugin.uses import REPORTED
from cassette.tapes.endings import watch

if TYPE_CHECKING:
    from collections.abc import Generator

    from cassette.plugin.use_record import UseRecord
    from cassette.tapes.endings import EndedTape


class UseLog:
    """Hooks that let the last report on a test carry what ended while it ran.

    Of a cassette outside of the project, such as one in a temporary folder, nothing is said: it is
    none of its files.

    Attributes:
        rest: The entries that no report carries, as data, when the run is over. A worker of
            pytest-xdist sends them with its output.

    Args:
        config: Of this run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.rest: list[dict[str, Any]] = []
        self._config = config
        self._root = config.rootpath
        self._entries: list[UseRecord] = []
        self._item: pytest.Item | None = None
        self._leave = watch(self._note)

    def _note(self, tape: EndedTape) -> None:
        from cassette.plugin.use_record import entries_of  # noqa: PLC0415 - most runs have no use

        self._entries += entries_of(tape)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Take note of the test, of which an interruption leaves no report."""
        self._item = item

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Write into the report what ended."""
        report = yield
        if report.when == "teardown" and self._entries:
            entries = self._take(item)
            setattr(report, REPORTED, [entry.dump() for entry in entries])
            for entry in entries:
                report.user_properties += entry.properties(self._root)
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Keep what ended after the last report, as the uses of a test that was interrupted do.

        Last, since before that pytest tears down the fixtures of such a test.
        """
        if self._entries and self._item is not None:
            self.rest = [entry.dump() for entry in self._take(self._item)]
            output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
            if output is not None:
                output[REPORTED] = self.rest

    def _take(self, item: pytest.Item) -> list[UseRecord]:
        """Return what ended while a test ran, and forget it."""
        entries = list(self._of_test(item))
        self._entries = []
        return entries

    def pytest_unconfigure(self) -> None:
        """Write no more."""
        self._leave()

    def _of_test(self, item: pytest.Item) -> Generator[UseRecord, None, None]:
        taped = item.stash.get(tape_key, None)
        from cassette.plugin.use_record import absolute  # noqa: PLC0415 - as above

        own = set()
        if taped is not None:
            tape = taped.tape
            own = {absolute(path) for path in (tape.path, *(one.path for one in tape.extra))}
        for entry in self._entries:
            is_own = entry.path in own
            if is_own or Path(entry.path).is_relative_to(self._root):
                yield entry._replace(test=item.nodeid, is_own=is_own)
