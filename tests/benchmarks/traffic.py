"""What is asked and what is answered: the same bytes from the fake socket and the live server."""

import json
import random
from collections.abc import Callable

KIB = 1024
MIB = 1024 * KIB

# With Content-Type and Content-Length, added per answer, these make twelve lines.
HEADER_LINES = (
    "Server: nginx/1.27.2",
    "Date: Mon, 23 Nov 2026 01:26:42 GMT",
    "Connection: keep-alive",
    "Cache-Control: private, max-age=0, must-revalidate",
    'ETag: W/"6b1f3a0f9c2e4d57a8b1c0ffee123456"',
    "Vary: Accept, Accept-Encoding, Origin",
    "X-Request-Id: 7f3f1f3c-4d0a-4a57-9d0e-0d9a4a0f6b1e",
    "X-RateLimit-Limit: 5000",
    "X-RateLimit-Remaining: 4987",
    "Strict-Transport-Security: max-age=31536000; includeSubDomains; preload",
)


def json_body(number: int, size: int) -> bytes:
    """Return a compact JSON object of exactly `size` bytes, different for each number."""
    items = []
    filled = 96
    while filled < size - 160:
        place = len(items)
        item = {
            "id": number * 1000 + place,
            "name": f"Item {place} of page {number}",
            "price": place * 25 + 0.99,
            "tags": ["red", "blue", "green"],
            "stock": {"berlin": place % 7, "paris": None, "sold_out": place % 5 == 0},
        }
        items.append(item)
        filled += len(json.dumps(item, separators=(",", ":"))) + 1
    page = {"page": number, "per_page": len(items), "items": items, "note": ""}
    page["note"] = "n" * (size - len(json.dumps(page, separators=(",", ":"))))
    return json.dumps(page, separators=(",", ":")).encode("ascii")


def binary_body(number: int, size: int) -> bytes:
    """Return `size` bytes that no text encoding reads, different for each number."""
    return random.Random(number).randbytes(size)


def response_head(content_type: str, framing: str, header_lines: int = 12) -> bytes:
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


def _streamed(chunk_size: int, size: int) -> bytes:
    body = b"".join(b"%063d\n" % line for line in range(size // 64))
    return response_head("text/plain", "Transfer-Encoding: chunked") + chunked(body, chunk_size)


_KINDS: dict[str, Callable[[int], bytes]] = {
    "items": lambda number: _counted("application/json", json_body(number, KIB)),
    "large-json": lambda number: _counted("application/json", json_body(number, MIB)),
    "large-binary": lambda number: _counted("application/octet-stream", binary_body(number, MIB)),
    "stream": lambda chunk_size: _streamed(chunk_size, MIB),
}
BODY_SIZES = {"items": KIB, "equal": KIB, "large-json": MIB, "large-binary": MIB, "stream": MIB}


def answer(target: str) -> bytes:
    """Return the whole response for a target such as `/items/17`."""
    _, kind, number = target.split("/")
    return _KINDS[kind](int(number))


def targets(kind: str, count: int) -> list[str]:
    """Return the targets of one run: all different, but for the kind `equal`."""
    if kind == "equal":
        return ["/items/0"] * count
    return [f"/{kind}/{number}" for number in range(count)]
