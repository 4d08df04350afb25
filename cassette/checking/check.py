"""``cassette check``: every file at some paths, held against every rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.checking.cassettes import check_cassette
from cassette.checking.faults import Fault, Rule
from cassette.checking.lines import conflict_line
from cassette.checking.others import check_other
from cassette.errors import CassetteError, CassetteNotFoundError
from cassette.store.finding import files_below, is_cassette, is_journal
from cassette.store.reader import CassetteReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import timedelta

    from cassette.redaction import Redactor
    from cassette.traffic.gathering import Track

_SUFFIXES: Final = (".yaml", ".yml", ".json", ".har", ".partial")
"""What is looked at below a folder; a file that is named is looked at whatever it is called."""


def files_at(paths: Iterable[Path]) -> list[Path]:
    """Return the files at some paths, and those below them that may hold recordings.

    Raises:
        CassetteNotFoundError: There is nothing at a path.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            below = (Path(name) for name in files_below(path))
            found |= dict.fromkeys(one for one in below if one.suffix.lower() in _SUFFIXES)
        elif path.is_file():
            found[path] = None
        else:
            raise CassetteNotFoundError(path, "Name a file, or a folder that holds some.")
    return list(found)


def check(
    paths: Iterable[Path],
    redactor: Redactor,
    max_age: timedelta | None = None,
    track: Track = iter,
) -> Iterator[Fault]:
    """Yield what is wrong in the files at some paths, file by file.

    Args:
        paths: Files and folders.
        redactor: Knows what a secret is.
        max_age: How old a cassette may be; None for any age.
        track: Is given the files, and gives them back one after the other; it may tell how far
            that has come.

    Raises:
        CassetteNotFoundError: There is nothing at a path.
    """
    for path in track(files_at(paths)):
        yield from check_file(path, redactor, max_age)


def check_file(path: Path, redactor: Redactor, max_age: timedelta | None = None) -> Iterator[Fault]:
    """Yield what is wrong in one file."""
    if is_journal(path):
        yield Fault(path, 0, Rule.JOURNAL, "left by a recording that was not completed")
    try:
        data = path.read_bytes()
    except OSError as error:
        yield Fault(path, 0, Rule.FORMAT, f"it cannot be read: {error.strerror or error}")
        return
    line = conflict_line(data)
    if line:
        yield Fault(path, line, Rule.CONFLICT, "a merge has left its markers; choose a side")
    elif is_journal(path) or is_cassette(path):
        yield from check_cassette(path, redactor.fresh(), max_age)
        return
    if b"\0" not in data[:8192] or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield from check_other(path, data, redactor.fresh())


class Masked(NamedTuple):
    """A place that was masked when it was recorded.

    Attributes:
        path: The cassette.
        number: Interaction, counted from 0.
        place: Such as ``response.json.token``.
        rule: What found the secret there.
    """

    path: Path
    number: int
    place: str
    rule: str


def masked_places(paths: Iterable[Path]) -> Iterator[Masked]:
    """Yield what the cassettes at some paths say was masked in them."""
    for path in files_at(paths):
        if not is_cassette(path):
            continue
        try:
            with CassetteReader.open(path) as reader:
                for number in range(len(reader)):
                    one = reader.interaction(number)
                    rules = one.rules or ("name",) * len(one.redacted)
                    for place, rule in zip(one.redacted, rules, strict=False):
                        yield Masked(path, number, place, rule)
        except CassetteError:
            continue  # ``check`` tells it
