"""What proxies say about tunnels, to clients that write CONNECT themselves.

``http.client`` makes its tunnels inside of ``connect``, so that a proxy's refusal is an error of
the connection, and is recorded as that. Other clients read the answer; for them the one is made of
the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cassette.client import BadStatusLine, RemoteDisconnected
from cassette.model import Endpoint

if TYPE_CHECKING:
    from http.client import HTTPException

    Refusal = OSError | HTTPException

ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"

_FAILED: Final = "Tunnel connection failed: "
"""What ``http.client`` says of a proxy that refuses; the answer stands behind it."""


def asked_of_proxy(request: bytes) -> Endpoint | None:
    """Return where a request asks a proxy to connect to; None where it is no CONNECT."""
    if not request.startswith(b"CONNECT "):
        return None
    host, _, port = request.split(b" ", 2)[1].decode("latin-1").lower().rpartition(":")
    return Endpoint("https", host.strip("[]"), int(port)) if port.isdecimal() else None


def refusal_of(answer: bytes) -> Refusal:
    """Return the error that ``http.client`` raises over an answer to CONNECT that is not 2xx."""
    line = answer[: answer.find(b"\n") + 1].decode("latin-1")
    if not line:
        return RemoteDisconnected("Remote end closed connection without response")
    if not line.startswith("HTTP/"):
        return BadStatusLine(line)
    return OSError(_FAILED + line.partition(" ")[2].strip())


def answer_of(refusal: Refusal) -> bytes | None:
    """Return the answer of a proxy that was recorded as an error; None where it was another one."""
    message = str(refusal)
    if isinstance(refusal, RemoteDisconnected):
        return b""
    if isinstance(refusal, BadStatusLine):
        return f"{message.rstrip()}\r\n\r\n".encode("latin-1")
    refused = message.removeprefix(_FAILED)
    if refused == message:
        return None
    return f"HTTP/1.1 {refused}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
