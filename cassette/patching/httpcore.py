"""httpx and httpx2, through the network streams of httpcore: the machines in another shell."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from cassette.client import BadStatusLine, RemoteDisconnected
from cassette.clock import Clock
from cassette.errors import UninterceptedClientError
from cassette.model import DEFAULT_PORTS, Endpoint
from cassette.patching.imports import when_imported
from cassette.patching.network.guard import lifted
from cassette.patching.undo import Register, UndoLog
from cassette.tapes.in_force import current
from cassette.transport.failures import rebuild
from cassette.transport.player import Player

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from cassette.model import Interaction
    from cassette.tapes.tape import Tape
    from cassette.transport.pace import Pace

_MODULES = ("httpcore", "httpcore2")
"""The library and its successor, which httpx2 rides on; their backends are alike."""

_TUNNEL_FAILED = "Tunnel connection failed: "
"""What ``http.client`` says of a proxy that refuses; the answer stands behind it."""

_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class HttpcorePatcher:
    """Patches the place where httpcore opens its connections."""

    def __init__(self) -> None:
        self._log = UndoLog()
        self._streams: Register[_Stream] = Register()

    def apply(self) -> None:
        """Patch httpcore, now or when it is imported."""
        for name in _MODULES:
            when_imported(name, self._patch, self._log)

    def undo(self) -> None:
        """Put everything back."""
        self._log.undo()

    def leave(self, tape: Tape) -> None:
        """Let the streams of one cassette go: a pool sees them as dropped."""
        for stream in self._streams:
            if stream.tape is tape:
                stream.leave()

    def _patch(self, httpcore: ModuleType) -> None:
        backend = httpcore.SyncBackend
        for name in ("connect_tcp", "connect_unix_socket"):
            original = getattr(backend, name)
            self._log.set(backend, name, self._yielding(httpcore, original))

        for name in ("AnyIOBackend", "TrioBackend"):
            original = getattr(getattr(httpcore, name), "connect_tcp", None)
            if original is not None:
                self._log.set(getattr(httpcore, name), "connect_tcp", _refusing(original))
        # httpcore has no public name for the class of its streams.
        stream = backend.connect_tcp.__wrapped__.__globals__["SyncStream"]
        self._log.set(stream, "get_extra_info", _expiring(stream.get_extra_info))

    def _yielding(self, httpcore: ModuleType, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def connect(backend: Any, *args: Any, **kwargs: Any) -> Any:
            tape = current()
            dial = functools.partial(original, backend, *args, **kwargs)
            asked = inspect.signature(original).bind(backend, *args, **kwargs).arguments
            # A Unix socket has no name of its own in a URL.
            host, port = str(asked.get("host", "localhost")).lower(), int(asked.get("port", 80))
            # Whether TLS will follow is not known here: until it does, the port has to tell.
            endpoint = Endpoint("https" if port == DEFAULT_PORTS["https"] else "http", host, port)
            if tape is None or tape.passes(endpoint):
                return dial()
            stream = _Stream(httpcore, tape, endpoint, dial)
            self._streams.add(stream)
            return stream

        return connect


class _Stream:
    """A network stream, as httpcore describes it, that records, plays, or both."""

    def __init__(
        self, httpcore: ModuleType, tape: Tape, endpoint: Endpoint, dial: Callable[[], Any]
    ) -> None:
        self.tape = tape
        self._httpcore = httpcore
        self._dial = dial
        self._upgrades: list[Callable[[Any], Any]] = []  # for a live stream that is opened later
        self._live: Any = None
        self._left = False
        self._tunnel: Endpoint | None = None  # what a proxy is asked to connect to
        self._asked = Clock.now()  # when it was
        self._greeting: bytes | None = None  # what it has answered, to be read
        self._answer = b""  # the same, while recording
        self._failed: Interaction | None = None  # to be met when the tunnel stands
        self._lead_to(endpoint)
        if tape.policy.play:
            self._meet_recorded_failure()
        else:
            self._connected()

    def _lead_to(self, endpoint: Endpoint) -> None:
        policy = self.tape.policy
        self._endpoint = endpoint
        self._pace = self.tape.new_pace()
        self._player = Player(endpoint, self._pace or self.tape) if policy.play else None
        self._recorder = self.tape.new_recorder(endpoint) if policy.record else None

    def _ask_recorded_proxy(self, tunnel: Endpoint) -> None:
        """Let the client read an answer that it words as it worded the recorded one."""
        self._greeting = _ESTABLISHED
        failed = self.tape.connection_failure(tunnel)
        failure = None if failed is None else failed.failure
        if failure is None:
            return
        refused = failure.message.removeprefix(_TUNNEL_FAILED)
        if refused != failure.message:
            self._greeting = f"HTTP/1.1 {refused}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
        elif failure.kind == RemoteDisconnected.__name__:
            self._greeting = b""
        elif failure.kind == BadStatusLine.__name__:
            self._greeting = f"{failure.message.rstrip()}\r\n\r\n".encode("latin-1")
        else:
            self._failed = failed

    def _record_refusal(self, tunnel: Endpoint) -> None:
        """Write down, in the words of ``http.client``, that a proxy made no tunnel."""
        line = self._answer[: self._answer.find(b"\n") + 1].decode("latin-1")
        error: Exception
        if not line:
            error = RemoteDisconnected("Remote end closed connection without response")
        elif not line.startswith("HTTP/"):
            error = BadStatusLine(line)
        else:
            error = OSError(_TUNNEL_FAILED + line.partition(" ")[2].strip())
        self._note_refusal(tunnel, error)

    def _note_refusal(self, tunnel: Endpoint, error: Exception) -> None:
        self._tunnel = None
        self.tape.record_failure(tunnel, error, self._asked, reached=True)

    def _meet_recorded_failure(self) -> None:
        failed, self._failed = self._failed, None
        if failed is None:
            failed = self.tape.connection_failure(self._endpoint)
        if failed is not None and failed.failure is not None:
            error = rebuild(failed.failure)
            timeout = isinstance(error, TimeoutError)
            kind = self._httpcore.ConnectTimeout if timeout else self._httpcore.ConnectError
            raise kind(error) from error  # httpcore too puts the error itself inside its own

    def _connected(self) -> Any:
        if self._live is None:
            with lifted():
                self._live = self._noting_failure(self._dial, reached=False)
            for upgrade in self._upgrades:
                step = functools.partial(upgrade, self._live)
                self._live = self._noting_failure(step, reached=True)
            self._live.in_cassette = True
        return self._live

    def _noting_failure(self, step: Callable[[], Any], *, reached: bool) -> Any:
        at = Clock.now()
        try:
            return step()
        except Exception as error:
            self.tape.record_failure(self._endpoint, error, at, reached=reached)
            raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        data = bytes(buffer)
        if data.startswith(b"CONNECT "):
            # What is asked of a proxy is no part of the conversation with the origin.
            host, _, number = data.split(b" ", 2)[1].decode("ascii").lower().rpartition(":")
            self._tunnel = Endpoint("https", host.strip("[]"), int(number))
            self._asked = Clock.now()
            if self._player is not None:
                self._ask_recorded_proxy(self._tunnel)
                self._upgrades.append(functools.partial(_ask_proxy, data))
            else:
                self._live.write(data, timeout)
            return
        if self._player is not None:
            data = self._player.sent(data)
        if not data:
            return
        live, recorder = self._connected(), self._recorder
        try:
            live.write(data, timeout)
        except Exception as error:
            if recorder is not None:
                recorder.unsent(data, error)
            raise
        if recorder is not None:
            recorder.sent(data)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._greeting is not None:
            greeting, self._greeting = self._greeting, None
            return greeting
        player = self._player
        if player is not None and (self._live is None or player.answering):
            if self._left and not player.readable:
                return b""
            try:
                if self._pace is not None:
                    return self._receive_in_time(player, self._pace, max_bytes, timeout)
                return bytes(player.receive(max_bytes))
            except TimeoutError as error:
                raise self._httpcore.ReadTimeout(error) from error
            except OSError as error:
                raise self._httpcore.ReadError(error) from error
        return self._read_live(max_bytes, timeout)

    def _read_live(self, max_bytes: int, timeout: float | None) -> bytes:
        recorder = self._recorder
        try:
            data: bytes = self._live.read(max_bytes, timeout)
        except Exception as error:
            if recorder is not None:
                recorder.failed(error)
                if self._tunnel is not None:
                    self._note_refusal(self._tunnel, error)
            raise
        if self._tunnel is not None:
            self._answer += data
        elif recorder is not None:
            recorder.received(data, filled=len(data) == max_bytes)
        return data

    def _receive_in_time(
        self, player: Player, pace: Pace, max_bytes: int, timeout: float | None
    ) -> bytes:
        pace.wait(player.due(), timeout)
        data = bytes(player.receive(max_bytes))
        if not player.readable:  # httpcore does not say when it is done with a response
            pace.finish()
        return data

    def start_tls(
        self,
        ssl_context: Any,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> _Stream:
        behind, self._tunnel = self._tunnel, None
        self._lead_to(behind or Endpoint("https", self._endpoint.host, self._endpoint.port))

        def upgrade(live: Any) -> Any:
            return live.start_tls(ssl_context, server_hostname, timeout)

        if self._live is not None:
            self._live = self._noting_failure(lambda: upgrade(self._live), reached=True)
            self._live.in_cassette = True
        else:
            self._upgrades.append(upgrade)
            self._meet_recorded_failure()
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable" and self._left:
            return True
        if self._player is not None and (self._live is None or self._player.answering):
            return self._player.readable if info == "is_readable" else None
        return self._live.get_extra_info(info)

    def close(self) -> None:
        if self._pace is not None:
            self._pace.finish()
        if self._recorder is not None:
            self._recorder.closed()
            if self._tunnel is not None and self._live is not None:
                self._record_refusal(self._tunnel)
        if self._live is not None:
            self._live.close()

    def leave(self) -> None:
        self._recorder = None
        self._left = True


def _refusing(original: Callable[..., Any]) -> Callable[..., Any]:
    """``connect_tcp`` of an async backend: nothing of it may slip out to the network."""

    @functools.wraps(original)
    async def connect_tcp(backend: Any, host: str, port: int, **kwargs: Any) -> Any:
        tape = current()
        if tape is None or tape.passes(Endpoint("http", host.lower(), port)):
            return await original(backend, host, port, **kwargs)
        raise UninterceptedClientError("httpx.AsyncClient", path=tape.path, host=host)

    return connect_tcp


def _expiring(original: Callable[..., Any]) -> Callable[..., Any]:
    """``get_extra_info`` of a live stream: one from outside the cassette looks dropped.

    A pool asks before it uses a connection again, and opens a new one instead.
    """

    @functools.wraps(original)
    def get_extra_info(stream: Any, info: str) -> Any:
        if info == "is_readable" and current() and not hasattr(stream, "in_cassette"):
            return True
        return original(stream, info)

    return get_extra_info


def _ask_proxy(request: bytes, live: Any) -> Any:
    """Open a tunnel on a stream that is opened late; what it answers is read and dropped."""
    live.write(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = live.read(1)
        if not piece:
            raise ConnectionError("the proxy closed the connection before it answered CONNECT")
        answer += piece
    return live
