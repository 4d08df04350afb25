"""Compressed bodies written decoded, for cassettes that people edit.

The exact bytes are the promise; giving them up is asked for with ``decode=True``, and each
interaction says what was done to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cassette.model import Request, Response
from cassette.wire.codings import codings_of, unpack
from cassette.wire.encode import encode_chunks
from cassette.wire.framing import Framing
from cassette.wire.heads import with_length, without_field

if TYPE_CHECKING:
    from cassette.model import Interaction, Message

LIMIT: Final = 64 << 20
"""Bytes up to which a body is written decoded: a megabyte of gzip may hold a gigabyte."""


def decoded(interaction: Interaction) -> Interaction:
    """Return an interaction whose compressed bodies are decoded; the same one where none is.

    A body in a coding that nothing here can undo, a damaged one, one that was cut short and one
    that would be larger than ``LIMIT`` stay as they are. Of a decoded message the field
    Content-Encoding goes, Content-Length is corrected, and chunks become one; the pieces in which
    it arrived are forgotten.
    """
    request, response = interaction.request, interaction.response
    sent, received = _decoded_raw(request), _decoded_raw(response)
    if sent is None and received is None:
        return interaction
    return replace(
        interaction,
        request=request if sent is None else Request(sent, request.url),
        response=response if received is None else Response(received, request.method),
        arrived=interaction.arrived if received is None else (),
        decoded=tuple(
            role for role, raw in (("request", sent), ("response", received)) if raw is not None
        ),
    )


def _decoded_raw(message: Message) -> bytes | None:
    """Return the message with its body decoded, or None where it has to stay as it is."""
    parser = message.parsed
    codings = codings_of(parser.fields.every(b"content-encoding"))
    if not codings or not parser.complete or not parser.payload:
        return None
    content, packings = unpack(message.body, codings, LIMIT)
    whole = len(packings) == len(codings) and not any(packing.truncated for packing in packings)
    if content is None or not whole:
        return None
    raw = message.raw
    interim = raw[: parser.head_start]
    head = without_field(raw[parser.head_start : parser.head_size], b"content-encoding")
    if parser.framing is Framing.CHUNKED:
        trailers = raw[slice(*parser.trailers)]
        framed = encode_chunks(content, [len(content)] if content else [], trailers)
    else:
        framed = content
        head = with_length(head, len(content))
    return interim + head + framed + raw[parser.size :]
