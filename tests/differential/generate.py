"""Random answers and call sequences: mostly plausible, often odd, sometimes hostile.

Everything is drawn from one ``random.Random``, so that a seed names a case, and so that Hypothesis
can drive the same generator and shrink what it finds.
"""

# ruff: noqa: C901, E501, PERF401, PLR0912, Q003 - tables, and one branch for every kind of call

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import outcomes

if TYPE_CHECKING:
    from random import Random

_STATUS_LINES = (
    b"HTTP/1.1 200 OK",
    b"HTTP/1.1 200 OK",
    b"HTTP/1.1 200 OK",
    b"HTTP/1.1 206 Partial Content",
    b"HTTP/1.1 404 Not Found",
    b"HTTP/1.0 200 OK",
    b"HTTP/1.0 302 Found",
    b"HTTP/1.1 204 No Content",
    b"HTTP/1.1 304 Not Modified",
    b"HTTP/1.1 101 Switching Protocols",
    b"HTTP/1.1 103 Early Hints",
    b"HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created",
    b"HTTP/1.1 200",
    b"HTTP/1.1 200 ",
    b"HTTP/1.1  200   many  blanks ",
    b"  HTTP/1.1 200 OK",
    b"HTTP/1.1\t200\tOK",
    b"HTTP/1.1\xa0200\x85OK",
    b"HTTP/1.12 200 OK",
    b"HTTP/1.x 200 OK",
    b"HTTP/0.9 200 OK",
    b"HTTP/2 200 OK",
    b"HTTP/2.0 200 OK",
    b"http/1.1 200 OK",
    b"HTTP/1.1 2_0_0 OK",
    b"HTTP/1.1 +200 OK",
    b"HTTP/1.1 0200 OK",
    b"HTTP/1.1 99 OK",
    b"HTTP/1.1 999 OK",
    b"HTTP/1.1 1000 OK",
    b"HTTP/1.1 abc OK",
    b"HTTP/1.1 200OK",
    b"HTTP/1.1",
    b"HTTP/",
    b"ICY 200 OK",
    b"",
    b" ",
    b"<html>hello</html>",
    b"HTTP/1.1 200 \xe9\x00\x7f",
)

_LENGTHS = (
    b"0", b"1", b"5", b"16", b"64", b"64", b"300", b"+5", b" 7", b"7 ", b"\t8\t", b"1_0", b"-1", b"-0",
    b"", b" ", b"abc", b"5, 5", b"5;", b"0x10", b"1e1", b"\xa05", b"5\x85", b"\x1c5", b"\xb2", b"05",
    b"5\r\n ", b"1" * 30, b"9999999999",
)  # fmt: skip
_CODINGS = (
    b"chunked", b"chunked", b"chunked", b"Chunked", b"CHUNKED", b"chunked ", b"gzip, chunked",
    b"chunked, chunked", b"identity", b"", b"chunked\r\n ", b"x-chunked", b"chun\x00ked",
)  # fmt: skip
_CONNECTIONS = (
    b"close",
    b"Close",
    b"keep-alive",
    b"Keep-Alive",
    b"x, close",
    b"closed",
    b"",
    b"upgrade",
)
_TYPES = (
    b"text/plain", b"application/json; charset=utf-8", b"text/html; charset=\"x\"", b"multipart/mixed",
    b"multipart/mixed; boundary=b", b"Multipart/Form-Data; boundary=\"q\"", b"message/rfc822",
    b"message/delivery-status", b"message/partial", b"MESSAGE/http", b"nonsense", b"", b"a/b/c",
    b" multipart/x", b"text/multipart", b"text/plain; x=message", b"multipart", b";multipart/x",
    b"multi\r\n part/mixed",
)  # fmt: skip
_NAMES = (b"X-A", b"x-a", b"Server", b"Date", b"Set-Cookie", b"ETag", b"Vary", b"Via", b"Keep-Alive",
          b"Proxy-Connection", b"Subject", b"MIME-Version", b"Content-Transfer-Encoding", b"From", b"a",
          b"!#$%&'*+-.^_`|~", b"(x)", b"x\"y", b"x/y", b"@")  # fmt: skip
_VALUES = (b"1", b"some value", b"", b" ", b"  two", b"tail  ", b"\ttab\t", b"\xe9\xff", b"a:b:c", b"\x00",
           b"\x0b\x0c", b"\x1c\x1d\x1e", b"\x85", b"\xa0x", b"=?utf-8?q?=e9?=", b"Mon, 23 Nov 2026 08:00:00 GMT",
           b"\"quoted; string\"", b"x\ry", b"keep-alive", b"timeout=5", b"\x7f", b"\xad\xb5\xdf")  # fmt: skip
_ODD_LINES = (
    b"no colon here", b" leading blank: x", b"\tleading tab", b" folded", b":", b": no name", b"a b: c",
    b"a : b", b"\xe9: x", b"x\x00y: z", b"From nobody", b"From a: b", b"\x0bx: y", b"=", b"x", b" ",
    b"\x1c", b"HTTP/1.1 200 OK", b"-- b", b"--b", b"--b--", b"x\x7f: 1", b"content-length", b"\r",
    b"transfer-encoding\t: chunked",
)  # fmt: skip
_ENDS = (b"\r\n",) * 40 + (b"\n", b"\r", b"\r\r\n", b"\n\r\n", b"")


def bytes_of(rng: Random, most: int) -> bytes:
    """Draw a body: some text with line ends, or noise."""
    count = rng.randrange(most + 1)
    kind = rng.randrange(4)
    if kind == 0:
        return rng.randbytes(count)
    if kind == 1:
        return (b"line %d\n" % count * (count // 4 + 1))[:count]
    return (b"abcdefghij\r\nklm\n" * (count // 8 + 1))[:count]


def _field(rng: Random) -> bytes:
    kind = rng.randrange(24)
    if kind < 3:
        return b"Content-Length: " + rng.choice(_LENGTHS)
    if kind < 5:
        return rng.choice((b"Transfer-Encoding: ", b"transfer-encoding:")) + rng.choice(_CODINGS)
    if kind < 7:
        return rng.choice((b"Connection: ", b"connection:")) + rng.choice(_CONNECTIONS)
    if kind < 9:
        return rng.choice((b"Content-Type: ", b"content-type:", b"CONTENT-TYPE:\t")) + rng.choice(
            _TYPES
        )
    if kind < 10:
        return rng.choice(_ODD_LINES)
    return rng.choice(_NAMES) + rng.choice((b": ", b":", b":  ", b": \t")) + rng.choice(_VALUES)


def _chunks(rng: Random) -> bytes:
    out = []
    uniform = rng.random() < 0.5
    size = rng.randrange(1, 40)
    for _ in range(rng.randrange(12)):
        data = rng.randbytes(size) if uniform and rng.random() < 0.95 else bytes_of(rng, 60)
        if not data:
            continue
        line = b"%x" % len(data)
        if rng.random() < 0.1:
            line = rng.choice(
                (
                    b"%X" % len(data),
                    b"0" + line,
                    b" " + line,
                    line + b" ",
                    line + b";ext=1",
                    line + b" ; a",
                    b"0x" + line,
                    b"+" + line,
                    b"-" + line,
                    line + b"_0",
                    b"g",
                    b"",
                    line + b"\xa0",
                    b"-1",
                    b"-2",
                    b"f" * 17,
                    b"fffffff",
                )
            )
        end = rng.choice(_ENDS)
        after = (
            b"\r\n"
            if rng.random() < 0.97
            else rng.choice((b"\n", b"xx", b"", b"\r\n\r\n", b"\n\n"))
        )
        out.append(line + end + data + after)
    if rng.random() < 0.95:
        out.append(
            rng.choice((b"0", b"0", b"0", b"00", b"0;last", b"0 ", b"-0")) + rng.choice(_ENDS)
        )
        for _ in range(rng.choice((0, 0, 0, 1, 3))):
            out.append(_field(rng) + rng.choice(_ENDS))
        out.append(rng.choice((b"\r\n", b"\r\n", b"\r\n", b"\n", b"")))
    return b"".join(out)


def answer(rng: Random) -> bytes:
    """Draw the bytes of an answer, and perhaps of what follows it."""
    out = [rng.choice(_STATUS_LINES) + rng.choice(_ENDS)]
    end = b"\r\n"
    if rng.random() < 0.1:
        end = rng.choice(_ENDS)
    for _ in range(rng.randrange(8)):
        out.append(_field(rng) + (end if rng.random() < 0.98 else rng.choice(_ENDS)))
    chunked = rng.random() < 0.5
    if chunked:
        out.append(b"Transfer-Encoding: chunked\r\n")
    elif rng.random() < 0.6:
        out.append(b"Content-Length: %d\r\n" % rng.randrange(100))
    if rng.random() < 0.001:
        out.append(rng.choice((b"x: y\r\n" * rng.choice((80, 99, 100, 101)), b"x: " + b"y" * 65533 + b"\r\n", b"x: " + b"y" * 65531 + b"\r\n")))  # fmt: skip
    out.append(rng.choice((b"\r\n",) * 12 + (b"\n", b"")))
    out.append(_chunks(rng) if chunked or rng.random() < 0.1 else bytes_of(rng, 150))
    if rng.random() < 0.2:
        out.append(b"HTTP/1.1 200 OK\r\n\r\n")
    data = b"".join(out)
    if rng.random() < 0.25:
        data = data[: rng.randrange(len(data) + 1)]
    if rng.random() < 0.1 and data:
        noisy = bytearray(data)
        for _ in range(rng.randrange(1, 4)):
            noisy[rng.randrange(len(noisy))] = rng.choice((rng.randrange(256), 13, 10, 32, 58, 0))
        data = bytes(noisy)
    return data


def pieces_of(rng: Random, data: bytes) -> tuple[bytes, ...]:
    """Cut bytes into the pieces in which they arrive."""
    kind = rng.randrange(4)
    if kind == 0 or not data:
        return (data,)
    if kind == 1 and len(data) < 2000:
        return tuple(data[i : i + 1] for i in range(len(data)))
    cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(1, 8)))
    return tuple(data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True))


def read_calls(rng: Random) -> tuple[tuple[Any, ...], ...]:
    """Draw how an answer is read."""
    calls: list[tuple[Any, ...]] = []
    sizes = (0, 1, 2, 3, 7, 16, 33, 64, 200, 100000)
    for _ in range(rng.choice((1, 1, 2, 4, 12))):
        kind = rng.randrange(12)
        size = rng.choice(sizes)
        if kind < 3:
            calls.append(("read", size))
        elif kind < 5:
            calls.append(("read1", rng.choice((*sizes, -1, -2))))
        elif kind < 7:
            calls.append(("readinto", size))
        elif kind < 9:
            calls.append(("readline", rng.choice((*sizes, -1, -1, -1, -5))))
        elif kind < 10:
            calls.append(("peek", rng.choice((*sizes, -1))))
        elif kind < 11:
            calls.append(("iter",))
        else:
            calls.append(("read",))
    if rng.random() < 0.7:
        calls.append(("read",))
    return tuple(calls)


def case(rng: Random) -> outcomes.Case:
    """Draw one answer and how it is read."""
    return outcomes.Case(
        pieces_of(rng, answer(rng)),
        read_calls(rng),
        rng.choice(("GET",) * 8 + ("HEAD", "POST", "CONNECT")),
        rng.choice((0,) * 9 + (1,)),
    )


_HOSTS = ("example.com",) * 6 + (
    "127.0.0.1", "[::1]", "::1", "[::1]:8080", "example.com:81", "h:", "h:x", "h:٣", "", "bücher.example", "a b",
    "h\n", "[fe80::1%eth0]", "fe80::1%eth0", "a%b", "[", "]", "[]", ":", "h:80:90", "[::1", "\u200b", "h\x7f", "é" * 70,
)  # fmt: skip
_PORTS = (None, None, None, 80, 443, 8080, 0, -1, "81", "x")
_METHODS = ("GET",) * 6 + (
    "POST",
    "PUT",
    "PATCH",
    "patch",
    "HEAD",
    "DELETE",
    "",
    "a b",
    "G\nT",
    "G\x00",
    "é",
    "G\x7f",
    None,
    b"GET",
)
_URLS = ("/",) * 3 + (
    "", "/a?b=c", "/a b", "/\x7f", "/é", "/%20", "*", "http://other/x", "https://o:99/", "http://[::1%25e]:5/",
    "http://é/", "http:///x", "httpx", "http://[", "//x", "/\n", "http://u:p@h/", "HTTP://x/", None, b"/", "/\u200b",
)  # fmt: skip
_HEADER_NAMES = ("Accept", "X-A", "Host", "host", "Accept-Encoding", "Content-Length", "content-length",
                 "Transfer-Encoding", "Cookie", "a b", "", " a", "a:b", "é", "a\n", b"X-B", "a\r\n b", "A\x00", "x\t")  # fmt: skip
_HEADER_VALUES = ("v", "v", "", "5", 5, True, "é", "€", "a\r\nb", "a\r\n b", "a\nb", "a\rb", "a\n\tb", "a\r\r\n b", b"\xff",
                  b"a\nb", "chunked", None, 1.5, "\x00", bytearray(b"x"))  # fmt: skip
_BODIES = (
    None, None, b"", b"abc", "abc", "é", "€", "", bytearray(b"xy"), memoryview(b"xyz"), [b"a", b"", b"bc"], ["a"], [], 5,
    lambda: io.BytesIO(b"file" * 3), lambda: io.StringIO("té"), lambda: io.StringIO("€"), lambda: iter([b"1", b"22"]),
    lambda: (part for part in (b"g", b"h")), {b"k": b"v"}, (b"t",), lambda: io.BytesIO(b""), object,
)  # fmt: skip


def _fields(rng: Random) -> dict[Any, Any]:
    return {
        rng.choice(_HEADER_NAMES): rng.choice(_HEADER_VALUES)
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3)))
    }


def script(rng: Random) -> outcomes.Script:
    """Draw a sequence of calls on a connection."""
    calls: list[tuple[str, tuple[Any, ...], tuple[tuple[str, Any], ...]]] = []
    for _ in range(rng.choice((1, 2, 3, 6))):
        kind = rng.randrange(20)
        flag = (("encode_chunked", rng.random() < 0.5),)
        if kind < 8:
            headers = {k: v for k, v in _fields(rng).items() if isinstance(k, str)}
            calls.append(
                (
                    "request",
                    (rng.choice(_METHODS), rng.choice(_URLS), rng.choice(_BODIES), headers),
                    flag,
                )
            )
            if rng.random() < 0.7:
                calls.append(("getresponse", (), ()))
        elif kind < 12:
            skips = tuple(
                (name, True) for name in ("skip_host", "skip_accept_encoding") if rng.random() < 0.3
            )
            calls.append(("putrequest", (rng.choice(_METHODS), rng.choice(_URLS)), skips))
            for _ in range(rng.randrange(3)):
                values = tuple(
                    rng.choice(_HEADER_VALUES) for _ in range(rng.choice((0, 1, 1, 1, 2, 3)))
                )
                calls.append(("putheader", (rng.choice(_HEADER_NAMES), *values), ()))
            if rng.random() < 0.8:
                calls.append(("endheaders", (rng.choice(_BODIES),), flag))
            if rng.random() < 0.5:
                calls.append(("getresponse", (), ()))
        elif kind < 14:
            calls.append(("send", (rng.choice(_BODIES),), ()))
        elif kind < 15:
            calls.append(("close", (), ()))
        elif kind < 16:
            calls.append(("getresponse", (), ()))
        elif kind < 17:
            calls.append(("set_debuglevel", (rng.randrange(2),), ()))
        elif kind < 18:
            tunnel = (rng.choice(("t.example", "[::1]", "::1", "bücher.example", "t:99", "t:x", "fe80::1%e")), rng.choice((None, 443, 80)))  # fmt: skip
            fields = rng.choice(
                (
                    None,
                    {},
                    {"A": "b"},
                    {"host": "q"},
                    {"A": "é"},
                    {"Proxy-Authorization": "Basic x"},
                )
            )
            calls.append(("set_tunnel", (*tunnel, fields), ()))
        else:
            calls.append(
                (
                    rng.choice(("putheader", "endheaders", "connect")),
                    rng.choice(((), ("X", "y"))),
                    (),
                )
            )
    plain = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    reply = plain if rng.random() < 0.7 else answer(rng)
    settings = rng.choice(
        ((),) * 6
        + (
            (("_http_vsn", 10), ("_http_vsn_str", "HTTP/1.0")),
            (("auto_open", 0),),
            (("blocksize", 2),),
            (("default_port", 8080),),
        )
    )
    return outcomes.Script(
        rng.choice(_HOSTS), rng.choice(_PORTS), tuple(calls), pieces_of(rng, reply), settings
    )
