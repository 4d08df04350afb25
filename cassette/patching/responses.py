"""``responses`` beside a cassette: its stubs answer first, the cassette answers the rest.

``responses`` stands above the wire, in the place of requests' ``HTTPAdapter.send``, so what a stub
answers never reaches a transport. What no stub answers it refuses. While a cassette is in use it
hands such a request on instead: to the ``send`` that it has replaced, and so to the connections of
the cassette, or first to the stubs of another mock that was active before. Whichever of the two
was started first, the mocks are asked at each request.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cassette.errors import UnmatchedRequestError
from cassette.locks import make_rlock
from cassette.patching.imports import when_imported
from cassette.patching.undo import UndoLog
from cassette.tapes.in_force import current

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


class ResponsesPatcher:
    """Patches the class of the mocks, so that those which are active already are included."""

    def __init__(self) -> None:
        self._log = UndoLog()

    def apply(self) -> None:
        """Patch ``responses``, now or when it is imported."""
        when_imported("responses", self._patch, self._log)

    def undo(self) -> None:
        """Put everything back."""
        self._log.undo()

    def _patch(self, responses: ModuleType) -> None:
        mock = responses.RequestsMock
        self._log.set(mock, "_find_match", _finding(mock._find_match))  # noqa: SLF001 - no public name
        self._log.set(mock, "_on_request", _handing_on(mock._on_request))  # noqa: SLF001


class _UnstubbedError(Exception):
    """No stub answers."""


def _finding(original: Callable[..., Any]) -> Callable[..., Any]:
    lock = make_rlock()  # a matcher may send a request itself

    def find_match(mock: Any, request: Any) -> Any:
        if current() is None:
            return original(mock, request)
        with lock:
            before = list(mock.registered())
            found = original(mock, request)
            if found[0] is not None:
                return found
            # An OrderedRegistry forgets the stubs whose turn has not come.
            mock.registered()[:] = before
        raise _UnstubbedError

    return find_match


def _handing_on(original: Callable[..., Any]) -> Callable[..., Any]:
    def on_request(mock: Any, adapter: Any, request: Any, **kwargs: Any) -> Any:
        # What comes next is no part of what went wrong before: it is outside of the handler.
        with suppress(_UnstubbedError):
            return original(mock, adapter, request, **kwargs)
        kwargs.pop("retries", None)
        try:
            return _below(mock)(adapter, request, **kwargs)
        except UnmatchedRequestError as error:
            # Without the reasons: they may hold what is secret in the request.
            stubs = [f"  {stub.method} {stub.url}" for stub in mock.registered()]
            if stubs:
                error.add_note("\n".join(["No stub of `responses` answers it either:", *stubs]))
            raise

    return on_request


def _below(mock: Any) -> Callable[..., Any]:
    """Return the ``send`` that a mock stands in the place of."""
    patcher = mock._patcher  # noqa: SLF001 - no public name
    # A thread may get here after its mock was stopped.
    send: Callable[..., Any] = mock._real_send if patcher is None else patcher.temp_original  # noqa: SLF001
    return send
