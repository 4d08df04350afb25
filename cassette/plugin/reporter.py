"""Hooks that sum up a run, in the process that writes the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cassette.plugin import options
from cassette.plugin.planner import Planner
from cassette.plugin.uses import REPORTED, RunUses, UseTracker
from cassette.tapes.modes import RecordMode, default_mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cassette.plugin.plan import Plan
    from cassette.plugin.prune import Pruned


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
