"""Files that lie among the cassettes and belong to no collected test."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.plugin.plan import same
from cassette.store.names import PARTIAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ENDINGS: Final = (".yaml", ".yml")
_JOURNAL: Final = re.compile(rf"\.ya?ml(?:\.\w+)?{re.escape(PARTIAL)}\Z")
"""One that was rescued, or is of a forked child, has a word of its own in its name."""

_FIRST_KEY: Final = re.compile(rb"^['\"]?cassette['\"]?[ \t]*:", re.MULTILINE)
_GLANCE: Final = 4096
"""Bytes in which the first key of a cassette stands; comments may come before it."""


class Orphans(NamedTuple):
    """Files that no test uses.

    Attributes:
        cassettes: Cassettes that no test uses.
        journals: Journals of recordings that were not completed.
        total: How many cassettes there are in all.
    """

    cassettes: list[str]
    journals: list[str]
    total: int


def find_orphans(folders: Iterable[str], used: Iterable[str]) -> Orphans:
    """Return the files in folders, and below them, that no test uses.

    Files of other programs, the cassettes of VCR.py among them, are none of ours.

    Args:
        folders: Where cassettes may lie; those that do not exist are passed over.
        used: The cassettes that tests use.
    """
    in_use = {same(path) for path in used}
    files = sorted({same(path) for folder in folders for path in _files(folder)})
    cassettes = [path for path in files if path.endswith(_ENDINGS) and _is_cassette(path)]
    return Orphans(
        cassettes=[path for path in cassettes if path not in in_use],
        journals=[path for path in files if _is_journal(path)],
        total=len(cassettes),
    )


def _files(folder: str) -> Iterator[str]:
    for place, _, names in os.walk(folder):
        yield from (os.path.join(place, name) for name in names)  # noqa: PTH118 - walk gives text


def _is_journal(path: str) -> bool:
    return _JOURNAL.search(path) is not None


def _is_cassette(path: str) -> bool:
    with Path(path).open("rb") as file:
        return _FIRST_KEY.search(file.read(_GLANCE)) is not None
