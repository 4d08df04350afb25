"""A transport in memory, for tests: what it gives is written down beforehand."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cassette.model import Endpoint
    from cassette.transport.base import Dial


class ScriptedTransport:
    r"""Gives pieces of bytes and failures in the order of a script, and keeps what it is sent.

    Example:
        >>> from cassette.client import HTTPConnection
        >>> transport = ScriptedTransport([b"HTTP/1.1 204 No Content\r\n\r\n"])
        >>> conn = HTTPConnection("example.com", transport=transport)
        >>> conn.request("GET", "/")
        >>> conn.getresponse().status
        204

    Args:
        script: Bytes are given as one piece; an exception is raised where its turn comes. After
            the script the stream has ended.

    Attributes:
        sent: All bytes that were sent.
        closed: ``close`` was called.
    """

    def __init__(self, script: Iterable[bytes | BaseException] = ()) -> None:
        self._script = iter(script)
        self._piece = memoryview(b"")
        self._timeout: float | None = None
        self.sent = b""
        self.closed = False

    def connect(self, endpoint: Endpoint, dial: Dial) -> ScriptedTransport:  # noqa: ARG002
        """Be the transport of a connection; one that connects again goes on in the script.

        Args:
            endpoint: Where the connection should lead.
            dial: Never called.
        """
        self.closed = False
        return self

    def sendall(self, data: bytes) -> None:
        """Keep bytes."""
        self.sent += memoryview(data)

    def recv_into(self, buffer: memoryview) -> int:
        """Give what the script says next; 0 after its end.

        Raises:
            BaseException: The script has one here.
        """
        if not self._piece:
            step = next(self._script, b"")
            if isinstance(step, BaseException):
                raise step
            self._piece = memoryview(step)
        view = memoryview(buffer).cast("B")
        count = min(len(view), len(self._piece))
        view[:count] = self._piece[:count]
        self._piece = self._piece[count:]
        return count

    def recv(self, size: int) -> bytes:
        """Give what the script says next, at most so many bytes; empty after its end.

        Raises:
            BaseException: The script has one here.
        """
        buffer = bytearray(size)
        return bytes(buffer[: self.recv_into(memoryview(buffer))])

    def makefile(self, mode: str = "rb", buffering: int | None = None) -> BinaryIO:
        """Return a reader over the script.

        Raises:
            ValueError: A mode other than ``rb``.
        """
        if mode not in ("r", "rb"):
            raise ValueError(f"a transport makes readers only: mode 'rb', not {mode!r}")
        reader = _ScriptReader(self)
        if buffering == 0:
            return cast("BinaryIO", reader)
        return io.BufferedReader(reader)

    def settimeout(self, value: float | None) -> None:
        """Keep the timeout; a script never waits."""
        self._timeout = value

    def gettimeout(self) -> float | None:
        """Return the timeout that was set."""
        return self._timeout

    def setsockopt(self, *options: object) -> None:
        """Accept any option."""

    def fileno(self) -> int:
        """Say that there is nothing to poll.

        Raises:
            io.UnsupportedOperation: Always.
        """
        raise io.UnsupportedOperation("a scripted transport has no descriptor")

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


class _ScriptReader(io.RawIOBase):
    def __init__(self, transport: ScriptedTransport) -> None:
        self._transport = transport

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # Buffer is 3.12
        return self._transport.recv_into(buffer)
