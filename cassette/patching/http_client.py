"""The whole ``http.client`` family at once.

Every client of the family, whoever wrote it, is a subclass of ``http.client.HTTPConnection``, and
Python knows them all. While a cassette is in use

- the stock classes have the methods of ours, so the code that runs is ours, in their instances and
  in those of every subclass, whenever and by whatever name they were imported,
- every ``connect`` that a class of the family defines yields a transport of the cassette.

Classes that are created meanwhile are treated the same. No object changes its class and no class
its bases; one log takes everything back.
"""

from __future__ import annotations

import functools
import socket
import threading
import types
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from cassette import client as ours
from cassette.clock import Clock
from cassette.model import DEFAULT_PORTS, Ended, Endpoint
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

    Connect = Callable[..., None]

_BEFORE_THE_CONNECTION: Final = (Ended.REFUSED, Ended.NOT_FOUND, Ended.TIMEOUT, Ended.FAILED)


def _stock(mine: type) -> Any:
    """The stock class that one of ours derives from, also where ours has taken its name."""
    return next(base for base in mine.__mro__[1:] if base.__name__ == mine.__name__)


_REFUSED_BY_A_PROXY: Final = "OSError"
"""Kind of the failure behind which clients close the connection that they had."""


def _lent(mine: type) -> dict[str, Any]:
    """The methods of one of our classes, fit to stand in its stock class."""
    stock = _stock(mine)
    return {
        name: _at_home(value, stock) if isinstance(value, types.FunctionType) else value
        for name, value in vars(mine).items()
        if isinstance(value, types.FunctionType | staticmethod)
    }


def _at_home(method: types.FunctionType, stock: type) -> types.FunctionType:
    """A method whose ``super()``, where it has one, goes on from the stock class."""
    if method.__code__.co_freevars != ("__class__",):
        return method
    closure = (types.CellType(stock),)
    moved = types.FunctionType(
        method.__code__, method.__globals__, method.__name__, method.__defaults__, closure
    )
    moved.__kwdefaults__ = method.__kwdefaults__
    return moved


_LENT: Final = {
    _stock(mine): _lent(mine)
    for mine in (ours.HTTPConnection, getattr(ours, "HTTPSConnection", None))
    if mine is not None  # an interpreter without TLS
}
_ROOT: Final[Any] = _stock(ours.HTTPConnection)


class HttpClientPatcher:
    """Patches the family, and keeps track of the connections that it has touched."""

    def __init__(self) -> None:
        self._log = UndoLog()
        self._undone = False  # what another tool has put back since is ours, and of no effect
        self._dialing = threading.local()
        self._leases: Register[_Lease] = Register()
        self._aside: list[_Lease] = []  # they outlive their transports: something is to be put back

    # Patching and its undoing.

    def apply(self) -> None:
        """Patch the family."""
        log = self._log
        for stock, methods in _LENT.items():
            log.set_all(stock, methods)
        if _ROOT.response_class is _stock(ours.HTTPResponse):
            log.set(_ROOT, "response_class", ours.HTTPResponse)
        claiming = self._claiming(ours.HTTPConnection.putrequest)
        for cls in (_ROOT, ours.HTTPConnection):
            log.set(cls, "putrequest", claiming)
        for cls in [_ROOT, *_family(_ROOT)]:
            self._intercept(cls)
        # A classmethod over a bound method is called with the new class after its own self.
        hook: Any = classmethod(self._new_class)  # type: ignore[arg-type]
        log.set(_ROOT, "__init_subclass__", hook)

    def undo(self) -> None:
        """Put everything back, classes that came meanwhile included."""
        self._undone = True
        self._log.undo()

    def leave(self, tape: Tape) -> None:
        """Let the connections of one cassette go, so that they connect anew when used again."""
        for lease in self._leases:
            if lease.tape is tape:
                lease.end()
        self._aside = [lease for lease in self._aside if lease.tape is not tape]

    def _intercept(self, cls: type) -> None:
        own = vars(cls).get("connect")
        if own is not None:
            self._log.set(cls, "connect", self._yielding(own))
        elif not issubclass(_home_of_connect(cls), _ROOT):
            # A mixin's, which is no class of the family and stays as it is.
            self._log.set(cls, "connect", self._yielding(_inherited_connect(cls)))

    def _new_class(self, cls: Any, **kwargs: Any) -> None:
        super(_ROOT, cls).__init_subclass__(**kwargs)
        self._intercept(cls)

    # What stands in the place of the originals, without functools.wraps: copying names and
    # docstrings would take a quarter of the time that patching takes.

    def _claiming(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``putrequest``: no request may start on a connection from outside the cassette."""

        def putrequest(connection: Any, *args: Any, **kwargs: Any) -> Any:
            sock = connection.sock
            if sock is not None:
                self._claim(connection, sock)
            return original(connection, *args, **kwargs)

        return putrequest

    def _yielding(self, original: Any) -> Connect:
        """``connect``: what it opens, or would open, is a transport of the cassette.

        Args:
            original: What stands in the class: a function, or any other descriptor.
        """
        bind = original.__get__

        def connect(connection: Any, *args: Any, **kwargs: Any) -> None:
            tape = None if self._undone else current()
            dial = bind(connection, type(connection))
            if args or kwargs:
                dial = functools.partial(dial, *args, **kwargs)
            if tape is None or any(busy is connection for busy in self._being_dialed()):
                dial()
                return
            endpoint = endpoint_of(connection)
            if tape.passes(endpoint):
                dial()
                return
            self._open(connection, tape, endpoint, dial)

        return connect

    def _claim(self, connection: Any, sock: Any) -> None:
        tape = current()
        if tape is None:
            return
        if isinstance(sock, CassetteSocket) and sock.owner.tape is tape:
            return
        if not _reaches_out(sock) or tape.passes(endpoint_of(connection)):
            return
        connection.sock = None
        try:
            connection.connect()
        except BaseException:
            sock.close()
            raise
        lease = connection.sock.owner
        lease.set_aside = sock
        self._aside.append(lease)

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

    def _being_dialed(self) -> list[Any]:
        if not hasattr(self._dialing, "connections"):
            self._dialing.connections = []
        busy: list[Any] = self._dialing.connections
        return busy


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


def _family(base: type) -> Iterator[type]:
    """Every class below a base, each once, parents first."""
    seen: set[type] = set()
    waiting: list[type] = list(base.__subclasses__())
    while waiting:
        cls = waiting.pop(0)
        if cls not in seen:
            seen.add(cls)
            waiting.extend(cls.__subclasses__())
            yield cls


def _home_of_connect(cls: type) -> type:
    """The class whose ``connect`` the instances of a class have."""
    return next(base for base in cls.__mro__ if "connect" in vars(base))


def _inherited_connect(cls: Any) -> Connect:
    def connect(connection: Any, *args: Any, **kwargs: Any) -> None:
        super(cls, connection).connect(*args, **kwargs)

    return connect


def _reaches_out(sock: Any) -> bool:
    """Whether sending on it would reach the network, or a cassette that is not in force.

    A look-alike that a test has put there, without a socket in it, is left alone.
    """
    kinds = (socket.socket, CassetteSocket)
    return isinstance(sock, kinds) or isinstance(getattr(sock, "socket", None), kinds)
