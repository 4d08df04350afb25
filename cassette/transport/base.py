"""The seam: what stands in ``conn.sock``, and who puts it there.

A *connector* opens transports: a cassette in use, a scripted transport, a class of your own. Every
client reaches it through ``connect(endpoint, dial)``, where ``dial`` opens the live transport.

A transport is the part of ``socket.socket`` that HTTP clients use, so a live transport simply *is*
a socket: TCP, TLS, Unix, or one that has been led through a CONNECT tunnel. The bytes are the
plaintext: TLS lies below the seam. In every detail a transport behaves as a blocking socket:

Sending
    ``sendall`` hands over every byte or raises. After it returns, the bytes belong to the
    transport; the caller may reuse its buffer.
Receiving
    ``recv_into`` waits for at least one byte and gives what has come, at most the size of the
    buffer: short reads are the rule. A recorder passes on the pieces that its live transport gave;
    a player gives the recorded pieces, so a short read on replay is as short as it was.
End of stream
    ``recv_into`` gives 0, and ``recv`` gives ``b""``, again at each further call.
Timeout
    ``TimeoutError`` where nothing came for ``gettimeout()`` seconds. A player without a pace never
    waits: it raises where the recording did. With one it waits for what came later, or in vain.
Failure
    Any other ``OSError``, with the class and number that the operating system, or TLS, gave.
Reading past the recording
    A player raises ``RecordingEndedError`` where the recorded program had stopped reading in the
    middle of a response. Behind a complete one it gives the end of the stream, since a server may
    close a connection that it keeps at any time.
No recording
    ``sendall`` raises ``UnmatchedRequestError`` with the last byte of the request.
``makefile("rb")``
    A buffered reader of its own over the same stream; ``makefile("rb", 0)`` an unbuffered one.
    Bytes that one reader has buffered are lost to the next, as with a socket.
``fileno``
    A real descriptor that can be polled, and only polled. It is readable when ``recv_into`` would
    not wait: bytes, the end, or a failure are there. A player owns its descriptor, which shows
    how things stood at the last call of ``fileno``, so ask each time before you poll; ``select``
    and ``poll`` do when they are given the transport itself. Until the cassette is left it says
    "connected, nothing to read", from that moment on "dropped". What a pace has still to come
    counts as there: the descriptor cannot change while it is polled, and ``recv_into`` waits.
    Behind a response that the recorded program left before its end it is readable as well, since
    the rest of it would be there.
``close``
    May be called again. The stream stays open for readers made by ``makefile`` until they are
    closed too; then the descriptor goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from cassette.model import Endpoint


class Transport(Protocol):
    """What a client may expect of ``conn.sock``; the module describes each edge."""

    def sendall(self, data: bytes, /) -> None:
        """Send every byte, or raise."""

    def recv_into(self, buffer: memoryview, /) -> int:
        """Receive at least one byte; return how many, 0 at the end of the stream."""

    def recv(self, size: int, /) -> bytes:
        """Receive at least one byte and at most so many; empty at the end of the stream."""

    def makefile(self, mode: str = "rb", buffering: int | None = None) -> BinaryIO:
        """Return a reader over the stream."""

    def settimeout(self, value: float | None, /) -> None:
        """Set for how long an operation may wait, in seconds."""

    def gettimeout(self) -> float | None:
        """Return the timeout in seconds; None where there is none."""

    def fileno(self) -> int:
        """Return a descriptor to poll."""

    def close(self) -> None:
        """Close this side."""


if TYPE_CHECKING:
    Dial = Callable[[], Transport]
    """Opens the live transport of a connection, TLS and CONNECT tunnel included.

    It raises what the client meets; an error that came after somebody had accepted the connection
    is marked by ``cassette.client.seam.mark_accepted``.
    """


class Connector(Protocol):
    """What may be given as ``transport=`` to a connection."""

    def connect(self, endpoint: Endpoint, dial: Dial, /) -> Transport:
        """Return the transport of a new connection.

        Args:
            endpoint: The origin that the connection is meant for, never a proxy in between.
            dial: Opens the live transport. A player never calls it.

        Raises:
            OSError: The connection does not come about.
        """
