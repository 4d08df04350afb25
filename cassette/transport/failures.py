"""Errors of a connection as data, and back: the one place where they are mapped."""

from __future__ import annotations

import builtins
import socket
import ssl
from http.client import BadStatusLine as StockBadStatusLine
from http.client import HTTPException
from typing import TYPE_CHECKING, Final

from cassette.client.errors import BadStatusLine, RemoteDisconnected
from cassette.client.seam import was_accepted
from cassette.clock import Clock
from cassette.model import CONNECT, Ended, Failure, Interaction, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cassette.model import Endpoint

# Only these can come out of a cassette: loading one runs no code and names no class but these.
_KINDS: Final[dict[str, type[OSError | HTTPException]]] = {
    kind.__name__: kind
    for kind in (
        *(
            value
            for value in vars(builtins).values()
            if isinstance(value, type) and issubclass(value, OSError)
        ),
        socket.gaierror,
        socket.herror,
        ssl.SSLError,
        ssl.SSLCertVerificationError,
        ssl.SSLEOFError,
        ssl.SSLSyscallError,
        ssl.SSLZeroReturnError,
        # What a proxy that speaks no HTTP, or hangs up, makes of a ``connect``.
        BadStatusLine,
        RemoteDisconnected,
    )
}

_ENDINGS: Final[tuple[tuple[tuple[type[OSError], ...], Ended], ...]] = (
    ((socket.gaierror, socket.herror), Ended.NOT_FOUND),
    ((TimeoutError,), Ended.TIMEOUT),
    ((ConnectionRefusedError,), Ended.REFUSED),
    ((ssl.SSLError,), Ended.TLS),
    ((ConnectionResetError, ConnectionAbortedError, BrokenPipeError), Ended.RESET),
)


_RECORDED: Final = "_cassette_recording"
"""What is noted on the error of a recorded failure, for the shell that words it."""


def describe(error: BaseException) -> tuple[Ended, Failure]:
    """Return how an error ends an interaction, and the error as data.

    Clients wrap what a socket raises in errors of their own. What is kept is the socket's error,
    so that another client can meet it in its own way.

    Args:
        error: What a live transport, or a client's ``connect``, raised.
    """
    cause = _socket_error(error)
    if cause is None:
        return Ended.FAILED, Failure("OSError", None, str(error))
    names = (base.__name__ for base in type(cause).__mro__ if _is_known(base))
    kind = next(names, "OSError")
    ended = next((end for kinds, end in _ENDINGS if isinstance(cause, kinds)), Ended.FAILED)
    if not isinstance(cause, OSError):
        return ended, Failure(kind, None, str(cause))
    message = cause.strerror or str(cause)
    if ended is Ended.TIMEOUT:
        message = message or "timed out"  # asyncio's says nothing, a socket's does
    return ended, Failure(kind, cause.errno, message)


def failed_connection(endpoint: Endpoint, error: BaseException, at: datetime) -> Interaction | None:
    """Return what is recorded of a connection that did not come about: no request, no response.

    Args:
        endpoint: Where it should have led.
        error: What ``dial`` raised.
        at: When it was tried.

    Returns:
        The interaction; None where neither a socket nor a peer that speaks no HTTP has caused the
        error, which then tells nothing about a connection: a plugin refuses to open sockets, say.
    """
    if not is_of_connection(error):
        return None
    ended, failure = describe(error)
    if ended is Ended.TIMEOUT and was_accepted(error):
        ended = Ended.FAILED
    return Interaction(
        call=CONNECT + endpoint.origin,
        request=Request(b"", endpoint.origin),
        response=Response(b""),
        at=at,
        took=max(0.0, round((Clock.now() - at).total_seconds(), 3)),
        ended=ended,
        failure=failure,
    )


def is_of_connection(error: BaseException) -> bool:
    """Return whether a socket, or a peer that speaks no HTTP, is behind an error."""
    of_http = any(isinstance(link, HTTPException) for link in _chain(error))
    return of_http or _socket_error(error) is not None


def rebuild(failure: Failure) -> OSError | HTTPException:
    """Return an error equal to the one that was recorded, ready to be raised."""
    kind = _KINDS.get(failure.kind, OSError)
    if failure.errno is None or not issubclass(kind, OSError):
        return kind(failure.message)
    return kind(failure.errno, failure.message)


def recorded_error(interaction: Interaction) -> OSError | HTTPException:
    """Return the error of a recorded failure to connect, ready to be raised."""
    assert interaction.failure is not None  # noqa: S101 - the store lets no such one be without
    error = rebuild(interaction.failure)
    setattr(error, _RECORDED, interaction)
    return error


def recording_of(error: BaseException) -> Interaction | None:
    """Return the recorded failure to connect that an error comes from; None where it is live."""
    return getattr(error, _RECORDED, None)


def _is_known(kind: type) -> bool:
    """Whether there is a kind of this name that is, or derives from, this class."""
    return issubclass(_KINDS.get(kind.__name__, object), kind) and kind is not object


def _socket_error(error: BaseException) -> OSError | HTTPException | None:
    """The first error of the connection in the chain that leads to this one."""
    summary = None
    for link in _chain(error):
        if isinstance(link, OSError) and isinstance(link.__cause__, OSError) and link.errno:
            continue  # a client's own error over the socket's
        if isinstance(link, OSError) and link.errno is None and type(link) is OSError:
            # It may tell in one sentence of several addresses that were tried, behind it.
            summary = summary or link
            if link.__cause__ is None:
                break
        elif isinstance(link, OSError | StockBadStatusLine):
            return link
        elif type(link).__name__ == "TooSlowError":  # trio's timeout, which is no OSError
            return TimeoutError("timed out")
    return summary


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and so on; the first one of a group."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        yield link
        seen.add(id(link))
        group = link.exceptions if isinstance(link, BaseExceptionGroup) else (None,)
        link = link.__cause__ or group[0] or link.__context__
