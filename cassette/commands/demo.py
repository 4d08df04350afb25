"""``cassette demo``: the whole promise on one screen, with nothing else installed.

An embedded server on loopback sends bytes that are written down here; clients talk to it while a
cassette records; the server is stopped; the same clients run again offline. Then the bytes in the
cassette are held against the bytes that the server has sent.
"""

from __future__ import annotations

import gzip
import http.client
import importlib
import importlib.util
import json
import socket
import struct
import tempfile
import threading
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.api import load, use
from cassette.errors import OptionError
from cassette.wire.parser import RequestParser

if TYPE_CHECKING:
    from collections.abc import Callable

    from cassette.tapes.tape import Tape

    _Step = Callable[[str, Callable[[], None]], str]
    """Talks to a server at a base URL; calls the function when the break may come."""


class _Answer(NamedTuple):
    """What the server sends: some pieces, and then, it may be, a reset."""

    pieces: tuple[bytes, ...]
    reset: bool = False


def _answer(body: bytes, *fields: bytes) -> _Answer:
    length = b"Content-Length: %d" % len(body)
    head = b"\r\n".join((b"HTTP/1.1 200 OK", b"Server: demo", *fields, length, b"", b""))
    return _Answer((head + body,))


_EVENTS: Final = (b"data: one\n\n", b"data: two\n\n", b"data: three\n\n")

_STREAM_HEAD: Final = (
    b"HTTP/1.1 200 OK\r\ncontent-TYPE: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)

_ANSWERS: Final[dict[bytes, _Answer]] = {
    b"/users/1": _answer(
        json.dumps({"id": 1, "name": "Ada", "token": "c0rrect-h0rse-b4ttery"}).encode(),
        b"Content-Type: application/json",
        b"Set-Cookie: session=only-for-your-eyes; HttpOnly",
    ),
    b"/stream": _Answer(
        (
            _STREAM_HEAD,
            *(b"%x\r\n%b\r\n" % (len(event), event) for event in _EVENTS),
            b"0\r\n\r\n",
        )
    ),
    b"/zipped": _answer(
        gzip.compress(b"the same line again and again\n" * 40, mtime=0),
        b"Content-Type: text/plain",
        b"Content-Encoding: gzip",
    ),
    b"/old": _Answer(
        (b"HTTP/1.1 302 Moved Around\r\nLocation: /users/1\r\nContent-Length: 0\r\n\r\n",)
    ),
    b"/broken": _Answer((b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly so ",), reset=True),
}


class _Server:
    """Answers on loopback with the bytes above, until it is closed."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._read_on = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def client_has_read(self) -> None:
        """Let the connection that is to break break now."""
        self._read_on.set()

    def close(self) -> None:
        # shutdown wakes the thread that waits in accept; close alone would not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            parser = RequestParser()
            while data := connection.recv(65536):
                parser.feed(data)
                if not parser.complete:
                    continue
                answer = _ANSWERS[parser.target]
                for piece in answer.pieces:
                    connection.sendall(piece)
                if answer.reset:
                    self._read_on.wait(10)
                    # Closing with this option set sends a reset (SO_LINGER in socket(7)).
                    option = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
                    return
                parser = RequestParser()


def _with_urllib(base: str, _: Callable[[], None]) -> str:
    with urllib.request.urlopen(f"{base}/old") as answer:  # noqa: S310 - loopback
        return f"{answer.status} {answer.url.removeprefix(base)} {json.load(answer)['name']}"


def _with_http_client(base: str, _: Callable[[], None]) -> str:
    connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", "/stream")
        answer = connection.getresponse()
        pieces = iter(answer.read1, b"")
        return f"{answer.status} {answer.getheaders()[0]} {b''.join(pieces)!r}"
    finally:
        connection.close()


def _zipped(base: str, _: Callable[[], None]) -> str:
    connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", "/zipped", headers={"Authorization": "Bearer top-secret-token"})
        body = connection.getresponse().read()
        return f"{len(body)} bytes of gzip, {len(gzip.decompress(body))} unpacked"
    finally:
        connection.close()


def _broken(base: str, client_has_read: Callable[[], None]) -> str:
    connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", "/broken")
        answer = connection.getresponse()
        start = answer.read(8)
        client_has_read()
        try:
            answer.read()
        except OSError as error:
            return f"{start!r} and then {type(error).__name__}"
        return "no reset came"
    finally:
        connection.close()


def _with_requests(base: str, _: Callable[[], None]) -> str:
    requests = importlib.import_module("requests")
    answer = requests.get(f"{base}/users/1", timeout=10)
    return f"{answer.status_code} {answer.json()['name']} {sorted(answer.cookies.keys())}"


def _steps() -> dict[str, _Step]:
    steps: dict[str, _Step] = {
        "a redirect, through urllib.request": _with_urllib,
        "a chunked stream, through http.client": _with_http_client,
        "a gzip body, with a secret in the request": _zipped,
        "a reset in the middle of a body": _broken,
    }
    if importlib.util.find_spec("requests") is not None:
        steps["a login with a cookie, through requests"] = _with_requests
    return steps


def run(path: Path | None = None) -> int:
    """Record, stop the server, replay, compare; print what happened.

    Args:
        path: The cassette to write. Without one it goes to a new folder of the system's temporary
            files.

    Returns:
        0 where everything came back as it was, else 1.

    Raises:
        OptionError: There is a file at the path.
    """
    if path is None:
        path = Path(tempfile.mkdtemp(prefix="cassette-demo-"), "demo.yaml")
    elif path.exists():
        raise OptionError(f"{path} is there already\nName a cassette that is not, or none at all.")
    say = print
    steps = _steps()
    server = _Server()
    base = f"http://127.0.0.1:{server.port}"
    say(f"Recording from a server at {base}")
    with use(path, mode="rewrite") as tape:
        live = {name: step(base, server.client_has_read) for name, step in steps.items()}
    server.close()
    say(f"  {tape.recorded} interactions recorded; the server is stopped\n")

    say("Replaying offline")
    replayed, tape = _replay(path, steps, base)
    good = True
    for name in steps:
        same = live[name] == replayed[name]
        good = good and same
        say(f"  {'same' if same else 'DIFFERENT'}: {name}\n        {replayed[name]}")
    say(f"  {tape.played} interactions played, {tape.left} left\n")

    say("Bytes in the cassette against the bytes that the server sent")
    for number, interaction in enumerate(load(path).interactions):
        answer = _ANSWERS[interaction.request.target]
        sent = b"".join(answer.pieces)
        kept = interaction.response.raw
        if interaction.redacted:
            same = len(kept) == len(sent)
            verdict = f"same length, masked: {', '.join(interaction.redacted)}"
        else:
            same = kept == sent
            verdict = "equal"
        good = good and same
        say(
            f"  {number}: {len(kept):5} bytes, {verdict if same else 'DIFFERENT'}: "
            f"{interaction.call} ({interaction.ended})"
        )

    say(f"\nThe cassette is {path.resolve()}")
    say("Look at: the masked secrets and their list under 'redacted', the 'chunks' of the stream,")
    say("the comment that unpacks the gzip body, and 'ended: reset' of the broken one.")
    return 0 if good else 1


def _replay(path: Path, steps: dict[str, _Step], base: str) -> tuple[dict[str, str], Tape]:
    with use(path, mode="none", on_unplayed="fail") as tape:
        replayed = {name: step(base, lambda: None) for name, step in steps.items()}
    return replayed, tape
