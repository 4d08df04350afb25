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
from typing import TYPE_CHECKING, Any, Final

from cassette.clock import Clock
from cassette.model import DEFAULT_PORTS, Ended, Endpoint
from cassette.patching.lending import Lending
from cassette.patching.network.audit import listen
from cassette.patching.network.guard import lifted
from cassette.patching.network.outage import outage
from cassette.patching.undo import Register, UndoLog
from cassette.patching.urllib3 import settle
from cassette.tapes.in_force import current
from cassette.transport.failures import rebuild
from cassette.transport.player import Player
from cassette.transport.sockets import CassetteSocket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cassette.model import Interaction
    from cassette.tapes.tape import Tape
    from cassette.transport.base import Transport

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
        self._leases: Register[_Lease] = Register()
        self._aside: list[_Lease] = []  # they outlive their transports: something is to be put back

    # Patching and its undoing.

    def apply(self) -> None:
        """Patch the family."""
        self._lending.apply()
        listen({"http.client.send": self._sending}, self._log)

    def undo(self) -> None:
        """Put everything back that is still ours."""
        self._log.undo()
        self._lending.undo()

    def leave(self, tape: Tape) -> None:
        """Let the connections of one cassette go, so that they connect anew when used again."""
        for lease in self._leases:
            if lease.tape is tape:
                lease.end()
        self._aside = [lease for lease in self._aside if lease.tape is not tape]

    # What is asked of the family.

    def _connect(self, connection: Any, dial: Callable[[], None]) -> None:
        """``connect``: what it opens, or would open, is a transport of the cassette."""
        tape = current()
        if tape is None or self._is_dialing(connection):
            dial()
            return
        endpoint = endpoint_of(connection)
        if tape.passes(endpoint):
            dial()
            return
        self._open(connection, tape, endpoint, dial)

    def _sending(self, connection: Any, data: object) -> None:
        """``send``, told by an audit event: no request may start on a socket from outside."""
        sock = connection.sock
        tape = current()
        if tape is None or (isinstance(sock, CassetteSocket) and sock.owner.tape is tape):
            return
        if not _begins_request(data) or not _reaches_out(sock):
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
        lease = connection.sock.owner
        lease.set_aside = sock
        self._aside.append(lease)
        return connection.sock

    # Connecting.

    def _open(
        self,
        connection: Any,
        tape: Tape,
        endpoint: Endpoint,
        dial: Callable[[], None],
    ) -> None:
        transport: CassetteSocket
        if tape.policy.play:
            failed = tape.connection_failure(endpoint)
            if failed is not None:
                with self._dialing_of(connection):
                    _fail(failed, connection, dial)
            live = functools.partial(self._dial_below, connection, tape, endpoint, dial)
            pace = tape.new_pace()
            transport = CassetteSocket(
                endpoint,
                player=Player(endpoint, pace or tape),
                pace=pace,
                recorder=tape.new_recorder(endpoint) if tape.policy.record else None,
                dial=live if tape.policy.record else None,
            )
            if pace is not None or tape.policy.record:
                # What ``connect`` would have done, and a player at once has no use for.
                transport.settimeout(_timeout_of(connection))
            settle(connection)
        else:
            live_transport = self._dial(connection, tape, endpoint, dial)
            transport = CassetteSocket(
                endpoint, recorder=tape.new_recorder(endpoint), live=live_transport
            )
        connection.sock = transport
        lease = transport.owner = _Lease(tape, connection, transport)
        self._leases.add(lease)

    def _dial(
        self,
        connection: Any,
        tape: Tape,
        endpoint: Endpoint,
        dial: Callable[[], None],
    ) -> Transport:
        """Run the client's own ``connect`` and take what it puts into ``sock``."""
        at = Clock.now()
        try:
            with self._dialing_of(connection), lifted():
                dial()
        except Exception as error:
            tape.record_failure(endpoint, error, at, reached=connection.sock is not None)
            raise
        live: Transport = connection.sock
        return live

    def _dial_below(
        self,
        connection: Any,
        tape: Tape,
        endpoint: Endpoint,
        dial: Callable[[], None],
    ) -> Transport:
        """The same, for a transport that stands in ``sock`` already."""
        transport, connection.sock = connection.sock, None
        try:
            return self._dial(connection, tape, endpoint, dial)
        finally:
            connection.sock = transport

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
    """A transport that a cassette has given to a connection, which owns it; it holds neither."""

    def __init__(self, tape: Tape, connection: Any, transport: CassetteSocket) -> None:
        self.tape = tape
        self.set_aside: Any = None  # the live socket that the connection came with
        self._connection = weakref.ref(connection)
        self._transport = weakref.ref(transport)

    def end(self) -> None:
        """Take the transport away; put back what the connection came with."""
        connection, transport, aside = self._connection(), self._transport(), self.set_aside
        if isinstance(aside, CassetteSocket) and aside.left:
            aside = None  # the cassette that it came with was left before this one
        if transport is not None:
            transport.leave()
        if transport is not None and connection is not None and connection.sock is transport:
            connection.sock = aside
        elif aside is not None:
            aside.close()  # the program closed or reopened the connection meanwhile
        if transport is not None:
            transport.close()


def endpoint_of(connection: Any) -> Endpoint:
    """Return the origin that a connection is meant for: behind a tunnel, not the proxy."""
    scheme = "https" if connection.default_port == DEFAULT_PORTS["https"] else "http"
    host = getattr(connection, "_tunnel_host", None)
    port = getattr(connection, "_tunnel_port", None) if host else None
    if not host:
        host, port = connection.host, connection.port
    name = str(host).lower().strip("[]")
    return Endpoint(scheme, name, int(port or connection.default_port))


def _timeout_of(connection: Any) -> float | None:
    timeout: object = connection.timeout
    if timeout is None or isinstance(timeout, int | float):
        return timeout
    return socket.getdefaulttimeout()  # any other object stands for it


def _fail(interaction: Interaction, connection: Any, dial: Callable[[], None]) -> None:
    """Raise a recorded failure to connect, worded by the client's own ``connect``."""
    failure = interaction.failure
    assert failure is not None  # noqa: S101 - the store lets no such interaction be without
    error = rebuild(failure)
    # What happened after the connection stood, in TLS or in a proxy's answer, comes out of
    # ``connect`` as it is; so does what has no number, since no operating system raised it.
    of_the_system = failure.errno is not None or interaction.ended is Ended.TIMEOUT
    before = interaction.ended in _BEFORE_THE_CONNECTION and of_the_system
    if before and isinstance(error, OSError):
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
