"""Where a server listens: loopback addresses, free ports, and what a port answers."""

import socket
from typing import NamedTuple

LOOPBACK = "127.0.0.1"


class Address(NamedTuple):
    """A TCP address on this machine."""

    host: str
    port: int


def listen(port: int = 0) -> socket.socket:
    """Return a socket that listens on loopback, for the caller to close.

    A child process inherits it where it can, so that no other program can take the port between
    choosing and using it, and a client that comes too early waits instead of being refused.

    Args:
        port: Which port; 0 takes a free one.
    """
    return socket.create_server((LOOPBACK, port), backlog=128)


def address_of(listener: socket.socket) -> Address:
    """Return the address that an IPv4 socket is bound to."""
    return Address(*listener.getsockname())


def free_port() -> int:
    """Return a port that nobody listens on, for programs that insist on choosing it beforehand.

    Another program may take it before the caller does: start, check and try again.
    """
    with listen() as listener:
        return address_of(listener).port


def refuses(address: Address) -> bool:
    """Tell whether nothing listens at ``address``."""
    with socket.socket() as probe:
        probe.settimeout(5)
        try:
            probe.connect(address)
        except ConnectionRefusedError:
            return True
        return False
