"""``docs/client.md`` names every public name, and tests that exist."""

from __future__ import annotations

import http.client
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "client.md").read_text()
TABLE = PAGE.partition("## Every name")[2]
TESTS = {
    name
    for folder in ("client", "differential")
    for module in (ROOT / "tests" / folder).glob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", module.read_text(), re.MULTILINE)
}
MEMBERS = [
    name
    for owner in (http.client.HTTPConnection, http.client.HTTPResponse)
    for name in vars(owner)
    if not name.startswith("_")
]


def test_every_test_that_the_page_names_exists() -> None:
    assert set(re.findall(r"`(test_\w+)`", PAGE)) <= TESTS


@pytest.mark.parametrize("name", sorted({*http.client.__all__, *MEMBERS}))
def test_every_public_name_stands_in_the_table(name: str) -> None:
    assert name in re.findall(r"\w+", TABLE)
