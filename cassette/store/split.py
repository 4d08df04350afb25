"""Finding the interactions of a file without parsing it.

Every interaction starts with ``- call: `` at the start of a line, and nothing else in a cassette
has a dash there: the lines of a literal block are indented, and so are all keys. The one exception
is a quoted scalar that somebody wrote over several lines without indenting them. So each part is
checked: it must start and end as an interaction does, and no quoted scalar may be open at its end;
if one may be, the part must prove itself by being decoded.
"""

from __future__ import annotations

import json
import os
import re
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING, Final

from cassette.errors import CassetteFormatError, CassetteNotFoundError
from cassette.model import Ended
from cassette.store.shape import has_open_quote
from cassette.store.slices import forget

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARK: Final = b"\n-"
START: Final = b" call: "
ENDS: Final = tuple(b"\n  ended: " + ended.encode() for ended in Ended)

_MAPPED: Final = 1 << 25
"""Bytes from which on a file is mapped instead of read."""

_WHOLE_END: Final = tuple(end + b"\n" for end in ENDS)
_MARKS: Final = re.compile(MARK)
# No blank before "#" and no colon at the end: there YAML would see a comment, or a key.
_PLAIN_CALL: Final = re.compile(
    r"^ call: ([A-Za-z][A-Za-z-]* [!\"$-~](?:[!-~]*[!-9;-~])?)$", re.MULTILINE
)
_WINDOW: Final = 1 << 16
_FORGOTTEN: Final = 1 << 24
"""Bytes after which the pages that were looked at are let go."""


def read_text(path: Path) -> bytes | mmap:
    """Return the text of a file: mapped if it is large and has the line ends of the writer."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > _MAPPED:
                mapped = mmap(file.fileno(), 0, access=ACCESS_READ)
                return mapped[:].replace(b"\r\n", b"\n") if b"\r\n" in mapped[:64] else mapped
            text = file.read()
    except FileNotFoundError:
        raise CassetteNotFoundError(path) from None
    except OSError as error:
        raise CassetteFormatError(
            f"it cannot be read: {error.strerror or error}",
            path=path,
            remedy="A cassette is a file that this user may read.",
        ) from None
    # A checkout with autocrlf. YAML takes either break for a newline, and the writer never puts a
    # CR into a file, so nothing is lost.
    return text.replace(b"\r\n", b"\n") if b"\r\n" in text[:64] else text


def without_torn_entry(text: bytes) -> bytes:
    """Return the text of a journal up to its last complete interaction; empty if there is none."""
    if text.endswith(_WHOLE_END):
        return text
    return text[: max(text.rfind(end) + len(end) if end in text else 0 for end in _WHOLE_END)]


class MappedEntries:
    """The entries of a mapped file, cut out when asked for.

    Attributes:
        text: The file.
        header: What stands before the first mark.
        spans: Where each entry starts and ends in it.
    """

    def __init__(self, text: mmap) -> None:
        self.text = text
        marks, self._quotes = _scan(text)
        self.header = text[: marks[0]] if marks else text[:]
        end = len(text) - 1 if text[-1:] == b"\n" else len(text)
        self.spans = [(start + len(MARK), stop) for start, stop in pairwise([*marks, end])]

    def start(self, index: int) -> bytes:
        """Return the first line of an entry, with its newline if it has one."""
        start, stop = self.spans[index]
        return self.text[start : self.text.find(b"\n", start, stop) + 1 or stop]

    def is_whole(self, index: int) -> bool:
        """Return whether an entry certainly ends where the next mark stands."""
        start, stop = self.spans[index]
        return self.text[max(start, stop - 32) : stop].endswith(ENDS) and not any(
            place > start and has_open_quote(self.text[place - 1 : place + 1])
            for place in self._quotes[index]
        )

    def __len__(self) -> int:
        return len(self.spans)

    def __getitem__(self, index: int) -> bytes:
        start, stop = self.spans[index]
        return self.text[start:stop]

    def __iter__(self) -> Iterator[bytes]:
        return (self.text[start:stop] for start, stop in self.spans)


def _scan(text: mmap) -> tuple[list[int], list[tuple[int, int]]]:
    """Return where the marks are, and the last quotation mark of each kind behind each mark.

    In windows, because ``bytes`` searches ten times as fast as ``mmap``, and each page is touched
    once. Most windows of a large body have no newline in them, and so no mark.
    """
    marks: list[int] = []
    quotes: list[tuple[int, int]] = []
    double = single = -1
    for start in range(0, len(text), _WINDOW):
        # One byte more, for a mark that the end of the window would cut in two.
        window = text[start : start + _WINDOW + 1]
        places = [found.start() for found in _MARKS.finditer(window)] if b"\n" in window else []
        begin = 0
        for place in [*places, len(window)]:
            double, single = (
                start + found if (found := window.rfind(quote, begin, place)) >= 0 else last
                for quote, last in ((b'"', double), (b"'", single))
            )
            if place < len(window):
                marks.append(start + place)
                quotes.append((double, single))
                double = single = -1
                begin = place
        if not (start + _WINDOW) % _FORGOTTEN:
            forget(text, start + _WINDOW - _FORGOTTEN, start + _WINDOW)
    # The first pair belongs to the header.
    return marks, [*quotes, (double, single)][1:]


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
    if line[:1] == '"' == line[-1:] and "\\ " not in line:
        try:
            call = json.loads(line)
        except ValueError:
            return None
        # An escape may stand for half a character, which only the parser's errors can tell.
        return call if isinstance(call, str) and call.isascii() else None
    return None


def is_whole(entry: bytes) -> bool:
    """Return whether an entry certainly ends where the next mark stands."""
    return entry.endswith(ENDS) and not has_open_quote(entry)
