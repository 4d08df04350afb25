"""Finding the interactions of a file without parsing it.

Every interaction starts with ``- call: `` at the start of a line, and nothing else in a cassette
has a dash there: the lines of a literal block are indented, and so are all keys. The one exception
is a quoted scalar that somebody wrote over several lines without indenting them. So each part is
checked: it must start and end as an interaction does, and no quoted scalar may be open at its end;
if one may be, the part must prove itself by being decoded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, overload

from cassette.model import Ended
from cassette.store.shape import has_open_quote
from cassette.store.slices import LARGE

if TYPE_CHECKING:
    from mmap import mmap

MARK: Final = b"\n-"
START: Final = b" call: "
ENDS: Final = tuple(b"\n  ended: " + ended.encode() for ended in Ended)

_MARKS: Final = re.compile(MARK)
# No blank before "#" and no colon at the end: there YAML would see a comment, or a key.
_PLAIN_CALL: Final = re.compile(
    r"^ call: ([A-Za-z][A-Za-z-]* [!\"$-~](?:[!-~]*[!-9;-~])?)$", re.MULTILINE
)
_WINDOW: Final = 1 << 20


class MappedEntries(Sequence[bytes]):
    """The entries of a mapped file, cut out when asked for.

    Attributes:
        text: The file.
        spans: Where each entry starts and ends in it.
    """

    def __init__(self, text: mmap) -> None:
        self.text = text
        marks = [found.start() for found in _MARKS.finditer(text)]
        self.header = text[: marks[0]] if marks else text[:]
        end = len(text) - 1 if text[-1:] == b"\n" else len(text)
        self.spans = [(start + len(MARK), stop) for start, stop in pairwise([*marks, end])]

    def start(self, index: int) -> bytes:
        """Return the first bytes of an entry, more than its first line can have."""
        start, stop = self.spans[index]
        return self.text[start : min(start + LARGE, stop)]

    def is_whole(self, index: int) -> bool:
        """Return whether an entry certainly ends where the next mark stands."""
        start, stop = self.spans[index]
        if not self.text[max(start, stop - 32) : stop].endswith(ENDS):
            return False
        for mark in (b'"', b"'"):
            place = self._find_last(mark, start, stop)
            if place >= 0 and has_open_quote(self.text[max(start, place - 1) : place + 1]):
                return False
        return True

    def _find_last(self, mark: bytes, start: int, stop: int) -> int:
        """Return where a byte stands for the last time, or -1."""
        while stop > start:
            begin = max(start, stop - _WINDOW)
            place = self.text[begin:stop].rfind(mark)
            if place >= 0:
                return begin + place
            stop = begin
        return -1

    def __len__(self) -> int:
        return len(self.spans)

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            return [self.text[start:stop] for start, stop in self.spans[index]]
        start, stop = self.spans[index]
        return self.text[start:stop]


def read_plain_calls(entries: list[bytes]) -> list[str] | None:
    """Return the calls of entries if all are plain scalars that the writer would write, else None.

    One search over all first lines costs half of reading them one after the other.
    """
    lines = b"\n".join([entry[: entry.find(b"\n")] for entry in entries])
    calls = _PLAIN_CALL.findall(lines.decode("utf-8", "replace"))
    return calls if len(calls) == len(entries) else None


def read_own_call(entry: bytes) -> str | None:
    """Return the call of an entry, or None where it is not written as the writer would."""
    if not entry.startswith(START):
        return None
    line = entry[7 : entry.find(b"\n")].decode("utf-8", "replace")
    if line.count(" ") == 1 and line[0].isalpha() and line[-1] not in ": ":
        return line
    if line[:1] == '"' and "\\ " not in line:
        try:
            call = json.loads(line)
        except ValueError:
            return None
        return call if isinstance(call, str) else None
    return None


def is_whole(entry: bytes) -> bool:
    """Return whether an entry certainly ends where the next mark stands."""
    return entry.endswith(ENDS) and not has_open_quote(entry)
