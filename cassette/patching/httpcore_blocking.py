"""Network streams of httpcore that block.

They run the asynchronous stream over live streams that block, so that nothing in it ever waits for
anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from cassette.patching.httpcore_streams import CassetteStream


class BlockingStream:
    """A network stream, as httpcore describes the blocking one.

    Args:
        stream: The stream that it runs; its live ones must block (``Blocking``).
    """

    def __init__(self, stream: CassetteStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Receive at most so many bytes; empty at the end of the stream."""
        data: bytes = at_once(self._stream.read(max_bytes, timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes."""
        at_once(self._stream.write(buffer, timeout))

    def start_tls(
        self,
        ssl_context: Any,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> BlockingStream:
        """Go on in TLS; return this stream."""
        at_once(self._stream.start_tls(ssl_context, server_hostname, timeout))
        return self

    def get_extra_info(self, info: str) -> Any:
        """Return what the live stream knows."""
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        """Close the stream, and take what has arrived of a response that is left unread."""
        self._stream.take_rest()
        at_once(self._stream.aclose())


class Blocking:
    """A live stream that blocks, in the shape of an asynchronous one.

    Args:
        stream: The stream.
    """

    def __init__(self, stream: Any) -> None:
        stream.in_cassette = True
        self._stream = stream
        self.get_extra_info = stream.get_extra_info

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Receive at most so many bytes."""
        data: bytes = self._stream.read(max_bytes, timeout)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes."""
        self._stream.write(buffer, timeout)

    async def start_tls(self, *args: Any) -> Blocking:
        """Go on in TLS, on another stream."""
        return Blocking(self._stream.start_tls(*args))

    def read_now(self, size: int) -> bytes:
        """Return what is there, at most so many bytes; raise where that is nothing."""
        data: bytes = self._stream.read(size, 0)
        return data

    async def aclose(self) -> None:
        """Close the stream."""
        self._stream.close()


def at_once(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Return what a coroutine returns that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("a blocking stream has waited")
