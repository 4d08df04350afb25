"""A network that is not the real one, for one context and one moment: down, or mute.

A failure to connect must reach the program as its client library words it: urllib3 makes a
``NewConnectionError`` of a refused connection. So on replay the library's own ``connect`` runs, and
finds below itself only the recorded error.

What the library refuses by itself, such as a host name with an empty label, is recorded nowhere:
no connection has failed. There its ``connect`` is rehearsed over a network on which everybody is
found and takes connections, and nobody ever gets a byte.
"""

from __future__ import annotations

import socket
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol

from cassette.client.seam import MuteSocket
from cassette.locks import make_rlock
from cassette.patching.undo import UndoLog
from cassette.transport.failures import is_of_connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class _Network(Protocol):
    """What is met in place of the real network."""

    def look_up(self, host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        """Answer ``socket.getaddrinfo``."""

    def connect(self, sock: Any, address: Any, /) -> None:
        """Connect a socket."""


_network: ContextVar[_Network | None] = ContextVar("network", default=None)
_one_at_a_time: Final = make_rlock()


@contextmanager
def outage(error: OSError) -> Iterator[None]:
    """Let every look-up and every connection attempt of this context raise an error."""
    with _in_place(_Down(error)):
        yield


def rehearse(dial: Callable[[], Any]) -> None:
    """Let a client's ``connect`` say what it refuses by itself; nothing is reached.

    Args:
        dial: Opens a connection.

    Raises:
        Exception: What ``dial`` raised, where no error of a network is behind it.
    """
    try:
        with _in_place(_Mute()):
            dial().close()
    except Exception as error:
        if not is_of_connection(error):
            raise


@contextmanager
def _in_place(network: _Network) -> Iterator[None]:
    with _one_at_a_time:
        log = UndoLog()
        token = _network.set(network)
        log.add(lambda: _network.reset(token))
        # create_connection looks the name up first, also where it is an address; clients that
        # bring a socket of their own, for a Unix socket, say, are met in connect.
        real_look_up, real_connect = socket.getaddrinfo, socket.socket.connect

        def look_up(*args: Any, **options: Any) -> Any:
            here = _network.get()
            return (real_look_up if here is None else here.look_up)(*args, **options)

        def connect(sock: socket.socket, address: Any, /) -> None:
            here = _network.get()
            if here is None:
                real_connect(sock, address)
            else:
                here.connect(sock, address)

        log.set(socket, "getaddrinfo", look_up)
        log.set(socket.socket, "connect", connect)
        try:
            yield
        finally:
            log.undo()


class _Down:
    """Every attempt fails with one error."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    def look_up(self, *_args: Any, **_options: Any) -> NoReturn:
        raise self._error

    def connect(self, _sock: Any, _address: Any, /) -> NoReturn:
        raise self._error


class _Mute:
    """Every name is found, every connection accepted; the first byte to be sent fails."""

    def look_up(self, host: Any, port: Any, *_rest: Any, **_options: Any) -> list[Any]:
        if isinstance(host, str):
            host.encode("idna")  # as the real one does
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("192.0.2.1", port))]

    def connect(self, sock: Any, _address: Any, /) -> None:
        # A subclass may have slots of its own, and is no client of ours.
        if type(sock) is socket.socket:
            sock.__class__ = MuteSocket
