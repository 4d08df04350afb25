"""Beside cassetter, which calls its fixture ``cassette`` too and puts it into every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cassette.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

_THEIRS = ("cassette", "vcr")


def is_theirs(item: pytest.Item) -> bool:
    """Return whether ``cassette``, in a test without our marker, is the fixture of cassetter.

    It is where the test carries the marker ``vcr``, by which cassetter knows its tests, and where
    neither the test nor a fixture of the project names ``cassette``.
    """
    return item.get_closest_marker("vcr") is not None or "cassette" not in _named(item)


def refuse_both(item: pytest.Item) -> None:
    """Refuse a test that has a cassette of ours, and is marked for cassetter.

    Raises:
        OptionError: It is.
    """
    if item.get_closest_marker("vcr") is None:
        return
    if item.get_closest_marker("cassette") is None:
        clash = "asks for 'tape', of pytest-cassette, and is marked 'vcr', for cassetter"
        remedy = "Take the fixture or the mark away"
    else:
        clash = "is marked 'cassette', for pytest-cassette, and 'vcr', for cassetter"
        remedy = "Take one of the marks away"
    raise OptionError(
        f"{item.nodeid} {clash}: a test can have a cassette of one of them only\n"
        f"{remedy}, or switch cassetter off: pytest -p no:cassetter"
    )


def _named(item: pytest.Item) -> Iterator[str]:
    """Yield the fixtures that a test or a fixture of the project names."""
    for mark in item.iter_markers("usefixtures"):
        yield from mark.args
    # Private; the public `fixturenames` has the fixtures of all plugins as well.
    info = getattr(item, "_fixtureinfo", None)
    if info is not None:
        yield from info.argnames
        for name, definitions in info.name2fixturedefs.items():
            if name not in _THEIRS:
                yield from definitions[-1].argnames
