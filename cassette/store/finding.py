"""Which files in folders are cassettes, and which are journals that a recording has left."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cassette.store.names import PARTIAL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

ENDINGS: Final = (".yaml", ".yml")
"""What the name of a cassette ends in."""

_JOURNAL: Final = re.compile(rf"\.ya?ml(?:\.\w+)?{re.escape(PARTIAL)}\Z")
"""One that was rescued, or is of a forked child, has a word of its own in its name."""

_FIRST_KEY: Final = re.compile(rb"^['\"]?cassette['\"]?[ \t]*:", re.MULTILINE)
_GLANCE: Final = 4096
"""Bytes in which the first key of a cassette stands; comments may come before it."""

_FOREIGN: Final = frozenset(("__pycache__", "node_modules", "site-packages"))
"""Folders that hold nothing of a project's own, beside those whose name starts with a dot."""


def is_cassette(path: str | PathLike[str]) -> bool:
    """Return whether a file looks like a cassette, by its name and its first key.

    Files of other programs, those of VCR.py among them, are none, nor is what is no plain file.
    """
    if not os.fspath(path).endswith(ENDINGS) or not Path(path).is_file():
        return False
    try:
        with Path(path).open("rb") as file:
            return _FIRST_KEY.search(file.read(_GLANCE)) is not None
    except OSError:
        return True  # whoever reads it is told why that cannot be done


def is_journal(path: str | PathLike[str]) -> bool:
    """Return whether a file is the journal of a recording, by its name."""
    return _JOURNAL.search(os.fspath(path)) is not None


def files_below(folder: str | PathLike[str]) -> Iterator[str]:
    """Yield the files of a folder and of those below it, each folder's in the order of names.

    Hidden folders, and those that hold installed packages, are passed over.
    """
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in _FOREIGN
        )
        yield from (os.path.join(place, name) for name in sorted(names))  # noqa: PTH118 - text is faster
