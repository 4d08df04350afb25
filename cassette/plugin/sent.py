"""Which request was sent by which line of the project, and when: for the page about a run.

None of it goes into a cassette, since lines move.
"""

from __future__ import annotations

import linecache
import os
from typing import TYPE_CHECKING, Any, Final

import pytest

from cassette.callers import callers, is_own
from cassette.clock import Clock
from cassette.plugin.use_record import absolute_path, shown_path
from cassette.tapes.telling import listen

if TYPE_CHECKING:
    from collections.abc import Generator

    from cassette.tapes.telling import Told

SENT: Final = "cassette_sent"
"""The attribute of a report that carries what was sent, as data."""

_LONGEST: Final = 200
"""Characters of a line of source that are kept."""


class SentTracker:
    """Hooks that put what a test has sent onto the last report on it.

    Args:
        config: Of this run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._root = config.rootpath
        self._sent: list[dict[str, Any]] = []
        self._began = Clock.monotonic()
        self._module = ""
        self._leave = listen(self._note)

    def _note(self, told: Told) -> None:
        own = [frame for frame in callers() if is_own(frame)]
        # The line of the test says most; a helper that has sent it is named beside.
        tests = [frame for frame in own if frame.f_code.co_filename == self._module]
        data: dict[str, Any] = {
            "how": told.how,
            "cassette": absolute_path(told.path),
            "call": told.call,
            "n": told.number,
            "at": round(Clock.monotonic() - self._began, 6),
            "error": told.error,
        }
        for place in (tests or own)[:1]:
            name, line = place.f_code.co_filename, place.f_lineno
            data |= {"file": self._shown(name), "line": line}
            data["code"] = linecache.getline(name, line).strip()[:_LONGEST]
            if own[0] is not place:
                data["by"] = f"{self._shown(own[0].f_code.co_filename)}:{own[0].f_lineno}"
        self._sent.append(data)

    def _shown(self, name: str) -> str:
        return shown_path(os.path.abspath(name), self._root)  # noqa: PTH100 - links stay

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Count the time from here."""
        self._began = Clock.monotonic()
        self._module = str(item.path)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put what was sent onto the report."""
        report = yield
        if report.when == "teardown" and self._sent:
            setattr(report, SENT, self._sent)
            self._sent = []
        return report

    def pytest_unconfigure(self) -> None:
        """Note no more."""
        self._leave()
