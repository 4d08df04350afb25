"""Listening to the audit events of the interpreter, and watching the socket module.

The interpreter tells an audit hook of connections, datagrams and look-ups before they are made, and
what the hook raises prevents them. Neither a debugger nor a measurement of coverage sees what runs
inside the hook.

Two things the hook cannot do alone. A name that is given to ``socket.connect`` has been looked up
by the time the hook is told; so the methods of ``socket.socket`` that take an address ask first.
And an event loop looks names up in a thread that knows neither the cassette in force nor who asked;
so its ``getaddrinfo`` asks first, and vouches for the thread.
"""

from __future__ import annotations

import _socket
import functools
import socket
import sys
from typing import TYPE_CHECKING, Any, Final

from cassette.locks import make_lock
from cassette.patching.imports import when_imported
from cassette.patching.network.lookups import lookups
from cassette.patching.undo import UndoLog
from cassette.tapes.hosts import address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

    Function = Callable[..., Any]

__tracebackhide__ = True  # pytest then shows the code that tried, and none of ours

_METHODS: Final = (
    ("connect", "socket.connect", slice(0, 1)),
    ("connect_ex", "socket.connect", slice(0, 1)),
    ("sendto", "socket.sendto", slice(1, None)),
    ("sendmsg", "socket.sendmsg", slice(3, 4)),
)
"""The methods of a socket that take an address, what the hook is told of them, and where among
their arguments the address stands."""

_LOOK_UPS: Final = ("gethostbyname", "gethostbyname_ex")

_listeners: Final[dict[str, Function]] = {}


def listen(listeners: Mapping[str, Function], log: UndoLog) -> None:
    """Have functions called with the arguments of audit events.

    Args:
        listeners: By the name of the event, which nobody else listens to: what is called, and
            raises to prevent what the event announces.
        log: Takes note of how to stop listening.
    """
    _hook()
    _listeners.update(listeners)

    def stop() -> None:
        for event in listeners:
            del _listeners[event]

    log.add(stop)


@functools.cache
def _hook() -> None:
    """Add the audit hook, once: it cannot be removed."""
    listeners = _listeners

    # All that it uses is its own: the interpreter still calls it when modules are taken apart.
    def hook(event: str, args: tuple[Any, ...]) -> None:
        listener = listeners.get(event)
        if listener is not None:
            listener(*args)

    sys.addaudithook(hook)


class SocketWatch:
    """Counts who wants the socket module watched; it is patched for the first of them.

    Args:
        checks: What is called with the arguments of an audit event, and raises to prevent it.
    """

    def __init__(self, checks: Mapping[str, Function]) -> None:
        self._checks = checks
        self._lock = make_lock()
        self._wanted = 0
        self._log = UndoLog()

    def apply(self) -> None:
        """Start to watch; to be undone as often."""
        with self._lock:
            self._wanted += 1
            if self._wanted > 1:
                return
            log = self._log
            listen(self._checks, log)
            asking = {
                name: _asking(self._checks[event], place, getattr(socket.socket, name))
                for name, event, place in _METHODS
            }
            log.set_all(socket.socket, asking)
            # Whoever has imported socket.getaddrinfo by name comes through here too.
            log.set(_socket, "getaddrinfo", self._noting(_socket.getaddrinfo))
            log.set_all(socket, {name: self._noting(getattr(socket, name)) for name in _LOOK_UPS})
            when_imported("asyncio.base_events", self._watch_loops, log)

    def undo(self) -> None:
        """Stop watching, where nobody else wants it."""
        with self._lock:
            self._wanted -= 1
            if self._wanted:
                return
            self._log.undo()
            lookups.forget()

    def _watch_loops(self, module: ModuleType) -> None:
        loop = module.BaseEventLoop
        self._log.set(loop, "getaddrinfo", self._vouching(loop.getaddrinfo))

    def _vouching(self, original: Function) -> Function:
        """``getaddrinfo`` of an event loop, asked where the cassette and the caller are known."""
        check = self._checks["socket.getaddrinfo"]

        async def getaddrinfo(loop: Any, host: Any, *args: Any, **kwargs: Any) -> Any:
            check(host, *args[:1])
            name = text_of(host)
            lookups.vouched.append(name)
            try:
                return await original(loop, host, *args, **kwargs)
            finally:
                lookups.vouched.remove(name)

        return getaddrinfo

    def _noting(self, original: Function) -> Function:
        """A look-up: what it gives is noted."""

        def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
            found = original(host, *args, **kwargs)
            name = text_of(host)
            if name and address_of(name) is None:
                for address in _addresses(found):
                    lookups.note(address, name)
            return found

        return look_up


def text_of(host: object) -> str:
    """Return a host as text; empty where there is none."""
    if isinstance(host, bytes | bytearray):
        return host.decode("latin-1")
    return host if isinstance(host, str) else ""


def _asking(check: Callable[..., None], place: slice, original: Function) -> Function:
    def method(sock: Any, *args: Any) -> Any:
        for address in args[place]:
            check(sock, address)
        return original(sock, *args)

    return method


def _addresses(found: Any) -> Iterator[str]:
    if isinstance(found, str):  # gethostbyname
        yield found
    elif isinstance(found, tuple):  # gethostbyname_ex
        yield from found[2]
    else:  # getaddrinfo
        for *_, address in found:
            yield text_of(address[0])


def is_here(host: str) -> bool:
    """Return whether an address is one of this machine: only such a one can be bound to."""
    address = address_of(host)
    assert address is not None  # noqa: S101 - names have been sorted out
    if address.is_loopback:
        return True
    # Not socket.socket, which other plugins replace.
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IPv4
    probe = _socket.socket(family, socket.SOCK_DGRAM)
    try:
        probe.bind((str(address), 0))
    except OSError:
        return False
    else:
        return True
    finally:
        probe.close()
