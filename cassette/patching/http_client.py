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
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final, NoReturn

from cassette import client as ours
from cassette.client.seam import connect_through, endpoint_of, has_own_connector
from cassette.errors import TapeClosedError
from cassette.model import Ended
from cassette.patching.network.outage import outage
from cassette.patching.undo import UndoLog
from cassette.patching.urllib3 import settle
from cassette.tapes.in_force import current
from cassette.transport.failures import recording_of
from cassette.transport.sockets import CassetteSocket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cassette.tapes.in_force import TapeInForce

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
            if tape is None or has_own_connector(connection) or self._dials(connection):
                dial()
                return
            try:
                self._open(connection, tape, dial)
            except TapeClosedError:  # the cassette was left meanwhile, by another thread
                connect(connection, *args, **kwargs)

        return connect

    def _claim(self, connection: Any, sock: Any) -> None:
        """Give a connection from outside the cassette a transport of the cassette."""
        tape = current()
        if tape is None or has_own_connector(connection):
            return
        if isinstance(sock, CassetteSocket) and getattr(sock.owner, "tape", None) is tape:
            return
        if not _reaches_out(sock) or tape.passes(endpoint_of(connection)):
            return
        connection.sock = None
        try:
            connection.connect()
        except BaseException:
            sock.close()
            raise
        connection.sock.owner.set_aside(sock)

    # Connecting.

    def _open(self, connection: Any, tape: TapeInForce, dial: Callable[[], None]) -> None:
        def dial_undisturbed() -> None:
            with self._dialing_of(connection):
                dial()

        failed: OSError | HTTPException | None = None
        try:
            if not connect_through(tape, connection, dial_undisturbed):
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

    def _dials(self, connection: Any) -> bool:
        return any(busy is connection for busy in self._being_dialed())

    def _being_dialed(self) -> list[Any]:
        if not hasattr(self._dialing, "connections"):
            self._dialing.connections = []
        busy: list[Any] = self._dialing.connections
        return busy


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
