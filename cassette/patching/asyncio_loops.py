"""Clients that stand on asyncio's transports: aiohttp, ``asyncio.open_connection``, and others.

Whoever they are, a loop makes their transports. While a cassette is in use it makes transports of
the cassette: asyncio's own loops, and uvloop's. What such a client writes lies above TLS, and its
parser reads our bytes.
"""

from __future__ import annotations

import asyncio
import functools
import socket
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cassette.model import DEFAULT_PORTS, Endpoint
from cassette.patching.asyncio_transport import CassetteTransport
from cassette.patching.imports import when_imported
from cassette.patching.network.audit import text_of
from cassette.patching.undo import UndoLog
from cassette.tapes.in_force import current, is_lifted, lifted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import ModuleType

    from cassette.tapes.in_force import TapeInForce
    from cassette.transport.line import Line

    Function = Callable[..., Any]

_LOOPS: Final = (
    ("asyncio.base_events", "BaseEventLoop", ("create_connection", "start_tls")),
    ("asyncio.unix_events", "_UnixSelectorEventLoop", ("create_unix_connection",)),
    ("uvloop", "Loop", ("create_connection", "create_unix_connection", "start_tls")),
)
"""The classes of loops, by the module that they are imported with, and what of them is patched."""

_NETWORK: Final = (socket.AF_INET, socket.AF_INET6)


@dataclass(slots=True)
class Attempt:
    """A connection whose host a client resolves and connects itself, before it asks its loop.

    Attributes:
        tape: The cassette.
        line: What the connection shall stand on.
        failed: The recorded failure that it shall meet.
        look_up: Finds the addresses that were not looked up on replay.
        connect: Opens the socket that was not opened on replay.
    """

    tape: TapeInForce
    line: Line
    failed: Exception | None = None
    look_up: Callable[[], Awaitable[Any]] | None = None
    connect: Callable[[], Awaitable[Any]] | None = None

    @property
    def goes_live(self) -> bool:
        """Nothing is played."""
        return self.failed is None and self.line.must_dial


attempt: Final[ContextVar[Attempt | None]] = ContextVar("attempt", default=None)


class AsyncioPatcher:
    """Patches the places where loops make transports."""

    def __init__(self) -> None:
        self._log = UndoLog()

    def apply(self) -> None:
        """Patch the loops, now or when they are imported."""
        for module, name, methods in _LOOPS:
            when_imported(module, functools.partial(self._patch, name, methods), self._log)

    def undo(self) -> None:
        """Put everything back that is still ours."""
        self._log.undo()

    def _patch(self, name: str, methods: tuple[str, ...], module: ModuleType) -> None:
        loop = getattr(module, name, None)
        for method in methods if loop is not None else ():
            self._log.set(loop, method, _PATCHES[method](getattr(loop, method)))


def _connecting(original: Function) -> Function:
    """``create_connection``: what it makes is a transport of the cassette."""

    @functools.wraps(original)
    async def create_connection(
        loop: Any, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        begun = attempt.get() if "sock" in options else None

        async def dial(protocol: Any) -> Any:
            if begun is not None and begun.connect is not None:
                options["sock"] = await begun.connect()
            made = await original(loop, lambda: protocol, host, port, **options)
            return made[0]

        if begun is not None:
            transport = CassetteTransport(
                loop, begun.tape, begun.line, dial, _extra(begun.line.endpoint, options)
            )
            with lifted():  # whoever has begun notes that it fails
                return transport, await transport.open(protocol_factory)
        tape, endpoint = current(), _endpoint_of(host, port, options)
        if tape is None or endpoint is None or is_lifted() or tape.passes(endpoint):
            return await original(loop, protocol_factory, host, port, **options)
        extra = _extra(endpoint, options)
        transport = CassetteTransport(loop, tape, tape.line(endpoint), dial, extra)
        return await _open(transport, endpoint, protocol_factory)

    return create_connection


def _connecting_here(original: Function) -> Function:
    """``create_unix_connection``."""

    @functools.wraps(original)
    async def create_unix_connection(
        loop: Any, protocol_factory: Any, path: Any = None, **options: Any
    ) -> Any:
        async def dial(protocol: Any) -> Any:
            made = await original(loop, lambda: protocol, path, **options)
            return made[0]

        # A Unix socket has no name of its own in a URL.
        scheme = "https" if options.get("ssl") else "http"
        tape, endpoint = current(), Endpoint(scheme, "localhost", DEFAULT_PORTS["http"])
        if tape is None or is_lifted() or tape.passes(endpoint):
            return await original(loop, protocol_factory, path, **options)
        transport = CassetteTransport(loop, tape, tape.line(endpoint), dial, {})
        return await _open(transport, endpoint, protocol_factory)

    return create_unix_connection


def _starting_tls(original: Function) -> Function:
    """``start_tls``: over a transport of the cassette it gives one."""

    @functools.wraps(original)
    async def start_tls(loop: Any, transport: Any, protocol: Any, *args: Any, **kwargs: Any) -> Any:
        start = functools.partial(original, loop)
        if isinstance(transport, CassetteTransport):
            return await transport.start_tls(start, protocol, *args, **kwargs)
        return await start(transport, protocol, *args, **kwargs)

    return start_tls


_PATCHES: Final = {
    "create_connection": _connecting,
    "create_unix_connection": _connecting_here,
    "start_tls": _starting_tls,
}


async def _open(transport: CassetteTransport, endpoint: Endpoint, factory: Any) -> Any:
    """Open a transport of the cassette; return it and its protocol, as loops do."""
    if not transport.must_dial:
        await asyncio.sleep(0)  # a turn for others, as any connection takes
        return transport, await transport.open(factory)
    with transport.tape.dialing(endpoint):
        return transport, await transport.open(factory)


def _endpoint_of(host: Any, port: Any, options: dict[str, Any]) -> Endpoint | None:
    """Where a connection leads; None where that is not the network."""
    sock = options.get("sock")
    if sock is not None:
        if sock.family not in _NETWORK:
            return None
        host, port = sock.getpeername()[:2]
    secure = bool(options.get("ssl"))
    name = options.get("server_hostname") if secure else None
    name = text_of(name or host).lower()
    if not name or not str(port).isdecimal():
        return None
    return Endpoint("https" if secure else "http", name, int(port))


def _extra(endpoint: Endpoint, options: dict[str, Any]) -> dict[str, Any]:
    """What a transport tells about a connection that was never made."""
    extra: dict[str, Any] = {"peername": (endpoint.host, endpoint.port)}
    if options.get("ssl"):
        extra["sslcontext"] = options["ssl"]
    return extra
