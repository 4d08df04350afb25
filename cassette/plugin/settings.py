"""The options of a test's cassette: which layers there are, and that the nearest wins.

From the nearest to the farthest: the command line, the markers of the function, the class and the
module, the fixture ``cassette_config``, the ini file. What the layers may say are the keywords of
``cassette.use``, and the name of the cassette.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping
from typing import Any, Final

import pytest

from cassette.api import use
from cassette.errors import OptionError
from cassette.naming import check_names
from cassette.plugin import options
from cassette.store.names import resolve_name
from cassette.tapes.hosts import patterns_of

NAMES: Final = ("name", *(key for key in inspect.signature(use).parameters if key != "path"))
"""The options of a marker: the name of the cassette, and the keywords of ``cassette.use``."""

_key: Final = pytest.StashKey["Settings"]()


class Settings:
    """The options of every test of a run.

    Raises:
        OptionError: The command line or the ini file gives a wrong value.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._command_line = _of_uses(options.from_command_line(config))
        self._ini = _of_uses(options.from_ini(config))
        # By identity, and kept alive for it: a marker of a module, or of a parametrised test, is
        # one object for all its tests.
        self._markers: dict[int, tuple[pytest.Mark, dict[str, Any]]] = {}

    @classmethod
    def of(cls, config: pytest.Config) -> Settings:
        """Return the settings of this run."""
        settings = config.stash.get(_key, None)
        if settings is None:
            settings = config.stash[_key] = cls(config)
        return settings

    def marked(self, item: pytest.Item) -> dict[str, Any]:
        """Return the options in the markers of a test; the nearer marker wins, option by option.

        Raises:
            OptionError: A marker has a wrong option.
        """
        said: dict[str, Any] = {}
        for node, marker in item.iter_markers_with_node("cassette"):
            known = self._markers.get(id(marker))
            if known is None:
                given = _of_marker(marker, f"{node.nodeid}: @pytest.mark.cassette")
                known = self._markers[id(marker)] = marker, given
            said = {**known[1], **said}
        return said

    def of_test(self, item: pytest.Item, configured: object) -> dict[str, Any]:
        """Return the options of a test, all layers together.

        Args:
            item: The test.
            configured: What its fixture ``cassette_config`` has returned.

        Raises:
            OptionError: A marker or the fixture has a wrong option.
        """
        # Nothing at all, such as of a fixture that forgot to return, is no empty dict.
        if configured != {}:
            configured = checked(configured, f"{item.nodeid}: the fixture cassette_config")
            said = {**self._ini, **configured, **self.marked(item)}
        else:
            said = {**self._ini, **self.marked(item)}
        for name, value in self._command_line.items():
            if name == "allow_hosts":
                # Added, not replaced: a test cannot do without the hosts of its marker.
                allowed = said.get(name, ())
                value = (*([allowed] if isinstance(allowed, str) else allowed), *value)  # noqa: PLW2901
            said[name] = value
        return said


def checked(given: object, where: str) -> dict[str, Any]:
    """Return options that can be used as they are.

    Args:
        given: The options by name.
        where: Where they stand, for the error.

    Raises:
        OptionError: A name or a value is wrong.
    """
    if not isinstance(given, Mapping):
        raise OptionError(
            f"{where}: expected a dict of options, found {given!r}\nOptions: {', '.join(NAMES)}"
        )
    check_names(given, NAMES, where)
    values = dict(given)
    try:
        if "allow_hosts" in values:
            values["allow_hosts"] = patterns_of(values["allow_hosts"])
        if values.get("name") is not None:
            resolve_name("cassettes", values["name"])
        # This opens nothing.
        use(os.devnull, **{key: value for key, value in values.items() if key != "name"})
        for one in values.get("extra", ()):
            if isinstance(one, str):
                resolve_name("cassettes", one)
    except OptionError as error:
        raise OptionError(f"{where}: {error}") from None
    return values


def _of_marker(marker: pytest.Mark, where: str) -> dict[str, Any]:
    names = (*marker.args, *([marker.kwargs["name"]] if "name" in marker.kwargs else ()))
    if len(names) > 1:
        raise OptionError(
            f"{where} takes one name, not {len(names)}: {names!r}\nOptions: {', '.join(NAMES)}"
        )
    given = dict(marker.kwargs)
    if marker.args:
        given["name"] = marker.args[0]
    return checked(given, where)


def _of_uses(given: Mapping[str, options.Given]) -> dict[str, Any]:
    """Return the values of those that are options of a use."""
    of_uses = {name: one for name, one in given.items() if name in NAMES}
    for name, one in of_uses.items():
        checked({name: one.value}, one.where)
    return {name: one.value for name, one in of_uses.items()}
