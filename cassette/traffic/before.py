"""What cassettes were before: files in another place, or in the history of git."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cassette.errors import CassetteError, CassetteNotFoundError
from cassette.store.finding import ENDINGS, files_below, is_cassette
from cassette.traffic.entries import read
from cassette.wording import from_here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.traffic.entries import FiledInteraction


class Twins(NamedTuple):
    """A cassette as it was and as it is.

    Attributes:
        name: What it is called in both.
        old: Its interactions before; none where there was no such file.
        new: Its interactions now; none where there is no such file.
    """

    name: str
    old: list[FiledInteraction]
    new: list[FiledInteraction]


def in_two_places(old: Path, new: Path) -> Iterator[Twins]:
    """Yield the cassettes of two places: two files, or those of one name in two folders.

    Raises:
        CassetteNotFoundError: There is nothing at a path, or a file stands against a folder.
        CassetteFormatError: A cassette is damaged.
    """
    for path in (old, new):
        if not path.exists():
            raise CassetteNotFoundError(path, "Name two cassettes, or two folders that hold some.")
    if old.is_dir() != new.is_dir():
        raise CassetteError(
            f"{from_here(old)} and {from_here(new)}: one is a folder, the other a file\n"
            "Name two cassettes, or two folders that hold some."
        )
    if not old.is_dir():
        yield Twins(f"{from_here(old)} -> {from_here(new)}", read(old).entries, read(new).entries)
        return
    olds, news = _below(old), _below(new)
    for name in sorted({*olds, *news}):
        before, after = olds.get(name), news.get(name)
        yield Twins(
            name, read(before).entries if before else [], read(after).entries if after else []
        )


def _below(folder: Path) -> dict[str, Path]:
    """Return the cassettes below a folder, by their names from there."""
    files = [Path(file) for file in files_below(folder) if is_cassette(file)]
    return {file.relative_to(folder).as_posix(): file for file in files}


def in_git(path: Path, revision: str = "HEAD") -> Iterator[Twins]:
    """Yield the cassettes at a path as git has them, and as they stand there.

    Args:
        path: A cassette, or a folder.
        revision: What git calls the state that is compared with.

    Raises:
        CassetteNotFoundError: There is nothing at the path, and git knows nothing there.
        CassetteError: It is in no repository, or git is missing.
    """
    folder = path if path.is_dir() else path.parent
    root = Path(_git(folder, "rev-parse", "--show-toplevel").decode().strip())
    what = "." if path.is_dir() else path.name
    listed = _git(folder, "ls-tree", "-r", "-z", "--name-only", "--full-name", revision, "--", what)
    names = {root / name for name in listed.decode("utf-8", "surrogateescape").split("\0") if name}
    there = {file.resolve() for file in _here(path)}
    known = {name for name in names if name.name.endswith(ENDINGS)}
    if not known | there:
        raise CassetteNotFoundError(path, "Neither is one here, nor does git know of one.")
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "before.yaml")
        for file in sorted(known | there):
            old: list[FiledInteraction] = []
            if file in known:
                place = file.relative_to(root).as_posix()
                copy.write_bytes(_git(folder, "show", f"{revision}:{place}"))
                old = read(copy).entries if is_cassette(copy) else []
            new = read(file).entries if file in there else []
            if old or new:
                yield Twins(f"{from_here(file)} against {revision}", old, new)


def _here(path: Path) -> list[Path]:
    if path.is_dir():
        return list(_below(path).values())
    return [path] if path.exists() else []


def _git(folder: Path, *words: str) -> bytes:
    try:
        return subprocess.run(  # noqa: S603 - git, with words of ours
            ["git", "-C", str(folder), *words],  # noqa: S607 - the one that the person uses
            check=True,
            capture_output=True,
        ).stdout
    except FileNotFoundError:
        raise CassetteError(
            "git is not installed\nName what to compare with: diff OLD NEW"
        ) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip()
        raise CassetteError(
            f"{folder}: git says: {said}\nName what to compare with: diff OLD NEW"
        ) from None
