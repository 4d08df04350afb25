"""Opening a cassette: a split, not a parse; interactions are decoded as they are asked for."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cached_property, partial
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from cassette.errors import CassetteFormatError
from cassette.store.file_text import read_text
from cassette.store.names import PARTIAL
from cassette.store.scalars import LARGE
from cassette.store.shape import decode_entry
from cassette.store.split import (
    MARK,
    SplitError,
    is_whole,
    read_own_call,
    read_plain_calls,
    without_torn_entry,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from mmap import mmap
    from os import PathLike

    from cassette.model import Interaction
    from cassette.store.mapped import MappedEntries
    from cassette.store.parsing import ParsedEntry

_OWN_HEADER: Final = re.compile(rb"cassette: 1\nrecorded: (\d{4}-[0-9T:.-]+Z)\ninteractions:")
_AHEAD: Final = 16
"""Interactions that are decoded in one go; none of them is a large one."""


class Cassette(NamedTuple):
    """A whole cassette in memory.

    Attributes:
        path: The file it was loaded from.
        recorded: When its recording began, in UTC.
        interactions: What was recorded, in the order of the file.
    """

    path: Path
    recorded: datetime
    interactions: Sequence[Interaction]


def load(path: str | PathLike[str]) -> Cassette:
    """Return a cassette, with every interaction in it checked.

    Raises:
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: The file is no cassette, or a damaged one.
    """
    with CassetteReader.open(path) as reader:
        interactions = [reader.interaction(index) for index in range(len(reader))]
        return Cassette(reader.path, reader.recorded, interactions)


class CassetteReader:
    """An open cassette. Make one with ``open``.

    Attributes:
        path: The file.
        recorded: When its recording began, in UTC.
        calls: The call of each interaction, in the order of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.recorded = datetime.fromtimestamp(0, UTC)
        self.calls: list[str] = []
        self._header = b""
        self._entries: (
            list[bytes] | MappedEntries
        ) = []  # behind each mark; empty if the file was parsed whole
        self._near: dict[int, Interaction] = {}  # the latest one, and what was read ahead of it
        self._parsed: dict[int, ParsedEntry] = {}  # interactions that went through a YAML parser

    @classmethod
    def open(cls, path: str | PathLike[str]) -> Self:
        """Return a reader for the file at a path; the caller closes it.

        A journal, whose name ends in ``.partial``, may end in a torn entry, which is left out.

        Raises:
            CassetteNotFoundError: There is no file at the path.
            CassetteFormatError: The file is no cassette, or a damaged one.
        """
        reader = cls(Path(path))
        text = read_text(reader.path)
        if reader.path.name.endswith(PARTIAL):
            text = without_torn_entry(text[:])
            if not text:
                # Not even the time of the recording is complete.
                reader.recorded = datetime.fromtimestamp(reader.path.stat().st_mtime, UTC)
                return reader
        reader._split(text)
        return reader

    def __len__(self) -> int:
        return len(self.calls)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file. What was decoded stays."""

    def interaction(self, index: int) -> Interaction:
        """Return an interaction, decoded anew at each call.

        Raises:
            IndexError: There is no such interaction.
            CassetteFormatError: Something in it is not as ``docs/format.md`` says.
        """
        if index not in self._parsed:
            found = self._decode(self.calls[index], index)
            if found is not None:
                return found
        return self._parse(index)

    def latest(self, index: int) -> Interaction:
        """Return an interaction; the same object as long as no other one is asked for.

        What was looked at to be matched is played next, so it is kept. Where they are asked for in
        order from the first one on, or behind another, which is how nearly every program plays,
        those that follow are decoded in the same go: several in a row take half the time of as many
        in between other work.
        """
        # Read once: another thread may put its own there at any moment.
        found = self._near.get(index)
        return self._read_on(index) if found is None else found

    def _read_on(self, index: int) -> Interaction:
        """Return an interaction, kept with those that will be asked for next."""
        in_order = index == 0 or index - 1 in self._near
        near: dict[int, Interaction] = {}
        for i in range(index, min(index + (_AHEAD if in_order else 1), len(self.calls))):
            ready = self._read_readily(i)
            if ready is None:
                break
            near[i] = ready
        if not near:
            near[index] = self.interaction(index)
        self._near = near
        return near[index]

    def _read_readily(self, index: int) -> Interaction | None:
        """Return an interaction that is neither large, nor damaged, nor has to be parsed; or None.

        So nothing fails for what nobody has asked for.
        """
        parsed = self._parsed.get(index)
        if parsed is None:
            return self._decode(self.calls[index], index) if self._size(index) < LARGE else None
        try:
            return parsed.interaction() if parsed.size < LARGE else None
        except CassetteFormatError:
            return None

    @property
    def oldest(self) -> datetime:
        """Since when the oldest interaction is known to be true, in UTC; each is looked at.

        That is when it was recorded, or when the whole cassette was recorded anew last without a
        change.

        Raises:
            CassetteFormatError: As for ``interaction``.
        """
        moments = (self.interaction(index).at for index in range(len(self)))
        return max(self.recorded, min(moments, default=self.recorded))

    @property
    def header(self) -> bytes:
        """The first lines, up to the first interaction, ready to be copied as well."""
        if self.is_verbatim:
            return self._header + b"\n"
        from cassette.store.writer import encode_header  # noqa: PLC0415 - only recording pays for it

        return encode_header(self.recorded)

    @property
    def is_verbatim(self) -> bool:
        """Whether ``header`` and ``entry`` give the very text of the file."""
        return bool(self._entries)

    def line(self, index: int) -> int:
        """Return the line of the file at which an interaction starts, counted from 1."""
        if self.is_verbatim:
            return self._first_lines[index]
        return self._parsed[index].line

    def is_own_form(self, index: int) -> bool:
        """Return whether an interaction can be read without a YAML parser, as it was written."""
        return index not in self._parsed and self._decode(self.calls[index], index) is not None

    def entry(self, index: int) -> bytes | Iterable[bytes]:
        """Return the text of an interaction, ready to be copied into another cassette."""
        if self.is_verbatim:
            return MARK[1:] + self._entries[index] + b"\n"
        from cassette.store.writer import encode_entry  # noqa: PLC0415 - only recording pays for it

        return encode_entry(self.interaction(index))

    def text(self, index: int) -> str:
        """Return the text of an interaction as a person reads it; rewritten if it has none."""
        entry = self.entry(index)
        joined = entry if isinstance(entry, bytes) else b"".join(entry)
        return joined.decode("utf-8", "replace")

    def _split(self, text: bytes | mmap) -> None:
        if isinstance(text, bytes):
            # From the end, because CPython finds two bytes three times as fast in this direction.
            self._header, *entries = text.rsplit(MARK)
            if entries:
                entries[-1] = entries[-1].removesuffix(b"\n")
            self._entries = entries
        else:
            from cassette.store.mapped import MappedEntries  # noqa: PLC0415 - few files are large

            self._entries = MappedEntries(text)
            self._header = self._entries.header
        if not self._entries:
            self._load_whole()
            return
        try:
            self.recorded = self._read_header()
            self.calls = self._read_calls()
        except SplitError:
            self._load_whole()

    def _load_whole(self) -> None:
        """Parse the file as a whole: it does not fall into entries that stand for themselves."""
        from cassette.store.parsing import parse_file  # noqa: PLC0415 - only edited files pay for it

        text = MARK.join([self._header, *self._entries])
        self.recorded, parsed = parse_file(text + b"\n" if self._entries else text, str(self.path))
        self.calls = [entry.call for entry in parsed]
        self._parsed = dict(enumerate(parsed))
        self._entries = []

    def _read_header(self) -> datetime:
        """Return when the cassette was recorded.

        Raises:
            SplitError: The text before the first mark is more, or less, than a header.
        """
        own = _OWN_HEADER.fullmatch(self._header)
        if own is not None:
            try:
                return datetime.fromisoformat(own[1].decode())
            except ValueError:
                pass
        from cassette.store.parsing import parse_header  # noqa: PLC0415 - as for a whole file

        return parse_header(self._header, str(self.path))

    def _read_calls(self) -> list[str]:
        """Return the calls, after a check that each entry ends where the next mark stands.

        Raises:
            SplitError: One does not; or it cannot stand for itself.
        """
        entries = self._entries
        if not isinstance(entries, list):
            return [
                self._read_call(index, entries.start(index), whole=entries.is_whole(index))
                for index in range(len(entries))
            ]
        calls = read_plain_calls(entries)
        if calls is None:
            return [
                self._read_call(index, entry, whole=is_whole(entry))
                for index, entry in enumerate(entries)
            ]
        for index in [index for index, entry in enumerate(entries) if not is_whole(entry)]:
            calls[index] = self._read_call(index, entries[index], whole=False)
        return calls

    def _read_call(self, index: int, entry: bytes, *, whole: bool) -> str:
        call = read_own_call(entry)
        if call is not None and (whole or self._decode(call, index) is not None):
            return call
        parsed = self._parsed[index] = self._parse_alone(index)
        return parsed.call

    def _decode(self, call: str, index: int) -> Interaction | None:
        """Return an interaction in the writer's own shape, or None."""
        entries = self._entries
        if self._size(index) < LARGE:
            return decode_entry(call, entries[index])
        from cassette.store.large import decode_large_entry  # noqa: PLC0415 - few entries are large

        parse = partial(self._parse, index)
        if isinstance(entries, list):
            return decode_large_entry(call, entries[index], 0, len(entries[index]), parse)
        return decode_large_entry(call, entries.text, *entries.spans[index], parse)

    def _size(self, index: int) -> int:
        """Return the bytes of an entry."""
        if isinstance(self._entries, list):
            return len(self._entries[index])
        start, stop = self._entries.spans[index]
        return stop - start

    def _parse(self, index: int) -> Interaction:
        """Return an interaction by way of a YAML parser."""
        parsed = self._parsed.get(index)
        if parsed is None:
            try:
                parsed = self._parse_alone(index)
            except SplitError:
                count = len(self.calls)
                self._load_whole()
                if len(self.calls) != count:
                    raise CassetteFormatError(
                        f"found {count} interactions by their first lines, {len(self.calls)} "
                        "by reading all of the file",
                        path=self.path,
                        remedy="Indent the lines of quoted texts.",
                    ) from None
                parsed = self._parsed[index]
        return parsed.interaction()

    def _parse_alone(self, index: int) -> ParsedEntry:
        """Return an entry as a YAML parser reads it by itself.

        Raises:
            SplitError: It cannot stand for itself.
        """
        from cassette.store.parsing import parse_entry  # noqa: PLC0415 - as for a whole file

        line = self._first_lines[index]
        return parse_entry(self._entries[index], str(self.path), index, line)

    @cached_property
    def _first_lines(self) -> list[int]:
        """The line of the file at which each entry starts."""
        sizes = (entry.count(b"\n") + 1 for entry in self._entries)
        return list(accumulate(sizes, initial=self._header.count(b"\n") + 2))
