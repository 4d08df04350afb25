"""Push parsers: fed with bytes in any segmentation, they know where a message ends.

The contract: ``feed(data)`` takes the bytes of the message and returns how many it took; it takes
fewer than all only when the message is complete. ``close()`` says that no more will come. Nothing
is refused: what is no HTTP becomes ``garbage``, a message that lasts until the close, because a
recorder must keep what it cannot understand.

Payload and trailers are remembered as spans, offsets into the message from its first byte, so
that the bytes themselves live only where the caller keeps them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from cassette.wire.framing import Framing, request_framing, response_framing
from cassette.wire.grammar import (
    BARE_REQUEST,
    CERTAIN_CHUNK_SIZE,
    CERTAIN_REQUEST,
    CERTAIN_RESPONSE,
    HEAD_END,
    MAX_BESIDE,
    MAX_HEAD,
    MAX_LINE,
    REQUEST_LINE,
)
from cassette.wire.headers import Fields
from cassette.wire.lenient import parse_chunk_size, parse_status_line

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

Span = tuple[int, int]
"""Start and stop of some bytes of the message."""

_PROTOCOL: Final = b"HTTP/"


class MessageParser:
    """What requests and responses have in common; use one of the subclasses.

    Attributes:
        complete: The message has ended.
        garbage: The bytes are no HTTP message; they last until the close.
        doubtful: There is a fault in what decides where the message ends, so that some clients
            may wait for more than ``complete`` says, or for less. Responses only.
        head_size: Bytes of the head, interim responses and the empty line included; 0 before
            the head is complete.
        fields: Header fields of the (final) head.
        head_start: Offset of the (final) head: what stands before it are interim responses.
        framing: How the body ends; None before the head is complete.
        chunked: The head says that the body is in chunked coding, whether or not it turns out so.
        length: Content length in bytes where framing is LENGTH.
        payload: Spans of the body proper, without chunk framing, in order: one for each chunk,
            else a single one.
        trailers: Span of the trailer lines, without the empty line; empty where there are none.
        size: Bytes taken so far.
    """

    _certain_head: ClassVar[re.Pattern[bytes]]

    complete = False
    garbage = False
    doubtful = False
    head_size = 0
    head_start = 0
    fields = Fields()
    framing: Framing | None = None
    chunked = False
    length = 0
    trailers: Span = (0, 0)
    size = 0
    _beside = 0  # interim responses and lines of the trailer section
    _remaining = 0
    _chunk_begun = False

    def __init__(self) -> None:
        self.payload: list[Span] = []
        self._held = bytearray()  # the head, or the line, that is not complete yet
        self._state: Callable[[bytes, int], int] = self._head

    def feed(self, data: bytes) -> int:
        """Take the next bytes; return how many belong to this message.

        Fewer than ``len(data)`` means that the message is complete.
        """
        taken = 0
        while taken < len(data) and not self.complete:
            taken += self._state(data, taken)
        return taken

    @property
    def runs_on(self) -> bool:
        """Whether so much stands beside head and body that there may be no end of it."""
        return self._beside > MAX_BESIDE

    def close(self) -> None:
        """Say that no more bytes will come."""
        if self.framing is Framing.UNTIL_CLOSE or self.garbage:
            self.complete = True

    def without_name_lists(self, raw: bytes) -> bytes:
        """Return the message, ``raw``, without the head's lines that only list names of fields."""
        lines = self.fields.section
        kept = self.fields.without_name_lists()
        if not self.head_size or len(kept) == len(lines):
            return raw
        return raw[: self.head_size - len(lines)] + kept + raw[self.head_size :]

    def _start(self, head: bytes, certain: re.Match[bytes] | None) -> bool:
        """Read a complete head; return whether the body follows (False: another head does).

        Args:
            head: The head with its empty line; only looked at where it is not certain.
            certain: What the pattern of heads without any fault found in it.
        """
        raise NotImplementedError

    def _plausible(self, start: bytes) -> bool:
        """Return whether a head may start with these bytes."""
        raise NotImplementedError

    def _head(self, data: bytes, start: int) -> int:
        # Most heads come whole and without any fault.
        certain = None if self._held else self._certain_head.match(data, start)
        if certain is not None:
            taken = certain.end() - start
            self._end_head(b"", certain, taken)
            return taken
        held = len(self._held)
        rest = data[start:]
        self._held += rest
        if not self._plausible(bytes(self._held[:16])):
            return self._give_up(len(rest))
        end = HEAD_END.search(self._held, max(0, held - 2))
        if end is None:
            if len(self._held) > MAX_HEAD:
                return self._give_up(len(rest))
            self.size += len(rest)
            return len(rest)
        head = bytes(self._held[: end.end()])
        self._held.clear()
        taken = len(head) - held
        self._end_head(head, self._certain_head.fullmatch(head), taken)
        return taken

    def _end_head(self, head: bytes, certain: re.Match[bytes] | None, taken: int) -> None:
        self.size += taken
        if not self._start(head, certain):
            return
        self.head_size = self.size
        framing = self.framing
        if framing is Framing.NONE:
            self.complete = True
        elif framing is Framing.LENGTH:
            self._remaining = self.length
            self._state = self._sized
        elif framing is Framing.CHUNKED:
            self.chunked = True
            self._state = self._chunk_size
        else:
            self._state = self._until_close

    def _give_up(self, taken: int) -> int:
        self.garbage = True
        self._held.clear()
        self._state = self._until_close
        self.size += taken
        self.payload = [(0, self.size)]
        return taken

    def _until_close(self, data: bytes, start: int) -> int:
        self._add_payload(len(data) - start)
        return len(data) - start

    def _sized(self, data: bytes, start: int) -> int:
        taken = min(self._remaining, len(data) - start)
        self._add_payload(taken)
        self._remaining -= taken
        if not self._remaining:
            self.complete = True
        return taken

    def _add_payload(self, count: int) -> None:
        start, stop = self.size, self.size + count
        if self.payload and self.payload[-1][1] == start:
            start = self.payload.pop()[0]
        self.payload.append((start, stop))
        self.size = stop

    def _line(self, data: bytes, start: int) -> tuple[bytes | None, int]:
        """Return the line that these bytes complete, or None, and how many bytes it took."""
        end = data.find(b"\n", start) + 1
        stop = end or len(data)
        taken = stop - start
        self._held += data[start:stop]
        self.size += taken
        if not end:
            return None, taken
        line = bytes(self._held)
        self._held.clear()
        self.doubtful |= not line.endswith(b"\r\n")
        return line, taken

    def _chunk_size(self, data: bytes, start: int) -> int:
        line, taken = self._line(data, start)
        if line is None:
            if len(self._held) > MAX_LINE:
                return self._lose_count(taken)
            return taken
        try:
            self._remaining = parse_chunk_size(line)
        except ValueError:
            return self._lose_count(taken)
        if self._remaining < 0:  # http.client goes on with it; where, only the facts can tell
            return self._lose_count(taken)
        self.doubtful |= CERTAIN_CHUNK_SIZE.fullmatch(line) is None
        if self._remaining:
            self._state = self._chunk_data
        else:
            self.trailers = (self.size, self.size)
            self._state = self._trailer_line
        return taken

    def _lose_count(self, taken: int) -> int:
        """No chunk size where one must be: from here on only the close can end the message."""
        self.framing = Framing.UNTIL_CLOSE
        self._held.clear()
        self._state = self._until_close
        return taken

    def _chunk_data(self, data: bytes, start: int) -> int:
        taken = min(self._remaining, len(data) - start)
        # One span a chunk, also where the chunk comes in several pieces.
        first = self.payload.pop()[0] if self._chunk_begun else self.size
        self.payload.append((first, self.size + taken))
        self._chunk_begun = True
        self.size += taken
        self._remaining -= taken
        if not self._remaining:
            self._chunk_begun = False
            self._state = self._chunk_end
        return taken

    def _chunk_end(self, data: bytes, start: int) -> int:
        line, taken = self._line(data, start)
        if line is not None:
            if line.strip(b"\r\n"):
                return self._lose_count(taken)
            self._state = self._chunk_size
        elif len(self._held) > 1:
            return self._lose_count(taken)
        return taken

    def _trailer_line(self, data: bytes, start: int) -> int:
        line, taken = self._line(data, start)
        if line in (b"\r\n", b"\n"):
            self.complete = True
        elif line is not None:
            self.trailers = (self.trailers[0], self.size)
            self._beside += 1
        elif len(self._held) > MAX_LINE:
            return self._lose_count(taken)
        return taken


class RequestParser(MessageParser):
    """Finds the end of one request.

    Attributes:
        method: The method; empty before the head is complete.
        target: The request target as sent.
    """

    _certain_head = CERTAIN_REQUEST

    method = b""
    target = b""

    @property
    def opens_http2(self) -> bool:
        """Whether this is the first half of a connection preface of HTTP/2.

        Source: RFC 9113, section 3.4.
        """
        return self.method == b"PRI" and self.target == b"*"

    def feed(self, data: bytes) -> int:
        """Take the next bytes; return how many belong to this request.

        A request without a body that comes whole, as most do, is told by one pattern. It is the
        only way around the general one, and saves two fifths of its work: three of a hundred parts
        of the benchmark `replay-http_client-items-1000`.
        """
        bare = None if self.size else BARE_REQUEST.fullmatch(data)
        if bare is None:
            return super().feed(data)
        self.method, self.target, section = bare.groups()
        self.fields = Fields(section, certain=True)
        self.framing = Framing.NONE
        self.head_size = self.size = len(data)
        self.complete = True
        return self.size

    def _plausible(self, start: bytes) -> bool:
        return start[:1] not in (b"\r", b"\n")

    def _start(self, head: bytes, certain: re.Match[bytes] | None) -> bool:
        line = certain or REQUEST_LINE.match(head)
        if line is None:
            self._give_up(0)
            return False
        self.method, self.target = line[1], line[2]
        section = head[line.end() :] if certain is None else line[3]
        self.fields = Fields(section, certain=certain is not None)
        self.framing, self.length = request_framing(self.fields.first)
        return True


class ResponseParser(MessageParser):
    """Finds the end of one response, the interim ones before it included.

    Args:
        method: Method of the request that it answers (RFC 9112, section 6.3, step 1).

    Attributes:
        version: Such as ``HTTP/1.1``; empty before the head is complete.
        status: Status code of the final response; 0 before.
        reason: Reason phrase; may be empty.
        continued: Offset behind the "100 Continue" that it starts with; 0 without one.
    """

    _certain_head = CERTAIN_RESPONSE

    version = b""
    status = 0
    reason = b""
    continued = 0

    def __init__(self, method: bytes = b"") -> None:
        super().__init__()
        self.method = method

    @property
    def opens_websocket(self) -> bool:
        """Whether frames of WebSocket follow the head, in both directions.

        Source: RFC 6455, section 4.2.2.
        """
        if self.status != 101:  # noqa: PLR2004 - the status itself is the clearest name
            return False
        return any(b"websocket" in value.lower() for value in self.fields.every(b"upgrade"))

    def _plausible(self, start: bytes) -> bool:
        return start[:5] == _PROTOCOL[: len(start)]

    def _start(self, head: bytes, certain: re.Match[bytes] | None) -> bool:
        if certain is not None:
            self.version, self.reason = certain[1], (certain[3] or b"").strip(b" \t")
            self.status = int(certain[2])
            section = certain[4]
        else:
            line, _, section = head.partition(b"\n")
            found = parse_status_line(line.decode("latin-1"))
            if found is None:
                self._give_up(0)
                return False
            version, self.status, reason = found
            self.version, self.reason = version.encode("latin-1"), reason.strip().encode("latin-1")
            self.doubtful = True
        self.fields = Fields(section, certain=certain is not None)
        if 100 <= self.status < 200 and self.status != 101:  # noqa: PLR2004
            # RFC 9110, section 15.2: a final response is still to come.
            if self.status == 100 and self.continued == self.head_start:  # noqa: PLR2004
                self.continued = self.size
            self.head_start = self.size
            self._beside += 1
            return False
        self.framing, self.length = response_framing(self.method, self.status, self.fields.first)
        return True
