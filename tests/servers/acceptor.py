"""A loopback listener that serves each connection in a thread of its own."""

import contextlib
import socket
import struct
import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from servers.address import address_of, listen

PATIENCE = 10.0  # seconds; whatever takes longer on loopback hangs


class StuckError(Exception):
    """A connection did not end although both its sides should have."""


class Acceptor(ABC):
    """Listens from construction to ``close``; subclasses say what a connection does.

    Args:
        port: Where to listen; 0 takes a free port.

    Attributes:
        address: Where it listens.
        failures: What went wrong in its threads, which the test that uses it must not overlook.
    """

    def __init__(self, port: int = 0) -> None:
        self._listener = listen(port)
        self.address = address_of(self._listener)
        self.failures: list[BaseException] = []
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._marker: object = None
        self._caught_up = threading.Event()
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    def serve(self, number: int, connection: socket.socket) -> None:
        """Serve one connection; it is closed afterwards.

        Args:
            number: How many connections came before this one.
            connection: Blocking socket, TCP_NODELAY set, with a timeout of 10 seconds.
        """

    def settle(self) -> None:
        """Return once every connection so far has ended, which the client must bring about.

        Raises:
            StuckError: One did not within 10 seconds.
        """
        if self._accepting.is_alive():
            self._catch_up()
        for thread in tuple(self._threads):
            thread.join(PATIENCE)
            if thread.is_alive():
                raise StuckError(f"{thread.name} is still open: did the client close it?")

    def refuse(self) -> None:
        """Stop listening: whoever connects from now on is refused."""
        # Closing alone leaves a blocked accept() with the listener in its hand.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join(PATIENCE)
        self._listener.close()

    def close(self) -> None:
        """Stop listening, cut every connection that is still open, and wait for the threads."""
        self.refuse()
        for connection in tuple(self._open):
            cut(connection)
        self.settle()

    def keep(self, connection: socket.socket) -> None:
        """Have ``close`` cut this socket too."""
        self._open.add(connection)

    def drop(self, connection: socket.socket) -> None:
        """Close a socket that was kept."""
        self._open.discard(connection)
        connection.close()

    def _catch_up(self) -> None:
        """Return once every connection so far is accepted: they are, in the order they came."""
        with socket.socket() as marker:
            marker.bind((self.address.host, 0))
            self._caught_up.clear()
            self._marker = marker.getsockname()
            marker.connect(self.address)
            self._caught_up.wait(PATIENCE)

    def _accept(self) -> None:
        while True:
            try:
                connection, peer = self._listener.accept()
            except OSError:  # refuse() was called
                return
            if peer == self._marker:
                connection.close()
                self._caught_up.set()
                continue
            connection.settimeout(PATIENCE)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            number = len(self._threads)
            thread = threading.Thread(
                target=self._run,
                args=(number, connection),
                name=f"connection {number} to port {self.address.port}",
                daemon=True,
            )
            self.keep(connection)
            self._threads.append(thread)
            thread.start()

    def _run(self, number: int, connection: socket.socket) -> None:
        try:
            self.serve(number, connection)
        except BaseException as failure:  # noqa: BLE001 - reported to the test, not to stderr
            self.failures.append(failure)
        finally:
            self.drop(connection)


def cut(connection: socket.socket) -> None:
    """Wake whoever is blocked on ``connection``: it reads the end and writes no more."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def reset(connection: socket.socket) -> None:
    """Close a TCP socket with a reset instead of an orderly end."""
    # Linger for zero seconds: what was not sent is dropped, and RST takes the place of FIN.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
