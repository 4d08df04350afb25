"""Interactions to text: a template, because ``yaml.dump`` costs thirty times as much."""

from __future__ import annotations

import re
from datetime import UTC
from itertools import chain
from typing import TYPE_CHECKING, Final

from cassette.store.edits import digest_of
from cassette.store.forms import encode_scalar
from cassette.store.message_form import encode_large_message, encode_message
from cassette.store.parts import CHANGE_LISTS
from cassette.store.scalars import LARGE, MAX_ITEMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cassette.model import Failure, Interaction, Message

VERSION: Final = 1

# No blank before "#" and no colon at the end: there YAML would see a comment, or a key.
_PLAIN_CALL: Final = re.compile(r"[A-Za-z][A-Za-z-]* [!\"$-~][!-~]*(?<!:)")


def encode_header(recorded: datetime) -> bytes:
    """Return the first lines of a cassette, up to the first interaction."""
    return f"cassette: {VERSION}\nrecorded: {encode_time(recorded)}\ninteractions:\n".encode()


def encode_entry(interaction: Interaction) -> bytes | Iterable[bytes]:
    """Return one interaction as an item of the list in the file.

    Raises:
        ValueError: A duration is no finite, positive number.
    """
    start, end = _encode_start(interaction.call), _encode_end(interaction)
    request, response = interaction.request, interaction.response
    arrived = _encode_arrived(interaction.arrived) if interaction.arrived else b""
    if len(request.raw) < LARGE > len(response.raw):
        return b"%b%b%b%b" % (
            start,
            _section(b"request", encode_message(request)),
            _section(b"response", encode_message(response) + arrived),
            end,
        )
    return chain(
        [start],
        _encode_pieces(b"request", request, b""),
        _encode_pieces(b"response", response, arrived),
        [end],
    )


def _encode_pieces(key: bytes, message: Message, arrived: bytes) -> Iterable[bytes]:
    if len(message.raw) < LARGE:
        return [_section(key, encode_message(message) + arrived)]
    return chain([b"  %b:\n" % key], encode_large_message(message), [arrived])


def _encode_start(call: str) -> bytes:
    return b"- call: %b\n" % (call if _PLAIN_CALL.fullmatch(call) else encode_scalar(call)).encode()


def _encode_end(interaction: Interaction) -> bytes:
    return b"  at: %b\n  took: %b\n%b%b  digest: %b\n  ended: %b\n" % (
        encode_time(interaction.at).encode(),
        encode_seconds(interaction.took).encode(),
        _encode_failure(interaction.failure) if interaction.failure else b"",
        b"".join([_encode_list(key, getattr(interaction, key)) for key in CHANGE_LISTS]),
        digest_of(interaction.request.raw, interaction.response.raw),
        encode_scalar(interaction.ended).encode(),
    )


def encode_time(moment: datetime) -> str:
    """Return a moment in UTC as RFC 3339 writes it, with as many decimals as it needs."""
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return text.removesuffix("000") + "Z" if "." in text else text + "Z"


def encode_seconds(seconds: float) -> str:
    """Return a duration so that every YAML tool reads the identical number.

    Raises:
        ValueError: It is negative, infinite or no number.
    """
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"a duration must be zero or more seconds, not {seconds!r}")
    text = repr(float(seconds))
    # YAML 1.1 takes 1e-05 for a text; it wants the decimal point.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def _section(key: bytes, lines: bytes) -> bytes:
    return b"  %b:\n%b" % (key, lines) if lines else b"  %b: {}\n" % key


def _encode_arrived(arrived: Sequence[tuple[float, int]]) -> bytes:
    # Of more than a file may hold, neighbours become one, which is there when its last part is.
    step = -(-len(arrived) // MAX_ITEMS)
    if step > 1:
        groups = [arrived[i : i + step] for i in range(0, len(arrived), step)]
        arrived = [(group[-1][0], sum(count for _, count in group)) for group in groups]
    pieces = ", ".join([f"[{encode_seconds(when)}, {count}]" for when, count in arrived])
    return f"    arrived: [{pieces}]\n".encode()


def _encode_failure(failure: Failure) -> bytes:
    errno = "" if failure.errno is None else f"    errno: {failure.errno}\n"
    return (
        f"  failure:\n    kind: {encode_scalar(failure.kind)}\n{errno}"
        f"    message: {encode_scalar(failure.message)}\n"
    ).encode()


def _encode_list(key: str, items: Sequence[str]) -> bytes:
    if not items:
        return b""
    # What stands behind those that a file may hold is told by the first of them well enough.
    return f"  {key}: [{', '.join(map(encode_scalar, items[:MAX_ITEMS]))}]\n".encode()
