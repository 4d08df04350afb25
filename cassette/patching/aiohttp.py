"""aiohttp, over the transports of ``patching.asyncio_transport``.

aiohttp looks hosts up and connects sockets itself, and asks its loop for a transport only then. So
the name of the host must be taken, and failures must be met, before.
"""

from __future__ import annotations

import asyncio
import functools
import socket
from contextlib import nullcontext
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final

from cassette.model import Endpoint
from cassette.patching.asyncio_loops import Attempt, attempt
from cassette.patching.asyncio_transport import CassetteTransport
from cassette.patching.imports import when_imported
from cassette.patching.undo import UndoLog
from cassette.tapes.hosts import address_of
from cassette.tapes.in_force import current, is_lifted, lifted
from cassette.transport.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    Function = Callable[..., Any]

_NOWHERE: Final = "0.0.0.0"  # noqa: S104 - an address that nobody connects to
_IPV6: Final = 6


class AiohttpPatcher:
    """Patches where aiohttp looks up, connects, and takes a connection out of its pool."""

    def __init__(self) -> None:
        self._log = UndoLog()

    def apply(self) -> None:
        """Patch aiohttp, now or when it is imported."""
        when_imported("aiohttp", self._patch, self._log)

    def undo(self) -> None:
        """Put everything back that is still ours."""
        self._log.undo()

    def _patch(self, aiohttp: ModuleType) -> None:
        connector = aiohttp.TCPConnector
        handler = aiohttp.client_proto.ResponseHandler
        patches = (
            (connector, "_create_direct_connection", _beginning),
            (connector, "_resolve_host", _resolving),
            (aiohttp.connector.aiohappyeyeballs, "start_connection", _connecting),
            (handler, "is_connected", _belonging),
        )
        for owner, name, patch in patches:
            self._log.set(owner, name, patch(getattr(owner, name)))


def _beginning(original: Function) -> Function:
    """``_create_direct_connection``: what it asks for below is a matter of the cassette."""

    @functools.wraps(original)
    async def create(connector: Any, req: Any, *args: Any, **kwargs: Any) -> Any:
        host, port = str(req.url.raw_host), int(req.port)
        endpoint = Endpoint("https" if req.is_ssl() else "http", host.lower(), port)
        tape = current()
        if tape is None or is_lifted() or tape.passes(endpoint):
            return await original(connector, req, *args, **kwargs)
        begun = Attempt(tape, Line(endpoint))
        try:
            begun.line = tape.line(endpoint)
        except (OSError, HTTPException) as error:
            begun.failed = error
        token = attempt.set(begun)
        try:
            with tape.attempting(endpoint) if begun.goes_live else nullcontext():
                return await original(connector, req, *args, **kwargs)
        finally:
            attempt.reset(token)

    return create


def _resolving(original: Function) -> Function:
    """``_resolve_host``: on replay nobody is asked."""

    @functools.wraps(original)
    async def resolve(connector: Any, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        begun = attempt.get()
        if begun is None:
            return await original(connector, host, port, *args, **kwargs)
        if begun.goes_live:
            with lifted():
                return await original(connector, host, port, *args, **kwargs)
        if isinstance(begun.failed, socket.gaierror | socket.herror):
            raise begun.failed
        begun.look_up = functools.partial(_look_up, connector, host, port)
        known = address_of(host)
        family = socket.AF_INET6 if known is not None and known.version == _IPV6 else socket.AF_INET
        address = _NOWHERE if known is None else host
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": family,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
        ]

    return resolve


async def _look_up(connector: Any, host: str, port: int) -> Any:
    hosts = await connector._resolve_host(host, port)  # noqa: SLF001 - as aiohttp does
    return connector._convert_hosts_to_addr_infos(hosts)  # noqa: SLF001


def _connecting(original: Function) -> Function:
    """``start_connection``: on replay there is no socket, or it is opened late."""

    @functools.wraps(original)
    async def start_connection(addr_infos: Any, **options: Any) -> Any:
        begun = attempt.get()
        if begun is None:
            return await original(addr_infos, **options)
        if isinstance(begun.failed, TimeoutError) and begun.failed.errno is None:
            raise begun.failed from asyncio.CancelledError()  # as asyncio.timeout does
        if begun.failed is not None:
            raise begun.failed
        if begun.goes_live:
            with lifted():
                return await original(addr_infos, **options)

        async def connect() -> Any:
            found = addr_infos if begun.look_up is None else await begun.look_up()
            return await original(found, **options)

        begun.connect = connect
        return None

    return start_connection


def _belonging(original: Function) -> Function:
    """``is_connected``, which a pool asks: a connection is good for its own cassette only."""

    @functools.wraps(original)
    def is_connected(handler: Any) -> bool:
        if not original(handler):
            return False
        tape, transport = current(), handler.transport
        if isinstance(transport, CassetteTransport):
            return transport.tape is tape or (tape is None and transport.live is not None)
        return tape is None

    return is_connected
