"""What became of every cassette that the tests of a run have used.

An entry is written where a use ends, which under pytest-xdist is another process than the one that
sums up. So an entry is plain data, and travels as an attribute of the test's own report: what
was reported is known, also when the worker dies a moment later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest

    from cassette.plugin.use_record import UseRecord

REPORTED: Final = "cassette_uses"
"""The attribute of a report, or the output of a worker, that carries entries."""


class RunUses:
    """The entries of a run, and how its tests ended.

    Attributes:
        entries: Every use, in the order in which they were reported.
    """

    def __init__(self) -> None:
        self.entries: list[UseRecord] = []
        self._passed: dict[str, bool] = {}

    def note(self, report: pytest.TestReport) -> None:
        """Take in the report on one phase of a test."""
        before = True if report.when == "setup" else self._passed.get(report.nodeid, True)
        self._passed[report.nodeid] = before and report.passed
        self.enter(getattr(report, REPORTED, ()))

    def enter(self, carried: Sequence[Mapping[str, Any]]) -> None:
        """Take in entries that were dumped."""
        if carried:
            from cassette.plugin.use_record import UseRecord  # noqa: PLC0415 - most runs have none

            self.entries += map(UseRecord.load, carried)

    def ran(self, test: str) -> bool:
        """Return whether a test ran, or was skipped."""
        return test in self._passed

    def passed(self, test: str) -> bool:
        """Return whether a test ran and passed; where it ran more than once, the last time."""
        return self._passed.get(test, False)

    @property
    def uses(self) -> dict[str, list[UseRecord]]:
        """The entries of each cassette, by its path, in the order of their first use."""
        uses: dict[str, list[UseRecord]] = {}
        for entry in self.entries:
            uses.setdefault(entry.path, []).append(entry)
        return uses
