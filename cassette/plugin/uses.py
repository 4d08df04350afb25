"""The uses of cassettes in a run: noted where a use ends, gathered where the run is summed up.

Under pytest-xdist these are two processes. So a record of a use travels as plain data, on the
report on its test: what was reported is known, also when the worker dies a moment later.

Both classes are made in every run, and ``use_record`` is imported when there is a record.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from cassette.plugin import tape_key
from cassette.tapes.endings import watch

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from cassette.plugin.use_record import UseRecord
    from cassette.tapes.endings import EndedTape

REPORTED: Final = "cassette_uses"
"""The attribute of a report, or the output of a worker, that carries records as data."""


class UseTracker:
    """Hooks that put a record of each use onto the last report on the test that ran meanwhile.

    Uses of cassettes outside of the project, such as one in a temporary folder, are left out.

    Attributes:
        rest: The records that no report carries, as data, when the run is over. A worker of
            pytest-xdist sends them with its output.

    Args:
        config: Of this run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.rest: list[dict[str, Any]] = []
        self._config = config
        self._root = config.rootpath
        self._records: list[UseRecord] = []
        self._item: pytest.Item | None = None
        self._leave = watch(self._note)

    def _note(self, tape: EndedTape) -> None:
        from cassette.plugin.use_record import records_of  # noqa: PLC0415 - most runs have none

        self._records += records_of(tape)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Remember the test; an interruption leaves no report on it."""
        self._item = item

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put the records of the uses that have ended onto the report."""
        report = yield
        if report.when == "teardown" and self._records:
            records = self._take(item)
            setattr(report, REPORTED, [record.dump() for record in records])
            for record in records:
                report.user_properties += record.properties(self._root)
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Keep the uses that ended after the last report, such as those of an interrupted test.

        Last, since before that pytest tears down the fixtures of such a test.
        """
        if self._records and self._item is not None:
            self.rest = [record.dump() for record in self._take(self._item)]
            output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
            if output is not None:
                output[REPORTED] = self.rest

    def pytest_unconfigure(self) -> None:
        """Track no more."""
        self._leave()

    def _take(self, item: pytest.Item) -> list[UseRecord]:
        """Return the records of the uses that ended while a test ran, and forget them."""
        records = list(self._of_test(item))
        self._records = []
        return records

    def _of_test(self, item: pytest.Item) -> Generator[UseRecord, None, None]:
        from cassette.plugin.use_record import absolute_path  # noqa: PLC0415 - as above

        taped = item.stash.get(tape_key, None)
        own = set()
        if taped is not None:
            tape = taped.tape
            own = {absolute_path(path) for path in (tape.path, *(one.path for one in tape.extra))}
        for record in self._records:
            is_own = record.path in own
            if is_own or Path(record.path).is_relative_to(self._root):
                yield record._replace(test=item.nodeid, is_own=is_own)


class RunUses:
    """Every use of a run, and how its tests ended.

    Attributes:
        records: Every use, in the order in which they were reported.
    """

    def __init__(self) -> None:
        self.records: list[UseRecord] = []
        self._passed: dict[str, bool] = {}

    def note(self, report: pytest.TestReport) -> None:
        """Take in the report on one phase of a test."""
        before = True if report.when == "setup" else self._passed.get(report.nodeid, True)
        self._passed[report.nodeid] = before and report.passed
        self.add(getattr(report, REPORTED, ()))

    def add(self, carried: Sequence[Mapping[str, Any]]) -> None:
        """Take in records that were dumped."""
        if carried:
            from cassette.plugin.use_record import UseRecord  # noqa: PLC0415 - most runs have none

            self.records += map(UseRecord.load, carried)

    def ran(self, test: str) -> bool:
        """Return whether a test ran, or was skipped."""
        return test in self._passed

    def passed(self, test: str) -> bool:
        """Return whether a test ran and passed; where it ran more than once, the last time."""
        return self._passed.get(test, False)

    @property
    def by_cassette(self) -> dict[str, list[UseRecord]]:
        """The records of each cassette, by its path, in the order of their first use."""
        found: dict[str, list[UseRecord]] = {}
        for record in self.records:
            found.setdefault(record.path, []).append(record)
        return found
