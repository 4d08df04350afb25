"""Answers that real servers give and no specification would: each a script for a raw server.

Every script is written by hand from the RFC sections named beside it, or breaks one on purpose.
"""
# ruff: noqa: E501 - one answer, one line, so that answers can be compared

from dataclasses import dataclass, field

from servers.calls import Call
from servers.raw import Script, Step

GET = Call("GET", "/")
HEAD = Call("HEAD", "/")
UPLOAD = Call("POST", "/", (("Content-Type", "text/plain"),), b"0123456789abcdef" * 16384)

REQUEST = Step.READ_REQUEST
OK = b"HTTP/1.1 200 OK\r\n"
CLOSING = OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nok"
LENGTH_2 = OK + b"Content-Length: 2\r\n\r\nok"


@dataclass(frozen=True, slots=True)
class Oddity:
    """What a server says, and what it is asked before.

    Attributes:
        name: Says what is odd.
        scripts: One for each connection, over and over.
        calls: What the client asks.
        unread: The client may leave before it has read everything, so that the cassette holds the
            bytes up to there.
    """

    name: str
    scripts: tuple[Script, ...]
    calls: tuple[Call, ...] = field(default=(GET,))
    unread: bool = False


def says(name: str, *answer: bytes | Step, calls: tuple[Call, ...] = (GET,)) -> Oddity:
    """Return the oddity of one answer to one request; then the server closes."""
    return Oddity(name, ((REQUEST, *answer),), calls)


# Lines and status lines: RFC 9112, sections 2.2 and 4.
LINES = (
    says("bare LF", b"HTTP/1.1 200 OK\nX-Odd: yes\nContent-Length: 2\n\nok"),
    says("bare LF and CRLF mixed", b"HTTP/1.1 200 OK\r\nX-Odd: yes\nContent-Length: 2\r\n\nok"),
    says("blank line first", b"\r\n" + LENGTH_2),
    says("no reason phrase", b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"),
    says("empty reason phrase", b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok"),
    says("long reason phrase", b"HTTP/1.1 200 all  is\twell \r\nContent-Length: 2\r\n\r\nok"),
    says(
        "non-Latin reason phrase", b"HTTP/1.1 200 \xe2\x9c\x93 \xff\r\nContent-Length: 2\r\n\r\nok"
    ),
    says("unknown status", b"HTTP/1.1 299 Odd\r\nContent-Length: 2\r\n\r\nok"),
    says("status beyond the range", b"HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok"),
    says("status of two digits", b"HTTP/1.1 99 Odd\r\nContent-Length: 2\r\n\r\nok"),
    says("status that is no number", b"HTTP/1.1 abc Odd\r\nContent-Length: 2\r\n\r\nok"),
    says("version 1.0", b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    says(
        "version 1.0 kept alive",
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
    ),
    says("version 2.0", b"HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    says("version of no HTTP", b"ICY 200 OK\r\nContent-Length: 2\r\n\r\nok"),
)

# Header fields: RFC 9110, section 5; RFC 9112, section 5.
FIELDS = (
    says("no header at all", OK + b"\r\nok"),
    says("folded header", OK + b"X-Odd: one\r\n two\r\n\tthree\r\nContent-Length: 2\r\n\r\nok"),
    says("non-Latin header", OK + b"X-Odd: caf\xc3\xa9 \xff\x80\r\nContent-Length: 2\r\n\r\nok"),
    says("headers of one name", OK + b"X-Odd: a\r\nx-odd: b\r\nX-ODD: a\r\nContent-Length: 2\r\n\r\nok"),
    says("empty value", OK + b"X-Odd:\r\nX-Blank: \r\nContent-Length: 2\r\n\r\nok"),
    says("blanks around the value", OK + b"X-Odd: \t value \t\r\nContent-Length:   2  \r\n\r\nok"),
    says("blank before the colon", OK + b"X-Odd : value\r\nContent-Length: 2\r\n\r\nok"),
    says("line without a colon", OK + b"X-Odd\r\nContent-Length: 2\r\n\r\nok"),
    says("empty name", OK + b": value\r\nContent-Length: 2\r\n\r\nok"),
    says("NUL in a value", OK + b"X-Odd: a\0b\r\nContent-Length: 2\r\n\r\nok"),
    says("lone CR in a value", OK + b"X-Odd: a\rb\r\nContent-Length: 2\r\n\r\nok"),
    says("sixty headers", OK + b"".join(b"X-%d: %d\r\n" % (n, n) for n in range(60)) + b"\r\nok"),
    says("too many headers", OK + b"X-Odd: x\r\n" * 120 + b"Content-Length: 2\r\n\r\nok"),
    Oddity(
        "endless header line", ((REQUEST, OK + b"X-Odd: " + b"x" * 200_000 + b"\r\n\r\nok"),), unread=True
    ),
)  # fmt: skip

# Bodies and their framing: RFC 9112, sections 6 and 7.
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BODIES = (
    says("uppercase chunk sizes", CHUNKED + b"1A\r\n" + b"a" * 26 + b"\r\n00F\r\n" + b"b" * 15 + b"\r\n000\r\n\r\n"),
    says("chunk extensions", CHUNKED + b'2;a\r\nok\r\n2;b=c;d="e f"\r\nok\r\n0;last\r\n\r\n'),
    says("blanks around a chunk size", CHUNKED + b"2 \r\nok\r\n0 \r\n\r\n"),
    says("trailers", CHUNKED + b"2\r\nok\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n"),
    says("chunks with bare LF", CHUNKED + b"2\nok\n0\n\n"),
    says("Chunked in capitals", OK + b"Transfer-Encoding: CHUNKED\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    says("chunked after gzip", OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    says("chunked and a length", OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    says("bad chunk size", CHUNKED + b"2\r\nok\r\nzz\r\nok\r\n0\r\n\r\n"),
    says("negative chunk size", CHUNKED + b"-2\r\nok\r\n0\r\n\r\n"),
    says("chunk longer than its size", CHUNKED + b"2\r\nokok\r\n0\r\n\r\n"),
    says("no last chunk", CHUNKED + b"2\r\nok\r\n"),
    says("until the end", OK + b"\r\nall of this, " + b"to the end"),
    says("until the end of HTTP/1.0", b"HTTP/1.0 200 OK\r\n\r\nall of this, to the end"),
    says("until the end, in pieces", OK + b"\r\n", b"one", b"two", b"three"),
    says("length that is no number", OK + b"Content-Length: two\r\n\r\nok"),
    says("negative length", OK + b"Content-Length: -2\r\n\r\nok"),
    says("two equal lengths", OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nok"),
    says("two different lengths", OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!"),
    says("list of equal lengths", OK + b"Content-Length: 2, 2\r\n\r\nok"),
    says("body longer than its length", OK + b"Content-Length: 2\r\n\r\nok and more"),
    says("body shorter than its length", OK + b"Content-Length: 9\r\n\r\nok"),
    says("gzip that is none", OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok"),
    says("empty body", OK + b"Content-Length: 0\r\n\r\n"),
    says("HEAD with a length", OK + b"Content-Length: 9\r\n\r\n", calls=(HEAD,)),
    says("HEAD with chunks announced", CHUNKED, calls=(HEAD,)),
    says("HEAD with a body", LENGTH_2, calls=(HEAD,)),
    says("204", b"HTTP/1.1 204 No Content\r\n\r\n"),
    says("204 with a length", b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok"),
    says("304 with a length", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n"),
    says("304 kept alive", b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'),
)  # fmt: skip

# Interim responses and upgrades: RFC 9110, section 15.2; RFC 8297.
INTERIM = (
    says("100 first", b"HTTP/1.1 100 Continue\r\n\r\n" + LENGTH_2),
    says("100 with headers, in pieces", b"HTTP/1.1 100 Continue\r\n", b"X-Odd: 1\r\n\r\n", LENGTH_2),
    says("two times 100", b"HTTP/1.1 100 Continue\r\n\r\n" * 2 + LENGTH_2),
    says("103 first", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" + LENGTH_2),
    # Most clients know 100 only: the first of the others is the answer to them, and they leave.
    says("102 and 103 first", b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + LENGTH_2),
    says("101", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: odd\r\nConnection: upgrade\r\n\r\nwhat now?"),
    says("100 and nothing else", b"HTTP/1.1 100 Continue\r\n\r\n"),
)  # fmt: skip

# What is no HTTP at all, and ends that come too soon.
ENDS = (
    says("no answer"),
    says("one byte", b"H"),
    says("garbage", b"\x00\x01\x02 nothing like HTTP\r\n\xff\xfe\r\n\r\n"),
    says("garbage without a line end", b"nothing like HTTP"),
    says("HTML without a head", b"<html>\n<body>HTTP/0.9 is not dead</body>\n</html>\n"),
    says("reset instead of an answer", Step.RESET),
    says("reset in the status line", b"HTTP/1.1 2", Step.RESET),
    says("reset in the head", OK + b"Content-Le", Step.RESET),
    says("reset after the head", OK + b"Content-Length: 9\r\n\r\n", Step.RESET),
    says("reset in a body", OK + b"Content-Length: 9\r\n\r\nhalf", Step.RESET),
    says("reset in a chunk", CHUNKED + b"9\r\nhalf", Step.RESET),
    says("reset between chunks", CHUNKED + b"2\r\nok\r\n", Step.RESET),
    says("reset in a body until the end", OK + b"\r\nhalf", Step.RESET),
)

# Several exchanges on one connection, and servers that do not wait: RFC 9112, section 9.
TURNS = (
    says("kept alive", LENGTH_2, REQUEST, CHUNKED + b"3\r\ntwo\r\n0\r\n\r\n", REQUEST, LENGTH_2, calls=(GET,) * 3),
    says("second answer sent with the first", LENGTH_2 * 2, REQUEST, calls=(GET,) * 2),
    says("closed after it was kept", CLOSING, calls=(GET,) * 3),
    Oddity("answer before the upload is read", ((Step.READ_HEAD, CLOSING),), (UPLOAD,)),
    Oddity("answer before any request", ((LENGTH_2,),)),
    Oddity("second connection answers", ((REQUEST, Step.RESET), (REQUEST, CLOSING)), (GET, GET)),
    says("answer in single bytes", *(bytes([byte]) for byte in LENGTH_2)),
)  # fmt: skip

ODDITIES = (*LINES, *FIELDS, *BODIES, *INTERIM, *ENDS, *TURNS)

SAMPLES = {
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello",
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
}
"""Complete answers to cut at every byte."""
