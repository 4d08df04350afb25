"""The recorder and the player in the shape of a socket, for clients that hold one."""

from __future__ import annotations

import errno
import io
import socket
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from cassette.transport.line import Line

if TYPE_CHECKING:
    from typing import Self

    from typing_extensions import Buffer

    from cassette.model import Endpoint
    from cassette.transport.base import Dial, Transport
    from cassette.transport.pace import Pace
    from cassette.transport.player import Player
    from cassette.transport.recorder import Recorder


class CassetteSocket(Line):
    """A line as a transport, which ``cassette.transport.base`` describes.

    Args:
        endpoint: Where the client believes it is connected to.
        player: Asked first, where there is one; what it does not answer goes live.
        pace: When what the player gives comes; without one, at once.
        recorder: Told what passes over the live transport.
        live: The live transport, where it is open already.
        dial: Opens it when first needed, where it is not.
    """

    def __init__(  # noqa: PLR0913 - what a transport can be made of
        self,
        endpoint: Endpoint,
        *,
        player: Player | None = None,
        pace: Pace | None = None,
        recorder: Recorder | None = None,
        live: Transport | None = None,
        dial: Dial | None = None,
    ) -> None:
        super().__init__(endpoint, player=player, pace=pace, recorder=recorder)
        self._live = live
        self._dial = dial
        self._timeout: float | None = None
        self._readers = 0
        self._closed = False
        self._signal: _Signal | None = None

    def sendall(self, data: Buffer, flags: int = 0) -> None:  # noqa: ARG002 - as sockets have it
        """Hand over bytes, to the player or to the live transport."""
        if self._closed or self._left:
            whose = "connection" if self._closed else "tape of this connection"
            raise BrokenPipeError(errno.EPIPE, f"the {whose} is closed")
        sending = data if type(data) is bytes else memoryview(data).tobytes()
        if self._player is not None:
            sending = self._player.sent(sending)
        if sending:
            self._send_live(sending)

    def send(self, data: Buffer, flags: int = 0) -> int:
        """Hand over bytes, all of them at once; return how many."""
        self.sendall(data, flags)
        return len(memoryview(data).cast("B"))

    def _send_live(self, data: bytes) -> None:
        live = self._live
        if live is None:
            assert self._dial is not None  # noqa: S101 - a player alone never lets bytes through
            live = self._live = self._dial()
            live.settimeout(self._timeout)
        recorder = self._recorder
        try:
            live.sendall(data)
        except Exception as error:
            if recorder is not None:
                recorder.unsent(data, error)
            raise
        if recorder is not None:
            # After the fact, so that the server works while the recorder does.
            recorder.sent(data)

    def recv_into(self, buffer: Buffer, nbytes: int = 0, flags: int = 0) -> int:  # noqa: ARG002
        """Receive into a buffer; return how many bytes came, 0 at the end of the stream."""
        view = memoryview(buffer).cast("B")
        wanted = min(nbytes, len(view)) if nbytes else len(view)
        if self._plays:
            data = self._receive(wanted)
            view[: len(data)] = data
            return len(data)
        live, recorder = self._live, self._recorder
        assert live is not None  # noqa: S101 - without a player there always is one
        try:
            count = live.recv_into(view[:wanted])
        except BlockingIOError:  # nothing has come yet, and nothing has failed
            raise
        except TimeoutError as error:
            if recorder is not None:
                recorder.stalled(error)
            raise
        except Exception as error:
            if recorder is not None:
                recorder.failed(error)
            raise
        if recorder is not None:
            recorder.received(bytes(view[:count]), filled=count == wanted)
        return count

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        """Receive at most so many bytes; empty at the end of the stream.

        Who receives without a reader does not say when a response has been read; so it counts as
        read with its last byte.
        """
        if not self._plays:
            buffer = bytearray(bufsize)
            return bytes(memoryview(buffer)[: self.recv_into(buffer, bufsize, flags)])
        data = bytes(self._receive(bufsize))
        if self._pace is not None and not self.readable:
            self._pace.finish()
        return data

    @property
    def _plays(self) -> bool:
        """The next bytes come from the player."""
        player = self._player
        return player is not None and (self._live is None or player.answering)

    def _receive(self, wanted: int) -> memoryview | bytes:
        """Return the next bytes of the player; empty at the end of the stream."""
        player = self._player
        assert player is not None  # noqa: S101 - asked only where it plays
        if self._left and not self._gives_more(player):
            return b""
        if self._pace is not None:
            self._pace.wait(player.due(), self.gettimeout())
        return player.receive(wanted)

    def makefile(self, mode: str = "rb", buffering: int | None = None) -> BinaryIO:
        """Return a reader of its own over this stream; closing it does not close the transport.

        Raises:
            ValueError: A mode other than ``rb`` (or ``r``, which means the same here).
        """
        if mode not in ("r", "rb"):
            raise ValueError(f"a transport makes readers only: mode 'rb', not {mode!r}")
        size = io.DEFAULT_BUFFER_SIZE if buffering is None or buffering < 0 else buffering
        if size and self._player is not None and self._pace is None:
            whole = self._player.take_whole(size)
            if whole is not None:
                whole_reader = _WholeReader(whole)
                whole_reader.transport = self
                return whole_reader
        reader = _Reader(self)
        self._readers += 1
        return io.BufferedReader(reader, size) if size else cast("BinaryIO", reader)

    def settimeout(self, value: float | None) -> None:
        """Set for how long the live transport, or a player with a pace, may wait, in seconds."""
        self._timeout = value
        if self._live is not None:
            self._live.settimeout(value)

    def gettimeout(self) -> float | None:
        """Return the timeout in seconds; None where there is none."""
        return self._timeout if self._live is None else self._live.gettimeout()

    def fileno(self) -> int:
        """Return a descriptor to poll; -1 once closed."""
        if self._closed and not self._readers:
            return -1
        if self.live is not None:
            return self.live.fileno()
        if self._signal is None:
            self._signal = _Signal()
        # Only here: whoever polls asks for the descriptor first, and to follow every byte would
        # cost two system calls a request.
        self._show()
        return self._signal.fileno()

    def leave(self) -> None:
        """Let go of the cassette: a poll says "dropped", what is live goes on unrecorded.

        A response that is being read can be read to its end. What of it was recorded is the
        cassette's to close.
        """
        self._left = True
        self._show()
        super().leave()

    @property
    def live(self) -> Transport | None:
        """The live transport, where the next bytes come from there; else None."""
        return None if self._plays else self._live

    def shutdown(self, how: int) -> None:
        """Shut the live transport down; nothing to do for a player."""
        if self._live is not None:
            cast("socket.socket", self._live).shutdown(how)

    def close(self) -> None:
        """Close the transport; it stays readable for readers that are still open."""
        self._closed = True
        self._release()

    def _timed_out(self, error: TimeoutError) -> None:
        """Note that a reader has given up for good."""
        if self._recorder is not None:
            self._recorder.failed(error)

    def _reader_closed(self) -> None:
        self._readers -= 1
        if self._pace is not None:
            self._pace.finish()
        if self._closed:
            self._release()

    def _release(self) -> None:
        if self._readers:
            return
        if self._pace is not None:
            self._pace.finish()
        if self._recorder is not None:
            if self._live is not None and self.unfinished:
                self._live.settimeout(0)
                self.take_rest(self._live.recv)
            self._recorder.closed()
            self._recorder = None
        if self._live is not None:
            self._live.close()
        if self._signal is not None:
            self._signal.close()
            self._signal = None

    def _show(self) -> None:
        """Let the descriptor say what a poll must see."""
        if self._signal is not None and self._player is not None:
            self._signal.set(readable=self.is_spent)

    def getpeername(self) -> tuple[Any, ...]:
        """Return the address of the peer; on replay the recorded host, never looked up."""
        if self._live is not None:
            return cast("tuple[Any, ...]", cast("socket.socket", self._live).getpeername())
        return (self._endpoint.host, self._endpoint.port)

    def setsockopt(self, *options: Any) -> None:  # noqa: ANN401 - passed on as they are
        """Set an option of the live transport; without effect on a player."""
        if self._live is not None:
            cast("socket.socket", self._live).setsockopt(*options)

    def getpeercert(self, binary_form: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002
        """Return the peer's certificate as ``ssl`` does; None on replay: no handshake was made."""
        if self._live is not None:
            return cast("Any", self._live).getpeercert(binary_form)
        return None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the live transport has
        live = self.__dict__.get("_live")
        if live is None:
            raise AttributeError(f"a transport that plays a cassette has no {name!r}")
        return getattr(live, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __repr__(self) -> str:
        kind = "live" if self._live is not None else "playing"
        return f"<CassetteSocket to {self._endpoint.origin}, {kind}>"


class _Reader(io.RawIOBase):
    """One reader over a transport, as ``makefile`` makes them."""

    def __init__(self, transport: CassetteSocket) -> None:
        self._transport = transport
        self._timed_out = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int | None:
        # What follows a timeout, and what a socket that does not wait makes of having nothing, is
        # as the readers of sockets have it.
        if self._timed_out:
            raise OSError("cannot read from timed out object")
        try:
            return self._transport.recv_into(buffer)
        except TimeoutError as error:
            self._timed_out = True
            self._transport._timed_out(error)  # noqa: SLF001 - two halves of one thing
            raise
        except BlockingIOError:
            return None

    def fileno(self) -> int:
        return self._transport.fileno()

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._transport._reader_closed()  # noqa: SLF001 - two halves of one thing


class _WholeReader(io.BytesIO):
    """A reader whose buffer is filled already; saves a third of the player's time."""

    transport: CassetteSocket  # no constructor, which would take a tenth of that time again
    _counted = False  # among the readers that keep the descriptor open

    def fileno(self) -> int:
        if not self._counted:
            self._counted = True
            self.transport._readers += 1  # noqa: SLF001 - two halves of one thing
        return self.transport.fileno()

    def close(self) -> None:
        super().close()
        if self._counted:
            self._counted = False
            self.transport._reader_closed()  # noqa: SLF001 - two halves of one thing

    def read(self, size: int | None = -1, /) -> bytes:
        # A buffered reader refuses other negative sizes, such as a chunk's; BytesIO reads on.
        if size is not None and size < -1:
            raise ValueError("read length must be non-negative or -1")
        return super().read(size)

    def peek(self, size: int = 0, /) -> bytes:  # noqa: ARG002 - as io.BufferedReader has it
        return self.getvalue()[self.tell() :]


class _Signal:
    """A descriptor of our own whose readability can be set."""

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._readable = False

    def fileno(self) -> int:
        return self._ours.fileno()

    def set(self, *, readable: bool) -> None:
        if readable and not self._readable:
            self._theirs.send(b"\0")
        elif self._readable and not readable:
            self._ours.recv(1)
        self._readable = readable

    def close(self) -> None:
        self._ours.close()
        self._theirs.close()
