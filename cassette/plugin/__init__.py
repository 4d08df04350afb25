"""The work of the pytest plugin, imported once a test, or an option, asks for it.

``cassette.pytest_plugin`` is imported in every run of everyone who has the package installed. It
holds the hooks and the fixtures, and imports the modules here inside them. The names that both
sides need stand in this file, which imports nothing of the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from cassette.plugin.taped_test import TapedTest

NAMES: Final = ("tape", "cassette")
"""The fixture by either of its names."""

ANCHOR: Final = "_cassette_tape"
"""The fixture behind both names. A project that has a fixture of one of them leaves it alone."""

tape_key: Final[pytest.StashKey[TapedTest]] = pytest.StashKey()
"""Where an item keeps its cassette while that is in use."""
