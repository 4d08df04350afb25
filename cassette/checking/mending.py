"""``cassette redact`` and ``cassette fix``: files mended in place, losing nothing else.

Every byte of an interaction that needs no mending stays. One that does is written anew, and the
comments in it are put back where they stood.
"""

from __future__ import annotations

import os
import re
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cassette.checking.check import files_at
from cassette.checking.faults import Fault, Rule
from cassette.checking.lines import conflict_line
from cassette.checking.others import read_foreign
from cassette.errors import CassetteError, CassetteFormatError
from cassette.store.files import Journal
from cassette.store.finding import is_cassette, is_journal
from cassette.store.parsing import parse_entry
from cassette.store.places import Stamp
from cassette.store.reader import CassetteReader
from cassette.store.split import SplitError
from cassette.store.writer import encode_entry
from cassette.system import System

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cassette.model import Interaction
    from cassette.redaction import Redactor

    Mend = Callable[[Interaction], Interaction | None]
    """Gives what is to stand in place of an interaction; None where it may stay as it is."""

_COMMENT: Final = re.compile(rb" {0,5}#")


def redact(paths: Iterable[Path], redactor: Redactor) -> Iterator[Fault]:
    """Mask the secrets in the files at some paths; yield what was masked, and where.

    Args:
        paths: Files and folders: cassettes, recordings of VCR.py, and any text.
        redactor: Knows what a secret is.

    Raises:
        CassetteNotFoundError: There is nothing at a path.
        CassetteError: A file is damaged, or cannot be written.
    """
    for path in files_at(paths):
        if is_journal(path):
            yield Fault(path, 0, Rule.JOURNAL, "left as it is: delete it, or record again")
        elif is_cassette(path):
            yield from _redact_cassette(path, redactor.fresh())
        else:
            yield from _redact_text(path, redactor.fresh())


def fix(paths: Iterable[Path]) -> Iterator[Fault]:
    """Make what a hand has edited the recording; yield what was edited, and where.

    Args:
        paths: Files and folders.

    Raises:
        CassetteNotFoundError: There is nothing at a path.
        CassetteError: A cassette is damaged, or cannot be written.
    """
    for path in files_at(paths):
        if is_cassette(path) and not is_journal(path):
            yield from _mend(
                path,
                lambda one: one if one.edited else None,
                lambda one: [(Rule.EDITED, f"the {role} was edited", "") for role in one.edited],
            )


def _redact_cassette(path: Path, redactor: Redactor) -> Iterator[Fault]:
    with CassetteReader.open(path) as reader:
        redactor.reserve(path.read_bytes())
        for number in range(len(reader)):
            # A secret may stand unnamed before its name is met.
            redactor.redact(reader.interaction(number))

    def mend(one: Interaction) -> Interaction | None:
        masked = redactor.redact(one)
        return None if masked is one or not _differ(masked, one) else masked

    def told(one: Interaction) -> list[tuple[Rule, str, str]]:
        masked = redactor.redact(one)
        before = frozenset(one.redacted)
        rules = dict(zip(masked.redacted, masked.rules, strict=False))
        new = [place for place in masked.redacted if place not in before]
        return [
            (Rule.SECRET, f"masked {place} ({rules.get(place, 'name')})", place)
            for place in new or ["the call"]
        ]

    yield from _mend(path, mend, told, redactor.cover)


def _differ(one: Interaction, other: Interaction) -> bool:
    return (one.call, one.request.raw, one.response.raw) != (
        other.call,
        other.request.raw,
        other.response.raw,
    )


def _mend(
    path: Path,
    mend: Mend,
    told: Callable[[Interaction], list[tuple[Rule, str, str]]],
    cover: Callable[[bytes], bytes] = bytes,
) -> Iterator[Fault]:
    """Write a cassette anew of which some interactions are mended; yield what was done.

    Args:
        path: The cassette.
        mend: Gives what stands in place of an interaction.
        told: Says what was wrong with one that was mended: rule, problem and place.
        cover: Masks what is known to be secret, in a comment.
    """
    place = Path(System.realpath(path))
    before = Stamp.of(place)  # what is read is what is replaced, or nothing is
    done: list[Fault] = []
    with CassetteReader.open(path) as reader:
        if line := conflict_line(path.read_bytes()):
            raise CassetteFormatError("a merge has left its markers", path=path, line=line)
        found = [reader.interaction(number) for number in range(len(reader))]
        mended = {number: new for number, one in enumerate(found) if (new := mend(one)) is not None}
        if not mended:
            return
        for number in mended:
            line = reader.line(number)
            done += [
                Fault(path, line, rule, problem, number, where)
                for rule, problem, where in told(found[number])
            ]
        journal = Journal.over(reader, place, before=before)
        try:
            for number in range(len(reader)):
                entry = reader.entry(number)
                if number in mended:
                    old = entry if isinstance(entry, bytes) else b"".join(entry)
                    entry = _with_comments(old, found[number], mended[number], cover)
                journal.append_entry(entry)
            journal.commit()
        finally:
            journal.abandon()
    yield from done


def _with_comments(
    old: bytes, before: Interaction, after: Interaction, cover: Callable[[bytes], bytes]
) -> bytes:
    """Return the text of an interaction that was mended, with the comments that stood in it.

    Args:
        old: The text that it had.
        before: What that says.
        after: What is to be said.
        cover: Masks what is known to be secret.
    """
    new = _joined(encode_entry(after)).splitlines(keepends=True)
    generated = set(_joined(encode_entry(before)).splitlines(keepends=True))
    lines: list[bytes] = []
    comments: list[tuple[int, bytes]] = []
    for line in old.splitlines(keepends=True):
        if _COMMENT.match(line) and line not in generated:
            comments.append((len(lines), cover(line)))
        else:
            lines.append(line)
    if not comments:
        return b"".join(new)
    ways = _ways(lines, new)
    text = list(new)
    for at, comment in reversed(comments):
        text.insert(ways[at], comment)  # above what it stood above
    if _says(b"".join(text), after):
        return b"".join(text)
    return b"".join([new[0], *(b"  " + comment.lstrip() for _, comment in comments), *new[1:]])


def _says(entry: bytes, interaction: Interaction) -> bool:
    """Return whether a text is that of an interaction: a comment may have torn a text apart."""
    try:
        found = parse_entry(entry[1:].removesuffix(b"\n"), "", 0, 1).interaction()
    except (SplitError, CassetteFormatError):
        return False
    return not found.edited and not _differ(found, interaction)


def _ways(old: list[bytes], new: list[bytes]) -> list[int]:
    """Return for each line, and for the end, the line of the new text that stands there."""
    ways = [0] * len(old) + [len(new)]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for _, start, stop, first, last in matcher.get_opcodes():
        for number in range(start, stop):
            ways[number] = min(first + number - start, last)
    return ways


def _redact_text(path: Path, redactor: Redactor) -> Iterator[Fault]:
    """Mask the secrets in a file that is no cassette of ours, where they stand."""
    data = path.read_bytes()
    if b"\0" in data[:8192]:
        return
    for interaction in read_foreign(path):
        redactor.redact(interaction)
    redactor.secrets_in_text(data)
    covered = redactor.cover(data)
    if covered == data:
        return
    _replace(path, covered)
    for number, (old, new) in enumerate(
        zip(data.splitlines(), covered.splitlines(), strict=False), 1
    ):
        if old != new:
            yield Fault(path, number, Rule.SECRET, "masked what stood there")


def _replace(path: Path, data: bytes) -> None:
    """Put other bytes in the place of a file, in one step for whoever looks.

    Raises:
        CassetteError: They cannot be written.
    """
    place = Path(os.path.realpath(path))
    beside = place.with_name(f"{place.name}.redacting")
    try:
        with beside.open("xb") as file:
            file.write(data)
        beside.chmod(place.stat().st_mode & 0o777)
        beside.replace(place)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CassetteError(f"{path}: it cannot be written: {error.strerror or error}") from None


def _joined(entry: bytes | Iterable[bytes]) -> bytes:
    return entry if isinstance(entry, bytes) else b"".join(entry)
