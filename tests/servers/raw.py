"""A server that says exactly the bytes a test wrote down, and ends exactly as told."""

import contextlib
import socket
import ssl
from collections.abc import Sequence
from enum import Enum, auto

from servers.acceptor import Acceptor, reset


class Step(Enum):
    """What a script can do besides sending bytes."""

    READ_HEAD = auto()
    """Read up to the blank line after the request's head, and leave its body unread."""
    READ_REQUEST = auto()
    """Read a whole request, its body included."""
    CLOSE = auto()
    """End the answer, read until the client ends as well, close. Every script ends so at last."""
    RESET = auto()
    """Reset the connection."""
    HANG = auto()
    """Say nothing more until the client leaves."""


Script = Sequence[bytes | Step]


class RawServer(Acceptor):
    """Plays one script to each connection, and starts over after the last one.

    Args:
        scripts: One sequence of steps for each connection, bytes to send among them. A piece is
            sent with a call of its own and without delay.
        context: Where given, every connection speaks TLS first.
    """

    def __init__(self, *scripts: Script, context: ssl.SSLContext | None = None) -> None:
        self._scripts = scripts
        self._context = context
        super().__init__()

    def serve(self, number: int, connection: socket.socket) -> None:
        if self._context is None:
            self._play(number, connection)
            return
        try:
            secure = self._context.wrap_socket(connection, server_side=True)
        except OSError:  # a client that trusts nobody leaves during the handshake
            return
        self.keep(secure)
        try:
            self._play(number, secure)
        finally:
            self.drop(secure)

    def _play(self, number: int, connection: socket.socket) -> None:
        script = self._scripts[number % len(self._scripts)]
        reader = _RequestReader(connection)
        # A client may leave in the middle of any script; that is its outcome, not our failure.
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            for step in (*script, Step.CLOSE):
                match step:
                    case bytes():
                        connection.sendall(step)
                    case Step.READ_HEAD:
                        reader.read_head()
                    case Step.READ_REQUEST:
                        reader.read_request()
                    case Step.HANG:
                        drain(connection)
                        return
                    case Step.RESET:
                        reset(connection)
                        return
                    case Step.CLOSE:
                        finish(connection)
                        return


class _RequestReader:
    """Reads whole requests from a connection, several after another if need be."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""

    def read_head(self) -> bytes:
        return self._read_through(b"\r\n\r\n")

    def read_request(self) -> None:
        head = self.read_head().lower()
        if b"\r\ntransfer-encoding: chunked" in head:
            while self._read_through(b"\r\n") != b"0\r\n":
                pass
            self._read_through(b"\r\n")
            return
        _, found, value = head.partition(b"\r\ncontent-length: ")
        length = int(value.partition(b"\r\n")[0]) if found else 0
        while len(self._buffer) < length:
            self._more()
        self._buffer = self._buffer[length:]

    def _read_through(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._more()
        taken, _, self._buffer = self._buffer.partition(mark)
        return taken + mark

    def _more(self) -> None:
        data = self._connection.recv(65536)
        if not data:
            raise ConnectionAbortedError("the client left before its request was complete")
        self._buffer += data


def drain(connection: socket.socket) -> None:
    """Read and forget whatever comes until the other side ends."""
    while connection.recv(65536):
        pass


def finish(connection: socket.socket) -> None:
    """End an answer in good order and wait for the client to end as well.

    Closing at once would turn the end into a reset where something the client sent is unread.
    """
    if isinstance(connection, ssl.SSLSocket):
        with contextlib.suppress(OSError):
            connection.unwrap()
        return
    with contextlib.suppress(OSError):  # the client may have left already
        connection.shutdown(socket.SHUT_WR)
    drain(connection)
