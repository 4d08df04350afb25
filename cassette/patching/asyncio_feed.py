"""What a protocol of asyncio is given on replay, and when."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from cassette.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cassette.transport.line import Line

_AT_ONCE: Final = 1 << 18
"""Bytes that a protocol is given in one piece at most, as asyncio does."""

MOMENT: Final = 1.0
"""Seconds that a client which may have given up is given to do so, beyond what was recorded; and
for which a client may stay silent before it is taken for one that waits for its server to speak."""


class Feed:
    """Gives the pieces of a line to a protocol: one in each turn of the loop, unless it is paused.

    Args:
        loop: The loop.
        lose: Called with an error where one was recorded, with None where the server closed.

    Attributes:
        protocol: Who is told.
        paused: The protocol wants to be told nothing.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, lose: Callable[[BaseException | None], None]
    ) -> None:
        self.protocol: Any = None
        self.paused = False
        self._loop = loop
        self._lose = lose
        self._next: asyncio.Handle | None = None

    @property
    def busy(self) -> bool:
        """Something is to come."""
        return self._next is not None

    def go_on(self, line: Line) -> None:
        """Let the next piece come, when its time is there."""
        if self._next is not None or self.paused:
            return
        # A client's timeouts are its own timers. Where the recorded one gave up, this one may.
        waits = line.waits
        if waits is not None:
            self._next = self._loop.call_later(waits + MOMENT, self._give, line)
        elif line.readable or line.hangs_up:
            seconds = line.pause(None).seconds
            if seconds:
                self._next = self._loop.call_later(seconds, self._give, line)
            else:
                self._next = self._loop.call_soon(self._give, line)

    def _give(self, line: Line) -> None:
        self._next = None
        try:
            data = line.receive(_AT_ONCE)
        except (CassetteError, OSError) as error:
            self._lose(error)
            return
        if not line.readable or not data:
            line.finish()
        if data:
            self.give(bytes(data))
            self.go_on(line)
        else:
            self.end(line)

    def give(self, data: bytes) -> None:
        """Give bytes to the protocol now."""
        protocol = self.protocol
        if not isinstance(protocol, asyncio.BufferedProtocol):
            protocol.data_received(data)
            return
        view = memoryview(data)
        while view:
            buffer = memoryview(protocol.get_buffer(len(view))).cast("B")
            count = min(len(buffer), len(view))
            buffer[:count] = view[:count]
            protocol.buffer_updated(count)
            view = view[count:]

    def end(self, line: Line) -> None:
        """Tell the protocol that the server has closed its side."""
        stays_open = self.protocol.eof_received()
        if not stays_open or line.endpoint.scheme == "https":  # TLS has no half-closed connection
            self._lose(None)

    def stop(self) -> None:
        """Let nothing come."""
        following, self._next = self._next, None
        if following is not None:
            following.cancel()
