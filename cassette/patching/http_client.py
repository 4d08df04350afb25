"""The whole ``http.client`` family at once: its connections yield transports of the cassette.

How a cassette comes to be asked at every ``connect`` stands in ``patching.lending``. A connection
that was opened before, or for another cassette, is claimed when the next request is sent on it: the
interpreter tells of that before the client looks for the socket that it sends on.
"""

from __future__ import annotations

import functools
import re
import socket
import threading
import weakref
from contextlib import contextmanager
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final, NoReturn

from cassette.client.seam import Dialer, connect_through, endpoint_of, has_own_connector, is_odd
from cassette.errors import TapeClosedError
from cassette.model import Ended
from cassette.patching.lending import Lending
from cassette.patching.network.audit import listen
from cassette.patching.network.outage import outage, rehearse
from cassette.patching.undo import UndoLog
from cassette.patching.urllib3 import settle, speaks_http2
from cassette.tapes.in_force import current
from cassette.tapes.refusal import http2_refused
from cassette.transport.failures import recording_of
from cassette.transport.sockets import CassetteSocket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cassette.tapes.in_force import TapeInForce

_BEFORE_THE_CONNECTION: Final = (Ended.REFUSED, Ended.NOT_FOUND, Ended.TIMEOUT, Ended.FAILED)


_REFUSED_BY_A_PROXY: Final = "OSError"
"""Kind of the failure behind which clients close the connection that they had."""


_REQUEST_LINE: Final = re.compile(rb"\S+ .* HTTP/\d\.\d\r?\n")


class HttpClientPatcher:
    """Patches the family, and keeps track of the connections that it has touched."""

    def __init__(self) -> None:
        self._lending = Lending(self._connect)
        self._log = UndoLog()
        self._dialing = threading.local()

    # Patching and its undoing.

    def apply(self) -> None:
        """Patch the family."""
        self._lending.apply()
        listen({"http.client.send": self._sending}, self._log)

    def undo(self) -> None:
        """Put everything back that is still ours."""
        self._log.undo()
        self._lending.undo()

    # What is asked of the family.

    def _connect(self, connection: Any, dial: Callable[[], None]) -> None:
        """``connect``: what it opens, or would open, is a transport of the cassette."""
        tape = current()
        if tape is None or has_own_connector(connection) or self._is_dialing(connection):
            dial()
            return
        try:
            self._open(connection, tape, dial)
        except TapeClosedError:  # the cassette was left meanwhile, by another thread
            self._connect(connection, dial)

    def _sending(self, connection: Any, data: object) -> None:
        """``send``, told by an audit event: no request may start on a socket from outside."""
        sock = connection.sock
        tape = current()
        if tape is None or tape is _tape_of(sock):
            return
        if not _begins_request(data) or not _reaches_out(sock) or has_own_connector(connection):
            return
        if self._is_dialing(connection) or tape.passes(endpoint_of(connection)):
            return
        connection.sock = _Outsider(sock, functools.partial(self._claim, connection, sock))

    def _claim(self, connection: Any, sock: Any) -> Any:
        """Connect anew; return the transport."""
        connection.sock = None
        try:
            connection.connect()
        except BaseException:
            sock.close()
            raise
        connection.sock.owner.set_aside(sock)
        return connection.sock

    # Connecting.

    def _open(self, connection: Any, tape: TapeInForce, dial: Callable[[], None]) -> None:
        def dial_undisturbed() -> None:
            with self._dialing_of(connection):
                dial()

        failed: OSError | HTTPException | None = None
        endpoint = endpoint_of(connection)
        if speaks_http2(connection) and not tape.passes(endpoint):
            refusal = http2_refused(endpoint.host, tape.path)
            tape.note_error(refusal)
            raise refusal
        try:
            if not connect_through(tape, connection, dial_undisturbed):
                if is_odd(connection):
                    _rehearse(connection, dial_undisturbed)
                settle(connection)
        except (OSError, HTTPException) as error:
            if recording_of(error) is None:
                raise
            failed = error
        if failed is not None:
            _raise_worded(failed, connection, dial_undisturbed)
        transport = connection.sock
        if isinstance(transport, CassetteSocket):
            transport.owner = _Lease(tape, connection, transport)

    @contextmanager
    def _dialing_of(self, connection: Any) -> Iterator[None]:
        """Let the ``connect`` of the classes above the one that was asked be what they are."""
        busy = self._being_dialed()
        busy.append(connection)
        try:
            yield
        finally:
            busy.pop()

    def _is_dialing(self, connection: Any) -> bool:
        return any(busy is connection for busy in self._being_dialed())

    def _being_dialed(self) -> list[Any]:
        if not hasattr(self._dialing, "connections"):
            self._dialing.connections = []
        busy: list[Any] = self._dialing.connections
        return busy


class _Outsider:
    """A socket from outside the cassette, in the moment before a request is sent on it.

    It does what the audit hook leaves to it, since no debugger and no coverage sees what runs
    there, and a client's own ``connect`` may.
    """

    def __init__(self, sock: Any, claim: Callable[[], Any]) -> None:
        self._sock = sock
        self._claim = claim

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: bytes) -> None:
        self._claim().sendall(data)


class _Lease:
    """The transport of a connection for as long as a cassette is in use; it holds neither.

    Attributes:
        tape: The cassette.
    """

    def __init__(self, tape: TapeInForce, connection: Any, transport: CassetteSocket) -> None:
        self.tape = tape
        self._aside: Any = None  # the socket that the connection had when the cassette claimed it
        self._connection = weakref.ref(connection)
        self._transport = weakref.ref(transport)

    def set_aside(self, sock: Any) -> None:
        """Keep the socket that the connection came with, until the cassette is left."""
        self._aside = sock
        # Should the program drop the transport, nobody else would close what it came with.
        weakref.finalize(self._transport(), self._close_aside).atexit = False

    def end(self) -> None:
        """Take the transport away; put back what the connection came with."""
        connection, transport, aside = self._connection(), self._transport(), self._aside
        if isinstance(aside, CassetteSocket) and aside.left:
            aside = None  # the cassette that it came with was left before this one
        if connection is not None and connection.sock is transport:
            connection.sock, self._aside = aside, None
        self._close_aside()  # the program closed or reopened the connection meanwhile
        if transport is not None:
            transport.close()

    def _close_aside(self) -> None:
        aside, self._aside = self._aside, None
        if aside is not None:
            aside.close()


def _tape_of(sock: Any) -> TapeInForce | None:
    """The cassette that has given a transport to a connection; None for any other socket."""
    owner = sock.owner if isinstance(sock, CassetteSocket) else None
    return owner.tape if isinstance(owner, _Lease) else None


def _rehearse(connection: Any, dial: Callable[[], None]) -> None:
    """Let the client's own ``connect`` raise what it refuses by itself."""
    try:
        rehearse(Dialer(connection, dial))
    except BaseException:
        connection.sock.close()
        connection.sock = None
        raise


def _raise_worded(
    error: OSError | HTTPException, connection: Any, dial: Callable[[], None]
) -> NoReturn:
    """Let the client's own ``connect`` raise a recorded failure in its words, where it has any."""
    interaction = recording_of(error)
    failure = None if interaction is None else interaction.failure
    assert interaction is not None and failure is not None  # noqa: S101, PT018 - it was recorded
    # What happened after the connection stood, in TLS or in a proxy's answer, comes out of
    # ``connect`` as it is; so does what has no number, since no operating system raised it.
    of_the_system = failure.errno is not None or interaction.ended is Ended.TIMEOUT
    if interaction.ended in _BEFORE_THE_CONNECTION and of_the_system and isinstance(error, OSError):
        with outage(error):
            dial()
    if failure.kind != _REFUSED_BY_A_PROXY:
        settle(connection)
    raise error


def _begins_request(data: object) -> bool:
    return isinstance(data, bytes) and _REQUEST_LINE.match(data) is not None


def _reaches_out(sock: Any) -> bool:
    """Whether sending on it would reach the network, or a cassette that is not in force.

    A look-alike that a test has put there, without a socket in it, is left alone.
    """
    kinds = (socket.socket, CassetteSocket)
    return isinstance(sock, kinds) or isinstance(getattr(sock, "socket", None), kinds)
