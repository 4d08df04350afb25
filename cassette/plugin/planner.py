"""Hooks that find out which cassettes the tests of a run would use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from cassette.plugin.plan import Plan
    from cassette.plugin.uses import RunUses

_SENT: Final = "cassette_plan"
"""The output of a pytest-xdist worker that carries its plan."""


class Planner:
    """Hooks that find out which cassettes the tests of this run would use.

    Attributes:
        plan: The plan; None before the tests are collected. Under pytest-xdist, where this process
            collects none, it is the one that a worker has sent.

    Args:
        config: Of this run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.plan: Plan | None = None
        self._config = config
        self._folders: list[str] = []
        self._items: list[pytest.Item] = []
        self._broken: list[str] = []
        self._missing: list[str] = []

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        """Take note of every folder that is looked into."""
        if isinstance(collector, pytest.Directory):
            self._folders.append(str(collector.path / "cassettes"))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember the modules that cannot be collected."""
        if report.failed:
            self._broken.append(report.nodeid)
        elif report.skipped:
            self._missing.append(f"{report.nodeid} was skipped before its tests were collected")

    @pytest.hookimpl(wrapper=True)
    def pytest_ignore_collect(
        self, collection_path: Path
    ) -> Generator[None, bool | None, bool | None]:
        """Take note of every test file that is ignored, by ``collect_ignore`` for example."""
        from cassette.plugin.use_record import shown_path  # noqa: PLC0415 - most runs have no planner

        ignored = yield
        patterns: list[str] = self._config.getini("python_files")
        if ignored and any(map(collection_path.match, patterns)):
            self._missing.append(
                f"{shown_path(collection_path, self._config.rootpath)} was ignored"
            )
        return ignored

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Take note of every test, before any is deselected."""
        self._items = list(items)

    def pytest_collection_finish(self) -> None:
        """Make the plan, now that every marker is in its place."""
        from cassette.plugin.plan import make_plan  # noqa: PLC0415 - needs all of the package

        self.plan = make_plan(self._config, self._items, self._folders, self._missing)

    def pytest_sessionfinish(self) -> None:
        """Send the plan to the process that sums up."""
        output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if output is not None and self.plan is not None:
            output[_SENT] = self.plan.dump()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - pytest-xdist need not be there
        """Receive the plan of a worker that has come to its end."""
        from cassette.plugin.plan import Plan  # noqa: PLC0415 - as above

        sent = getattr(node, "workeroutput", {}).get(_SENT)
        if sent is not None:
            self.plan = Plan.load(sent)

    def doubt(self, uses: RunUses) -> str:
        """Return why the plan does not tell about every test of the project; empty if it does.

        Args:
            uses: Every use of the run.
        """
        from cassette.plugin.plan import missing_part  # noqa: PLC0415 - as above

        if self._broken:
            return f"{self._broken[0]} could not be collected"
        if self.plan is None:
            return "no worker has lived to tell its tests"
        missing = missing_part(self._config)
        if missing:
            return missing
        if self.plan.missing:
            return self.plan.missing[0]
        ran = {record.test for record in uses.records}
        untold = [test for test in self.plan.untold if test not in ran]
        if untold:
            return f"a fixture names the cassette of {untold[0]}, which did not come to use it"
        return ""
