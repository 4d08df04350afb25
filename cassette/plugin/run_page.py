"""The page about a run: ``--cassette-report``."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cassette.clock import Clock
from cassette.errors import CassetteError
from cassette.plugin import options
from cassette.plugin.orphans import find_orphans
from cassette.plugin.sent import SENT
from cassette.plugin.use_record import shown_path
from cassette.report.data import traffic_data
from cassette.report.page import write_page
from cassette.tapes.modes import default_mode
from cassette.traffic.entries import read
from cassette.wording import in_words

if TYPE_CHECKING:
    from pathlib import Path

    from cassette.plugin.planner import Planner
    from cassette.plugin.use_record import UseRecord
    from cassette.plugin.uses import RunUses
    from cassette.traffic.entries import Traffic


class RunPage:
    """Hooks that gather what became of each request of a run, and write the page at its end.

    Args:
        config: Of this run.
        path: The page.
        uses: Every use of the run.
        planner: Knows which cassettes the tests use.

    Raises:
        UsageError: Jinja2 is not installed.
    """

    def __init__(
        self, config: pytest.Config, path: Path, uses: RunUses, planner: Planner | None
    ) -> None:
        if importlib.util.find_spec("jinja2") is None:
            raise pytest.UsageError(
                "--cassette-report needs Jinja2\n"
                "Install what it needs: python -m pip install 'pytest-cassette[cli]'"
            )
        self._config = config
        self._path = path
        self._uses = uses
        self._planner = planner
        self._sent: dict[str, list[dict[str, Any]]] = {}
        self._took: dict[str, float] = defaultdict(float)
        self._outcomes: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in one phase of a test."""
        test = report.nodeid
        if report.when == "setup":  # also of another run of the same test
            self._took[test], self._outcomes[test] = 0.0, report.outcome
            self._sent.pop(test, None)
        self._took[test] += report.duration
        if report.outcome == "failed" or self._outcomes[test] == "passed":
            self._outcomes[test] = report.outcome
        sent = getattr(report, SENT, None)
        if sent:
            self._sent[test] = sent

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the page, and say where."""
        shown = shown_path(self._path, self._config.invocation_params.dir)
        try:
            write_page(self._path, self._data(), "cassette: a run")
        except CassetteError as error:
            terminalreporter.line(f"cassette: {error.told()}")
        else:
            terminalreporter.line(f"cassette: the run is shown by {shown}")

    def _data(self) -> dict[str, Any]:
        uses: dict[str, list[UseRecord]] = defaultdict(list)
        for record in self._uses.records:
            uses[record.test].append(record)
        cassettes = self._cassettes()
        number = {str(cassette.path): at for at, cassette in enumerate(cassettes)}
        data = traffic_data(cassettes)
        root = self._config.rootpath
        for file, cassette in zip(data["files"], cassettes, strict=True):
            file["name"] = shown_path(cassette.path, root)
        finder = _Finder(data["items"])
        data["tests"] = [
            self._test(test, uses[test], number, finder)
            for test in self._outcomes
            if test in self._sent or uses[test]
        ]
        data["run"] = self._run(cassettes)
        return data

    def _cassettes(self) -> list[Traffic]:
        """Return the cassettes of the run that can be read."""
        found: dict[str, None] = dict.fromkeys(self._uses.by_cassette)
        found |= dict.fromkeys(one["cassette"] for sent in self._sent.values() for one in sent)
        cassettes = []
        for path in found:
            try:
                cassettes.append(read(path))
            except CassetteError:
                continue  # there is none, or the test has told what is wrong with it
        return cassettes

    def _test(
        self, test: str, uses: list[UseRecord], number: dict[str, int], finder: _Finder
    ) -> dict[str, Any]:
        sent = []
        for one in self._sent.get(test, ()):
            file = number.get(one["cassette"])
            told = {key: value for key, value in one.items() if key != "cassette"}
            told |= {"f": file, "n": finder.number(file, one, test)}
            sent.append(told)
        paths = dict.fromkeys(
            [*(use.path for use in uses), *(one["cassette"] for one in self._sent.get(test, ()))]
        )
        return {
            "id": test,
            "outcome": self._outcomes[test],
            "took": self._took[test],
            "cassette": ", ".join(shown_path(path, self._config.rootpath) for path in paths),
            "sent": sent,
            "left": [
                [number.get(use.path), at, call]
                for use in uses
                for at, call in use.unplayed.items()
            ],
        }

    def _run(self, cassettes: list[Traffic]) -> dict[str, Any]:
        now = Clock.now()
        oldest = min(
            (entry.interaction.at for one in cassettes for entry in one.entries), default=now
        )
        orphans, doubt = None, ""
        if self._planner is not None:
            doubt = self._planner.doubt(self._uses)
            plan = self._planner.plan
            if plan is not None and not doubt:
                used = [path for paths in plan.uses.values() for path in paths]
                found = find_orphans(plan.folders, [*used, *self._uses.by_cassette])
                orphans = [shown_path(path, self._config.rootpath) for path in found.cassettes]
        mode = options.value(self._config, "mode") or default_mode().value
        return {
            "mode": str(mode),
            "when": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            "oldest": in_words(now - oldest),
            "orphans": orphans,
            "doubt": doubt,
        }


class _Finder:
    """Tells which interaction of a cassette a request is about.

    Args:
        items: The interactions of the page; each gets to know who sent it.
    """

    def __init__(self, items: list[dict[str, Any]]) -> None:
        self._items = {(item["f"], item["n"]): item for item in items}
        self._by_call: dict[tuple[int, str], list[int]] = defaultdict(list)
        for item in items:
            self._by_call[item["f"], f"{item['m']} {item['url']}"].append(item["n"])

    def number(self, file: int | None, one: dict[str, Any], test: str) -> int | None:
        """Return the number of what answered, or of what was recorded: the next of this call."""
        if file is None or one["how"] == "refused":
            return None
        number: int | None = one["n"]
        if number is None:
            waiting = self._by_call[file, one["call"]]
            number = waiting.pop(0) if waiting else None
        item = None if number is None else self._items.get((file, number))
        if item is not None:
            item.setdefault("sent", []).append(
                {"how": one["how"], "test": test, "file": one.get("file"), "line": one.get("line")}
            )
        return number
