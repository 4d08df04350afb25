"""Chunked bodies (RFC 9112, section 7.1): chunk by chunk, and runs of equal chunks at once.

A run is cut out of what the file has in memory already, which `io.BufferedReader.peek` shows, and
only then taken out of the file. So the file stands where reading chunk by chunk would leave it.
"""

# ruff: noqa: SLF001 - the private names are http.client's

from __future__ import annotations

import functools
import http.client as stock
import io
import struct
import sys
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from cassette.client.compat import limits
from cassette.client.errors import HTTPException, IncompleteRead, LineTooLong
from cassette.wire.lenient import parse_chunk_size

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import WriteableBuffer

_LARGE: Final = 1 << 24
"""From this length in bytes on, an announcement may be a lie that no memory can hold."""

_STEP: Final = 1 << 20

_LONGEST_RUN: Final = 512
"""How many chunks are cut at once at most; a buffer of the usual 8 KiB seldom holds as many."""

_IN_MEMORY: Final[dict[type, Callable[[Any], bytes | memoryview]]] = {
    io.BufferedReader: io.BufferedReader.peek,
    io.BytesIO: lambda fp: memoryview(fp.getvalue())[fp.tell() :],
}
"""How to look at what a file has in memory, without moving it; exact types, for a subclass may do
otherwise."""

_LINE_END: Final = (b"\r\n", b"\n", b"")


class ChunkedBody(stock.HTTPResponse):
    """The part of a response that reads chunks.

    Attributes:
        chunk_left: Bytes of the present chunk still to read. Zero where the CRLF behind it comes
            next, None before the first chunk and after the last one.
    """

    # Most chunks of a stream have one size: a size line is parsed when it differs from the last
    # one, which saves a fifth. On the class, for the sake of a stock response that becomes one of
    # these.
    _last: tuple[bytes | None, int] = (None, 0)

    def _close_conn(self) -> None:
        """Close the file and with it the body."""
        fp = self.fp
        self.fp = None  # type: ignore[assignment]  # the contract: closed is None
        fp.close()

    def _safe_read(self, amt: int) -> bytes:
        """Return exactly ``amt`` bytes.

        Raises:
            IncompleteRead: The file ended before; what came is in ``partial``.
        """
        data = self.fp.read(amt) if amt < _LARGE else self._read_large(amt)
        if len(data) < amt:
            raise IncompleteRead(data, amt - len(data))
        return data

    def _read_large(self, amt: int) -> bytes:
        """Return up to ``amt`` bytes, even if no memory can hold as many."""
        try:
            return self.fp.read(amt)
        except (MemoryError, OverflowError):
            # A file makes room before it reads, so nothing is lost yet. Most announcements of
            # that kind are lies: from here on, room is made only for what really comes.
            pieces = bytearray()
            while piece := self.fp.read(min(_STEP, amt - len(pieces))):
                pieces += piece
            return bytes(pieces)

    def _safe_readinto(self, b: memoryview) -> int:
        """Fill a buffer completely.

        Raises:
            IncompleteRead: The file ended before; what came is in ``partial``.
        """
        wanted = len(b)
        count = self.fp.readinto(b)
        if count < wanted:
            raise IncompleteRead(bytes(b[:count]), wanted - count)
        return count

    def _read_next_chunk_size(self) -> int:
        """Read one chunk-size line; see `_parse_chunk_size`."""
        return self._parse_chunk_size(self.fp.readline(limits._MAXLINE + 1))

    def _parse_chunk_size(self, line: bytes) -> int:
        """Return the size in a chunk-size line; extensions are passed over.

        As lenient as ``int`` is: blanks, a sign, ``0x`` and underscores count as they do in the
        stock module, where the RFC wants hex digits alone.

        Raises:
            LineTooLong: The line has more than ``_MAXLINE`` bytes.
            ValueError: It is no number; the response is closed.
        """
        if len(line) > limits._MAXLINE:
            raise LineTooLong("chunk size")
        try:
            return parse_chunk_size(line)
        except ValueError:
            self._close_conn()
            raise

    def _read_and_discard_trailer(self) -> None:
        """Read past the trailer section.

        Raises:
            LineTooLong: A line has more than ``_MAXLINE`` bytes.
            HTTPException: There are more than ``_MAXHEADERS`` lines, the empty one not counted.
        """
        limit = limits._MAXLINE
        readline = self.fp.readline
        for _ in range(limits._MAXHEADERS + 1):
            line = readline(limit + 1)
            if len(line) > limit:
                raise LineTooLong("trailer line")
            if line in _LINE_END:
                return
        raise HTTPException(f"got more than {limits._MAXHEADERS} trailers")

    def _get_chunk_left(self) -> int | None:
        """Return how much of the present chunk is unread, the next one begun where it is none.

        Returns:
            Bytes; None after the last chunk, when the response is closed.

        Raises:
            IncompleteRead: The file ended, or there is no chunk size where one must be.
        """
        left = self.chunk_left
        if left:
            return left
        fp = self.fp
        if left is not None:
            # The CRLF that ends a chunk. What it says is not looked at, as in the stock module.
            ending = fp.read(2)
            if len(ending) < 2:  # noqa: PLR2004 - CRLF
                raise IncompleteRead(ending, 2 - len(ending))
        line = fp.readline(limits._MAXLINE + 1)
        last, size = self._last
        if line == last:
            self.chunk_left = size
            return size
        return self._begin_chunk(line)

    def _begin_chunk(self, line: bytes) -> int | None:
        """Take a chunk-size line, and after the last chunk the trailer; see `_get_chunk_left`."""
        try:
            left: int | None = self._parse_chunk_size(line)
        except ValueError:
            raise IncompleteRead(b"") from None
        if not left:
            self._read_and_discard_trailer()
            self._close_conn()
            left = None
        elif left > 0:
            self._last = line, left
        self.chunk_left = left
        return left

    def _read_chunked(self, amt: int | None = None, *, is_room: bool = False) -> bytes:
        """Return up to ``amt`` bytes, or all.

        Args:
            amt: Number of bytes; None means all.
            is_room: Whether `amt` is the room in a buffer, which matters for a negative chunk
                size alone: the stock module then leaves so many bytes at the buffer's end free.

        Raises:
            IncompleteRead: The body ended early; ``partial`` has the chunks that were complete.
        """
        fp = self.fp
        likely = in_memory = type(fp) in _IN_MEMORY
        wanted = sys.maxsize if amt is None else amt
        pieces: list[bytes] = []
        try:
            while True:
                last = line, size = self._last
                if likely and line is not None and self.chunk_left == 0:
                    run = _run_at_hand(fp, line, size, wanted)
                    pieces += run
                    wanted -= size * len(run)
                    if run and not wanted:
                        break
                left = self._get_chunk_left()
                if left is None:
                    break
                # Where two sizes differ, looking for a run costs more than it brings.
                likely = in_memory and self._last is last
                if wanted <= left:
                    pieces.append(self._safe_read(wanted))
                    self.chunk_left = left - wanted
                    break
                if left < 0 and is_room:
                    left = max(wanted + left, 0)
                wanted -= left
                pieces.append(self._safe_read(left))
                self.chunk_left = 0
        except IncompleteRead as short:
            raise IncompleteRead(b"".join(pieces)) from short
        return b"".join(pieces)

    def _readinto_chunked(self, b: WriteableBuffer) -> int:
        """Fill a buffer from as many chunks as it takes; see `readinto`."""
        view = memoryview(b).cast("B")
        data = self._read_chunked(len(view), is_room=True)
        view[: len(data)] = data
        return len(data)

    def _read1_chunked(self, n: int) -> bytes:
        """Return up to ``n`` bytes of the present chunk; see `read1`."""
        left = self._get_chunk_left()
        if left is None or n == 0:
            return b""
        data = self.fp.read1(n if 0 <= n < left else left)
        self.chunk_left = left - len(data)
        if not data:
            raise IncompleteRead(b"")
        return data

    def _peek_chunked(self, n: int) -> bytes:  # noqa: ARG002 - how many is up to the file
        """Return what is buffered of the present chunk; see `peek`."""
        try:
            left = self._get_chunk_left()
        except IncompleteRead:
            return b""
        if left is None:
            return b""
        return self.fp.peek(left)[:left]

    def _readline_chunked(self, limit: int) -> bytes:
        """Return the next line, through the chunks it lies in; see `readline`."""
        if limit >= 0:
            # How a limit counts across chunks is the io module's own business.
            return super(stock.HTTPResponse, self).readline(limit)
        pieces: list[bytes] = []
        while True:
            try:
                left = self._get_chunk_left()
            except IncompleteRead:
                if self.fp is None:
                    # No chunk size: the stock module takes that for the end of the line.
                    break  # type: ignore[unreachable]  # None is left out of typeshed
                raise IncompleteRead(b"") from None
            if left is None:
                break
            if left < 0:
                pieces.append(super(stock.HTTPResponse, self).readline())
                break
            piece = self.fp.readline(left)
            if not piece:
                raise IncompleteRead(b"")
            self.chunk_left = left - len(piece)
            pieces.append(piece)
            if piece.endswith(b"\n"):
                break
        return b"".join(pieces)


def _run_at_hand(fp: BinaryIO, line: bytes, size: int, most: int) -> tuple[bytes, ...]:
    """Return the payload of the next chunks, as far as they are in memory whole and of one size.

    Cutting what is there in one go takes a quarter of the time of three reads a chunk.

    Args:
        fp: Stands at the CRLF that ends a chunk, and afterwards at that of the last one returned.
        line: The chunk-size line of these chunks.
        size: The size that it says, in bytes.
        most: How many bytes to return at most.
    """
    if most < 2 * size:
        return ()
    ahead = _IN_MEMORY[type(fp)](fp)
    # One record: the CRLF behind a chunk, which nobody looks at, a size line and a payload.
    step = 2 + len(line) + size
    count = min(len(ahead) // step, most // size, _LONGEST_RUN)
    if count < 2:  # noqa: PLR2004 - one chunk is read as quickly by itself
        return ()
    cut = _records(len(line), size, count).unpack_from(ahead)
    lines, run = cut[::2], cut[1::2]
    if lines.count(line) < count:
        run = run[: next(at for at, other in enumerate(lines) if other != line)]
    fp.read(len(run) * step)
    return run


@functools.lru_cache(maxsize=32)
def _records(line_length: int, size: int, count: int) -> struct.Struct:
    """Return how to cut records; a loop over them took a twentieth longer for a stream."""
    return struct.Struct(f"2x{line_length}s{size}s" * count)
