"""Beside cassetter, which calls its fixture ``cassette`` too and puts it into every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cassette.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

_THEIRS = ("cassette", "vcr")


def is_meant(item: pytest.Item) -> bool:
    """Return whether a test means our fixture ``cassette``, and not the one of cassetter.

    It does where it carries our marker, or where it or a fixture of its own names ``cassette``
    without the marker ``vcr``, by which cassetter knows its tests.

    Raises:
        OptionError: It carries both markers.
    """
    ours, theirs = (item.get_closest_marker(name) is not None for name in ("cassette", "vcr"))
    if ours and theirs:
        raise OptionError(
            f"{item.nodeid} is marked 'cassette', for pytest-cassette, and 'vcr', for cassetter: "
            "both plugins have a fixture 'cassette', and a test can have one of them only\n"
            "Take one of the marks away, or switch cassetter off: pytest -p no:cassetter"
        )
    return ours or (not theirs and "cassette" in _named(item))


def _named(item: pytest.Item) -> Iterator[str]:
    """Yield the fixtures that a test or a fixture of its own names."""
    for mark in item.iter_markers("usefixtures"):
        yield from mark.args
    # Not public; what is, names the fixtures of all plugins too.
    info = getattr(item, "_fixtureinfo", None)
    if info is not None:
        yield from info.argnames
        for name, definitions in info.name2fixturedefs.items():
            if name not in _THEIRS:
                yield from definitions[-1].argnames
