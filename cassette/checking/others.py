"""Files of other tools, and any text: searched for secrets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cassette.bridges import vcrpy
from cassette.checking.faults import Fault, Rule
from cassette.checking.lines import line_of
from cassette.errors import CassetteError
from cassette.redaction.masks import masks_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cassette.model import Interaction
    from cassette.redaction import Finding, Redactor

_KINDS = {".json": "application/json", ".har": "application/json", ".yaml": "", ".yml": ""}


def read_foreign(path: Path) -> Sequence[Interaction]:
    """Return the interactions in a file of VCR.py; none where it is no such file."""
    try:
        return vcrpy.read(path).interactions
    except CassetteError:
        return ()


def check_other(path: Path, data: bytes, redactor: Redactor) -> Iterator[Fault]:
    """Yield the secrets in a file that is no cassette of ours.

    Args:
        path: The file.
        data: What stands in it.
        redactor: Knows what a secret is.
    """
    redactor.reserve(data)
    text = data.decode("utf-8", "replace")
    faults = list(_in_interactions(path, text, redactor)) or list(_in_text(path, data, redactor))
    yield from faults or _in_whole(path, data, redactor)


def _in_interactions(path: Path, text: str, redactor: Redactor) -> Iterator[Fault]:
    lines = text.splitlines()
    interactions = read_foreign(path)
    starts = [at for at, line in enumerate(lines) if line.lstrip().startswith("- request:")]
    if len(starts) != len(interactions):
        starts = [0] * len(interactions)
    # What was masked in such a file before is told by its looks alone.
    masks = tuple(dict.fromkeys(mask.decode() for mask in masks_in(text.encode())))
    for number, interaction in enumerate(interactions):
        entry = "\n".join(lines[starts[number] :])
        for found in redactor.secrets_in(replace(interaction, masks=masks)):
            line = starts[number] + line_of(entry, found.place) + 1
            yield _fault(path, line, found, number)


def _in_text(path: Path, data: bytes, redactor: Redactor) -> Iterator[Fault]:
    """Yield the secrets that a line shows by itself, so that their line is known."""
    if not redactor.secrets_in_text(data, _KINDS.get(path.suffix.lower(), "text/plain")):
        return
    for number, line in enumerate(data.splitlines(), 1):
        # One that is found in two ways is one.
        found = {one.place.rpartition(".")[2]: one for one in redactor.secrets_in_text(line)}
        for one in found.values():
            yield _fault(path, number, one)


def _in_whole(path: Path, data: bytes, redactor: Redactor) -> Iterator[Fault]:
    """Yield what only the whole text shows, such as a key of several lines."""
    text = data.decode("utf-8", "replace")
    for found in redactor.secrets_in_text(data, _KINDS.get(path.suffix.lower(), "text/plain")):
        yield _fault(path, line_of(text, f".{found.place}") + 1, found)


def _fault(path: Path, line: int, found: Finding, number: int | None = None) -> Fault:
    problem = f"{found.place or 'the text'} holds a secret ({found.rule})"
    return Fault(path, line, Rule.SECRET, problem, number, found.place)
