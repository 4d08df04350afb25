"""A network guard around every test of a run, and around the collection of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cassette.patching.network.guard import Guard
from cassette.plugin import options
from cassette.tapes.hosts import Hosts

if TYPE_CHECKING:
    from collections.abc import Generator


class GuardedRun:
    """Hooks that guard each test from before its setup to after its teardown.

    Args:
        config: The hosts that it allows may be reached all the same.
    """

    def __init__(self, config: pytest.Config) -> None:
        # As for the cassettes, the command line adds to the ini file.
        layers = (options.from_ini(config), options.from_command_line(config))
        given = [layer["allow_hosts"].value for layer in layers if "allow_hosts" in layer]
        self._hosts = Hosts(host for hosts in given for host in hosts)
        self._guard = self._over("the run")

    def _over(self, what: str) -> Guard:
        return Guard(
            self._hosts,
            reason=f"{what} may not reach the network (--cassette-block-network)",
            remedy="Record it into a cassette with @pytest.mark.cassette, or let the host through: "
            "--cassette-allow-hosts={host}",
        )

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Guard a test."""
        with self._over(item.nodeid) as self._guard:
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Generator[None, object, object]:
        """Fail a phase in which something was refused, also where the test swallowed the error."""
        try:
            result = yield
        finally:
            refused = list(self._guard.errors)
            self._guard.errors.clear()
        if refused:
            pytest.fail(f"{type(refused[0]).__name__}: {refused[0]}", pytrace=False)
        return result

    pytest_runtest_call = pytest_runtest_setup
    pytest_runtest_teardown = pytest_runtest_setup

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Guard the collection, in which test modules are imported; fail it as well."""
        with self._over(f"the collection of {collector.nodeid or 'the tests'}") as guard:
            report = yield
        if guard.errors and report.passed:
            report.outcome = "failed"
            report.longrepr = f"{type(guard.errors[0]).__name__}: {guard.errors[0]}"
        return report
