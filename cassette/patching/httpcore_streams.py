"""Network streams of httpcore over the lines of a cassette.

The asynchronous stream holds what there is to know; ``httpcore_blocking`` runs it.
"""

from __future__ import annotations

import functools
from contextlib import contextmanager, suppress
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from cassette.client.seam import mark_accepted
from cassette.errors import TapeClosedError
from cassette.model import Endpoint
from cassette.patching.tunnels import ESTABLISHED, answer_of, asked_of_proxy, refusal_of
from cassette.tapes.in_force import current

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from cassette.patching.httpcore_backends import Backend
    from cassette.tapes.in_force import TapeInForce
    from cassette.transport.line import Line

    Dial = Callable[[], Awaitable[Any]]

_MOMENT = 1.0
"""Seconds that a client which may have given up is given to do so, beyond what was recorded."""


class CassetteStream:
    """A network stream, as httpcore describes the asynchronous one, over the line of a cassette.

    httpcore tells of TLS and of a tunnel after it has connected. So this stream asks for another
    line then, and dials by leading on what was dialed before.

    Args:
        backend: Whose streams it stands for.
        tape: The cassette.
        endpoint: Where the connection leads, as far as is known.
        dial: Opens a live stream of httpcore.
    """

    def __init__(self, backend: Backend, tape: TapeInForce, endpoint: Endpoint, dial: Dial) -> None:
        self._backend = backend
        self._tape = tape
        self._endpoint = endpoint
        self._dial = dial
        self._line: Line
        self._live: Any = None
        self._tunnel: Endpoint | None = None  # what a proxy was asked to connect to
        self._answer = b""  # what a live proxy says
        self._greeting: bytes | None = None  # what a recorded proxy says, to be read
        self._failed: Exception | None = None  # to be met when the tunnel stands

    async def connect(self) -> CassetteStream:
        """Connect as far as the cassette wants it; return this stream."""
        with self._worded("Connect"):
            await self._ask_for_line(self._endpoint)
        return self

    async def _ask_for_line(self, endpoint: Endpoint) -> None:
        line = self._tape.line(endpoint)
        if line.must_dial:
            await self._go_live(line)
        self._line = line

    async def _go_live(self, line: Line) -> None:
        """Dial, as far as dialing leads by now."""
        with self._tape.dialing(line.endpoint):
            live = await self._dial()
        live.in_cassette = True
        self._live = live
        self._dial = functools.partial(_given, live)

    def _lead_on(self, step: Callable[[Any], Awaitable[Any]]) -> None:
        """Let dialing go one step further than it has gone."""
        before = self._dial

        async def dial() -> Any:
            stream = await before()
            try:
                return await step(stream)
            except Exception as error:
                mark_accepted(error)
                raise

        self._dial = dial

    @contextmanager
    def _worded(self, what: str) -> Iterator[None]:
        """Let an error of a player come as httpcore words it."""
        try:
            yield
        except (OSError, HTTPException) as error:
            inside, worded = self._backend.worded(what, error, self._endpoint)
            raise worded from inside

    # The stream of httpcore.

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes; what is asked of a proxy is no part of the conversation with the origin."""
        data = bytes(buffer)
        tunnel = asked_of_proxy(data)
        if tunnel is not None:
            await self._ask_proxy(tunnel, data, timeout)
            return
        line = self._line
        with self._worded("Write"):
            if line.left:
                raise BrokenPipeError("the cassette of this connection is no longer in use")
            sending = line.take(data)
        if not sending:
            return
        if self._live is None:
            await self._go_live(line)
        try:
            await self._live.write(sending, timeout)
        except Exception as error:
            line.unsent(sending, error)
            raise
        line.sent(sending)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Receive at most so many bytes; empty at the end of the stream."""
        if self._greeting is not None:
            greeting, self._greeting = self._greeting, None
            return greeting
        if self._tunnel is not None and self._live is not None:
            return await self._read_answer(max_bytes, timeout)
        line = self._line
        if self._live is None or line.answering:
            return await self._play(line, max_bytes, timeout)
        try:
            data: bytes = await self._live.read(max_bytes, timeout)
        except Exception as error:
            line.failed(error)
            raise
        line.received(data, filled=len(data) == max_bytes)
        return data

    async def _play(self, line: Line, max_bytes: int, timeout: float | None) -> bytes:
        pause = line.pause(timeout)
        # A turn for others even where nothing is waited for, else nobody could cancel a replay.
        await self._backend.sleep(pause.seconds)
        stall = line.stall
        if stall is not None:
            await self._backend.stall(stall + _MOMENT)
        with self._worded("Read"):
            if not pause.in_time:
                raise TimeoutError("timed out")
            data = bytes(line.receive(max_bytes))
        if not line.readable:
            line.finish()
        return data

    async def start_tls(
        self,
        ssl_context: Any,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> CassetteStream:
        """Go on in TLS, behind the proxy where one was asked; return this stream."""
        behind, self._tunnel = self._tunnel, None
        endpoint = behind or Endpoint("https", self._endpoint.host, self._endpoint.port)
        self._lead_on(lambda stream: stream.start_tls(ssl_context, server_hostname, timeout))
        with self._worded("Connect"):
            if self._failed is not None:
                raise self._failed
            await self._ask_for_line(endpoint)
        return self

    def get_extra_info(self, info: str) -> Any:
        """Return what the live stream knows; on replay only whether something can be read."""
        line = self._line
        # A pool asks before it uses a connection again, and opens a new one for another cassette.
        if info == "is_readable" and (line.is_spent or current() is not self._tape):
            return True
        if self._live is not None and not line.answering:
            return self._live.get_extra_info(info)
        return False if info == "is_readable" else None

    def take_rest(self) -> None:
        """Take what has arrived on a live stream that blocks."""
        if self._live is not None:
            self._line.take_rest(self._live.read_now)

    async def aclose(self) -> None:
        """Close the stream, and record where a proxy has refused."""
        if self._tunnel is not None and self._live is not None:
            self._record_refusal(self._tunnel)
        self._line.closed()
        if self._live is not None:
            await self._live.aclose()

    # Through a proxy.

    async def _ask_proxy(self, tunnel: Endpoint, request: bytes, timeout: float | None) -> None:
        self._tunnel = tunnel
        if self._live is not None:
            await self._live.write(request, timeout)
            return
        self._lead_on(functools.partial(_ask_live_proxy, request))
        self._greeting = ESTABLISHED
        try:
            await self._ask_for_line(tunnel)
        except (OSError, HTTPException) as error:
            # The client reads an answer, and words it as it worded the recorded one.
            recorded = answer_of(error)
            if recorded is None:
                self._failed = error
            else:
                self._greeting = recorded

    async def _read_answer(self, max_bytes: int, timeout: float | None) -> bytes:
        try:
            data: bytes = await self._live.read(max_bytes, timeout)
        except Exception as error:
            tunnel, self._tunnel = self._tunnel, None
            if tunnel is not None:
                self._note_refusal(tunnel, error)
            raise
        self._answer += data
        return data

    def _record_refusal(self, tunnel: Endpoint) -> None:
        """Let the cassette know that a proxy made no tunnel."""
        self._tunnel = None
        self._note_refusal(tunnel, refusal_of(self._answer))

    def _note_refusal(self, tunnel: Endpoint, error: Exception) -> None:
        """Dial a tunnel that has failed, so that the failure is recorded."""
        mark_accepted(error)
        with suppress(type(error), TapeClosedError), self._tape.dialing(tunnel):
            raise error


async def _given(stream: Any) -> Any:
    return stream


async def _ask_live_proxy(request: bytes, live: Any) -> Any:
    """Open a tunnel on a stream that is opened late; what it answers is read and dropped."""
    await live.write(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = await live.read(1)
        if not piece:
            raise ConnectionError("the proxy closed the connection before it answered CONNECT")
        answer += piece
    return live
