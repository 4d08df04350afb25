"""The traffic of a small shop, with one of everything that people look at."""

import struct
import zlib

from recordings import after, write

from cassette.model import Ended, Failure, Interaction, Request, Response

ORIGIN = "http://api.shop.example"

EVENTS = (
    b'event: message_start\ndata: {"type":"message_start","tokens":31}\n\n',
    b'data: {"type":"delta","delta":{"text":"First"}}\n\n',
    b'data: {"type":"delta","delta":{"text":" flush"}}\n\n',
)
CUT = len(EVENTS[1]) // 2
STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
HOSTILE = (
    b"plain\x1b]0;title\x07 \xe2\x80\xaeevil\xc2\x9b31m <script>alert(1)</script>\n"
    b"<img src=x onerror=alert(1)>\n"
)


def png(width, height):
    """A grey image."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = (b"\0" + b"\x80" * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def exchange(  # noqa: PLR0913 - the facts of an exchange
    seconds, method, target, answer, *, sent=b"", fields=b"", origin=ORIGIN, **facts
):
    """An interaction that began so many seconds after the recording did."""
    host = origin.partition("://")[2].encode()
    length = b"Content-Length: %d\r\n" % len(sent) if sent else b""
    head = b"%b %b HTTP/1.1\r\nHost: %b\r\n" % (method.encode(), target.encode(), host)
    request = Request(head + fields + length + b"\r\n" + sent)
    return Interaction(
        f"{method} {origin}{target}", request, Response(answer, method), after(seconds), **facts
    )


def answer(body, kind="application/json", status=b"200 OK", fields=b""):
    head = b"HTTP/1.1 %b\r\nContent-Type: %b\r\n%bContent-Length: %d\r\n\r\n"
    return head % (status, kind.encode(), fields, len(body)) + body


def streamed():
    """A stream of three events, the last of which comes in two pieces."""
    parts = [
        b"%x\r\n%b\r\n" % (len(EVENTS[0]), EVENTS[0]),
        b"%x\r\n%b\r\n%x\r\n%b" % (len(EVENTS[1]), EVENTS[1], len(EVENTS[2]), EVENTS[2][:CUT]),
        EVENTS[2][CUT:] + b"\r\n0\r\n\r\n",
    ]
    arrived = [len(STREAM_HEAD + parts[0]), len(parts[1]), len(parts[2])]
    moments = (0.22, 0.401, 1.222)
    return STREAM_HEAD + b"".join(parts), tuple(zip(moments, arrived, strict=True))


def shop():
    """The interactions."""
    stream, arrived = streamed()
    return [
        exchange(
            0.0,
            "POST",
            "/orders?dry=1",
            answer(b'{"id":7,"lines":[{"tea":"Assam","count":2}],"total":12.50}'),
            sent=b'{"tea":"Assam","token":"REDACTED-1-xxx"}',
            fields=b"Content-Type: application/json\r\nX-Api-Key: REDACTED-2-xxxxxx\r\n",
            took=0.091,
            redacted=("request.headers.x-api-key", "request.json.token"),
        ),
        exchange(
            0.1,
            "POST",
            "/v1/messages",
            stream,
            origin="http://ai.example",
            sent=b"stream=1&q=What+is+it%3F",
            fields=b"Content-Type: application/x-www-form-urlencoded\r\n",
            took=1.222,
            arrived=arrived,
        ),
        exchange(1.4, "GET", "/img/7.png", answer(png(48, 32), "image/png"), took=0.081),
        exchange(
            1.5,
            "GET",
            "/feed.xml",
            answer(b"<?xml version='1.0'?><feed><tea id='1'>Assam</tea><none/></feed>", "text/xml"),
            took=0.03,
        ),
        exchange(1.6, "GET", "/hostile", answer(HOSTILE, "text/html"), took=0.0),
        exchange(
            1.7,
            "GET",
            "/report",
            answer(b"no", "text/plain", b"503 Service Unavailable"),
            took=0.31,
        ),
        exchange(
            2.1,
            "GET",
            "/export",
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly",
            took=0.24,
            ended=Ended.RESET,
            failure=Failure("ConnectionResetError", 104, "Connection reset by peer"),
        ),
        Interaction(
            "connect http://down.shop.example",
            Request(b""),
            Response(b""),
            after(2.4),
            took=0.001,
            ended=Ended.REFUSED,
            failure=Failure("ConnectionRefusedError", 111, "Connection refused"),
        ),
    ]


def write_shop(path):
    """Write the cassette, and a comment into it as a hand might; return its path."""
    write(path, *shop())
    old, new = "/report\n  request:\n", "/report\n  request:  # by hand\n"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    return path
