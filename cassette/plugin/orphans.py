"""Files that lie among the cassettes and belong to no collected test."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cassette.plugin.plan import same
from cassette.store.finding import files_below, is_cassette, is_journal

if TYPE_CHECKING:
    from collections.abc import Iterable


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
    files = sorted({same(path) for folder in folders for path in files_below(folder)})
    cassettes = [path for path in files if is_cassette(path)]
    return Orphans(
        cassettes=[path for path in cassettes if path not in in_use],
        journals=[path for path in files if is_journal(path)],
        total=len(cassettes),
    )
