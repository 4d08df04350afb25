"""A transport of asyncio over the line of a cassette.

It stands between a protocol, such as aiohttp's, and the transport that a loop would have made. What
is no HTTP passes untouched and unrecorded: the first line that is sent tells, and where the server
speaks first it is none. While recording, nothing is held back for that; on replay nothing is dialed
before it.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from cassette.client.seam import mark_accepted
from cassette.errors import CassetteError
from cassette.patching.asyncio_dialing import DialingTransport
from cassette.patching.asyncio_listeners import ProxyAnswer, grants
from cassette.patching.first_line import is_http, leaves_http
from cassette.patching.network.decision import ask
from cassette.patching.tunnels import ESTABLISHED, answer_of, asked_of_proxy, refusal_of
from cassette.transport.line import Line

if TYPE_CHECKING:
    import asyncio

    from cassette.model import Endpoint
    from cassette.patching.asyncio_surface import Dial
    from cassette.tapes.in_force import TapeInForce


class CassetteTransport(DialingTransport):
    """A transport that records, plays, or both; see ``Surface`` for what it is made of."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        tape: TapeInForce,
        line: Line,
        dial: Dial,
        extra: dict[str, Any],
    ) -> None:
        super().__init__(loop, tape, line, dial, extra)
        self._plain = False  # it is no HTTP
        self._answer = b""  # what a live proxy says

    # What the protocol sends.

    def write(self, data: Any) -> None:
        """Send bytes."""
        if self._closed or self._lost or not data:
            return
        try:
            self._write(bytes(data))
        except (CassetteError, OSError, HTTPException) as error:
            self._lose(error)

    def _write(self, data: bytes) -> None:
        if not self._sorted:
            self._sort(data)
        elif self._tunnel is not None:
            self._write_into_tunnel(self._tunnel, data)
        elif leaves_http(data) and not self._plain:
            self._leave_http(data)
        else:
            self._send(data)

    def _sort(self, data: bytes) -> None:
        """Find out whether this is HTTP, and go on with all that was sent."""
        self._stop_silence()
        self._pending += data
        if self.live is not None:
            self.live.write(data)
        http = is_http(self._pending)
        if http is None:
            return
        if not http:
            self._go_plain()
            return
        if leaves_http(self._pending):
            self._go_plain()
            return
        self._sorted = True
        first, self._pending = self._pending, b""
        tunnel = asked_of_proxy(first)
        if tunnel is not None:
            self._ask_proxy(tunnel, first)
        elif self.live is not None:
            self._line.sent(first)
        else:
            self._send(first)

    def _after_silence(self) -> None:
        """Whoever says nothing waits for its server, unless it is known that HTTP is spoken."""
        self._silence = None
        if not self.tape.knows(self._line.endpoint):
            self._go_plain()

    def _stop_silence(self) -> None:
        silence, self._silence = self._silence, None
        if silence is not None:
            silence.cancel()

    def _go_plain(self) -> None:
        """Let everything pass from now on: it is no HTTP."""
        self._sorted = self._plain = True
        self._line = Line(self._line.endpoint)
        try:
            self._ask_guard()
        except CassetteError as error:
            self._lose(error)
            return
        if self.live is None:
            self._dial_soon()
        else:
            self._pending = b""

    def _leave_http(self, request: bytes) -> None:
        """Let a kept connection pass from now on."""
        if self.live is not None:
            self.live.write(request)
        self._pending = request
        self._go_plain()

    def _ask_guard(self) -> None:
        if "peername" in self._facts:  # no Unix socket
            ask("connection", self._line.endpoint.host, self._line.endpoint.port)

    def _send(self, data: bytes) -> None:
        line = self._line
        if line.left and self.live is None:
            raise BrokenPipeError("the cassette of this connection is no longer in use")
        going = line.take(data)
        if going and self.live is not None:
            self.live.write(going)
            line.sent(going)
        elif going:
            self._pending += going
            self._dial_soon()
        if line.answering:
            self._feed.go_on(line)

    # Through a proxy.

    def _ask_proxy(self, tunnel: Endpoint, request: bytes) -> None:
        self._tunnel = tunnel
        if self.live is not None:
            return
        before = self._dial

        async def dial(listener: asyncio.BaseProtocol) -> Any:
            answer = ProxyAnswer(self._loop)
            live = await before(answer)
            live.write(request)
            await answer.complete
            live.set_protocol(listener)
            return live

        self._dial = dial
        greeting: bytes | None = ESTABLISHED
        try:
            self._line = self.tape.line(tunnel)
        except (OSError, HTTPException) as error:
            # The client reads an answer, and words it as it worded the recorded one.
            greeting = answer_of(error)
            if greeting is None:
                self._failed, greeting = error, ESTABLISHED
        self._line.owner = self
        if greeting:
            self._loop.call_soon(self._feed.give, greeting)
        else:
            self._loop.call_soon(self._feed.end, self._line)

    def _write_into_tunnel(self, tunnel: Endpoint, data: bytes) -> None:
        """Send what is not wrapped in TLS."""
        self._tunnel = None
        self._line = self.tape.line(tunnel._replace(scheme="http"))
        self._line.owner = self
        self._send(data)

    def _note_refusal(self) -> None:
        tunnel, self._tunnel = self._tunnel, None
        if tunnel is None or self.live is None or grants(self._answer):
            return
        refusal = refusal_of(self._answer)
        mark_accepted(refusal)
        with suppress(type(refusal)), self.tape.attempting(tunnel):
            raise refusal

    # What a live connection says.

    def heard(self, data: bytes) -> None:
        """Take what came, and hand it on."""
        if not self._sorted:
            self._go_plain()  # nobody who speaks HTTP answers before he was asked
        if self._tunnel is not None:
            self._answer += data
        else:
            self._line.received(data)
        self._feed.give(data)

    def heard_end(self) -> bool:
        """Note that the server closed its side; return whether the client's stays open."""
        if self._tunnel is None:
            self._line.received(b"")
        return bool(self._feed.protocol.eof_received())

    def lost(self, error: BaseException | None) -> None:
        """Note that the live connection is over."""
        if error is not None:
            self._line.failed(error)
        self._over()
        if not self._lost:
            self._lost = self._closed = True
            self._feed.protocol.connection_lost(error)

    # The end.

    def end(self) -> None:
        """Let go, since the cassette is left; what is live goes on unrecorded."""
        if self.live is None and not self._lost:
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._left)

    def _left(self) -> None:
        if not (self._closed or self._feed.busy or self._dialing):
            self._lose(None)

    def close(self) -> None:
        """Close the transport; what was sent is sent."""
        self._close("close")

    def abort(self) -> None:
        """Close the transport at once."""
        self._close("abort")

    def _close(self, how: str) -> None:
        if self._closed:
            return
        self._closed = True
        if not (self._sorted or self.tape.knows(self._line.endpoint)):
            with suppress(CassetteError):  # whoever only looked whether somebody listens
                self._ask_guard()
        # The client's own timeout is nowhere else to be seen.
        if isinstance(sys.exc_info()[1], TimeoutError):
            self._line.failed(TimeoutError("timed out"))
        self._over()
        if self.live is not None:
            getattr(self.live, how)()
        else:
            self._lose(None)

    def _lose(self, error: BaseException | None) -> None:
        """Tell the protocol that the connection is over."""
        if self._lost:
            return
        self._lost = True
        self._over()
        if self.live is not None:
            self.live.abort()
        self._loop.call_soon(self._tell, error)

    def _tell(self, error: BaseException | None) -> None:
        # Not before: who writes to a stream that is closing is told less than why.
        self._closed = True
        self._feed.protocol.connection_lost(error)

    def _over(self) -> None:
        self._stop_silence()
        self._feed.stop()
        self._note_refusal()
        self._line.closed()
