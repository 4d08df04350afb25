"""The door from a connection to its transport.

A connector, such as a tape, opens the transport of a connection by ``connect(endpoint, dial)``.
Whoever asks it, a connection with ``transport=`` or a shell that patches a foreign one, does so by
``connect_through``.
"""

from __future__ import annotations

import functools
import re
import socket
import weakref
from typing import TYPE_CHECKING, Any, Final, NoReturn

from cassette.model import DEFAULT_PORTS, Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from cassette.transport.base import Connector, Transport


_ACCEPTED: Final = "_cassette_accepted"


def own_connect(connection: Any, connector: Connector) -> Callable[[], None]:  # noqa: ANN401
    """Return the ``connect`` of a connection that has a connector of its own.

    It stands on the instance, so that a subclass with another ``connect`` dials by that, and holds
    the connection weakly.

    Raises:
        OptionError: It is no connector.
    """
    if not callable(getattr(connector, "connect", None)):
        from cassette.errors import OptionError  # noqa: PLC0415 - few make this mistake

        raise OptionError(
            f"transport is {connector!r}, which has no method connect(endpoint, dial)\n"
            "Give a tape: with cassette.tape(path) as tape: HTTPConnection(host, transport=tape)"
        )
    whose = weakref.ref(connection)

    def connect() -> None:
        connection = whose()
        if connection is not None:
            dial = functools.partial(type(connection).connect, connection)
            if not connect_through(connector, connection, dial) and is_odd(connection):
                _refuse_as_live(connection)

    connect.has_own_connector = True  # type: ignore[attr-defined]
    return connect


def has_own_connector(connection: Any) -> bool:  # noqa: ANN401 - any connection of the family
    """Return whether a connection was made with ``transport=``, so that no shell patches it."""
    return hasattr(vars(connection).get("connect"), "has_own_connector")


def connect_through(
    connector: Connector,
    connection: Any,  # noqa: ANN401 - any connection of the http.client family
    dial: Callable[[], object],
) -> bool:
    """Put a transport of a connector into ``connection.sock``.

    Args:
        connector: Opens the transport.
        connection: The connection.
        dial: Puts a live transport there.

    Returns:
        Whether ``dial`` was called, so that everything else stands as it leaves it. Where it was
        not, the transport has the timeout of the connection.

    Raises:
        OSError: The connection does not come about, and ``connection.sock`` stays as it was.
    """
    dialer = Dialer(connection, dial)
    transport = connector.connect(endpoint_of(connection), dialer)
    if not dialer.called:
        transport.settimeout(_timeout_of(connection))
    connection.sock = transport
    return dialer.called


_PLAIN_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)(?:[\w-]{1,63}\.)*[\w-]{1,63}\.?|[0-9a-f]*:[0-9a-f:.]+", re.ASCII
)
_PLAIN_FIELD: Final = re.compile(r"[!#$%&'*+.^_`|~\w-]+: [\t -~]*", re.ASCII)


def is_odd(connection: Any) -> bool:  # noqa: ANN401 - any connection of the http.client family
    """Return whether a connection has anything that its ``connect`` may refuse by itself.

    Such as a host with an empty label, or a field for the tunnel that would be two lines. Where
    nobody has dialed, whoever has led it through the door has such a ``connect`` rehearsed.
    """
    if is_odd_place(connection.host, connection.timeout):
        return True
    source = getattr(connection, "source_address", None)
    if source is not None and not isinstance(source, tuple):
        return True
    tunnel = getattr(connection, "_tunnel_host", None)
    if not tunnel:
        return False
    fields = getattr(connection, "_tunnel_headers", None) or {}
    return is_odd_place(tunnel, None) or not all(
        _PLAIN_FIELD.fullmatch(f"{name}: {value}") for name, value in fields.items()
    )


def is_odd_place(host: object, timeout: object) -> bool:
    """Return whether a host, or the time to wait for it, may be refused before anybody is asked."""
    if isinstance(timeout, int | float):
        if not timeout >= 0:  # nan is no number of seconds either
            return True
    elif isinstance(timeout, str | bytes):
        return True
    return not isinstance(host, str) or _PLAIN_HOST.fullmatch(host) is None


class MuteSocket(socket.socket):
    """A socket that says it is connected, until something is to be sent or received."""

    __slots__ = ()

    def _refuse(self, *_args: object) -> NoReturn:
        raise ConnectionResetError("nothing is behind this socket")

    # ssl asks for the peer before it begins a handshake.
    send = sendall = recv = getpeername = _refuse
    recv_into = _refuse  # type: ignore[assignment]  # it takes anything, and returns nothing


def _refuse_as_live(connection: Any) -> None:  # noqa: ANN401 - one of ours
    """Raise what our ``connect`` raises without any help of the network.

    Raises:
        ValueError: The host, the tunnel's host or one of its fields cannot be sent, or the timeout
            is negative.
        TypeError: The timeout is no number.
    """
    transport = connection.sock
    with MuteSocket() as sock:
        try:
            connection.sock = sock
            str(connection.host).encode("idna")
            if is_odd_place("plain", connection.timeout):
                sock.settimeout(connection.timeout)
            if connection._tunnel_host:  # noqa: SLF001 - as libraries call it
                connection._tunnel()  # noqa: SLF001 - as above
        except ConnectionResetError:
            pass
        except BaseException:
            transport.close()
            transport = None
            raise
        finally:
            connection.sock = transport


class Dialer:
    """Opens the live transport of a connection, whatever transport stands in its ``sock``.

    Attributes:
        called: It was tried.
    """

    def __init__(self, connection: Any, dial: Callable[[], object]) -> None:  # noqa: ANN401
        self.called = False
        self._connection = connection
        self._dial = dial

    def __call__(self) -> Transport:
        """Dial."""
        self.called = True
        connection = self._connection
        before, connection.sock = connection.sock, None
        try:
            self._dial()
            live: Transport = connection.sock
        except BaseException as error:
            if connection.sock is not None:
                mark_accepted(error)
                connection.sock.close()
            raise
        finally:
            connection.sock = before
        return live


def mark_accepted(error: BaseException) -> None:
    """Note on an error of ``dial`` that somebody had accepted the connection before.

    It failed in TLS, or in a tunnel. Clients do not call that a timeout of the connection, however
    long it took.
    """
    setattr(error, _ACCEPTED, True)


def was_accepted(error: BaseException) -> bool:
    """Return whether somebody had accepted the connection that failed with an error."""
    return hasattr(error, _ACCEPTED)


def endpoint_of(connection: Any) -> Endpoint:  # noqa: ANN401 - any connection of the family
    """Return the origin that a connection is meant for: behind a tunnel, not the proxy."""
    scheme = "https" if connection.default_port == DEFAULT_PORTS["https"] else "http"
    host = getattr(connection, "_tunnel_host", None)
    port = getattr(connection, "_tunnel_port", None) if host else None
    if not host:
        host, port = connection.host, connection.port
    name = str(host).lower().strip("[]")
    return Endpoint(scheme, name, int(port or connection.default_port))


def _timeout_of(connection: Any) -> float | None:  # noqa: ANN401 - as above
    timeout: object = connection.timeout
    if timeout is None or isinstance(timeout, int | float):
        return timeout
    return socket.getdefaulttimeout()  # any other object stands for it
