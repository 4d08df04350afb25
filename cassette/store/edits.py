"""What a hand has edited, and its framing set right, so that all of what stands there is played.

Each entry has a digest of its messages. Where it agrees, a message is played exactly as it was
recorded, whatever its framing says: servers cut bodies short, and send more than they announce.
Where it does not, somebody has edited the file. What has no digest was written by hand, or before
there were digests: there an edit is what no recording can be.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final
from zlib import crc32

from cassette.model import Ended, Request, Response, Standing
from cassette.wire.framing import Framing
from cassette.wire.heads import with_length
from cassette.wire.lenient import content_length, has_body
from cassette.wire.parser import RequestParser, ResponseParser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cassette.model import Interaction

_HEAD_END: Final = b"\r\n\r\n"


def digest_of(request: bytes, response: bytes) -> bytes:
    """Return the digest of two messages.

    A checksum, since it need only tell a change: who forges a file can write a digest as well.
    """
    return b"%08x-%08x" % (crc32(request), crc32(response))


def settled(
    interaction: Interaction, digest: bytes | None, *, rechunked: Sequence[str] = ()
) -> Interaction:
    """Return an interaction in which what was edited is framed right, and says that it was edited.

    Args:
        interaction: The interaction as it stands in the file.
        digest: The digest that stands with it, or None.
        rechunked: Messages, ``request`` or ``response``, whose chunks did not add up.
    """
    request, response = interaction.request, interaction.response
    method = interaction.call.partition(" ")[0]
    cut = interaction.ended is not Ended.OPEN
    sent = settle_request(
        Standing(request.raw, "request" in rechunked), seal(digest, "request"), cut=cut
    )
    received = settle_response(
        Standing(response.raw, "response" in rechunked),
        seal(digest, "response"),
        method,
        cut=cut,
    )
    arrived = interaction.arrived
    if arrived and seal(digest, "response") != crc32(response.raw):
        fitted = _fitted_pieces(arrived, len(received.raw) - len(response.raw), received.raw)
        received = Standing(received.raw, edited=received.edited or fitted != arrived)
        arrived = fitted
    if not sent.edited and not received.edited:
        return interaction
    return replace(
        interaction,
        request=Request(lambda: sent, request.url) if sent.edited else request,
        response=Response(lambda: received, method) if received.edited else response,
        arrived=arrived,
    )


def seal(digest: bytes | None, role: str) -> int | None:
    """Return the checksum of one message in a digest; None where there is no digest."""
    if digest is None:
        return None
    return int(digest[:8] if role == "request" else digest[9:], 16)


def settle_request(standing: Standing, sealed: int | None, *, cut: bool) -> Standing:
    """Return a request with its framing set right where it was edited.

    Args:
        standing: The request as it stands in the file.
        sealed: The checksum that it had when it was recorded, or None.
        cut: The interaction did not end well: less may have been sent than was announced.
    """
    if _is_known(standing, sealed):
        return standing
    parser = RequestParser()
    _feed_head(parser, standing.raw)
    length = _announced(parser, may_have_body=True)
    size = len(standing.raw) - parser.head_size
    if length is None or size == length or (size < length and cut):
        return standing._replace(edited=standing.edited or sealed is not None)
    # A server may answer before it has the whole request; more than that is no part of it.
    if sealed is None and size < length and not _is_json(standing.raw[parser.head_size :]):
        return standing
    return Standing(_with_length(standing.raw, parser.head_start, parser.head_size), edited=True)


def settle_response(standing: Standing, sealed: int | None, method: str, *, cut: bool) -> Standing:
    """Return a response with its framing set right where it was edited.

    Args:
        standing: The response as it stands in the file.
        sealed: The checksum that it had when it was recorded, or None.
        method: Method of the request.
        cut: The interaction did not end well: less may have come than was announced.
    """
    if _is_known(standing, sealed):
        return standing
    parser = ResponseParser(method.encode("latin-1", "replace"))
    _feed_head(parser, standing.raw)
    length = _announced(parser, may_have_body=has_body(method, parser.status))
    size = len(standing.raw) - parser.head_size
    if length is None or size == length or (size < length and cut):
        return standing._replace(edited=standing.edited or sealed is not None)
    # Servers send more than they announce, and clients read it with the rest.
    possible = size > length or not size or parser.doubtful
    if sealed is None and possible and not _is_json(standing.raw[parser.head_size :]):
        return standing
    return Standing(_with_length(standing.raw, parser.head_start, parser.head_size), edited=True)


def refit(sizes: Sequence[int], data: bytes) -> list[int]:
    """Return sizes that add up to some data, given those of its pieces before it was edited.

    Pieces of a stream mostly end where a line does. So the piece that was edited is the one with
    which, longer or shorter, all of them do so again; where there is none, the last one changes.

    Args:
        sizes: Bytes of each piece.
        data: What they make together.
    """
    change = len(data) - sum(sizes)
    before = [0, *accumulate(sizes)]  # where each piece begins, and the last one ends
    ends = [at == 0 or data[at - 1 : at] == b"\n" for at in before[:-1]]
    moved = [data[at + change - 1 : at + change] == b"\n" for at in before[1:-1]] + [True]
    first_bad = ends.index(False) if False in ends else len(ends)
    last_bad = next((n for n in reversed(range(len(moved))) if not moved[n]), -1)
    for n in range(last_bad + 1, min(first_bad, len(sizes))):
        if sizes[n] + change > 0:
            return [*sizes[:n], sizes[n] + change, *sizes[n + 1 :]]
    fitted = list(sizes)
    while fitted and fitted[-1] + change <= 0:
        change += fitted.pop()
    if fitted:
        fitted[-1] += change
    elif change:
        fitted.append(change)
    return fitted


def _fitted_pieces(
    arrived: tuple[tuple[float, int], ...], change: int, raw: bytes
) -> tuple[tuple[float, int], ...]:
    """Return the pieces of a response that was edited, and whose head has changed by some bytes."""
    moments = [when for when, _ in arrived]
    sizes = [size for _, size in arrived]
    sizes[0] += change  # the head stands in the first one
    if sum(sizes) != len(raw):
        sizes = refit(sizes, raw)
    fitted = tuple(zip(moments, sizes, strict=False))
    return fitted if len(fitted) > 1 else ()


def _is_known(standing: Standing, sealed: int | None) -> bool:
    """Return whether a message certainly stands as it was recorded, or fits as if it did."""
    raw = standing.raw
    if sealed is not None:
        return sealed == crc32(raw)
    stop = raw.find(_HEAD_END) + len(_HEAD_END)
    size = len(raw) - stop
    return not size or b"\r\nContent-Length: %d\r\n" % size in raw[:stop]


def _feed_head(parser: RequestParser | ResponseParser, raw: bytes) -> None:
    """Let a parser read a head, interim responses included, and as little else as possible."""
    fed = 0
    while parser.framing is None and not parser.garbage and fed < len(raw):
        end = raw.find(_HEAD_END, fed)
        stop = end + len(_HEAD_END) if end >= 0 else len(raw)
        parser.feed(raw[fed:stop])
        fed = stop


def _announced(parser: RequestParser | ResponseParser, *, may_have_body: bool) -> int | None:
    """Return the length that a head announces; None where something else tells the end."""
    if parser.framing is Framing.LENGTH:
        return parser.length
    value = parser.fields.first(b"content-length")
    if parser.framing is Framing.NONE and may_have_body and value is not None:
        return content_length(value.decode("latin-1"))
    return None


def _is_json(body: bytes) -> bool:
    """Return whether a body is a whole object or array in JSON, as no body that was cut is."""
    try:
        return isinstance(json.loads(body), dict | list)
    except (ValueError, RecursionError):
        return False


def _with_length(raw: bytes, start: int, stop: int) -> bytes:
    """Return a message whose head, from ``start`` to ``stop``, announces the body that is there."""
    return raw[:start] + with_length(raw[start:stop], len(raw) - stop) + raw[stop:]
