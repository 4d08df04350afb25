"""What the pytest plugin does once a test, or an option, asks for it.

``cassette.pytest_plugin`` is imported in every run of everyone who has the package installed. It
holds the hooks and the fixtures, and imports the modules here inside them. What both sides must
know stands in this file, which imports nothing of the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from cassette.plugin.taped_test import TapedTest

tape_key: Final[pytest.StashKey[TapedTest]] = pytest.StashKey()
"""Where an item keeps its cassette while that is in use."""
