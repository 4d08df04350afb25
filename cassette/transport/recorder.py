"""The recorder: told what passes on one connection, it cuts the streams into interactions.

It holds no socket. A shell tells it ``sent``, ``unsent``, ``received``, ``failed`` and ``closed``
after the fact, so it can neither delay nor change what the program sees.

An interaction is over as soon as its response is complete by its framing (RFC 9112, section 6.3).
Where framing cannot tell, the facts do: the end of the stream, a failure, the client closing, or
the client sending its next request. So they do where the response breaks the grammar and clients
may disagree with us about its end.
"""

from __future__ import annotations

import io
from collections import deque
from typing import TYPE_CHECKING

from cassette.clock import Clock
from cassette.model import Ended, Failure, Interaction, Request, Response, call_of, url_of
from cassette.transport.failures import describe
from cassette.wire.framing import Framing
from cassette.wire.parser import RequestParser, ResponseParser

if TYPE_CHECKING:
    from collections.abc import Callable

    from cassette.model import Endpoint


class Recorder:
    """Cuts the two byte streams of one connection into interactions.

    Args:
        endpoint: Where the connection leads.
        sink: Takes each interaction at the moment it is complete.
        under_way: Holds this recorder for as long as an interaction is not complete. A program may
            drop its connection without closing it; whoever ends the recording calls ``closed``.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        sink: Callable[[Interaction], None],
        under_way: set[Recorder] | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._sink = sink
        self._under_way = set() if under_way is None else under_way
        self._open: deque[_OpenInteraction] = (
            deque()
        )  # more than one only while requests are pipelined
        self._early = b""  # received while no request was waiting for an answer
        self._deaf = False  # what passes is no HTTP/1.1, or has no end

    def sent(self, data: bytes) -> None:
        """Note bytes that the client has handed to the live transport."""
        while data and not self._deaf:
            opened = self._open_for_sending()
            taken = opened.take_sent(data)
            data = data[taken:]
            if opened.opens_http2:
                self._deaf = True
                self._finish_all(Ended.OPEN)

    def unsent(self, data: bytes, error: BaseException) -> None:
        """Note that sending some bytes raised, so that an unknown part of them was sent.

        The client may read on all the same: a server that does not want a body answers, and closes
        the connection, before it has all of it (RFC 9112, section 9.5).
        """
        self.sent(data)
        if self._open:
            self._open[-1].send_failed = describe(error)

    def received(self, data: bytes, *, filled: bool = False) -> None:
        """Note bytes that the live transport has given to the client.

        Args:
            data: The bytes; empty at the end of the stream.
            filled: They filled the client's buffer to the brim. Where the piece ended is then
                not known, and the next bytes count as the same piece.
        """
        if not data:
            self._finish_all(Ended.CLOSED)
            return
        if self._deaf:
            return
        if not self._open:
            self._early += data
            return
        opened = self._open[0]
        if opened.is_answered():  # beyond doubt it would be finished, so the client waits for more
            opened.take_surplus(data, same_piece=False)
            return
        taken = opened.take_received(data, filled=filled)
        if not opened.is_answered():
            self._give_up_what_has_no_end(opened)
            return
        rest = data[taken:]
        if len(self._open) == 1:
            if rest:
                # Nobody waits for these bytes, but the client has read them with the answer.
                opened.take_surplus(rest, same_piece=True)
                rest = b""
            if opened.doubtful:
                return
        self._finish(Ended.OPEN)
        if rest:
            self.received(rest, filled=filled)

    def _give_up_what_has_no_end(self, opened: _OpenInteraction) -> None:
        """Record no more where what follows is not held by the client, or not HTTP."""
        if opened.opens_websocket:
            # A client masks its frames (RFC 6455, section 5.3): no secret could be found in them.
            opened.drop_body()
        elif not opened.runs_on:
            return
        self._deaf = True
        self._finish_all(Ended.ABANDONED)

    @property
    def unfinished(self) -> str | None:
        """The call whose response has begun and has not ended; else None."""
        if not self._open or not self._open[0].begun or self._open[0].is_answered():
            return None
        return self._open[0].call(self._endpoint)

    def failed(self, error: BaseException) -> None:
        """Note that receiving raised."""
        ended, failure = describe(error)
        self._finish_all(ended, failure)

    def stalled(self, error: TimeoutError) -> None:
        """Note that nothing came in time. The client may read on; where it does not, it failed."""
        if self._open:
            self._open[0].stall(error)

    def closed(self) -> None:
        """Note that the client has closed its side, or that the cassette is left."""
        if self._open and self._open[0].is_answered():
            self._finish(Ended.OPEN)
        while self._open:
            opened = self._open[0]
            if opened.stalled is not None:
                self._finish(*opened.stalled)
            elif opened.send_failed is not None and not opened.begun:
                self._finish(*opened.send_failed)
            else:
                self._finish(Ended.ABANDONED)

    def _open_for_sending(self) -> _OpenInteraction:
        if self._open:
            last = self._open[-1]
            if not last.request_over:
                return last
            if len(self._open) == 1 and last.endless:
                # The client has moved on, so it takes the response for complete.
                self._finish(Ended.OPEN)
        opened = _OpenInteraction()
        if self._early:
            opened.take_received(self._early, filled=False)
            self._early = b""
        self._open.append(opened)
        self._under_way.add(self)
        return opened

    def _finish(self, ended: Ended, failure: Failure | None = None) -> None:
        opened = self._open.popleft()
        if not self._open:
            self._under_way.discard(self)
        self._sink(opened.interaction(self._endpoint, ended, failure))

    def _finish_all(self, ended: Ended, failure: Failure | None = None) -> None:
        while self._open:
            self._finish(ended, failure)


class _OpenInteraction:
    """An interaction that is under way."""

    def __init__(self) -> None:
        self._at = Clock.now()
        self._started = Clock.monotonic()
        self._request = RequestParser()
        self._response: ResponseParser | None = None
        self._sent = io.BytesIO()
        # getvalue() hands its buffer over without a copy, where bytes(bytearray) would make one:
        # a body of 100 MiB is held once.
        self._received = io.BytesIO()
        self._pieces: list[tuple[float, int]] = []
        self._piece_open = False
        self.send_failed: tuple[Ended, Failure] | None = None
        self.stalled: tuple[Ended, Failure] | None = None
        self._stopped = 0.0  # when that was

    @property
    def opens_http2(self) -> bool:
        """What was sent is the first half of a preface of HTTP/2."""
        return self._request.opens_http2

    @property
    def begun(self) -> bool:
        """The first byte of a response is here."""
        return self._response is not None

    def is_answered(self) -> bool:
        """The response is complete."""
        return self._response is not None and self._response.complete

    @property
    def runs_on(self) -> bool:
        """There may be no end of what stands beside head and body of the response."""
        return self._response is not None and self._response.runs_on

    @property
    def opens_websocket(self) -> bool:
        """The response is a head behind which frames of WebSocket follow."""
        return self._response is not None and self._response.opens_websocket

    @property
    def doubtful(self) -> bool:
        """Clients may disagree about where the response ends."""
        return self._response is not None and self._response.doubtful

    @property
    def endless(self) -> bool:
        """What has come of the response does not tell where it ends."""
        response = self._response
        return response is not None and (
            response.garbage or response.doubtful or response.framing is Framing.UNTIL_CLOSE
        )

    @property
    def request_over(self) -> bool:
        """What is sent next belongs to another request."""
        return self._request.complete or (self._request.garbage and self.begun)

    def take_sent(self, data: bytes) -> int:
        taken = self._request.feed(data)
        self._sent.write(data[:taken])
        return taken

    def take_received(self, data: bytes, *, filled: bool) -> int:
        self.stalled = None
        if self._response is None:
            self._response = ResponseParser(self._request.method)
        taken = self._response.feed(data)
        self._keep(data[:taken], filled=filled)
        return taken

    def stall(self, error: TimeoutError) -> None:
        self.stalled, self._stopped = describe(error), Clock.monotonic()

    def take_surplus(self, data: bytes, *, same_piece: bool) -> None:
        self._piece_open = self._piece_open or same_piece
        self._keep(data, filled=False)

    def _keep(self, data: bytes, *, filled: bool) -> None:
        self._received.write(data)
        if self._piece_open:
            moment, size = self._pieces[-1]
            self._pieces[-1] = (moment, size + len(data))
        else:
            moment = round(Clock.monotonic() - self._started, 3)
            self._pieces.append((moment, len(data)))
        self._piece_open = filled

    def drop_body(self) -> None:
        """Forget what was received behind the head of the response."""
        assert self._response is not None  # noqa: S101 - asked for once there is one
        surplus = self._received.tell() - self._response.head_size
        if surplus:
            self._received.seek(-surplus, io.SEEK_END)
            self._received.truncate()
            moment, size = self._pieces[-1]
            self._pieces[-1] = (moment, size - surplus)

    def call(self, endpoint: Endpoint) -> str:
        return call_of(self._request.method.decode("latin-1"), endpoint, self._request.target)

    def interaction(self, endpoint: Endpoint, ended: Ended, failure: Failure | None) -> Interaction:
        method = self._request.method.decode("latin-1")
        url = url_of(endpoint, self._request.target)
        request = Request(self._sent.getvalue(), url)
        received = self._received.getvalue()
        response = Response(received, method)
        # Redaction and the writer ask where the parts are, and it is known.
        request.parsed = self._request
        if self._response is not None and self._response.size == len(received):
            self._response.close()
            response.parsed = self._response
        stopped = Clock.monotonic() if self.stalled is None else self._stopped
        return Interaction(
            call=f"{method} {url}",
            request=request,
            response=response,
            at=self._at,
            took=round(stopped - self._started, 3),
            arrived=tuple(self._pieces) if len(self._pieces) > 1 else (),
            ended=ended,
            failure=failure,
        )
