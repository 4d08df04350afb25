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

from cassette.plugin import ANCHOR, NAMES, tape_key

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

    if "Tape" not in getattr(sys.modules["cassette"], "__all__", ()):
        from cassette.plugin.namesakes import refuse_package  # noqa: PLC0415 - as above

        refuse_package()
    names, values = "**options", ""
    if config.getoption("markers"):
        from cassette.plugin.marker_help import describe_options  # noqa: PLC0415 - as above

        names, values = describe_options()
    config.addinivalue_line(
        "markers",
        f"cassette(name=None, {names}): "
        f"record the HTTP traffic of the test into a cassette, or replay it from there{values}",
    )
    config.pluginmanager.register(_Tape(), "cassette-tape")
    shared = config.pluginmanager.has_plugin("cassetter")
    config.pluginmanager.register(_SharedCassette() if shared else _Cassette(), "cassette-name")
    if not config.getoption("fulltrace", default=False):  # gone with -p no:terminal
        config.pluginmanager.register(_Failures(), "cassette-failures")
    options.check_ini_names(config)
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
    """Mark tests of one class or module that differ by upper and lower case alone.

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
        marked = item.get_closest_marker("cassette") is not None
        if not marked and not any(name in getattr(item, "fixturenames", ()) for name in NAMES):
            continue
        from cassette.plugin.requesting import has_cassette, put_first  # noqa: PLC0415 - see the module docstring

        if marked:
            from cassette.plugin.taped_test import check  # noqa: PLC0415 - as above

            check(item)
        if has_cassette(item):
            if item.config.pluginmanager.has_plugin("llm_cassette"):
                from cassette.plugin.namesakes import refuse  # noqa: PLC0415 - as above

                refuse(item.config)
            put_first(item)


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


@pytest.fixture
def _cassette_tape(
    request: pytest.FixtureRequest,
    cassette_config: Mapping[str, Any],
    cassette_dir: Path,
    cassette_name: str,
) -> Generator[Tape, None, None]:
    """The cassette of this test; a name that no project has a fixture of."""
    from cassette.plugin import recording_locks, taped_test  # noqa: PLC0415 - see the module docstring

    item = request.node
    with taped_test.failing_plainly():
        if request.config.pluginmanager.has_plugin("llm_cassette"):
            from cassette.plugin.namesakes import two_of_a_name  # noqa: PLC0415 - as above

            raise two_of_a_name()
        if request.config.pluginmanager.has_plugin("cassetter"):
            from cassette.plugin.cassetter import refuse_both  # noqa: PLC0415 - as above

            refuse_both(item)
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


class _Tape:
    """The fixture ``tape``, in one of the last plugins, so that no other plugin decides about it.

    Of two fixtures of one name pytest takes the one registered last, which would be up to the
    order of files on the disk.
    """

    @pytest.fixture
    def tape(self, _cassette_tape: Tape) -> Tape:
        """The cassette of this test, in force until its fixtures are torn down.

        It stands at ``cassettes/<test module>/<test name>.yaml`` beside the test file, unless
        options or fixtures say otherwise.
        """
        return _cassette_tape


class _Cassette:
    """The same fixture by its other name."""

    @pytest.fixture
    def cassette(self, _cassette_tape: Tape) -> Tape:
        """The fixture ``tape`` by its other name."""
        return _cassette_tape


class _SharedCassette:
    """The fixture ``cassette`` beside cassetter, which has one too and puts it into every test."""

    @pytest.fixture
    def cassette(self, request: pytest.FixtureRequest) -> Any:  # noqa: ANN401 - theirs, too
        """The fixture ``tape`` by its other name, or the fixture of cassetter."""
        from cassette.plugin.requesting import has_cassette  # noqa: PLC0415 - see the module docstring

        # To a fixture that asks for its own name, pytest gives the one it overrides: theirs.
        return request.getfixturevalue(ANCHOR if has_cassette(request.node) else "cassette")


class _Failures:
    """Shortens the tracebacks of our errors; not registered under ``--full-trace``."""

    @pytest.hookimpl
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """Shorten the traceback, after unittest has handed it over and before the report."""
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
