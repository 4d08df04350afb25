"""Taking interactions out of a cassette."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cassette.errors import CassetteError, CassetteFormatError
from cassette.store.files import Journal
from cassette.store.places import Stamp
from cassette.store.reader import CassetteReader
from cassette.system import System

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike


def drop_interactions(path: str | PathLike[str], calls: Mapping[int, str]) -> None:
    """Take interactions out of a cassette, in one step for whoever looks.

    Every byte of the others stays, comments and what was edited by hand included. A cassette of
    which nothing would be left is deleted.

    Args:
        path: The cassette.
        calls: Call of each interaction to drop, by its number in the file, counted from 0.

    Raises:
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: The file is no cassette, or a damaged one; other interactions stand
            at these numbers by now; or the texts of the interactions cannot be told apart.
        CassetteError: The file cannot be written, or cannot be deleted.
    """
    path = Path(path)
    before = Stamp.of(path)
    with CassetteReader.open(path) as reader:
        if any(number >= len(reader) or reader.calls[number] != calls[number] for number in calls):
            raise CassetteFormatError(
                "it was changed since it was played",
                path=path,
                remedy="Nothing was taken out of it; run the tests again.",
            )
        if not reader.is_verbatim:
            raise CassetteFormatError(
                "it is written in a way that only a YAML parser understands",
                path=path,
                remedy="Delete the interactions by hand, or record it again (mode='rewrite').",
            )
        kept = [number for number in range(len(reader)) if number not in calls]
        if not kept:
            try:
                path.unlink()
            except OSError as error:
                raise CassetteError(
                    f"{path}: it cannot be deleted: {error.strerror or error}"
                ) from error
            return
        place = Path(System.realpath(path))
        journal = Journal.over(reader, place, before=before)
        try:
            for number in kept:
                journal.append_entry(reader.entry(number))
            journal.commit()
        finally:
            journal.abandon()
