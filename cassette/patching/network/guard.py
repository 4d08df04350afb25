"""The network guard: what goes past the cassettes does not reach the network either.

The interpreter tells an audit hook of every connection, every datagram and every look-up that is
made through its ``socket`` module, whoever makes it: a function imported long before, a subclass,
an event loop, TLS. The hook refuses what is not allowed, by raising ``BlockedNetworkError``

- where a cassette is in force that only replays, and
- everywhere, while ``block_network`` is on.

What goes past a cassette that records is only noted, so that its user is warned: it is missing in
the recording, and the replay will refuse it.

A port of loopback that the cassette has no recording of is left alone by both: a database on this
machine is none of its business. ``block_network`` makes no such exception.

How the hook is told, and what it is told too late, stands in ``patching.network.audit``. What a
look-up gave is noted, since whoever may reach a name may reach its addresses.
"""

from __future__ import annotations

import functools
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from cassette.errors import BlockedNetworkError
from cassette.patching.c_clients import CClientsPatcher
from cassette.patching.network.audit import SocketWatch, is_here, text_of
from cassette.patching.network.decision import Limit, ask, limits
from cassette.patching.network.lookups import lookups
from cassette.tapes.hosts import Hosts, address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType
    from typing import Self

__tracebackhide__ = True  # pytest then shows the code that tried, and none of ours

_NETWORK: Final = (socket.AF_INET, socket.AF_INET6)


class Guard(Limit):
    """A limit that is in force inside of a ``with``; as in ``Limit``."""

    def __enter__(self) -> Self:
        _watch.apply()
        self._c_clients = CClientsPatcher()
        self._c_clients.apply()
        limits.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        limits.remove(self)
        self._c_clients.undo()
        _watch.undo()


@contextmanager
def block_network(allow_hosts: Iterable[str] = ()) -> Iterator[Guard]:
    """Refuse every attempt to reach a host that is not allowed, with a cassette or without one.

    What a cassette records or plays is no such attempt. Unix sockets, look-ups of addresses, of
    ``localhost`` and of this machine's own name are left alone.

    Args:
        allow_hosts: What may be reached: patterns such as ``localhost``, ``*.local`` or
            ``127.0.0.1:8080``, and networks such as ``10.0.0.0/8``.

    Yields:
        The guard. Its list ``errors`` holds what was refused; the first one is raised again at the
        end, since the code under test may have swallowed it. Who expects one takes it out.

    Raises:
        OptionError: A pattern can be no host.
        BlockedNetworkError: Something was refused.
    """
    guard = Guard(
        Hosts(allow_hosts),
        reason="cassette.block_network is on",
        remedy="Record it into a cassette, or let the host through: allow_hosts=[{host!r}].",
    )
    with guard:
        yield guard
    if guard.errors:
        raise guard.errors[0]


class GuardPatcher:
    """Watches while a cassette is in use; whether it is one that only replays is asked later."""

    def apply(self) -> None:
        """Start to watch."""
        _watch.apply()

    def undo(self) -> None:
        """Stop watching."""
        _watch.undo()


# What is asked of the socket module.


def _send(kind: str, sock: Any, address: Any) -> None:
    """A connection or a datagram is on its way to an address, or to a name."""
    if sock.family in _NETWORK and isinstance(address, tuple) and len(address) > 1:
        host = text_of(address[0]) or "0.0.0.0"  # noqa: S104 - what an empty name means here
        try:
            ask(kind, host, address[1])
        except BlockedNetworkError:
            # socket.create_connection leaves its socket open where an error is no OSError.
            if kind == "connection":
                sock.close()
            raise


def _look_up(host: Any, port: object = None, *_: object) -> None:
    """A name, or an address that could be one, is looked up, for the sake of a port or not."""
    name = text_of(host)
    if not name or address_of(name) is not None or name in lookups.vouched:
        return
    if name.lower() not in ("localhost", socket.gethostname().lower()):
        ask("look-up", name, None, meant_for=port)


def _look_back(host: Any) -> None:
    """The name of an address is looked up, for which a name server is asked."""
    name = text_of(host)
    if name and address_of(name) is None:
        _look_up(name)
    elif name and not is_here(name):
        ask("look-up", name, None)


_CHECKS: Final[dict[str, Callable[..., None]]] = {
    "socket.connect": functools.partial(_send, "connection"),
    "socket.sendto": functools.partial(_send, "datagram"),
    "socket.sendmsg": functools.partial(_send, "datagram"),
    "socket.getaddrinfo": _look_up,
    "socket.gethostbyname": _look_up,
    "socket.gethostbyaddr": _look_back,
    "socket.getnameinfo": lambda address: _look_back(address[0]),
}
"""What looks at each audit event of the interpreter."""


_watch: Final = SocketWatch(_CHECKS)
