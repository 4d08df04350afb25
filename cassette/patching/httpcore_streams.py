"""Network streams of httpcore over the transports of a cassette."""

from __future__ import annotations

import functools
import io
from contextlib import contextmanager, suppress
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from cassette.client import BadStatusLine, RemoteDisconnected
from cassette.client.seam import mark_accepted
from cassette.errors import TapeClosedError
from cassette.model import Endpoint
from cassette.transport.sockets import CassetteSocket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from cassette.tapes.in_force import TapeInForce
    from cassette.transport.base import Transport

_TUNNEL_FAILED = "Tunnel connection failed: "
"""What ``http.client`` says of a proxy that refuses; the answer stands behind it."""

_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class LiveStream:
    """A network stream of httpcore in the shape of a transport; its errors are httpcore's.

    Args:
        stream: The stream.
    """

    def __init__(self, stream: Any) -> None:
        stream.in_cassette = True
        self.stream = stream
        self._timeout: float | None = None

    def sendall(self, data: bytes, /) -> None:
        """Send every byte."""
        self.stream.write(data, self._timeout)

    def recv_into(self, buffer: memoryview, /) -> int:
        """Receive into a buffer; return how many bytes came."""
        data = self.recv(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def recv(self, size: int, /) -> bytes:
        """Receive at most so many bytes."""
        data: bytes = self.stream.read(size, self._timeout)
        return data

    def settimeout(self, value: float | None, /) -> None:
        """Set for how long the stream may wait, in seconds."""
        self._timeout = value

    def gettimeout(self) -> float | None:
        """Return the timeout in seconds; None where there is none."""
        return self._timeout

    def makefile(self, mode: str = "rb", buffering: int | None = None) -> BinaryIO:  # noqa: ARG002
        """Make no reader: httpcore reads by itself."""
        raise io.UnsupportedOperation("httpcore reads by itself")

    def fileno(self) -> int:
        """Return the descriptor of the socket."""
        return int(self.stream.get_extra_info("socket").fileno())

    def close(self) -> None:
        """Close the stream."""
        self.stream.close()


class CassetteStream:
    """A network stream, as httpcore describes it, over the transports of a cassette.

    httpcore tells of TLS and of a tunnel after it has connected. So this stream goes through the
    door again then, and dials by leading on what was dialed before.

    Args:
        httpcore: The library.
        tape: The cassette.
        endpoint: Where the connection leads, as far as is known.
        dial: Opens a live stream of httpcore.
    """

    def __init__(
        self, httpcore: ModuleType, tape: TapeInForce, endpoint: Endpoint, dial: Callable[[], Any]
    ) -> None:
        self._httpcore = httpcore
        self._tape = tape
        self._endpoint = endpoint
        self._dial = dial
        self._live: LiveStream | None = None
        self._tunnel: Endpoint | None = None  # what a proxy was asked to connect to
        self._answer = b""  # what a live proxy says
        self._greeting: bytes | None = None  # what a recorded proxy says, to be read
        self._failed: Exception | None = None  # to be met when the tunnel stands
        with self._worded("Connect"):
            self._transport = self._through_the_door(endpoint)

    def _through_the_door(self, endpoint: Endpoint) -> Transport:
        return self._tape.connect(endpoint, self._open)

    def _open(self) -> Transport:
        """Dial, as far as dialing leads by now."""
        stream = self._dial()
        self._dial = lambda: stream
        self._live = LiveStream(stream)
        return self._live

    def _lead_on(self, step: Callable[[Any], Any]) -> None:
        """Let dialing go one step further than it has gone."""
        before = self._dial

        def dial() -> Any:
            stream = before()
            try:
                return step(stream)
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
            kind = "Timeout" if isinstance(error, TimeoutError) else "Error"
            # httpcore too puts the error itself inside its own.
            raise getattr(self._httpcore, what + kind)(error) from error

    # The stream of httpcore.

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes; what is asked of a proxy is no part of the conversation with the origin."""
        data = bytes(buffer)
        if data.startswith(b"CONNECT "):
            self._ask_proxy(data, timeout)
            return
        self._transport.settimeout(timeout)
        with self._worded("Write"):
            self._transport.sendall(data)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Receive at most so many bytes; empty at the end of the stream."""
        if self._greeting is not None:
            greeting, self._greeting = self._greeting, None
            return greeting
        if self._tunnel is not None and self._live is not None:
            return self._read_answer(self._live, max_bytes, timeout)
        self._transport.settimeout(timeout)
        with self._worded("Read"):
            return self._transport.recv(max_bytes)

    def start_tls(
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
            self._transport = self._through_the_door(endpoint)
        return self

    def get_extra_info(self, info: str) -> Any:
        """Return what the live stream knows; on replay only whether something can be read."""
        transport = live = self._transport
        if isinstance(transport, CassetteSocket):
            if info == "is_readable" and transport.readable:
                return True
            live = transport.live or transport
        if isinstance(live, LiveStream):
            return live.stream.get_extra_info(info)
        return False if info == "is_readable" else None

    def close(self) -> None:
        """Close the stream, and record where a proxy has refused."""
        if self._tunnel is not None and self._live is not None:
            self._record_refusal(self._tunnel)
        self._transport.close()
        if self._live is not None:
            self._live.close()

    # Through a proxy.

    def _ask_proxy(self, request: bytes, timeout: float | None) -> None:
        host, _, number = request.split(b" ", 2)[1].decode("ascii").lower().rpartition(":")
        tunnel = self._tunnel = Endpoint("https", host.strip("[]"), int(number))
        if self._live is not None:
            self._live.stream.write(request, timeout)
            return
        self._lead_on(functools.partial(_ask_live_proxy, request))
        self._greeting = _ESTABLISHED
        try:
            self._through_the_door(tunnel)
        except (OSError, HTTPException) as error:
            # The client reads an answer, and words it as it worded the recorded one.
            recorded = _greeting_of(error)
            if recorded is None:
                self._failed = error
            else:
                self._greeting = recorded

    def _read_answer(self, live: LiveStream, max_bytes: int, timeout: float | None) -> bytes:
        try:
            data: bytes = live.stream.read(max_bytes, timeout)
        except Exception as error:
            tunnel, self._tunnel = self._tunnel, None
            if tunnel is not None:
                self._note_refusal(tunnel, error)
            raise
        self._answer += data
        return data

    def _record_refusal(self, tunnel: Endpoint) -> None:
        """Let the cassette know, in the words of ``http.client``, that a proxy made no tunnel."""
        line = self._answer[: self._answer.find(b"\n") + 1].decode("latin-1")
        error: Exception
        if not line:
            error = RemoteDisconnected("Remote end closed connection without response")
        elif not line.startswith("HTTP/"):
            error = BadStatusLine(line)
        else:
            error = OSError(_TUNNEL_FAILED + line.partition(" ")[2].strip())
        self._tunnel = None
        self._note_refusal(tunnel, error)

    def _note_refusal(self, tunnel: Endpoint, error: Exception) -> None:
        """Go through the door with a tunnel that failed, so that the failure is recorded."""

        def fail(_: object) -> NoReturn:
            raise error

        self._lead_on(fail)
        with suppress(type(error), TapeClosedError):
            self._through_the_door(tunnel)


def _greeting_of(error: OSError | HTTPException) -> bytes | None:
    """Return the answer of a proxy that was recorded as an error; None where it was another one."""
    message = str(error)
    if isinstance(error, RemoteDisconnected):
        return b""
    if isinstance(error, BadStatusLine):
        return f"{message.rstrip()}\r\n\r\n".encode("latin-1")
    refused = message.removeprefix(_TUNNEL_FAILED)
    if refused == message:
        return None
    return f"HTTP/1.1 {refused}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")


def _ask_live_proxy(request: bytes, live: Any) -> Any:
    """Open a tunnel on a stream that is opened late; what it answers is read and dropped."""
    live.write(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = live.read(1)
        if not piece:
            raise ConnectionError("the proxy closed the connection before it answered CONNECT")
        answer += piece
    return live
