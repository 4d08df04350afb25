"""The whole ``http.client`` family at once.

Every client of the family, whoever wrote it, is a subclass of ``http.client.HTTPConnection``, and
Python knows them all. While a cassette is in use

- the classes of the family have ours as their bases, so the code that runs is ours,
- the names in ``http.client`` are ours, for whoever looks them up now,
- an instance of a stock class, imported by name long before, turns into one of ours,
- every ``connect`` that a class of the family defines yields a transport of the cassette.

Classes that are created meanwhile are treated the same. One log takes everything back.
"""

from __future__ import annotations

import functools
import http.client
import socket
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any

from cassette import client as ours
from cassette.clock import Clock
from cassette.model import DEFAULT_PORTS, Ended, Endpoint
from cassette.patching.base import UndoLog, current
from cassette.patching.outage import outage
from cassette.patching.urllib3 import settle
from cassette.transport.failures import rebuild
from cassette.transport.player import Player
from cassette.transport.recorder import Recorder
from cassette.transport.sockets import CassetteSocket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cassette.deck import Deck
    from cassette.model import Interaction
    from cassette.transport.base import Transport

    Connect = Callable[[Any], None]

_REPLACED = ("HTTPConnection", "HTTPSConnection", "HTTPResponse")

_BEFORE_THE_CONNECTION = (Ended.REFUSED, Ended.NOT_FOUND, Ended.TIMEOUT, Ended.FAILED)


class HttpClientPatcher:
    """Patches the family, and keeps track of the connections that it has touched."""

    def __init__(self) -> None:
        self._log = UndoLog()
        self._stock = {
            name: next(base for base in getattr(ours, name).__mro__[1:] if base.__name__ == name)
            for name in _REPLACED
        }
        self._ours = {stock: getattr(ours, name) for name, stock in self._stock.items()}
        self._dialing = threading.local()
        # Innermost cassette last: each lease puts back what the one before it gave.
        self._leases: weakref.WeakKeyDictionary[Any, list[_Lease]] = weakref.WeakKeyDictionary()
        self._turned: weakref.WeakKeyDictionary[Any, type] = weakref.WeakKeyDictionary()
        self._modules: set[str] = set()

    # Patching and its undoing.

    def apply(self) -> None:
        """Patch the family."""
        self._modules = set(sys.modules)
        for name, stock in self._stock.items():
            mine = self._ours[stock]
            self._log.set(http.client, name, mine)
            for cls in _family(stock):
                if not _is_ours(cls) and cls not in self._ours:
                    self._rebase(cls)
            if name != "HTTPResponse":
                self._log.set(stock, "__init__", self._turning(stock.__init__))
                self._log.set(stock, "putrequest", self._turning(stock.putrequest))
                if "connect" in vars(stock):
                    self._log.set(stock, "connect", self._turning(stock.connect))
        connection = self._ours[self._stock["HTTPConnection"]]
        self._log.set(connection, "putrequest", self._claiming(connection.putrequest))
        for cls in [connection, *_family(connection)]:
            self._intercept(cls)
        # A classmethod over a bound method is called with the new class after its own self.
        hook: Any = classmethod(self._new_class)  # type: ignore[arg-type]
        self._log.set(self._stock["HTTPConnection"], "__init_subclass__", hook)

    def undo(self) -> None:
        """Put everything back, classes and modules that came meanwhile included."""
        self._log.undo()
        for connection, stock in list(self._turned.items()):
            connection.__class__ = stock
        self._turned.clear()
        for stock, mine in self._ours.items():
            for cls in mine.__subclasses__():
                if not _is_ours(cls):
                    cls.__bases__ = tuple(stock if base is mine else base for base in cls.__bases__)
        back = {id(mine): stock for stock, mine in self._ours.items()}
        for name in set(sys.modules) - self._modules:
            module = sys.modules.get(name)
            if module is None or name.partition(".")[0] == "cassette":
                continue
            for key, value in list(vars(module).items()):
                if id(value) in back:
                    setattr(module, key, back[id(value)])

    def leave(self, deck: Deck) -> None:
        """Let the connections of one cassette go, so that they connect anew when used again."""
        for connection, leases in list(self._leases.items()):
            for lease in [lease for lease in leases if lease.deck is deck]:
                leases.remove(lease)
                lease.end(connection)

    def _rebase(self, cls: type) -> None:
        bases = cls.__bases__
        changed = tuple(self._ours.get(base, base) for base in bases)
        if changed != bases:
            cls.__bases__ = changed
            self._log.add(functools.partial(setattr, cls, "__bases__", bases))

    def _intercept(self, cls: type) -> None:
        original = vars(cls).get("connect")
        if original is not None:
            self._log.set(cls, "connect", self._yielding(original))

    def _new_class(self, cls: Any, **kwargs: Any) -> None:
        stock: Any = self._stock["HTTPConnection"]
        super(stock, cls).__init_subclass__(**kwargs)
        for base in cls.__bases__:
            if base in self._ours:
                self._rebase(cls)
        self._intercept(cls)

    # What stands in the place of the originals, without functools.wraps: copying names and
    # docstrings would take a quarter of the time that patching takes.

    def _turning(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """A method of a stock class: its instances become ours, and start over as such."""

        def method(connection: Any, *args: Any, **kwargs: Any) -> Any:
            mine = self._ours.get(type(connection))
            if mine is None:
                return original(connection, *args, **kwargs)
            self._turned[connection] = type(connection)
            connection.__class__ = mine
            return getattr(connection, original.__name__)(*args, **kwargs)

        return method

    def _claiming(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``putrequest``: no request may start on a connection from outside the cassette."""

        def putrequest(connection: Any, *args: Any, **kwargs: Any) -> Any:
            sock = connection.sock
            if sock is not None:
                self._claim(connection, sock)
            return original(connection, *args, **kwargs)

        return putrequest

    def _yielding(self, original: Connect) -> Connect:
        """``connect``: what it opens, or would open, is a transport of the cassette."""

        def connect(connection: Any) -> None:
            deck = current()
            dial = functools.partial(original, connection)
            if deck is None or connection in self._being_dialed():
                dial()
                return
            endpoint = endpoint_of(connection)
            if deck.passes(endpoint):
                dial()
                return
            self._open(connection, deck, endpoint, dial)

        return connect

    def _claim(self, connection: Any, sock: Any) -> None:
        deck = current()
        if deck is None:
            return
        if isinstance(sock, CassetteSocket) and sock.owner is deck:
            return
        if not _reaches_out(sock) or deck.passes(endpoint_of(connection)):
            return
        connection.sock = None
        try:
            connection.connect()
        except BaseException:
            sock.close()
            raise
        self._leases[connection][-1].set_aside = sock

    # Connecting.

    def _open(
        self,
        connection: Any,
        deck: Deck,
        endpoint: Endpoint,
        dial: Callable[[], None],
    ) -> None:
        transport: CassetteSocket
        if deck.policy.play:
            failed = deck.connection_failure(endpoint)
            if failed is not None:
                _fail(failed, dial)
            live = functools.partial(self._dial_below, connection, deck, endpoint, dial)
            transport = CassetteSocket(
                endpoint,
                player=Player(endpoint, deck),
                recorder=Recorder(endpoint, deck.record) if deck.policy.record else None,
                dial=live if deck.policy.record else None,
            )
            settle(connection)
        else:
            live_transport = self._dial(connection, deck, endpoint, dial)
            transport = CassetteSocket(
                endpoint, recorder=Recorder(endpoint, deck.record), live=live_transport
            )
        transport.owner = deck
        connection.sock = transport
        leases = self._leases.setdefault(connection, [])
        leases[:] = [lease for lease in leases if lease.deck is not deck]
        leases.append(_Lease(deck, transport))

    def _dial(
        self,
        connection: Any,
        deck: Deck,
        endpoint: Endpoint,
        dial: Callable[[], None],
    ) -> Transport:
        """Run the client's own ``connect`` and take what it puts into ``sock``."""
        at = Clock.now()
        busy = self._being_dialed()
        busy.append(connection)
        try:
            dial()
        except Exception as error:
            deck.record_failure(endpoint, error, at)
            raise
        finally:
            busy.pop()
        live: Transport = connection.sock
        return live

    def _dial_below(
        self,
        connection: Any,
        deck: Deck,
        endpoint: Endpoint,
        dial: Callable[[], None],
    ) -> Transport:
        """The same, for a transport that stands in ``sock`` already."""
        transport, connection.sock = connection.sock, None
        try:
            return self._dial(connection, deck, endpoint, dial)
        finally:
            connection.sock = transport

    def _being_dialed(self) -> list[Any]:
        if not hasattr(self._dialing, "connections"):
            self._dialing.connections = []
        busy: list[Any] = self._dialing.connections
        return busy


class _Lease:
    """A connection that a cassette has given a transport to."""

    def __init__(self, deck: Deck, transport: CassetteSocket) -> None:
        self.deck = deck
        self.transport = transport
        self.set_aside: Any = None  # the live socket that the connection came with

    def end(self, connection: Any) -> None:
        """Take the transport away; put back what the connection came with."""
        self.transport.leave()
        still_ours = connection.sock is self.transport
        if still_ours:
            connection.sock = self.set_aside
        elif self.set_aside is not None:
            self.set_aside.close()  # the program closed or reopened the connection meanwhile
        self.transport.close()


def endpoint_of(connection: Any) -> Endpoint:
    """Return the origin that a connection is meant for: behind a tunnel, not the proxy."""
    scheme = "https" if connection.default_port == DEFAULT_PORTS["https"] else "http"
    host = getattr(connection, "_tunnel_host", None)
    port = getattr(connection, "_tunnel_port", None) if host else None
    if not host:
        host, port = connection.host, connection.port
    name = str(host).lower().strip("[]")
    return Endpoint(scheme, name, int(port or connection.default_port))


def _fail(interaction: Interaction, dial: Callable[[], None]) -> None:
    """Raise a recorded failure to connect, worded by the client's own ``connect``."""
    failure = interaction.failure
    assert failure is not None  # noqa: S101 - the store lets no such interaction be without
    error = rebuild(failure)
    # What happened after the connection stood, in TLS or in a proxy's answer, comes out of
    # ``connect`` as it is; so does what has no number, since no operating system raised it.
    of_the_system = failure.errno is not None or interaction.ended is Ended.TIMEOUT
    if interaction.ended in _BEFORE_THE_CONNECTION and of_the_system:
        with outage(error):
            dial()
    raise error


def _family(base: type) -> Iterator[type]:
    """Every class below a base that is not ours, each once, parents first."""
    seen: set[type] = set()
    waiting: list[type] = list(base.__subclasses__())
    while waiting:
        cls = waiting.pop(0)
        if cls not in seen:
            seen.add(cls)
            waiting.extend(cls.__subclasses__())
            yield cls


def _is_ours(cls: type) -> bool:
    return cls.__module__.partition(".")[0] == "cassette"


def _reaches_out(sock: Any) -> bool:
    """Whether sending on it would reach the network, or a cassette that is not in force.

    A look-alike that a test has put there, without a socket in it, is left alone.
    """
    kinds = (socket.socket, CassetteSocket)
    return isinstance(sock, kinds) or isinstance(getattr(sock, "socket", None), kinds)
