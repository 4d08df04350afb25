"""Hooks that sum up a run, in the process that writes the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from cassette.plugin import options
from cassette.plugin.uses import REPORTED, RunUses, UseTracker
from cassette.tapes.modes import RecordMode, default_mode

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence
    from pathlib import Path

    from cassette.plugin.plan import Plan
    from cassette.plugin.prune import Pruned

_SENT: Final = "cassette_plan"
"""The output of a pytest-xdist worker that carries its plan."""


def register(config: pytest.Config) -> None:
    """Add the hooks that this process needs."""
    planner = None
    page = options.value(config, "report")
    if page or options.value(config, "orphans") or options.value(config, "prune"):
        planner = Planner(config)
        config.pluginmanager.register(planner, "cassette-planner")
    tracker = UseTracker(config)
    config.pluginmanager.register(tracker, "cassette-tracker")
    if page:
        from cassette.plugin.sent import SentTracker  # noqa: PLC0415 - hardly a run wants a page

        config.pluginmanager.register(SentTracker(config), "cassette-sent")
    if not hasattr(config, "workerinput"):
        reporter = Reporter(config, tracker, planner)
        config.pluginmanager.register(reporter, "cassette-reporter")
        if page:
            from cassette.plugin.run_page import RunPage  # noqa: PLC0415 - as above

            run_page = RunPage(config, page, reporter.uses, planner)
            config.pluginmanager.register(run_page, "cassette-page")


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


class Reporter:
    """Gathers the uses of a run, and sums them up.

    Attributes:
        uses: Every use of the run so far.

    Args:
        config: Of this run.
        tracker: Notes the uses in this process.
        planner: Knows which tests there are, where somebody wants that to be known.
    """

    def __init__(self, config: pytest.Config, tracker: UseTracker, planner: Planner | None) -> None:
        self._config = config
        self._tracker = tracker
        self._planner = planner
        self.uses = RunUses()
        self._pruned: Sequence[Pruned] = ()

    def pytest_report_header(self) -> str:
        """Tell the record mode, and where it was set."""
        for given in (options.from_command_line(self._config), options.from_ini(self._config)):
            if "mode" in given:
                return f"cassette: mode {given['mode'].value} ({given['mode'].where})"
        mode = default_mode()
        in_ci = "" if mode is RecordMode.NONE else "not "
        return f"cassette: mode {mode} (CI is {in_ci}set in the environment)"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in the uses of a test, and how it ended."""
        self.uses.note(report)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - pytest-xdist need not be there
        """Take in the uses that no report of a worker carried."""
        # Taken out, since a worker that was interrupted goes down twice.
        self.uses.add(getattr(node, "workeroutput", {}).pop(REPORTED, ()))

    def pytest_sessionfinish(self) -> None:
        """Drop the interactions that no test has played, if ``--cassette-prune`` was given."""
        plan = self._certain_plan("prune")
        if plan is not None:
            from cassette.plugin.prune import prune  # noqa: PLC0415 - as above

            self._pruned = prune(self.uses, plan)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the section about cassettes, if there is anything to say."""
        self.uses.add(self._tracker.rest)
        if self._planner is None and not self.uses.records:
            return
        from cassette.plugin.orphans import find_orphans  # noqa: PLC0415 - as above
        from cassette.plugin.summary import Summary  # noqa: PLC0415 - as above

        plan = self._certain_plan("orphans")
        orphans = None
        if plan is not None:
            used = [path for paths in plan.uses.values() for path in paths]
            orphans = find_orphans(plan.folders, [*used, *self.uses.by_cassette])
        folder = self._config.invocation_params.dir
        lines = Summary(self.uses, folder, self._command).lines(
            verbose=self._config.get_verbosity() > 0,
            pruned=self._pruned,
            orphans=orphans,
            collected=plan.tests if plan is not None else (),
            doubt=self._planner.doubt(self.uses) if self._planner is not None else "",
        )
        if lines:
            terminalreporter.write_sep("=", "cassettes")
        for line in lines:
            terminalreporter.line(line)

    def _command(self, mode: str, tests: Iterable[str]) -> str:
        from cassette.plugin.commands import command, from_here  # noqa: PLC0415 - as above

        return command(self._config, mode, [from_here(self._config, test) for test in tests])

    def _certain_plan(self, option: str) -> Plan | None:
        """Return the plan if this option wants it and it tells about every test."""
        planner = self._planner
        if planner is None or not options.value(self._config, option):
            return None
        return None if planner.doubt(self.uses) else planner.plan
