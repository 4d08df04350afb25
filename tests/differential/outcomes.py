"""What a client makes of bytes, told so that two clients can be compared.

`response_outcome` feeds bytes in given pieces to one module's ``HTTPResponse`` and notes all that a
program could see; `request_outcome` does a sequence of calls on one module's ``HTTPConnection`` and
notes the bytes sent and the exceptions. Where they differ between the stock module and ours, one
of the two is wrong, and it is not the stock module.
"""

# ruff: noqa: SLF001 - the state and the buffer have to agree too

from __future__ import annotations

import contextlib
import http.client
import io
import re
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import cassette.client

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

STOCK: ModuleType = http.client
OURS: ModuleType = cassette.client

READ_ALL = ("read",)


class Pieces(io.RawIOBase):
    """A stream that arrives in given pieces, one a read."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = [memoryview(piece) for piece in reversed(pieces) if piece]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._pieces:
            return 0
        piece = self._pieces.pop()
        count = min(len(buffer), len(piece))
        buffer[:count] = piece[:count]
        if count < len(piece):
            self._pieces.append(piece[count:])
        return count


class Line:
    """A socket look-alike over pieces; collects what is sent."""

    def __init__(self, pieces: Sequence[bytes] = ()) -> None:
        self.pieces = pieces
        self.sent: list[bytes] = []
        self.closed = False
        self.file: io.BufferedReader | None = None

    def makefile(self, mode: str) -> io.BufferedReader:
        assert mode == "rb"
        if self.file is None or self.file.closed:
            self.file = io.BufferedReader(Pieces(self.pieces))
        return self.file

    def sendall(self, data: bytes) -> None:
        self.sent.append(bytes(data))

    def setsockopt(self, *_: object) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def failure(exc: BaseException) -> tuple[Any, ...]:
    """Return what of an exception has to agree."""
    return (
        "raised",
        type(exc).__name__,
        str(exc),
        getattr(exc, "partial", None),
        getattr(exc, "expected", None),
        getattr(exc, "line", None),
    )


class Case(NamedTuple):
    """One answer and how it is read."""

    pieces: tuple[bytes, ...]
    calls: tuple[tuple[Any, ...], ...]
    method: str = "GET"
    debuglevel: int = 0


def message_outcome(message: Any) -> tuple[Any, ...]:
    """Return what programs ask of a header section."""
    return (
        message.items(),
        [(type(defect).__name__, str(defect)) for defect in message.defects],
        message.is_multipart(),
        repr(message.get_payload()) if not message.is_multipart() else len(message.get_payload()),
        message.get_content_type(),
        message.get_content_charset(),
        message.preamble,
        message.epilogue,
        message.get_unixfrom(),
        _attempt(str, message),
        _attempt(message.as_bytes),
    )


def _attempt(call: Any, *args: Any) -> Any:
    try:
        return call(*args)
    except Exception as exc:  # noqa: BLE001 - any exception is an outcome
        return failure(exc)


def response_outcome(module: ModuleType, case: Case) -> list[Any]:
    """Return all that a program sees of an answer."""
    seen: list[Any] = []
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        line = Line(case.pieces)
        response = module.HTTPResponse(line, case.debuglevel, method=case.method)
        try:
            response.begin()
        except Exception as exc:  # noqa: BLE001 - any exception is an outcome
            seen.append(failure(exc))
        else:
            seen.append(
                (
                    response.status,
                    response.reason,
                    response.version,
                    response.chunked,
                    response.length,
                    response.will_close,
                    message_outcome(response.headers),
                    response.getheaders(),
                    response.getheader("x-a", "none"),
                )
            )
            for name, *args in case.calls:
                seen.append(_do(response, name, args))
                seen.append((response.isclosed(), response.length, response.chunk_left))
        _attempt(response.close)
        seen.append((response.closed, response.isclosed()))
    seen.append(printed.getvalue())
    # Where the file stands: nothing may be read ahead.
    rest = line.file
    seen.append("closed" if rest is None or rest.closed else rest.read())
    return seen


def _do(response: Any, name: str, args: list[Any]) -> Any:
    try:
        if name == "readinto":
            buffer = bytearray(args[0])
            count = response.readinto(buffer)
            return count, bytes(buffer[:count])
        if name == "iter":
            return list(response)
        return getattr(response, name)(*args)
    except Exception as exc:  # noqa: BLE001 - any exception is an outcome
        return failure(exc)


class Script(NamedTuple):
    """A sequence of calls on one connection, and what its peer answers."""

    host: str
    port: int | None
    calls: tuple[tuple[str, tuple[Any, ...], tuple[tuple[str, Any], ...]], ...]
    answer: tuple[bytes, ...] = ()
    settings: tuple[tuple[str, Any], ...] = ()


def request_outcome(module: ModuleType, script: Script) -> list[Any]:
    """Return what a connection sends and raises."""
    seen: list[Any] = []
    lines: list[Line] = []

    def create(address: Any, timeout: Any, source: Any) -> Line:
        del timeout
        seen.append(("connect", address, source))
        lines.append(Line(script.answer))
        return lines[-1]

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            connection = module.HTTPConnection(script.host, script.port)
        except Exception as exc:  # noqa: BLE001 - any exception is an outcome
            return [failure(exc)]
        connection._create_connection = create
        for name, value in script.settings:
            setattr(connection, name, value)
        for name, args, kwargs in script.calls:
            seen.append(name)
            try:
                made = [arg() if callable(arg) else arg for arg in args]
                result = getattr(connection, name)(*made, **dict(kwargs))
                if name == "getresponse":
                    result = (result.status, result.getheaders(), _attempt(result.read))
            except Exception as exc:  # noqa: BLE001 - any exception is an outcome
                result = failure(exc)
            seen.append(
                (
                    result,
                    connection._HTTPConnection__state,
                    list(connection._buffer),
                    connection.sock is None,
                )
            )
        connection.close()
    seen.append((connection.host, connection.port, re.sub("0x[0-9a-f]+", "0x", printed.getvalue())))
    seen.append([(line.sent, line.closed) for line in lines])
    return seen


def agree(stock: list[Any], ours: list[Any]) -> bool:
    """Return whether two outcomes agree as far as they have to.

    Where the stock module runs out of memory over an announced length, ours does what newer
    interpreters do: it reads what there is. The comparison ends there.
    """
    for one, other in zip(stock, ours, strict=True):
        if one != other:
            return any(f"'raised', '{name}'" in repr(one) for name in _NO_ROOM)
    return True


_NO_ROOM = ("MemoryError", "OverflowError")
