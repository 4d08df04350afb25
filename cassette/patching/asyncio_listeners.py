"""Protocols of our own, which hear what a live connection says."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from cassette.patching.tunnels import refusal_of

if TYPE_CHECKING:
    import contextvars
    from collections.abc import Callable


class HeardTransport(Protocol):
    """What a listener tells."""

    def went_live(self, live: Any, factory: Callable[[], Any] | None = None) -> None:
        """Take a live transport."""

    def heard(self, data: bytes) -> None:
        """Take what came."""

    def heard_end(self) -> bool:
        """Note that the server closed its side; return whether the client's stays open."""
        ...

    def lost(self, error: BaseException | None) -> None:
        """Note that the live connection is over."""

    def get_protocol(self) -> Any:
        """Return the client's protocol."""


class Listener(asyncio.Protocol):
    """Hears a live transport on behalf of one over a cassette.

    A tape dials in a context that may reach the network, and a loop calls a protocol in the context
    of the dial. What the client's own protocol does must be in the client's.

    Args:
        transport: That one.
        context: The client's.
        factory: Makes its protocol, where it has none yet.
    """

    def __init__(
        self,
        transport: HeardTransport,
        context: contextvars.Context,
        factory: Callable[[], Any] | None = None,
    ) -> None:
        self._transport = transport
        self._context = context.copy()  # nobody else may be in it
        self._inside = False
        self._factory = factory

    def _run(self, call: Callable[..., Any], *args: Any) -> Any:
        if self._inside:  # TLS tells of the end in the middle of ``close``
            return call(*args)
        self._inside = True
        try:
            return self._context.run(call, *args)
        finally:
            self._inside = False

    def connection_made(self, live: Any) -> None:
        """The connection is there."""
        self._run(self._transport.went_live, live, self._factory)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self._run(self._transport.heard, data)

    def eof_received(self) -> bool:
        """The server has closed its side."""
        return bool(self._run(self._transport.heard_end))

    def connection_lost(self, exc: BaseException | None) -> None:
        """The connection is over."""
        self._run(self._transport.lost, exc)

    def pause_writing(self) -> None:
        """The connection is slower than the client."""
        self._transport.get_protocol().pause_writing()

    def resume_writing(self) -> None:
        """The connection has caught up."""
        self._transport.get_protocol().resume_writing()


class ProxyAnswer(asyncio.Protocol):
    """Waits for what a proxy answers to CONNECT, which is then dropped.

    Attributes:
        complete: Done when it has answered; it has an exception where it refused.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.complete: asyncio.Future[None] = loop.create_future()
        self._data = b""

    def data_received(self, data: bytes) -> None:
        """A part of the answer has come."""
        self._data += data
        if b"\r\n\r\n" not in self._data or self.complete.done():
            return
        if grants(self._data):
            self.complete.set_result(None)
        else:
            self.complete.set_exception(refusal_of(self._data))

    def connection_lost(self, exc: BaseException | None) -> None:
        """The proxy has left."""
        if not self.complete.done():
            self.complete.set_exception(exc or refusal_of(self._data))


def grants(answer: bytes) -> bool:
    """Return whether an answer to CONNECT is one of success (RFC 9110, section 9.3.6)."""
    return answer.startswith(b"HTTP/") and answer[9:10] == b"2"
