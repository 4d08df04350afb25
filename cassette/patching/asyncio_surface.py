"""What every transport of asyncio is asked, over the line of a cassette."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from cassette.patching.asyncio_feed import Feed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cassette.tapes.in_force import TapeInForce
    from cassette.transport.line import Line

    Dial = Callable[[asyncio.BaseProtocol], Awaitable[Any]]
    """Opens a live transport for a protocol."""


class Surface(asyncio.Transport):
    """The state of a transport, and the answers that need nothing else.

    Args:
        loop: Where its protocol is called.
        tape: The cassette.
        line: The line; its owner is this transport from now on.
        dial: Opens a live transport.
        extra: What ``get_extra_info`` gives where nothing is live.

    Attributes:
        tape: The cassette.
        live: The live transport; None where nothing has gone live.
    """

    _start_tls_compatible = True  # what asyncio, and aiohttp, ask before they wrap a transport

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        tape: TapeInForce,
        line: Line,
        dial: Dial,
        extra: dict[str, Any],
    ) -> None:
        super().__init__()
        self.tape = tape
        self.live: Any = None
        self._loop = loop
        self._line = line
        self._dial = dial
        self._facts = extra
        self._feed = Feed(loop, self._lose)
        self._pending = b""  # what was sent, and is for nobody yet
        self._closed = self._lost = False

    def _lose(self, error: BaseException | None) -> None:
        """Tell the protocol that the connection is over."""
        raise NotImplementedError

    def is_closing(self) -> bool:
        """Return whether it is closed, or closing."""
        if self.live is not None:
            return self._closed or bool(self.live.is_closing())
        return self._closed or self._line.left

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what the live transport knows; on replay who the peer is."""
        if self.live is not None:
            return self.live.get_extra_info(name, default)
        return self._facts.get(name, default)

    def set_protocol(self, protocol: Any) -> None:
        """Tell another protocol from now on."""
        self._feed.protocol = protocol

    def get_protocol(self) -> Any:
        """Return the protocol."""
        return self._feed.protocol

    def is_reading(self) -> bool:
        """Return whether the protocol wants to be told."""
        return not self._feed.paused and not self._closed

    def pause_reading(self) -> None:
        """Tell the protocol nothing until ``resume_reading``."""
        self._feed.paused = True
        self._feed.stop()
        if self.live is not None:
            self.live.pause_reading()

    def resume_reading(self) -> None:
        """Tell the protocol again."""
        if not self._feed.paused:
            return
        self._feed.paused = False
        if self.live is not None:
            self.live.resume_reading()
        if self._line.answering and not self._closed:
            self._feed.go_on(self._line)

    def can_write_eof(self) -> bool:
        """Return whether ``write_eof`` is possible."""
        if self.live is not None:
            return bool(self.live.can_write_eof())
        return self._line.endpoint.scheme != "https"

    def write_eof(self) -> None:
        """Send nothing more; a player does not mind."""
        if self.live is not None:
            self.live.write_eof()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set when the protocol is told to stop writing; a player never tells it."""
        if self.live is not None:
            self.live.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait to be sent."""
        return len(self._pending) if self.live is None else int(self.live.get_write_buffer_size())
