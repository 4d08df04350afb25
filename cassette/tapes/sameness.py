"""Whether a recording made anew says what the cassette says already.

A server that answers the same gives other moments all the same, and other values in fields such as
``Date``. A cassette that would differ in nothing else stays as it is, so that a change of its file
is a change of what it says.
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from cassette.errors import CassetteError
from cassette.model import CONNECT, Interaction
from cassette.store.file_text import read_text
from cassette.store.reader import CassetteReader
from cassette.store.writer import encode_time
from cassette.wire.passing import FLEETING, VARYING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from cassette.model import Message

_FRAMING: Final = frozenset(("connection", "content-length", "trailer", "transfer-encoding"))
_PASSING: Final = sorted((FLEETING - _FRAMING) | VARYING)
_PASSING_FIELD: Final = re.compile(
    rf"(?<=\r\n)({'|'.join(_PASSING)}|x-[a-z]+-date):[^\r\n]*".encode(), re.IGNORECASE
)
_INTERIM: Final = re.compile(rb"HTTP/\d\.\d 1\d\d\b")
_RECORDED: Final = re.compile(rb"^(recorded:[ \t]*)\S+", re.MULTILINE)

_OF_THE_MOMENT: Final = frozenset(("at", "took", "arrived", "played", "number"))
_MESSAGES: Final = frozenset(("request", "response"))
_FACTS: Final = [
    field.name
    for field in fields(Interaction)
    if field.name not in _OF_THE_MOMENT | _MESSAGES and field.compare
]


def confirmed(path: Path, partial: Path, recorded: datetime | None) -> bytes | None:
    """Return the text of a cassette that was recorded anew without a change; None for a change.

    Args:
        path: The cassette as it was.
        partial: The journal of what was recorded anew.
        recorded: When that was, which the text then says; None leaves what it says.
    """
    try:
        with CassetteReader.open(path) as old, CassetteReader.open(partial) as new:
            if not _is_same(old, new):
                return None
    except CassetteError:  # a damaged one is written anew
        return None
    text = read_text(path)[:]
    if recorded is None:
        return text
    header, mark, entries = text.partition(b"\n-")
    moment = encode_time(recorded).encode()
    header, count = _RECORDED.subn(lambda found: found[1] + moment, header)
    return header + mark + entries if count == 1 else None


def _is_same(old: CassetteReader, new: CassetteReader) -> bool:
    if sorted(old.calls) != sorted(new.calls):
        return False
    pairs = zip(_in_order(old.calls), _in_order(new.calls), strict=True)
    return all(_facts(old.interaction(i)) == _facts(new.interaction(j)) for i, j in pairs)


def _in_order(calls: Sequence[str]) -> Sequence[int]:
    """Return numbers of interactions in an order that what runs at the same time does not change.

    The order of equal calls counts. Where a connection failed, so does what came before and after.
    """
    if any(call.startswith(CONNECT) for call in calls):
        return range(len(calls))
    return sorted(range(len(calls)), key=calls.__getitem__)


def _facts(interaction: Interaction) -> list[Any]:
    messages = (interaction.request, interaction.response)
    return [
        *(getattr(interaction, name) for name in _FACTS),
        *(b"".join(_without_what_passes(message)) for message in messages),
    ]


def _without_what_passes(message: Message) -> Iterator[bytes]:
    """Give the bytes of a message, without the values of fields that pass."""
    rest = message.raw
    is_interim = True
    while is_interim:
        head, end, rest = rest.partition(b"\r\n\r\n")
        yield _PASSING_FIELD.sub(rb"\1:", head) if end else head
        yield end
        is_interim = _INTERIM.match(head) is not None and bool(end)
    yield rest
