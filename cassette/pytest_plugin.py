"""The pytest plugin: hooks and fixtures.

This module is imported in every run of everyone who has the package installed, so it imports
no module that does anything until a test, or an option, asks for it. The work is done in
``cassette.plugin``; the options stand in the table of ``cassette.plugin.options``.
"""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - fixtures are found with their annotations
from typing import TYPE_CHECKING, Any

import pytest

from cassette.plugin import tape_key

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from cassette.tapes.tape import Tape


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    from cassette.plugin.options import add_options  # noqa: PLC0415 - see the module docstring

    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker and check the options."""
    from cassette.plugin import options  # noqa: PLC0415 - see the module docstring

    names = "**options"
    if config.getoption("markers"):
        from cassette.plugin.settings import NAMES  # noqa: PLC0415 - as above

        names = "*, " + ", ".join(name for name in NAMES if name != "name")
    config.addinivalue_line(
        "markers",
        f"cassette(name=None, {names}): "
        "record the HTTP traffic of the test into a cassette, or replay it from there",
    )
    config.pluginmanager.register(_Fixture(), "cassette-fixture")
    if not config.getoption("fulltrace", default=False):  # gone with -p no:terminal
        config.pluginmanager.register(_Failures(), "cassette-failures")
    if options.from_command_line(config) or options.from_ini(config):
        from cassette.plugin.taped_test import check_run  # noqa: PLC0415 - as above

        check_run(config)
    if options.value(config, "block_network"):
        from cassette.plugin.guarded_run import GuardedRun  # noqa: PLC0415 - as above

        config.pluginmanager.register(GuardedRun(config), "cassette-guarded-run")
    from cassette.plugin.reporter import register  # noqa: PLC0415 - as above

    register(config)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Look for tests of one class or module whose names differ in nothing but case.

    Before any other wrapper, since ``--lf`` takes tests out here, and the name of a cassette must
    not depend on which tests run.
    """
    report = yield
    nodes = report.result
    if len({node.name.casefold() for node in nodes}) < len(nodes):
        from cassette.plugin.places import mark_twins  # noqa: PLC0415 - see the module docstring

        mark_twins(nodes)
    return report


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the cassette in force before anything else of a test; the marker alone is enough.

    Last, since a project may give its tests the marker in this hook.
    """
    for item in items:
        names: list[str] = getattr(item, "fixturenames", [])
        marked = item.get_closest_marker("cassette") is not None
        if marked:
            from cassette.plugin.taped_test import check  # noqa: PLC0415 - see the module docstring

            check(item)
        if marked or "cassette" in names:
            _put_first(item, names)


def _put_first(item: pytest.Item, names: list[str]) -> None:
    """Let the cassette be the first of the fixtures that are made for this test alone.

    What lives longer is made before it. Its requests would be in the cassette of whichever test
    comes first.
    """
    # Not public, and there is no other way to ask for the scope of a fixture that was not made yet.
    known = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    wider = [name for name in names if name in known and known[name][-1].scope != "function"]
    own = [name for name in names if name not in wider and name != "cassette"]
    names[:] = [*wider, "cassette", *own]


@pytest.fixture(scope="session")
def cassette_config() -> Mapping[str, Any]:
    """The options of the cassettes of these tests, as the marker takes them; for overriding."""
    return {}


@pytest.fixture(scope="module")
def cassette_dir(request: pytest.FixtureRequest) -> Path:
    """The folder for the cassettes of these tests; for overriding.

    It is ``cassettes`` beside the test file, or what ``--cassette-dir`` makes of it.
    """
    from cassette.plugin.places import folder_for  # noqa: PLC0415 - see the module docstring

    return folder_for(request.config, request.path)


@pytest.fixture
def cassette_name(request: pytest.FixtureRequest) -> str:
    """The name of this test's cassette below its folder; for overriding. A marker's name wins."""
    from cassette.plugin.places import test_name  # noqa: PLC0415 - see the module docstring

    return test_name(request.node)


class _Fixture:
    """The fixture ``cassette``, in the last plugin of all: cassetter has one of this name too.

    Of two fixtures of one name pytest takes the one registered last, which would be up to the
    order of files on the disk; it also lets that one ask for the other.
    """

    @pytest.fixture
    def cassette(
        self,
        request: pytest.FixtureRequest,
        cassette_config: Mapping[str, Any],
        cassette_dir: Path,
        cassette_name: str,
    ) -> Generator[Tape, None, None]:
        """The cassette of this test, in force until its fixtures are torn down.

        It stands at ``cassettes/<test module>/<test name>.yaml`` beside the test file, unless
        options or fixtures say otherwise.
        """
        from cassette.plugin import recording_locks, taped_test  # noqa: PLC0415 - see the module docstring

        item = request.node
        if request.config.pluginmanager.has_plugin("cassetter"):
            from cassette.plugin.cassetter import is_meant  # noqa: PLC0415 - as above

            with taped_test.failing_plainly():
                meant = is_meant(item)
            if not meant:
                yield request.getfixturevalue("cassette")
                return
        with taped_test.failing_plainly():
            running = taped_test.TapedTest(
                item,
                cassette_config,
                cassette_dir,
                cassette_name,
                recording_locks.RecordingLocks.of(request),
            )
        item.stash[tape_key] = running
        yield running.tape
        running.withdraw()


class _Failures:
    """Shortens what pytest shows of our errors; in a plugin that ``--full-trace`` goes without."""

    @pytest.hookimpl
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """Look at an error before the report is made, and after what unittest has caught is in."""
        if call.excinfo is not None and "cassette.errors" in sys.modules:
            from cassette.plugin.tracebacks import shorten  # noqa: PLC0415 - see the module docstring

            shorten(call)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test whose requests could not be answered, also where it swallowed the error."""
    result = yield
    tape = item.stash.get(tape_key, None)
    if tape is not None:
        from cassette.plugin.taped_test import failing_plainly  # noqa: PLC0415 - see the module docstring

        with failing_plainly():
            tape.raise_error()
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Close the cassette when every fixture of the test has been torn down, well or not."""
    tape = item.stash.get(tape_key, None)
    if tape is None:
        return (yield)
    from cassette.plugin.taped_test import failing_plainly  # noqa: PLC0415 - see the module docstring

    tape.ending = True
    try:
        result = yield
    except BaseException:
        tape.good = False
        raise
    finally:
        with failing_plainly():
            tape.close()
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell the cassette how its test goes."""
    report = yield
    tape = item.stash.get(tape_key, None)
    if tape is not None:
        tape.note(report)
        if report.when == "teardown":
            del item.stash[tape_key]
    return report
