"""Which tests have a cassette, and that it is in force before their other fixtures are made.

Nothing public in pytest tells the definitions of a fixture, or its scope, before it is made. So
this module reads two private attributes: ``Function._fixtureinfo`` and
``Session._fixturemanager``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cassette.plugin import ANCHOR, NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest

    Definitions = Sequence[pytest.FixtureDef[Any]]

_HOME: Final = "cassette.pytest_plugin"
"""The module that defines our fixtures."""


def has_cassette(item: pytest.Item) -> bool:
    """Return whether a test has a cassette: by the marker, or since it asks for the fixture.

    A fixture ``tape`` or ``cassette`` of the project gives a test our cassette only where it asks
    for its own name, which stands for ours then.
    """
    if item.get_closest_marker("cassette") is not None:
        return True
    names = getattr(item, "fixturenames", ())
    if ANCHOR in names:
        return True
    asked = [name for name in NAMES if name in names]
    if "cassette" in asked and item.config.pluginmanager.has_plugin("cassetter"):
        from cassette.plugin.cassetter import is_theirs  # noqa: PLC0415 - few have it

        if is_theirs(item):
            asked.remove("cassette")
    # Before pytest 9 the fixtures of a test leave out what an overridden fixture asks for.
    known = _known(item)
    return any(_leads_to_ours(name, known.get(name, ())) for name in asked)


def put_first(item: pytest.Item) -> None:
    """Let the cassette be the first of the fixtures that are made for this test alone.

    Fixtures that live longer are made before it. Their requests would be in the cassette of
    whichever test comes first.
    """
    names: list[str] = getattr(item, "fixturenames", [])
    known = _known(item)
    wider = [name for name in names if name in known and known[name][-1].scope != "function"]
    first = [ANCHOR]
    if "cassette" not in wider and not is_ours(definitions(item, "cassette")):
        # A project's own stands for the marker as well, and may use a cassette of another path.
        first.append("cassette")
    own = [name for name in names if name not in wider and name not in first]
    names[:] = [*wider, *first, *own]


def definitions(item: pytest.Item, name: str) -> Definitions | None:
    """Return the definitions of a fixture that a test sees; the last one holds."""
    return item.session._fixturemanager.getfixturedefs(name, item)  # noqa: SLF001 - see the module docstring


def is_ours(definitions: Definitions | None) -> bool:
    """Return whether the definition of a fixture that holds is the plugin's."""
    return not definitions or _is_of_plugin(definitions[-1])


def _is_of_plugin(definition: pytest.FixtureDef[Any]) -> bool:
    return definition.func.__module__ == _HOME


def _known(item: pytest.Item) -> Mapping[str, Definitions]:
    """Return the definitions of each fixture that a test is known to need."""
    return getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})


def _leads_to_ours(name: str, definitions: Definitions) -> bool:
    """Return whether a fixture is ours, or asks for ours by its own name."""
    for definition in reversed(definitions):
        if _is_of_plugin(definition):
            return True
        if name not in definition.argnames:
            return False
    return False
