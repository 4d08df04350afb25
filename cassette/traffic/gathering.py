"""The cassettes that are meant by paths, read as far as they can be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cassette.errors import CassetteError, CassetteNotFoundError
from cassette.store.finding import files_below, is_cassette
from cassette.traffic.entries import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cassette.traffic.entries import Traffic

    Track = Callable[[Sequence[Path]], Iterable[Path]]
    """Hands on what is being worked on, and may tell how far that has come."""


class Gathered(NamedTuple):
    """What was read.

    Attributes:
        cassettes: The cassettes.
        errors: Why others could not be read.
    """

    cassettes: list[Traffic]
    errors: list[CassetteError]


def cassettes_at(paths: Iterable[Path]) -> list[Path]:
    """Return the files that are meant: those that are named, and the cassettes in folders.

    Raises:
        CassetteNotFoundError: There is nothing at a path, or no cassette in a folder.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            below = [Path(file) for file in files_below(path) if is_cassette(file)]
            if not below:
                raise CassetteNotFoundError(path, "No file in this folder, or below it, is one.")
            found |= dict.fromkeys(below)
        elif path.exists():
            found[path] = None
        else:
            raise CassetteNotFoundError(path, "Name a cassette, or a folder that holds some.")
    return list(found)


def gather(paths: Iterable[Path], track: Track = iter) -> Gathered:
    """Read cassettes; one that is damaged keeps no other from being read.

    Args:
        paths: Files and folders.
        track: Is given the files, and gives them back one after the other.

    Raises:
        CassetteNotFoundError: There is nothing at a path, or no cassette in a folder.
    """
    gathered = Gathered([], [])
    for path in track(cassettes_at(paths)):
        try:
            gathered.cassettes.append(read(path))
        except CassetteError as error:
            gathered.errors.append(error)
    return gathered
