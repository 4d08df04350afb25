"""The routes of servers/calls.py as a plain ASGI application."""

import gzip
import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from servers import calls

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Fields = Iterable[tuple[bytes, bytes]]

FIXED: dict[str, tuple[bytes, bytes, Fields]] = {
    "/json": (b"application/json", calls.JSON, ()),
    "/gzip": (
        b"text/plain",
        gzip.compress(calls.PAGE, mtime=0),
        ((b"content-encoding", b"gzip"),),
    ),
    "/large": (b"text/plain", calls.LARGE, ()),
    "/cookie": (
        b"text/plain",
        b"cookies\n",
        tuple((b"set-cookie", cookie.encode()) for cookie in calls.COOKIES),
    ),
    "/rpc": (b"text/xml", calls.RPC, ()),
}
STREAMED = {
    "/stream": (b"text/plain", calls.PIECES),
    "/events": (b"text/event-stream", calls.EVENTS),
}
BARE: dict[str, tuple[int, Fields]] = {
    "/redirect": (302, ((b"location", b"/json"), (b"content-length", b"0"))),
    "/empty": (204, ()),
    "/cached": (304, ((b"etag", calls.ETAG.encode()),)),
}


async def app(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    body = await read_body(receive)
    path = scope["path"]
    if path in STREAMED:
        kind, pieces = STREAMED[path]
        await start(send, 200, ((b"content-type", kind),))
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})
    elif path in BARE:
        await start(send, *BARE[path])
        await send({"type": "http.response.body"})
    elif path == "/echo":
        await fixed(send, 200, dict(scope["headers"])[b"content-type"], body, ())
    elif path in FIXED:
        await fixed(send, 200, *FIXED[path])
    else:
        await fixed(send, 404, b"text/plain", b"no tape\n", ())


async def read_body(receive: Receive) -> bytes:
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


async def start(send: Send, status: int, fields: Fields) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(fields)})


async def fixed(send: Send, status: int, kind: bytes, body: bytes, fields: Fields) -> None:
    length = b"%d" % len(body)
    await start(send, status, ((b"content-type", kind), (b"content-length", length), *fields))
    await send({"type": "http.response.body", "body": body})
