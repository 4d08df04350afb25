"""``cassette convert``: files that another tool recorded become cassettes, and the other way.

A file becomes one cassette, or is refused as a whole with the reason; the others go on. Nothing
that is there is written over unless that was asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from cassette.bridges import betamax, cassetter, har, responses, vcrpy
from cassette.bridges.recordings import write_cassette
from cassette.errors import CassetteError, OptionError
from cassette.plugin.places import file_name
from cassette.store.finding import files_below, is_cassette
from cassette.store.reader import CassetteReader, load
from cassette.traffic.curl import curl_command
from cassette.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cassette.redaction import Redactor

READERS: Final = {
    "vcr": vcrpy.read,
    "vcrpy": vcrpy.read,
    "betamax": betamax.read,
    "cassetter": cassetter.read,
    "har": har.read,
    "responses": responses.read,
}
"""What can be read, by the word for it on the command line."""

_YAML: Final = (".yaml", ".yml")
_SUFFIXES: Final = {
    "betamax": (".json",),
    "cassetter": _YAML,
    "har": (".har",),
    "responses": (*_YAML, ".toml"),
}
_USUAL: Final = (*_YAML, ".json")
"""How the names of files end that are looked for in folders."""


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
        paths: Files, and folders; of these the files are meant whose names end as that tool has
            them.
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
    for source, target in _ways(paths, to, _SUFFIXES.get(kind, _USUAL)):
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


def to_archives(paths: Sequence[Path], *, overwrite: bool = False) -> int:
    """Write cassettes as archives (HAR) beside them; print what was done.

    Args:
        paths: Cassettes, and folders of them.
        overwrite: An archive that is there is replaced.

    Returns:
        Exit status: 0 if everything is written, 1 if something was refused.
    """
    say = print
    refused = 0
    for source in _cassettes(paths):
        target = source.with_suffix(".har")
        try:
            interactions = load(source).interactions
            if target.exists() and not overwrite:
                raise OptionError(
                    f"{source}: there is something at {target} already\n"
                    "Replace it (--overwrite), or move it away."
                )
            target.write_text(har.written(interactions), encoding="utf-8", newline="\n")
        except (CassetteError, OSError) as error:
            refused += 1
            say(f"refused: {error}")
            continue
        say(f"{target}: {counted(len(interactions), 'interaction')}")
    return 1 if refused else 0


def to_commands(paths: Sequence[Path]) -> int:
    """Print the requests of cassettes as commands of curl.

    Args:
        paths: Cassettes, and folders of them.

    Returns:
        Exit status: 0.

    Raises:
        CassetteError: A cassette is damaged.
    """
    say = print
    for source in _cassettes(paths):
        for one in load(source).interactions:
            if one.request.raw:
                say(curl_command(one))
    return 0


def _cassettes(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (Path(file) for file in files_below(path) if is_cassette(file))
        else:
            yield path


def _ways(
    paths: Sequence[Path], to: Path | None, suffixes: Sequence[str]
) -> Iterator[tuple[Path, Path]]:
    """Give each file, and where its cassette goes."""
    for path in paths:
        if path.is_dir():
            found = (file for file in path.rglob("*") if file.suffix in suffixes)
            sources, base = sorted(file for file in found if file.is_file()), path
        else:
            sources, base = [path], path.parent
        for source in sources:
            folder = source.parent if to is None else to / source.parent.relative_to(base)
            yield source, folder / _name(source, suffixes)


def _name(source: Path, suffixes: Sequence[str]) -> str:
    """Return the name of a cassette: the one under which its test looks for it.

    A recording of a parametrised test is named as the test is, and so is its cassette; what a
    file system may not take is replaced in both, though not in the same way.
    """
    stem = source.stem if source.suffix in suffixes else source.name
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
