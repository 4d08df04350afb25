"""httpx and httpx2, through the network streams of httpcore: a thin shell around transports."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from cassette.client.seam import is_odd_place
from cassette.errors import UninterceptedClientError
from cassette.model import DEFAULT_PORTS, Endpoint
from cassette.patching.httpcore_streams import CassetteStream
from cassette.patching.imports import when_imported
from cassette.patching.network.outage import rehearse
from cassette.patching.undo import UndoLog
from cassette.tapes.in_force import current

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


_MODULES = ("httpcore", "httpcore2")
"""The library and its successor, which httpx2 rides on; their backends are alike."""


class HttpcorePatcher:
    """Patches the place where httpcore opens its connections."""

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
        backend = httpcore.SyncBackend
        for name in ("connect_tcp", "connect_unix_socket"):
            original = getattr(backend, name)
            self._log.set(backend, name, _yielding(httpcore, original))

        for name in ("AnyIOBackend", "TrioBackend"):
            original = getattr(getattr(httpcore, name), "connect_tcp", None)
            if original is not None:
                self._log.set(getattr(httpcore, name), "connect_tcp", _refusing(original))
        # httpcore has no public name for the class of its streams.
        stream = backend.connect_tcp.__wrapped__.__globals__["SyncStream"]
        self._log.set(stream, "get_extra_info", _expiring(stream.get_extra_info))


def _yielding(httpcore: ModuleType, original: Callable[..., Any]) -> Callable[..., Any]:
    """``connect_tcp`` or ``connect_unix_socket``: what it opens is a stream of the cassette."""

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
        if tape.policy.play and is_odd_place(host, asked.get("timeout")):
            rehearse(dial)
        return CassetteStream(httpcore, tape, endpoint, dial)

    return connect


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
