"""What a project has: its cassettes in a line each, and journals that recordings have left."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cassette.clock import Clock
from cassette.errors import CassetteError, CassetteNotFoundError
from cassette.matching.calls import split_call
from cassette.store.finding import files_below, is_cassette, is_journal
from cassette.store.reader import CassetteReader
from cassette.traffic.amounts import size_text
from cassette.traffic.pieces import Piece, line
from cassette.wording import counted, from_here, in_words, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from cassette.traffic.gathering import Track
    from cassette.traffic.pieces import Line

_HOSTS = 3
"""Hosts that are named, the most frequent ones first."""


class Listed(NamedTuple):
    """A cassette, or a journal, at a glance.

    Attributes:
        path: The file.
        size: Its size in bytes.
        interactions: How many it holds.
        recorded: When its recording began, in UTC; None where it cannot be read.
        hosts: Where its interactions lead, the most frequent one first.
        error: Why it cannot be read; empty where it can.
    """

    path: Path
    size: int
    interactions: int = 0
    recorded: datetime | None = None
    hosts: tuple[str, ...] = ()
    error: str = ""

    @property
    def is_journal(self) -> bool:
        """Whether a recording has left it."""
        return is_journal(self.path)


def list_files(paths: Iterable[Path], track: Track = iter) -> list[Listed]:
    """Return the cassettes and journals at paths, and below them.

    Args:
        paths: Files and folders.
        track: As for ``gather``.

    Raises:
        CassetteNotFoundError: There is nothing at a path.
    """
    files: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise CassetteNotFoundError(path, "Name a cassette, or a folder that holds some.")
        below = files_below(path) if path.is_dir() else [str(path)]
        files |= {Path(file): None for file in below if is_journal(file) or is_cassette(file)}
    return [_listed(path) for path in track(list(files))]


def _listed(path: Path) -> Listed:
    size = path.stat().st_size
    try:
        with CassetteReader.open(path) as reader:
            hosts = Counter(split_call(call).host for call in reader.calls)
            names = tuple(host for host, _ in hosts.most_common())
            return Listed(path, size, len(reader), reader.recorded, names)
    except CassetteError as error:
        return Listed(path, size, error=str(error).partition("\n")[0])


def listing_lines(files: list[Listed]) -> Iterator[Line]:
    """Yield a line for each cassette, then the journals, then what there is in all."""
    cassettes = [one for one in files if not one.is_journal]
    journals = [one for one in files if one.is_journal]
    names = [from_here(one.path) for one in cassettes]
    width = max(map(len, names), default=0)
    for name, one in zip(names, cassettes, strict=True):
        yield line(Piece(f"{name:{width}}", "strong"), *_facts(one))
    if journals:
        yield ()
        yield line("Left of recordings that were not completed:")
    for one in journals:
        yield line(f"  {from_here(one.path)}", *_facts(one))
    if files:
        yield ()
    yield line(Piece(_sum(cassettes), "quiet"))


def _facts(one: Listed) -> tuple[Piece, ...]:
    if one.recorded is None:
        return (Piece("  cannot be read: ", "bad"), Piece(one.error))
    age = in_words(Clock.now() - one.recorded)
    return (
        Piece(f"  {one.interactions:>5}  {size_text(one.size):>6}  "),
        Piece(f"{age:>10}  ", "quiet"),
        Piece(listed(one.hosts, _HOSTS)),
    )


def _sum(cassettes: list[Listed]) -> str:
    interactions = counted(sum(one.interactions for one in cassettes), "interaction")
    size = size_text(sum(one.size for one in cassettes))
    return f"{counted(len(cassettes), 'cassette')} with {interactions}, {size}"
