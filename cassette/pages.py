"""Addresses of pages of the documentation, which is installed with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cassette.wording import from_here

_PACKAGE: Final = Path(__file__).parent

DOCS: Final = next(
    (folder for folder in (_PACKAGE / "docs", _PACKAGE.parent / "docs") if folder.is_dir()),
    _PACKAGE / "docs",
)
"""The pages: inside of the package where it was installed, beside it in a checkout."""


def address(page: str) -> str:
    """Return where a page of the documentation is.

    Args:
        page: The name of its file in ``docs``, and with ``#`` the section.
    """
    return from_here(DOCS / page)
