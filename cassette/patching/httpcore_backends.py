"""How the backends of httpcore word a failure, and how they wait.

What a cassette holds is the socket's error. Between it and httpcore stands an asynchronous library,
which says it in words of its own.
"""

from __future__ import annotations

import socket
import ssl
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cassette.clock import Clock
from cassette.model import Ended
from cassette.transport.failures import recording_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import ModuleType

    from cassette.model import Endpoint

    Words = Callable[[str, OSError | HTTPException, Endpoint], Exception]

_BEFORE_THE_CONNECTION: Final = (Ended.REFUSED, Ended.NOT_FOUND, Ended.TIMEOUT, Ended.FAILED)


class Backend(NamedTuple):
    """One way in which httpcore reaches the network.

    Attributes:
        httpcore: The library.
        words: What the layer below httpcore makes of an error, by what was being done: ``Connect``,
            ``Write`` or ``Read``.
        sleep: Waits for some seconds.
        cancels: Whoever waits can be cancelled.
    """

    httpcore: ModuleType
    words: Words
    sleep: Callable[[float], Awaitable[None]]
    cancels: bool

    def worded(
        self, what: str, error: OSError | HTTPException, endpoint: Endpoint
    ) -> tuple[Exception, Exception]:
        """Return the error of the layer below httpcore, and httpcore's with that inside."""
        inside = self.words(what, error, endpoint)
        if inside is not error and not isinstance(inside, TimeoutError):
            inside.__cause__ = error  # a timeout has none: it is the asynchronous library's own
        kind = "Timeout" if isinstance(inside, TimeoutError) else "Error"
        return inside, getattr(self.httpcore, what + kind)(inside)

    async def stall(self, seconds: float) -> None:
        """Wait in vain, where somebody could give up meanwhile."""
        if self.cancels:
            await self.sleep(seconds)


def blocking(httpcore: ModuleType) -> Backend:
    """Return the blocking backend, where nothing stands between a socket and httpcore."""
    return Backend(httpcore, lambda _what, error, _endpoint: error, _sleep, cancels=False)


def asynchronous(httpcore: ModuleType, backend: Any, *, tcp: bool) -> Backend:
    """Return the backend of an asynchronous library.

    Args:
        httpcore: The library.
        backend: Its backend: for anyio, or for trio.
        tcp: It connects to a host, and may try several addresses.
    """
    words = _trio_words if type(backend).__name__.startswith("Trio") else _anyio_words

    def worded(what: str, error: OSError | HTTPException, endpoint: Endpoint) -> Exception:
        if isinstance(error, TimeoutError) and error.errno is None:
            return TimeoutError()
        if isinstance(error, HTTPException | socket.gaierror):
            return error
        recorded = recording_of(error)
        early = recorded is not None and recorded.ended in _BEFORE_THE_CONNECTION
        if early and not tcp:
            return error
        return words("Attempt" if early else what, error, endpoint)

    return Backend(httpcore, worded, backend.sleep, cancels=True)


def _anyio_words(what: str, error: OSError | HTTPException, _endpoint: Endpoint) -> Exception:
    import anyio  # noqa: PLC0415 - it is there where it is asked for

    if what == "Attempt":
        return OSError("All connection attempts failed")
    return error if isinstance(error, ssl.SSLError) else anyio.BrokenResourceError()


def _trio_words(what: str, error: OSError | HTTPException, endpoint: Endpoint) -> Exception:
    import trio  # noqa: PLC0415 - as above

    if what == "Attempt":
        host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
        return OSError(f"all attempts to connect to {host}:{endpoint.port} failed")
    if isinstance(error, ssl.SSLError):
        return trio.BrokenResourceError()
    return trio.BrokenResourceError(f"socket connection broken: {error}")


async def _sleep(seconds: float) -> None:
    if seconds:
        Clock.sleep(seconds)
