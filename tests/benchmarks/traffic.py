"""The traffic: the same requests and answers for the floor, the cassettes and the live server.

It is as unkind as what real services send: text beyond ASCII, raw and escaped, three parameters
in every URL, a body in one request of five, and a `Vary` that names headers of credentials.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field

KIB = 1024
MIB = 1024 * KIB
POST_EVERY = 5

# With Content-Type and the framing, added per answer, these make fifteen lines.
HEADER_LINES = (
    "Server: nginx/1.27.2",
    "Date: Mon, 23 Nov 2026 01:26:42 GMT",
    "Connection: keep-alive",
    "Cache-Control: private, max-age=0, must-revalidate",
    'ETag: W/"6b1f3a0f9c2e4d57a8b1c0ffee123456"',
    "Vary: Cookie, Authorization, Accept-Encoding",
    "X-Request-Id: 7f3f1f3c-4d0a-4a57-9d0e-0d9a4a0f6b1e",
    "X-RateLimit-Limit: 5000",
    "X-RateLimit-Remaining: 4987",
    "Strict-Transport-Security: max-age=31536000; includeSubDomains; preload",
    'Link: <https://api.example.com/items?page=2&per_page=30>; rel="next"',
    "X-Content-Type-Options: nosniff",
    "Access-Control-Allow-Origin: *",
)
REQUEST_HEADERS = {
    "User-Agent": "shop-client/2.4 (+https://example.com/shop-client)",
    "Accept": "application/json",
    "Accept-Language": "de-DE,de;q=0.9,en;q=0.7",
    "Cache-Control": "no-cache",
}
CREDENTIALS = {
    "Authorization": "Bearer 8c1f0e7b5a9d4f3c6e2b1a0d9c8f7e6d5b4a3c2f",
    "Cookie": "session_id=5d41402abc4b2a76b9719d911017c592; theme=dark",
}
WORDS = ("Größe “L”", "Überraschungs-Ei", "青いシャツ", "Зелёный чай", "café 🍰", "naïve 🧥👟")
QUERIES = ("caf%C3%A9%20cr%C3%A8me", "gr%C3%BCn+blau", "shirt", "%E9%9D%92%E3%81%84", "50%25")


@dataclass(frozen=True)
class Request:
    """What the code under test sends; the client adds the headers that are its own."""

    method: str
    target: str
    headers: dict[str, str] = field(hash=False)
    body: bytes | None = None


def _compact(value: object, *, escaped: bool = False) -> str:
    return json.dumps(value, ensure_ascii=escaped, separators=(",", ":"))


def _item(number: int, place: int) -> str:
    r"""Return an item as JSON; every other one has its text as `\u` escapes, all have `\"`."""
    item = {
        "id": number * 1000 + place,
        "name": f"{WORDS[(number + place) % len(WORDS)]} {place} of page {number}",
        "label": f'the "{WORDS[place % len(WORDS)]}"',
        "price": place * 25 + 0.99,
        "stock": {"münchen": place % 7, "paris": None, "sold_out": place % 5 == 0},
    }
    return _compact(item, escaped=place % 2 == 1)


def json_body(number: int, size: int) -> bytes:
    """Return a compact JSON object of exactly `size` bytes, different for each number."""
    items: list[bytes] = []
    filled = 64
    while filled + len(item := _item(number, len(items)).encode()) < size:
        items.append(item)
        filled += len(item) + 1
    start = b'{"page":%d,"items":[%b],"note":"' % (number, b",".join(items))
    return start + b"n" * (size - len(start) - 2) + b'"}'


def binary_body(number: int, size: int) -> bytes:
    """Return `size` bytes that no text encoding reads, different for each number."""
    return random.Random(number).randbytes(size)


def response_head(content_type: str, framing: str, header_lines: int = 15) -> bytes:
    """Return a response head of so many header lines, blank line included."""
    lines = [*HEADER_LINES[: header_lines - 2], f"Content-Type: {content_type}", framing]
    lines += [f"X-Extra-{extra}: value {extra}" for extra in range(header_lines - len(lines))]
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode("ascii")


def chunked(body: bytes, size: int) -> bytes:
    """Return the body in chunks of `size` bytes, last chunk included."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])


def _counted(content_type: str, body: bytes) -> bytes:
    return response_head(content_type, f"Content-Length: {len(body)}") + body


def _json(number: int, size: int) -> bytes:
    return _counted("application/json; charset=utf-8", json_body(number, size))


def _streamed(chunk_size: int, size: int) -> bytes:
    body = b"".join(b"%063d\n" % line for line in range(size // 64))
    return response_head("text/plain", "Transfer-Encoding: chunked") + chunked(body, chunk_size)


_KINDS: dict[str, Callable[[int], bytes]] = {
    "items": lambda number: _json(number, KIB),
    "signed": lambda number: _json(number, KIB),
    "large-json": lambda number: _json(number, MIB),
    "large-binary": lambda number: _counted("application/octet-stream", binary_body(number, MIB)),
    "stream": lambda chunk_size: _streamed(chunk_size, MIB),
}
BODY_SIZES = {
    "items": KIB,
    "signed": KIB,
    "equal": KIB,
    "large-json": MIB,
    "large-binary": MIB,
    "stream": MIB,
}


def answer(target: str) -> bytes:
    """Return the whole response for a target such as `/items/17?page=17`."""
    _, kind, number = target.partition("?")[0].split("/")
    return _KINDS[kind](int(number))


def _request(kind: str, number: int) -> Request:
    query = f"q={QUERIES[number % len(QUERIES)]}&sort=-price&page={number}"
    target = f"/{kind}/{number}?{query}"
    headers = REQUEST_HEADERS | (CREDENTIALS if kind == "signed" else {})
    if number % POST_EVERY != POST_EVERY - 1:
        return Request("GET", target, headers)
    order = f'{{"order":{number},"items":[{_item(number, 0)},{_item(number, 1)}]}}'
    return Request("POST", target, headers | {"Content-Type": "application/json"}, order.encode())


def requests(kind: str, count: int) -> list[Request]:
    """Return the requests of one run: all different, but for the kind `equal`."""
    if kind == "equal":
        return [_request("items", 0)] * count
    return [_request(kind, number) for number in range(count)]
