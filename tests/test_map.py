"""The map from module to test in docs/contributing.md is true."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "cassette"
TESTS = ROOT / "tests"
SECTION = PAGE.partition("## From a module to its test")[2].partition("Beside them stand")[0]
ROWS = re.findall(r"^\| (`.+?) \| (`.+?) \| (.+?) \|$", SECTION, re.MULTILINE)
FACES = {"__init__.py", "__main__.py"}
"""Files that hold names of others, and a call of the command line."""

MODULES = {path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if path.name not in FACES}
UNTESTED = {
    module for module in MODULES if not (TESTS / module.parent / f"test_{module.name}").exists()
}


def quoted(cell):
    return re.findall(r"`(.+?)`", cell)


def found(pattern):
    """The modules that an entry of the first column stands for."""
    return {path.relative_to(PACKAGE) for path in PACKAGE.glob(pattern)}


LISTED = [pattern for row in ROWS for pattern in quoted(row[0])]


def test_every_module_has_a_test_module_or_stands_in_the_list():
    assert LISTED
    assert UNTESTED - {module for pattern in LISTED for module in found(pattern)} == set()


@pytest.mark.parametrize("pattern", LISTED)
def test_the_list_has_no_line_too_many(pattern):
    assert found(pattern) & UNTESTED


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_the_list_leads_to_tests_and_says_why(row):
    assert quoted(row[1])
    for name in quoted(row[1]):
        assert (TESTS / name).is_file()
    assert row[2]


def test_every_folder_beside_the_mirrored_ones_is_named():
    mirrored = {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    folders = {path.name for path in TESTS.iterdir() if path.is_dir()}
    beside = {name for name in folders - mirrored if not name.startswith(("_", "."))}
    assert set(re.findall(r"^\| `tests/(\w+)/` \|", PAGE, re.MULTILINE)) == beside
