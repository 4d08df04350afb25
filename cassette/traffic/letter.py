"""One interaction in full, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cassette.model import Ended
from cassette.traffic.amounts import size_text, time_text
from cassette.traffic.bodies import body_lines, head_lines
from cassette.traffic.dump import dump
from cassette.traffic.kinds import Kind, kind_of
from cassette.traffic.pieces import Piece, indented, line, with_masks
from cassette.wording import counted, from_here

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cassette.model import Message
    from cassette.traffic.entries import FiledInteraction
    from cassette.traffic.pieces import Line

_CONNECTION = {
    Ended.OPEN: "connection stayed open",
    Ended.CLOSED: "closed by the server",
    Ended.ABANDONED: "left by the client",
}
ROLES = ("request", "response")
"""The messages of an interaction, in the words for them on the command line."""


def letter(
    one: FiledInteraction, roles: Sequence[str] = ROLES, *, whole: bool = False
) -> Iterator[Line]:
    """Yield an interaction: what it was, then its messages as people read them.

    Args:
        one: The interaction.
        roles: The messages that are shown.
        whole: Leave nothing out of what is no text.
    """
    yield from _facts(one)
    for role in roles:
        message: Message = getattr(one.interaction, role)
        yield ()
        yield line(Piece(role.capitalize(), "strong"), Piece(_said(message), "quiet"))
        yield from indented(head_lines(message), 2)
        body = body_lines(one.interaction, message, whole=whole)
        if body:
            yield ()
            yield from indented(body, 2)


def bytes_letter(
    one: FiledInteraction, roles: Sequence[str] = ROLES, *, whole: bool = False
) -> Iterator[Line]:
    """Yield an interaction: what it was, then its messages byte by byte; the same arguments."""
    yield from _facts(one)
    limit = 0 if whole else 8
    for role in roles:
        message: Message = getattr(one.interaction, role)
        arrived = one.interaction.arrived if role == "response" else ()
        yield ()
        yield line(
            Piece(role.capitalize(), "strong"), Piece(f"   {size_text(len(message.raw))}", "quiet")
        )
        yield from dump(message, arrived, limit)


def _facts(one: FiledInteraction) -> Iterator[Line]:
    interaction = one.interaction
    yield line(Piece(interaction.call, "strong"))
    status = f"{one.status} {interaction.response.reason}".strip() if one.status else one.result
    facts = [f"took {time_text(interaction.took)}"]
    if len(interaction.arrived) > 1:
        facts.append(f"first byte after {time_text(one.first_byte)}")
        facts.append(f"{len(interaction.arrived)} pieces")
    if not one.failed:
        facts.append(_CONNECTION.get(interaction.ended, str(interaction.ended)))
    yield line(Piece(status, "bad" if one.bad else ""), Piece(f"   {', '.join(facts)}", "quiet"))
    yield line(
        Piece(f"{from_here(one.path)}:{one.line}  #{one.number}  ", "quiet"),
        Piece(
            f"{interaction.at:%Y-%m-%d %H:%M:%S}.{interaction.at.microsecond // 1000:03}", "quiet"
        ),
    )
    if one.failed:
        yield line(Piece(_failure(one), "bad"))
    if interaction.redacted:
        yield line(Piece("masked ", "mask"), Piece(", ".join(interaction.redacted)))
    if interaction.decoded:
        yield line("decoded when it was recorded: ", ", ".join(interaction.decoded))
    for edit in one.edits:
        yield line(Piece(f"edited, line {edit.line}: ", "edit"), *with_masks(edit.text))


def _failure(one: FiledInteraction) -> str:
    interaction = one.interaction
    failure = interaction.failure
    if failure is None:
        return f"{one.result}: the peer closed the connection"
    number = f" (errno {failure.errno})" if failure.errno is not None else ""
    return f"{interaction.ended}: {failure.kind}{number}: {failure.message}"


def _said(message: Message) -> str:
    if not message.raw:
        return "   none"
    if message.parsed.garbage:
        return f"   {size_text(len(message.raw))} that are no HTTP"
    kind = kind_of(message)
    said = [str(kind)] if kind is not Kind.NONE else []
    said.append(size_text(len(message.body)) if message.body else "no body")
    if message.content is not message.body:
        coding = message.headers.get("content-encoding") or ""
        said.append(f"{coding}, {size_text(len(message.content))} decoded")
    if message.parsed.chunked and message.parsed.payload:
        said.append(counted(len(message.parsed.payload), "chunk"))
    return f"   {', '.join(said)}"


def joined_lines(entries: Iterable[Iterable[Line]]) -> Iterator[Line]:
    """Yield the lines of several letters, two empty ones between them."""
    for number, lines in enumerate(entries):
        if number:
            yield ()
            yield ()
        yield from lines
