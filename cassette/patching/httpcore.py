"""httpx and httpx2, sync and async, through the network streams of httpcore."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from cassette.client.seam import is_odd_place
from cassette.model import DEFAULT_PORTS, Endpoint
from cassette.patching.httpcore_backends import asynchronous, blocking
from cassette.patching.httpcore_blocking import Blocking, BlockingStream, at_once
from cassette.patching.httpcore_streams import CassetteStream
from cassette.patching.imports import when_imported
from cassette.patching.network.outage import rehearse
from cassette.patching.undo import UndoLog
from cassette.tapes.in_force import current, is_lifted

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from cassette.tapes.in_force import TapeInForce


_MODULES = ("httpcore", "httpcore2")
"""The library and its successor, which httpx2 rides on; their backends are alike."""

_STREAMS = {"SyncBackend": "SyncStream", "AnyIOBackend": "AnyIOStream", "TrioBackend": "TrioStream"}
"""The backends and the classes of their streams, for which httpcore has no public name."""


class HttpcorePatcher:
    """Patches the places where httpcore opens its connections."""

    def __init__(self) -> None:
        self._log = UndoLog()

    def apply(self) -> None:
        """Patch httpcore, now or when it is imported."""
        for name in _MODULES:
            when_imported(name, self._patch, self._log)

    def undo(self) -> None:
        """Put everything back."""
        self._log.undo()

    def _patch(self, httpcore: ModuleType) -> None:
        for name, stream_name in _STREAMS.items():
            backend = getattr(httpcore, name)
            connect = getattr(backend, "connect_tcp", None)
            if connect is None:  # the library below it is not installed
                continue
            yielding = _yielding_blocking if name == "SyncBackend" else _yielding
            stream = connect.__globals__[stream_name]
            self._log.set(stream, "get_extra_info", _expiring(stream.get_extra_info))
            for method in ("connect_tcp", "connect_unix_socket"):
                original = getattr(backend, method)
                self._log.set(backend, method, yielding(httpcore, original))


def _yielding(httpcore: ModuleType, original: Callable[..., Any]) -> Callable[..., Any]:
    """``connect_tcp`` or ``connect_unix_socket``: what it opens is a stream of the cassette."""
    tcp = original.__name__ == "connect_tcp"

    @functools.wraps(original)
    async def connect(backend: Any, *args: Any, **kwargs: Any) -> Any:
        dial = functools.partial(original, backend, *args, **kwargs)
        tape, endpoint = _asked(original, backend, *args, **kwargs)
        if tape is None:
            return await dial()
        kind = asynchronous(httpcore, backend, tcp=tcp)
        return await CassetteStream(kind, tape, endpoint, dial).connect()

    return connect


def _yielding_blocking(httpcore: ModuleType, original: Callable[..., Any]) -> Callable[..., Any]:
    """The same for the backend that blocks."""

    @functools.wraps(original)
    def connect(backend: Any, *args: Any, **kwargs: Any) -> Any:
        tape, endpoint = _asked(original, backend, *args, **kwargs)
        if tape is None:
            return original(backend, *args, **kwargs)

        async def dial() -> Blocking:
            return Blocking(original(backend, *args, **kwargs))

        stream = CassetteStream(blocking(httpcore), tape, endpoint, dial)
        at_once(stream.connect())
        if tape.policy.play and is_odd_place(endpoint.host, kwargs.get("timeout")):
            rehearse(functools.partial(original, backend, *args, **kwargs))
        return BlockingStream(stream)

    return connect


def _asked(
    original: Callable[..., Any], *args: Any, **kwargs: Any
) -> tuple[TapeInForce | None, Endpoint]:
    """The cassette that a connection is for, None where it is left alone; and where it leads."""
    asked = inspect.signature(original).bind(*args, **kwargs).arguments
    # A Unix socket has no name of its own in a URL.
    host, port = str(asked.get("host", "localhost")).lower(), int(asked.get("port", 80))
    # Whether TLS will follow is not known here: until it does, the port has to tell.
    endpoint = Endpoint("https" if port == DEFAULT_PORTS["https"] else "http", host, port)
    tape = current()
    if tape is None or is_lifted() or tape.passes(endpoint):
        return None, endpoint
    return tape, endpoint


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
