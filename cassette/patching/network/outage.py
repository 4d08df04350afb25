"""A network that is down, for one thread and one moment.

A failure to connect must reach the program as its client library words it: urllib3 makes a
``NewConnectionError`` of a refused connection. So on replay the library's own ``connect`` runs,
and finds below itself only the recorded error.
"""

from __future__ import annotations

import socket
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, NoReturn

from cassette.locks import make_rlock
from cassette.patching.undo import UndoLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_error: ContextVar[OSError | None] = ContextVar("outage", default=None)
_one_at_a_time: Final = make_rlock()


@contextmanager
def outage(error: OSError) -> Iterator[None]:
    """Let every look-up and every connection attempt of this context raise an error."""
    with _one_at_a_time:
        log = UndoLog()
        token = _error.set(error)
        log.add(lambda: _error.reset(token))
        # create_connection looks the name up first, also where it is an address; clients that
        # bring a socket of their own, for a Unix socket, say, meet the error in connect.
        log.set(socket, "getaddrinfo", _refusing(socket.getaddrinfo))
        log.set(socket.socket, "connect", _refusing(socket.socket.connect))
        try:
            yield
        finally:
            log.undo()


def _refusing(original: Callable[..., Any]) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        error = _error.get()
        if error is None:
            return original(*args, **kwargs)
        _raise(error)

    return refuse


def _raise(error: OSError) -> NoReturn:
    raise error
