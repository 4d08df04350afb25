"""TLS that offers no HTTP/2 while a cassette is in use, since none can be recorded.

Which protocols a context offers cannot be asked for. So the first message of a handshake is made in
memory and read; where it offers HTTP/2, the context offers the other protocols for the moment in
which a connection is made of it. Afterwards it is as it was. What offers no HTTP/2, such as a
client for mail, and every server are left alone.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
from typing import TYPE_CHECKING, Any, Final

from cassette.model import DEFAULT_PORTS, Endpoint
from cassette.patching.undo import UndoLog
from cassette.tapes.in_force import current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HTTP2: Final = "h2"
_HTTP11: Final = "http/1.1"

_EXTENSION: Final = 16
"""In which a client offers protocols (RFC 7301, section 3.1)."""

_SESSION: Final = 43
"""Offset of the session in the first message: behind the headers of record and message, the version
and the random bytes (RFC 8446, sections 5.1 and 4.1.2)."""

_MAKERS: Final = {"_wrap_socket": 1, "_wrap_bio": 2}
"""What makes a connection of a context, before any handshake, and where among the arguments it
stands that it is one of a server."""

_PARAMETERS: Final = ("server_side", "server_hostname")
"""What stands there, and behind it."""

_make_in_memory: Final[Any] = ssl.SSLContext._wrap_bio  # type: ignore[attr-defined]  # noqa: SLF001 - no public name
_one_at_a_time: Final = threading.Lock()


class AlpnPatcher:
    """Patches what makes connections of a context of the ``ssl`` module."""

    def __init__(self) -> None:
        self._log = UndoLog()

    def apply(self) -> None:
        """Patch the contexts, those of subclasses and those that exist included."""
        for name, place in _MAKERS.items():
            make = _offering_http11(getattr(ssl.SSLContext, name), place)
            self._log.set(ssl.SSLContext, name, make)

    def undo(self) -> None:
        """Put everything back."""
        self._log.undo()


def offered_by(context: ssl.SSLContext) -> list[str]:
    """Return the protocols that the clients of a context offer; empty where they offer none."""
    written = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLError):  # it waits for an answer, or is for servers alone
        _make_in_memory(context, ssl.MemoryBIO(), written, server_side=False).do_handshake()
    return [name.decode("latin-1") for name in _names_in(written.read())]


def _offering_http11(original: Callable[..., Any], place: int) -> Callable[..., Any]:
    def make(context: ssl.SSLContext, *args: Any, **kwargs: Any) -> Any:
        given = dict(zip(_PARAMETERS, args[place:], strict=False)) | kwargs
        if given.get("server_side") or not _is_taped(args[0], given.get("server_hostname")):
            return original(context, *args, **kwargs)
        with _one_at_a_time:
            offered = offered_by(context)
            if _HTTP2 not in offered:
                return original(context, *args, **kwargs)
            context.set_alpn_protocols([one for one in offered if one != _HTTP2] or [_HTTP11])
            try:
                return original(context, *args, **kwargs)
            finally:
                context.set_alpn_protocols(offered)

    return make


def _is_taped(sock: Any, host: str | None) -> bool:
    """Whether a connection is one that a cassette takes, as far as can be known here."""
    tape = current()
    if tape is None or host is None:
        return tape is not None
    try:
        port = int(sock.getpeername()[1])
    except (AttributeError, OSError, IndexError, ValueError):  # not connected, or in memory
        port = DEFAULT_PORTS["https"]
    return not tape.passes(Endpoint("https", host.lower(), port))


def _names_in(hello: bytes) -> Iterator[bytes]:
    """Yield the protocols that the first message of a client offers."""
    place = _SESSION
    for width in (1, 2, 1):  # session, ciphers, compressions
        place += width + int.from_bytes(hello[place : place + width])
    place += 2  # the length of all extensions
    while place < len(hello):
        kind, size = (int.from_bytes(hello[at : at + 2]) for at in (place, place + 2))
        place += 4 + size
        if kind == _EXTENSION:
            names = hello[place - size + 2 : place]
            while names:
                yield names[1 : 1 + names[0]]
                names = names[1 + names[0] :]
