"""The interactions of cassettes, each with its place and with what people ask of it first."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.matching.calls import split_call
from cassette.model import CONNECT, Ended
from cassette.store.reader import CassetteReader
from cassette.store.writer import encode_entry
from cassette.traffic.kinds import Kind, image_type, kind_of

if TYPE_CHECKING:
    from datetime import datetime
    from os import PathLike
    from pathlib import Path

    from cassette.model import Interaction

_BAD_ENDS: Final = frozenset(Ended) - {Ended.OPEN, Ended.CLOSED, Ended.ABANDONED}
_SERVER_ERROR: Final = 500


class Edit(NamedTuple):
    """A trace of a hand in the file.

    Attributes:
        line: Line of the file, counted from 1.
        text: What stands there, or what it contradicts.
    """

    line: int
    text: str


@dataclass(frozen=True)
class FiledInteraction:
    """One interaction in its file.

    Attributes:
        path: The cassette.
        interaction: The interaction.
        line: Line of the file at which it starts, counted from 1.
        edits: Where it is not as a recorder leaves it. A value that was changed in the form that
            the writer gives it leaves no trace.
    """

    path: Path
    interaction: Interaction
    line: int
    edits: tuple[Edit, ...] = ()

    @property
    def number(self) -> int:
        """Its number in the file, counted from 0."""
        return self.interaction.number

    @cached_property
    def method(self) -> str:
        """The method; ``connect`` where no connection came about."""
        return split_call(self.interaction.call).method

    @cached_property
    def place(self) -> tuple[str, str, str]:
        """Host with its port where that is not the default, path, and query with its mark."""
        _, _, url = self.interaction.call.partition(" ")
        _, _, rest = url.partition("://")
        authority, slash, target = rest.partition("/")
        if self.interaction.call.startswith(CONNECT):
            return authority, "", ""
        path, mark, query = (slash + target).partition("?")
        return authority, path or "/", mark + query

    @cached_property
    def failed(self) -> bool:
        """Whether it ended badly: by an error, or before the response was complete."""
        one = self.interaction
        if one.failure is not None or one.ended in _BAD_ENDS:
            return True
        return one.ended is Ended.CLOSED and not one.response.parsed.complete

    @cached_property
    def status(self) -> int:
        """Status code; 0 where there is none."""
        return self.interaction.response.status

    @property
    def bad(self) -> bool:
        """Whether it is shown as gone wrong: a test may well expect its 404, but no 5xx."""
        return self.failed or self.status >= _SERVER_ERROR

    @cached_property
    def result(self) -> str:
        """The status, and how it ended where that was badly; such as ``200 reset``."""
        one = self.interaction
        if self.failed:
            how = str(one.ended)
            if one.ended is Ended.CLOSED:
                how = "cut short" if one.response.raw else "no answer"
            return f"{self.status} {how}" if self.status else how
        if self.status:
            return str(self.status)
        return "no HTTP" if one.response.raw else str(one.ended)

    @cached_property
    def kind(self) -> Kind:
        """What the body of the response is."""
        return kind_of(self.interaction.response)

    @property
    def type(self) -> str:
        """The same in a word for a column: of an image its format."""
        if self.kind is Kind.IMAGE:
            return image_type(self.interaction.response.content)
        return "" if self.interaction.response.parsed.garbage else str(self.kind)

    @property
    def size(self) -> int:
        """Bytes of the response's body as sent, chunk framing left out."""
        return len(self.interaction.response.body)

    @property
    def pieces(self) -> int:
        """Reads in which the response came."""
        return len(self.interaction.arrived) or int(bool(self.interaction.response.raw))

    @property
    def first_byte(self) -> float:
        """Seconds until the response began."""
        return self.interaction.arrived[0][0] if self.interaction.arrived else self.interaction.took


class Traffic(NamedTuple):
    """A whole cassette as people look at it.

    Attributes:
        path: The file.
        recorded: When its recording began, in UTC.
        entries: Its interactions, in the order of the file.
    """

    path: Path
    recorded: datetime
    entries: list[FiledInteraction]


def read(path: str | PathLike[str]) -> Traffic:
    """Return a cassette.

    Raises:
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: The file is no cassette, or a damaged one.
    """
    with CassetteReader.open(path) as reader:
        entries = []
        for number in range(len(reader)):
            one = reader.interaction(number)
            one.number = number
            line = reader.line(number)
            entries.append(
                FiledInteraction(reader.path, one, line, tuple(_edits(reader, one, line)))
            )
        return Traffic(reader.path, reader.recorded, entries)


def _edits(reader: CassetteReader, one: Interaction, line: int) -> list[Edit]:
    edits = [] if reader.is_own_form(one.number) else _foreign_lines(reader, one, line)
    edits += [Edit(line, f"the {role} is not what was recorded") for role in one.edited]
    return edits


def _foreign_lines(reader: CassetteReader, one: Interaction, line: int) -> list[Edit]:
    """Return the lines that the writer would have written in another way."""
    if not reader.is_verbatim:
        return [Edit(line, "the file is not as the recorder writes it")]
    old, new = (
        (text if isinstance(text, bytes) else b"".join(text)).decode("utf-8", "replace").split("\n")
        for text in (encode_entry(one), reader.entry(one.number))
    )
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [
        Edit(line + at, new[at].strip() if at < stop else f"without {old[i].strip()}")
        for tag, i, _, start, stop in codes
        if tag != "equal"
        for at in range(start, max(stop, start + 1))
    ]
