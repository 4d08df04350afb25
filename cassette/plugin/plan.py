"""Which cassettes the collected tests would use, told without running them.

Under pytest-xdist every worker collects every test, and the process that sums up collects none.
So a plan is plain data; one worker's is as good as another's.
"""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from cassette.errors import CassetteError
from cassette.plugin.places import files_of, folder_for, test_name
from cassette.plugin.requesting import definitions, has_cassette, is_ours
from cassette.plugin.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pytest

_DECIDING: Final = ("cassette", "cassette_config", "cassette_dir", "cassette_name")
"""Fixtures with which a project decides about the cassette of a test."""


class Plan(NamedTuple):
    """The cassettes that the collected tests would use, deselected tests included.

    It does not know what a test opens with ``cassette.use``: only running the test tells.

    Attributes:
        tests: Node ids of all tests.
        uses: The cassettes of each test that would use any, by its node id; spelled by ``same``.
        untold: Node ids of the tests of which only running them can tell, since a fixture of the
            project decides.
        folders: Where cassettes may lie.
        missing: What was left out as a whole, its tests unknown, in a sentence each.
    """

    tests: list[str]
    uses: Mapping[str, list[str]]
    untold: list[str]
    folders: list[str]
    missing: list[str]

    def dump(self) -> dict[str, Any]:
        """Return the plan as data that a worker can send."""
        return self._asdict()

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Return the plan that was dumped."""
        return cls(**data)

    def users(self, path: str) -> list[str]:
        """Return the tests that would use a cassette."""
        wanted = same(path)
        return [test for test, paths in self.uses.items() if wanted in paths]


def make_plan(
    config: pytest.Config,
    items: Iterable[pytest.Item],
    folders: Iterable[str],
    missing: Iterable[str],
) -> Plan:
    """Return the cassettes that tests would use.

    Args:
        config: Of this run.
        items: The tests.
        folders: Where cassettes may lie, beside the folders that the tests use.
        missing: What was left out, in a sentence each.
    """
    settings = Settings.of(config)
    tests: list[str] = []
    uses: dict[str, list[str]] = {}
    untold: list[str] = []
    places = dict.fromkeys(folders)
    for item in items:
        tests.append(item.nodeid)
        # A test that was deselected has not been given the fixture that its marker stands for.
        if not has_cassette(item):
            continue
        folder = folder_for(config, item.path)
        places[str(folder)] = None
        if _is_decided_elsewhere(item):
            untold.append(item.nodeid)
            continue
        try:
            given = settings.of_test(item, {})
            main, extra = files_of(folder, test_name(item), given, config.rootpath)
        except CassetteError:
            untold.append(item.nodeid)  # it will fail, and say why
        else:
            uses[item.nodeid] = [same(path) for path in (main, *extra)]
    return Plan(tests, uses, untold, list(places), list(missing))


def _is_decided_elsewhere(item: pytest.Item) -> bool:
    """Return whether a fixture, or a parameter, of the project stands in for one of ours."""
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return any(name in parameters or not is_ours(definitions(item, name)) for name in _DECIDING)


def missing_part(config: pytest.Config) -> str:
    """Return why a run does not collect all tests of the project; empty if it does.

    Tests that were collected and then deselected, by ``-k`` or ``-m`` for example, are in the plan.
    """
    if config.getoption("lf", default=False):
        return "--lf passes over the files without a failed test"
    for option in ("ignore", "ignore_glob"):
        if config.getoption(option):
            return f"--{option.replace('_', '-')} leaves tests out"
    if config.args_source is not config.ArgsSource.ARGS:
        return ""
    given = [Path(arg).resolve() for arg in config.args if "::" not in arg]
    if all(any(root.is_relative_to(path) for path in given) for root in _roots(config)):
        return ""
    return f"only {', '.join(config.args)} was collected"


def _roots(config: pytest.Config) -> list[Path]:
    """Return the folders in which pytest looks for tests where it is given none."""
    folder = config.inipath.parent if config.inipath else config.rootpath
    patterns = config.getini("testpaths")
    found = [path for pattern in patterns for path in glob.glob(pattern, root_dir=folder)]  # noqa: PTH207 - as pytest reads them
    return [Path(folder, path).resolve() for path in found] or [config.rootpath.resolve()]


def same(path: str | os.PathLike[str]) -> str:
    """Return the one spelling of a path by which files are compared."""
    return os.path.normcase(os.path.realpath(path))
