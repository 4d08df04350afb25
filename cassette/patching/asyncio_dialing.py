"""How a transport of asyncio over a cassette goes live: at once, late, or in TLS."""

from __future__ import annotations

import asyncio
import contextvars
from typing import TYPE_CHECKING, Any

from cassette.client.seam import mark_accepted
from cassette.patching.asyncio_feed import MOMENT
from cassette.patching.asyncio_listeners import HeardTransport, Listener
from cassette.patching.asyncio_surface import Surface
from cassette.transport.line import Line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Self

    from cassette.model import Endpoint
    from cassette.patching.asyncio_surface import Dial
    from cassette.tapes.in_force import TapeInForce


class DialingTransport(Surface, HeardTransport):
    """A transport that opens the live one beneath it when somebody needs it.

    Args:
        loop: As ``Surface`` has it; so have the others.
        tape: As above.
        line: As above.
        dial: As above.
        extra: As above.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        tape: TapeInForce,
        line: Line,
        dial: Dial,
        extra: dict[str, Any],
    ) -> None:
        super().__init__(loop, tape, line, dial, extra)
        self._context = contextvars.copy_context()
        self._sorted = False  # it is known whether this is HTTP
        self._silence: asyncio.TimerHandle | None = None
        self._tunnel: Endpoint | None = None  # what a proxy was asked to connect to
        self._failed: Exception | None = None  # to be met when the tunnel stands
        self._dialing: asyncio.Task[None] | None = None
        line.owner = self

    def end(self) -> None:
        """Let go, since the cassette is left."""
        raise NotImplementedError

    def _after_silence(self) -> None:
        """Go on where the client has said nothing for a moment."""
        raise NotImplementedError

    @property
    def must_dial(self) -> bool:
        """Nothing can be played: opening it dials."""
        return self._line.must_dial

    async def open(self, factory: Callable[[], Any]) -> Any:
        """Connect as far as the cassette wants it; return the protocol that a factory makes."""
        if self._line.must_dial:
            await self._dial(Listener(self, self._context, factory))
        else:
            self._meet(factory)
            self._silence = self._loop.call_later(MOMENT, self._after_silence)
        return self._feed.protocol

    def _meet(self, factory: Callable[[], Any]) -> None:
        self._feed.protocol = protocol = factory()
        protocol.connection_made(self)

    def went_live(self, live: Any, factory: Callable[[], Any] | None = None) -> None:
        """Take a live transport, and send what has waited for it."""
        if self.live is not None:
            return
        self.live = live
        if factory is not None:
            self._meet(factory)
        if self._feed.paused:
            live.pause_reading()
        pending, self._pending = self._pending, b""
        if pending:
            live.write(pending)
            self._line.sent(pending)
        if self._closed:
            live.close()

    def _dial_soon(self) -> None:
        if self._dialing is None:
            self._dialing = self._loop.create_task(self._dial_late())

    async def _dial_late(self) -> None:
        """Open the live transport after all."""
        line, listener = self._line, Listener(self, self._context)
        try:
            if line.must_dial:  # it is no HTTP: no matter of the tape
                live = await self._dial(listener)
            else:
                with self.tape.dialing(line.endpoint):
                    live = await self._dial(listener)
        except Exception as error:  # noqa: BLE001 - whatever it is, the protocol is told
            self._lose(error)
        else:
            self.went_live(live)

    async def start_tls(
        self, start: Callable[..., Awaitable[Any]], protocol: Any, sslcontext: Any, **options: Any
    ) -> Self:
        """Go on in TLS, behind the proxy where one was asked.

        Args:
            start: ``loop.start_tls``.
            protocol: Whom the new transport shall tell.
            sslcontext: What else ``start`` is given.
            **options: As above.

        Returns:
            The transport that takes the place of this one.
        """
        behind, self._tunnel = self._tunnel, None
        before, under = self._dial, self.live

        async def dial(listener: asyncio.BaseProtocol) -> Any:
            live = under or await before(asyncio.Protocol())
            try:
                return await start(live, listener, sslcontext, **options)
            except Exception as error:
                mark_accepted(error)
                raise

        if self._failed is not None:
            raise self._failed
        endpoint = behind or self._line.endpoint._replace(scheme="https")
        # Without a tunnel it is STARTTLS, in the middle of something that is no HTTP.
        line = self.tape.line(endpoint) if behind or not self._sorted else Line(endpoint)
        extra = {**self._facts, "sslcontext": sslcontext}
        secure = type(self)(self._loop, self.tape, line, dial, extra)
        secure.set_protocol(protocol)
        if line.must_dial or under is not None:
            with self.tape.dialing(endpoint):
                secure.went_live(await dial(Listener(secure, self._context)))
        self._closed = self._lost = True
        return secure
