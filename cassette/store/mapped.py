"""Large files: mapped into memory, so that large bodies are read when they are played.

What was looked at once is let go again: it would count as memory of this process, and what is
needed a second time is read a second time.
"""

from __future__ import annotations

import mmap
import re
import sys
from io import BufferedReader
from itertools import pairwise
from typing import IO, TYPE_CHECKING, Final

from cassette.store.split import ENDS, MARK, may_open

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKS: Final = re.compile(MARK)
_WINDOW: Final = 1 << 16
_FORGOTTEN: Final = 1 << 24
"""Bytes after which the pages that were looked at are let go."""


_ALWAYS_MAPPED: Final = 1 << 25
"""Bytes from which on a file is mapped even if its entries are small, to spare memory."""

_SAMPLES: Final = 16
_SAMPLE: Final = 1 << 12
_FEW_MARKED: Final = 4
"""In as many samples at most an entry starts, where most of a file stands in large entries."""


def map_file(file: IO[bytes], size: int) -> mmap.mmap | None:
    """Return a mapped file, or None where it had better be read.

    Entries of less than 16 KiB are found faster in a text that was read (the benchmarks
    ``opening-5000`` and ``large-open``). On Windows nobody could replace a file that is mapped;
    and a file with CRLF is read, because its line ends have to be replaced.

    Args:
        file: The file, at its start; it is left there.
        size: Its bytes.
    """
    # The descriptor of a faked file is another file's.
    is_real = isinstance(file, BufferedReader)
    if sys.platform == "win32" or not is_real or b"\r\n" in file.read(64):
        file.seek(0)
        return None
    marked = 0
    for n in range(_SAMPLES):
        # Spread evenly by the golden ratio: steps of one length might fall on every entry's start.
        file.seek(int(size * (n * 0.618034 % 1)))
        marked += MARK in file.read(_SAMPLE)
    file.seek(0)
    if marked > _FEW_MARKED and size <= _ALWAYS_MAPPED:
        return None
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


class MappedEntries:
    """The entries of a mapped file, cut out when asked for.

    Attributes:
        text: The file.
        header: What stands before the first mark.
        spans: Where each entry starts and ends in it.
    """

    def __init__(self, text: mmap.mmap) -> None:
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
            place > start and may_open(self.text[max(place - 3, start) : place])
            for place in self._quotes[index]
        )

    def __len__(self) -> int:
        return len(self.spans)

    def __getitem__(self, index: int) -> bytes:
        start, stop = self.spans[index]
        return self.text[start:stop]

    def __iter__(self) -> Iterator[bytes]:
        return (self.text[start:stop] for start, stop in self.spans)


def _scan(text: mmap.mmap) -> tuple[list[int], list[tuple[int, int]]]:
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


def forget(text: bytes | mmap.mmap, start: int, stop: int) -> None:
    """Let the pages of a mapped file go, once they were looked at; of a text, do nothing."""
    if isinstance(text, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        first = start - start % mmap.PAGESIZE
        text.madvise(mmap.MADV_DONTNEED, first, min(stop, len(text)) - first)
