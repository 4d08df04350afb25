"""Messages put together from parts, for recordings that kept parts and no bytes.

What such a recording leaves out is how the body was framed, and often that it was compressed: it
keeps the fields that said so beside a body to which they no longer apply. Here the fields follow
the body that is really there, and nothing else of them changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.wire.encode import encode_chunks
from cassette.wire.headers import first_value
from cassette.wire.lenient import has_body, is_chunked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cassette.model import Endpoint
    from cassette.wire.headers import Field

_GZIP: Final = b"\x1f\x8b"


class Synthesis(NamedTuple):
    """A message that was put together.

    Attributes:
        raw: Its bytes, as they could have been on the wire.
        decoded: Its fields said that the body was compressed, and it is not: they no longer do.
        closes: It ends when the connection is closed, or says that the connection will be.
    """

    raw: bytes
    decoded: bool = False
    closes: bool = False


def encode_request(
    method: str, endpoint: Endpoint, target: bytes, fields: Sequence[Field], pieces: Sequence[bytes]
) -> Synthesis:
    """Return a request.

    Args:
        method: The method.
        endpoint: Where it goes, for the field Host where there is none.
        target: The request target in origin-form.
        fields: The header fields that were kept, without CR and LF.
        pieces: The body, cut where the client cut it, if that is known: these are the chunks of a
            chunked body.

    Source: RFC 9112, sections 3 and 6.
    """
    own = list(fields)
    if first_value(own, b"host") is None:
        own.insert(0, (b"Host", endpoint.origin.partition("://")[2].encode()))
    own, decoded = _without_lost_coding(own, b"".join(pieces))
    own, body = _framed(own, pieces)
    if body and _framing_field(own) is None:
        own.append((b"Content-Length", b"%d" % len(body)))
    return Synthesis(_joined(b"%b %b HTTP/1.1" % (method.encode(), target), own, body), decoded)


def encode_response(
    method: str,
    status_line: tuple[bytes, int, bytes],
    fields: Sequence[Field],
    body: bytes,
) -> Synthesis:
    """Return a response.

    Args:
        method: Method of the request, which decides whether there is a body.
        status_line: Protocol version, status code of three digits, reason phrase.
        fields: The header fields that were kept, without CR and LF.
        body: The body without chunk framing; empty where the response cannot have one.

    Source: RFC 9112, sections 4 and 6.
    """
    version, status, reason = status_line
    own, decoded = _without_lost_coding(fields, body)
    if has_body(method, status):
        own, body = _framed(own, [body])
        closes = _framing_field(own) is None
    else:
        # What a response to HEAD says of its body is about another message.
        closes = False
    start = b"%b %d %b" % (version, status, reason)
    options = b",".join(value for name, value in own if name.lower() == b"connection")
    announced = b"close" in {option.strip().lower() for option in options.split(b",")}
    return Synthesis(_joined(start, own, body), decoded, closes or announced)


def _without_lost_coding(fields: Sequence[Field], body: bytes) -> tuple[list[Field], bool]:
    """Return the fields, without Content-Encoding where the body was decoded, and whether it was.

    A body that is text was decoded: no coding gives UTF-8, but for the shortest bodies.
    """
    coding = first_value(fields, b"content-encoding")
    if not body or coding is None or coding.strip().lower() == b"identity":
        return list(fields), False
    outermost = coding.rpartition(b",")[2].strip().lower()
    if body.startswith(_GZIP) if outermost in (b"gzip", b"x-gzip") else not _is_text(body):
        return list(fields), False
    return [field for field in fields if field[0].lower() != b"content-encoding"], True


def _framed(fields: Sequence[Field], pieces: Sequence[bytes]) -> tuple[list[Field], bytes]:
    """Return the fields with those about the framing made true, and the body framed."""
    body = b"".join(pieces)
    chunked = is_chunked((first_value(fields, b"transfer-encoding") or b"").decode("latin-1"))
    kept: list[Field] = []
    announced = False
    for name, value in fields:
        folded = name.lower()
        # RFC 9112, section 6.2: never both of them. Another transfer coding than chunked was
        # undone by the client that was recorded.
        if folded == b"transfer-encoding" and not chunked:
            continue
        if folded == b"content-length":
            if not chunked and not announced:
                kept.append((name, b"%d" % len(body)))
            announced = True
            continue
        kept.append((name, value))
    if chunked:
        return kept, encode_chunks(body, [len(piece) for piece in pieces if piece])
    return kept, body


def _framing_field(fields: Sequence[Field]) -> bytes | None:
    chunked = first_value(fields, b"transfer-encoding")
    return chunked if chunked is not None else first_value(fields, b"content-length")


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _joined(start: bytes, fields: Sequence[Field], body: bytes) -> bytes:
    lines = [b"%b: %b" % (name, value) if value else name + b":" for name, value in fields]
    return b"\r\n".join([start, *lines, b"", body])
