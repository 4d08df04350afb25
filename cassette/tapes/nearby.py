"""The cassette of a test that was renamed: where one is missing, it may stand nearby."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from cassette.errors import CassetteError
from cassette.store.reader import CassetteReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cassette.matching import Matching

_LISTED: Final = 2000
_LOOKED_INTO: Final = 20
"""Files whose names are compared, and those of the nearest names that are read."""


def renamed_from(
    path: Path, call: str, matching: Matching, taken: Callable[[Path], bool]
) -> Path | None:
    """Return a cassette that holds a request which another one, that is not there, was asked for.

    A test that was renamed leaves its cassette in the same folder, a test module in the folder
    beside it. Of several that hold the request, it is the one with the nearest name.

    Args:
        path: Where there is no cassette.
        call: The call line that found no answer there.
        matching: What requests must have in common.
        taken: Whether a cassette is known to belong to another test.
    """
    by_name: dict[float, list[Path]] = {}
    for number, near in enumerate(_neighbours(path)):
        if number == _LISTED:
            break
        likeness = difflib.SequenceMatcher(None, path.stem, near.stem).ratio()
        by_name.setdefault(likeness, []).append(near)
    ranked = [near for likeness in sorted(by_name, reverse=True) for near in by_name[likeness]]
    key = matching.call_key(call)
    for near in ranked[:_LOOKED_INTO]:
        if not taken(near) and key in _keys(near, matching):
            return near
    return None


def _neighbours(path: Path) -> Iterator[Path]:
    folder = path.parent
    for where, pattern in ((folder, f"*{path.suffix}"), (folder.parent, f"*/{path.name}")):
        yield from (near for near in sorted(where.glob(pattern)) if near.is_file())


def _keys(path: Path, matching: Matching) -> set[str]:
    try:
        return set(matching.call_keys(CassetteReader.open(path).calls))
    except CassetteError:
        return set()
