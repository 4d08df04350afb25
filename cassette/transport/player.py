"""The player: told what a client sends, it gives the recorded bytes that answer it.

It holds no socket and looks up no name. A shell hands it what is sent and takes what is to be
received; the pieces, the end and the failure come as they were recorded.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

from cassette.model import Ended, Request, call_of, url_of
from cassette.transport.failures import rebuild
from cassette.wire.parser import RequestParser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.model import Endpoint, Interaction

# A server may close a connection that it keeps open at any time (RFC 9112, section 9.5): for a
# client that reads on behind a complete response it has done so.
_FOLLOWED_BY_THE_END: Final = (Ended.OPEN, Ended.CLOSED)


_GAVE_UP: Final = (Ended.ABANDONED, Ended.TIMEOUT)


class Answers(Protocol):
    """Where the player finds its interactions."""

    def answer(self, call: str, request: Request) -> Interaction | None:
        """Return the interaction that answers, or None where the request is to go live.

        Raises:
            UnmatchedRequestError: There is none, and nothing may go live.
        """

    def foresee(self, call: str) -> Interaction | None:
        """Return the interaction that would probably answer, judged by the call alone."""

    def refuse_more(self, interaction: Interaction | None) -> NoReturn:
        """Refuse a client that reads past the end of an interaction.

        Raises:
            RecordingEndedError: Always.
        """


class Player:
    """Plays interactions on one connection.

    Args:
        endpoint: Where the client believes it is connected to.
        answers: Finds the interaction for each request.
    """

    def __init__(self, endpoint: Endpoint, answers: Answers) -> None:
        self._endpoint = endpoint
        self._answers = answers
        self._parser: RequestParser | None = None  # of a request that is not complete yet
        self._pending: list[bytes] = []  # what was sent of it
        self._interaction: Interaction | None = None
        self._data = memoryview(b"")
        self._position = 0
        self._piece_end = 0
        self._pieces: Iterator[tuple[float, int]] = iter(())
        self._piece_came = 0.0
        self._foreseeing = False  # interim responses are given before the request is complete
        # What was asked for before the answer in front was read; None goes live.
        self._queue: deque[Interaction | None] = deque()

    def sent(self, data: bytes) -> bytes:
        """Take what the client sends.

        Returns:
            What must go to a live transport after all, because nothing answers it and the record
            mode allows that; empty where the player answers, or waits for more.

        Raises:
            UnmatchedRequestError: The request is complete, has no recording and may not go live.
            RecordingEndedError: It is no request: the answer to the last one has led to WebSocket.
        """
        live = b""
        if self._is_in_websocket:
            self._answers.refuse_more(self._interaction)
        while data:  # none where httpcore ends a request without a body
            parser = self._parser
            if parser is None:
                parser = self._parser = RequestParser()
            head_was_open = parser.framing is None
            taken = parser.feed(data)
            self._pending.append(data[:taken])
            data = data[taken:]
            if parser.complete:
                live += self._ask_pending()
            elif head_was_open and parser.framing is not None:
                self._foresee(parser)
        return live

    @property
    def _is_in_websocket(self) -> bool:
        """What is sent are frames: the answer in front, of which all was given, has led there."""
        current = self._interaction
        return (
            current is not None
            and self._position >= len(self._data)
            and current.response.raw.startswith(b"101", 9)
            and current.response.parsed_response.opens_websocket
        )

    @property
    def answering(self) -> bool:
        """Bytes, an end or a failure are there to be received, or will be."""
        self._turn()
        return self._interaction is not None or self._parser is not None

    @property
    def readable(self) -> bool:
        """Receiving now would give something at once: what a poll on the connection tells."""
        self._turn()
        if self._position < len(self._data):
            return True
        current = self._interaction
        return current is not None and (
            current.ended is Ended.CLOSED or current.failure is not None
        )

    def due(self) -> float:
        """Return when what ``receive`` gives next came, in seconds since the request was sent.

        The end of the stream and a failure came at the end of the interaction, and so did a
        response in one piece. Where nothing is to come, it is 0.
        """
        self._turn()
        if self._position >= len(self._data) and self._parser is not None:
            self._ask_pending()
        if self._position < len(self._data):
            if self._position >= self._piece_end:
                self._next_piece()
            return self._piece_came
        current = self._interaction
        return current.took if current is not None and self.readable else 0.0

    @property
    def stall(self) -> float | None:
        """Seconds for which a client may have waited in vain behind what there is; None if not.

        That is where it was recorded that a client gave up: whether it waited, or had read enough,
        the recording does not tell.
        """
        self._turn()
        current = self._interaction
        if current is None or self._position < len(self._data) or self._parser is not None:
            return None
        return current.took if current.ended is Ended.ABANDONED else None

    @property
    def waits(self) -> float | None:
        """Seconds for which a client has waited in vain behind what there is, or may have; or None.

        That is where a timeout was recorded, too.
        """
        self._turn()
        current = self._interaction
        if current is None or self._position < len(self._data) or self._parser is not None:
            return None
        return current.took if current.ended in _GAVE_UP else None

    @property
    def hangs_up(self) -> bool:
        """All of a response has been given behind which, as one side had said, the server closed.

        Source: RFC 9112, section 9.6.
        """
        current = self._interaction
        if current is None or self._position < len(self._data) or self._parser is not None:
            return False
        if current.ended is not Ended.OPEN or self._queue:
            return False
        came = current.response.raw
        word = _connection_of(came)
        if came.startswith(b"HTTP/1.0"):
            return b"keep-alive" not in word
        return b"close" in word or b"close" in _connection_of(current.request.raw)

    def receive(self, size: int) -> memoryview:
        """Return the next bytes, at most ``size`` and never beyond the recorded piece.

        Returns:
            The bytes; empty at the end of the stream.

        Raises:
            OSError: The failure that was recorded here, each time anew.
            RecordingEndedError: The recorded client had stopped reading here.
            UnmatchedRequestError: The client reads before its request is complete, and what it
                has sent so far has no recording either.
        """
        if self._position >= len(self._data):
            self._more()
        start = self._position
        if start >= self._piece_end:
            self._next_piece()
        stop = min(self._piece_end, start + size)
        self._position = stop
        return self._data[start:stop]

    def take_whole(self, limit: int) -> bytes | None:
        """Return the whole response at once, where nobody could tell it from its pieces.

        That is where it came in one piece that fits a reader's buffer, nothing of it has been
        received, and it is followed by the end of the stream.

        Args:
            limit: Size of that buffer in bytes.
        """
        if self._queue:
            self._turn()
        current = self._interaction
        if (
            current is None
            or self._position
            or self._queue
            or current.arrived
            or current.ended not in _FOLLOWED_BY_THE_END
            or not 0 < len(self._data) <= limit
            or current.response.raw.startswith(b"101", 9)  # the same reader reads what follows
        ):
            return None
        self._position = len(self._data)
        return current.response.raw

    def _more(self) -> None:
        """Find what follows when all bytes are given: an early answer, the end, a failure."""
        self._turn()
        if self._position < len(self._data):
            return
        if self._parser is not None:
            # A server may answer before it has the whole request: the recording says so, if
            # what was sent when it was made is what has been sent now.
            self._ask_pending()
        current = self._interaction
        if current is None:
            self._answers.refuse_more(None)
        if self._position < len(self._data):
            return
        if current.failure is not None:
            raise rebuild(current.failure)
        if current.ended not in _FOLLOWED_BY_THE_END:
            self._answers.refuse_more(current)

    def _ask_pending(self) -> bytes:
        parser = self._parser
        assert parser is not None  # noqa: S101 - asked only while a request is pending
        self._parser = None
        parser.close()
        request = Request(b"".join(self._pending), url_of(self._endpoint, parser.target))
        request.parsed = parser
        self._pending.clear()
        return self._ask(parser.method.decode("latin-1"), request)

    def _ask(self, method: str, request: Request) -> bytes:
        interaction = self._answers.answer(f"{method} {request.url}", request)
        if self._foreseeing:
            self._foreseeing = False
            # What the client has read of a foreseen answer is not given again.
            self._load(interaction, given=self._position)
        elif self._queue or self._position < len(self._data):
            self._queue.append(interaction)
        else:
            self._load(interaction)
        return request.raw if interaction is None else b""

    def _turn(self) -> None:
        """Go on to the answer that was asked for next, where the one in front has been read."""
        if self._queue and self._position >= len(self._data):
            self._load(self._queue.popleft())

    def _load(
        self, interaction: Interaction | None, *, given: int = 0, data: bytes | None = None
    ) -> None:
        """Put an answer in front.

        Args:
            interaction: The answer; None where it comes from the network.
            given: Bytes of it that the client has read already.
            data: What there is to give of it; without it, all.
        """
        if data is None:
            data = b"" if interaction is None else interaction.response.raw
        self._interaction = interaction
        self._data = memoryview(data)
        self._position = min(given, len(data))
        self._piece_end = 0
        self._pieces = iter(interaction.arrived) if interaction is not None else iter(())

    def _next_piece(self) -> None:
        for came, size in self._pieces:
            self._piece_came = came
            self._piece_end += size
            if self._piece_end > self._position:
                return
        current = self._interaction
        self._piece_came = current.took if current is not None else 0.0
        self._piece_end = len(self._data)

    def _foresee(self, parser: RequestParser) -> None:
        """Give "100 Continue" to a client that waits for it before it sends the body.

        Source: RFC 9110, section 10.1.1.
        """
        expect = parser.fields.first(b"expect")
        if expect is None or expect.lower() != b"100-continue" or self._position < len(self._data):
            return
        call = call_of(parser.method.decode("latin-1"), self._endpoint, parser.target)
        interaction = self._answers.foresee(call)
        if interaction is None:
            return
        response = interaction.response
        interim = response.raw[: response.parsed_response.continued]
        if not interim:
            return
        self._load(interaction, data=interim)
        self._foreseeing = True


def _connection_of(message: bytes) -> bytes:
    """Return the field Connection of a message in lower case; empty where there is none."""
    head = message[: message.find(b"\r\n\r\n") + 2].lower()
    start = head.find(b"\r\nconnection:")
    return head[start + 13 : head.find(b"\r\n", start + 2)] if start >= 0 else b""
