"""Interception: how client libraries come to hold our transports, and how that is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cassette.patching.alpn import AlpnPatcher
from cassette.patching.c_clients import CClientsPatcher
from cassette.patching.http_client import HttpClientPatcher
from cassette.patching.late import LatePatcher
from cassette.patching.network.guard import GuardPatcher
from cassette.patching.responses import ResponsesPatcher

if TYPE_CHECKING:
    from cassette.tapes.in_force import Patcher


def patchers() -> list[Patcher]:
    """Return a new patcher for each family of clients, and for what stands beside them."""
    return [
        HttpClientPatcher(),
        LatePatcher(("httpcore", "httpcore2"), "cassette.patching.httpcore", "HttpcorePatcher"),
        LatePatcher(("asyncio",), "cassette.patching.asyncio_loops", "AsyncioPatcher"),
        LatePatcher(("aiohttp",), "cassette.patching.aiohttp", "AiohttpPatcher"),
        AlpnPatcher(),
        CClientsPatcher(),
        ResponsesPatcher(),
        GuardPatcher(),
    ]
