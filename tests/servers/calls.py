"""What the tests ask of every server: one list of calls, and the answers to expect.

Each server offers the routes below under the same names, as far as it can; each answer travels in
another shape, and the shape is the point: fixed length, chunked, compressed, without a body, until
the connection closes.
"""

from dataclasses import dataclass

JSON = b'{"name": "cassette", "sides": ["A", "B"], "tracks": 12, "rewound": true}\n'
PIECES = (b"first piece\n", b"second piece\n", b"third and last piece\n")
EVENTS = (b"event: tick\ndata: one\n\n", b"data: two\n\n")
PAGE = b"".join(b"%05d the quick brown fox jumps over the lazy dog\n" % n for n in range(40))
LARGE = b"".join(b"%05d a line of a body that needs many reads\n" % n for n in range(4000))
FAREWELL = b"a body that ends where the connection ends\n"
RPC = b"""<?xml version='1.0'?>
<methodResponse><params><param><value><int>5</int></value></param></params></methodResponse>
"""
ETAG = '"side-a"'
COOKIES = ("theme=dark; Path=/", "volume=11; Path=/; HttpOnly")


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a scenario, and the status that a correct server answers.

    Attributes:
        method: Request method.
        path: Absolute path and query.
        headers: What to send beyond the client's own lines.
        body: Bytes to send, or None for a request without a body.
        status: Status of the answer to this call itself, before any redirect is followed.
    """

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    status: int = 200


FIXED = Call("GET", "/json")
HEAD = Call("HEAD", "/json")
QUERY = Call("GET", "/json?page=2&sort=name&empty=")
CHUNKED = Call("GET", "/stream")
COMPRESSED = Call("GET", "/gzip", (("Accept-Encoding", "gzip"),))
REDIRECTED = Call("GET", "/redirect", status=302)
EMPTY = Call("GET", "/empty", status=204)
UNCHANGED = Call("GET", "/cached", (("If-None-Match", "*"),), status=304)
ECHOED = Call("POST", "/echo", (("Content-Type", "application/json"),), b'{"name": "x"}')
BIG = Call("GET", "/large")
COOKIE = Call("GET", "/cookie")
STREAMED = Call("GET", "/events")
UNTIL_CLOSE = Call("GET", "/close")
MISSING = Call("GET", "/missing", status=404)

WEB = (
    FIXED,
    HEAD,
    QUERY,
    CHUNKED,
    COMPRESSED,
    REDIRECTED,
    EMPTY,
    UNCHANGED,
    ECHOED,
    COOKIE,
    STREAMED,
    MISSING,
    UNTIL_CLOSE,
    BIG,
)

S3 = (
    Call("PUT", "/tapes", (("x-amz-acl", "public-read-write"),)),
    Call(
        "PUT",
        "/tapes/side-a.txt",
        (("Content-Type", "text/plain"), ("x-amz-acl", "public-read-write")),
        b"first track\n",
    ),
    Call("GET", "/tapes/side-a.txt"),
    Call("HEAD", "/tapes/side-a.txt"),
    Call("GET", "/tapes?list-type=2"),
    Call("GET", "/tapes/side-b.txt", status=404),
    Call("DELETE", "/tapes/side-a.txt", status=204),
    Call("DELETE", "/tapes", status=204),
)
