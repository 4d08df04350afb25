"""A server process that this test run started: wait until it answers, stop it, show its log."""

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from servers.address import Address
from servers.calls import Call

PATIENCE = 30.0  # seconds; a start that takes longer has failed
POLL = 0.02  # seconds between two attempts to connect
SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")  # not on every user's PATH


class ServerMissingError(Exception):
    """A server that a test needs is not installed on this machine."""


class ServerFailedError(Exception):
    """A server ended, or did not answer, while it was being started."""


def find_program(*names: str) -> str:
    """Return the path of the first of these programs that is installed.

    Raises:
        ServerMissingError: None of them is.
    """
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS))
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    raise ServerMissingError(f"{' or '.join(names)} is not installed")


class Program:
    """One child process, its folder and its log; whoever starts it stops it.

    Args:
        argv: Program and arguments.
        folder: Existing folder for its files; the log goes to ``log`` in it.
        inherit: Sockets whose descriptors the child keeps; the parent's copies are closed.
    """

    def __init__(
        self, argv: Sequence[str], *, folder: Path, inherit: Iterable[socket.socket] = ()
    ) -> None:
        listeners = tuple(inherit)
        self.argv = tuple(argv)
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self.argv,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[listener.fileno() for listener in listeners],
            )
        for listener in listeners:
            listener.close()

    def wait_for(self, address: Address, *, tls: bool) -> None:
        """Return once the server answers a request at ``address``.

        Raises:
            ServerFailedError: It ended, or stayed silent for 30 seconds; the message has its log.
        """
        for _ in range(int(PATIENCE / POLL)):
            if answers(address, tls=tls):
                return
            try:
                self._process.wait(POLL)
            except subprocess.TimeoutExpired:
                continue
            raise self._failed(f"ended with status {self._process.returncode}")
        raise self._failed(f"did not answer at {address} within {PATIENCE} seconds")

    def stop(self) -> None:
        """End the process and wait until it is gone; nothing happens the second time."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _failed(self, what: str) -> ServerFailedError:
        self.stop()
        log = self._log.read_text(errors="replace")
        return ServerFailedError(f"{' '.join(self.argv)} {what}\n{log}")


def answers(address: Address, *, tls: bool) -> bool:
    """Tell whether a server at ``address`` sends at least one byte in answer to a request."""
    try:
        with socket.create_connection(address, timeout=PATIENCE) as plain:
            if not tls:
                return _first_byte(plain)
            with _trusting_anybody().wrap_socket(plain) as secure:
                return _first_byte(secure)
    except OSError:
        return False


def _first_byte(connection: socket.socket) -> bool:
    connection.sendall(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    return connection.recv(1) != b""


def _trusting_anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@dataclass(frozen=True, slots=True)
class Server:
    """A real server that answers on two loopback ports.

    Attributes:
        name: Short name for test ids and file names.
        plain: Where it speaks HTTP.
        secure: Where it speaks HTTP over TLS.
        calls: What it can be asked, in an order that leaves it as it was.
        unix: Path of the Unix socket it answers on too, if it does.
    """

    name: str
    plain: Address
    secure: Address
    calls: tuple[Call, ...]
    _program: Program = field(repr=False)
    unix: Path | None = None

    def stop(self) -> None:
        """End the server and wait until it is gone."""
        self._program.stop()
