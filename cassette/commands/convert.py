"""``cassette convert``: files that another library recorded become cassettes.

A file becomes one cassette, or is refused as a whole with the reason; the others go on. Nothing
that is there is written over unless that was asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cassette.bridges import vcrpy
from cassette.bridges.recordings import write_cassette
from cassette.errors import CassetteError, OptionError
from cassette.plugin.places import file_name
from cassette.store.reader import CassetteReader
from cassette.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cassette.redaction import Redactor

READERS: Final = {"vcrpy": vcrpy.read}
"""What can be read, by the word for it on the command line."""

_YAML: Final = (".yaml", ".yml")
_SUFFIXES: Final = (*_YAML, ".json")


def run(
    kind: str,
    paths: Sequence[Path],
    *,
    to: Path | None = None,
    overwrite: bool = False,
    redactor: Redactor,
) -> int:
    """Convert files and whole trees; print what was done, and what needs a person.

    Args:
        kind: What recorded them: a key of ``READERS``.
        paths: Files, and folders whose files ending in .yaml, .yml or .json are meant.
        to: Where the cassettes go, in the folders in which the files stand below the given ones;
            without it they go to where the files are.
        overwrite: A file that stands where a cassette is to go is replaced. So is the recording
            itself, whose name is mostly the one that the cassette gets.
        redactor: Masks the secrets; each file gets a fresh one.

    Returns:
        Exit status: 0 if everything is converted, by this run or by one before; 1 if something was
        refused.
    """
    say = print
    written: dict[Path, Path] = {}
    interactions = refused = 0
    for source, target in _ways(paths, to):
        try:
            if target in written:
                raise OptionError(
                    f"{source}: {target} was just written from {written[target]}\n"
                    "Convert one of them into another folder (--to DIR)."
                )
            tape = READERS[kind](source)
            if target.exists() and not overwrite:
                raise OptionError(_in_the_way(source, target))
            count = len(tape.interactions)
            masked = write_cassette(target, tape.interactions, redactor.fresh()) if count else []
        except CassetteError as error:
            if _is_cassette(source):
                say(f"{source}: already converted")
                continue
            refused += 1
            say(f"refused: {error}")
            continue
        if not count:
            say(f"{source}: it holds no interaction, so there is no cassette to write")
            continue
        written[target] = source
        interactions += count
        say(f"{target}: {counted(count, 'interaction')}")
        for line in (*(f"masked: {place}" for place in masked), *tape.notes):
            say(f"  {line}")
        if target.name != source.name:
            say(f"  named otherwise than {source}, which is still there")
    say(f"{len(written)} written with {counted(interactions, 'interaction')}, {refused} refused")
    return 1 if refused else 0


def _ways(paths: Sequence[Path], to: Path | None) -> Iterator[tuple[Path, Path]]:
    """Give each file, and where its cassette goes."""
    for path in paths:
        if path.is_dir():
            found = (file for file in path.rglob("*") if file.suffix in _SUFFIXES)
            sources, base = sorted(file for file in found if file.is_file()), path
        else:
            sources, base = [path], path.parent
        for source in sources:
            folder = source.parent if to is None else to / source.parent.relative_to(base)
            yield source, folder / _name(source)


def _name(source: Path) -> str:
    """Return the name of a cassette: the one under which its test looks for it.

    A recording of a parametrised test is named as the test is, and so is its cassette; what a
    file system may not take is replaced in both, though not in the same way.
    """
    stem = source.stem if source.suffix in _SUFFIXES else source.name
    suffix = source.suffix if source.suffix in _YAML else ".yaml"
    if stem.endswith("]"):
        stem = file_name(stem, has_twin=_has_twin(source))
    return stem + suffix


def _has_twin(source: Path) -> bool:
    """Return whether another file beside it would keep the name on a system that ignores case."""
    folded = source.name.casefold()
    return folded != source.name and any(
        other.name != source.name and other.name.casefold() == folded
        for other in source.parent.iterdir()
    )


def _is_cassette(path: Path) -> bool:
    try:
        CassetteReader.open(path).close()
    except CassetteError:
        return False
    return True


def _in_the_way(source: Path, target: Path) -> str:
    if target.samefile(source):
        return (
            f"{source}: its cassette goes to the very same place\n"
            "Convert into another folder (--to DIR), or replace the recording (--overwrite)."
        )
    return (
        f"{source}: there is something at {target} already\n"
        "Convert into another folder (--to DIR), or replace what is there (--overwrite)."
    )
