"""Interactions as plain values, for programs: what JSON can hold."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from cassette.traffic.events import events_of
from cassette.traffic.kinds import Kind, kind_of, readable_text

if TYPE_CHECKING:
    from cassette.model import Message
    from cassette.traffic.entries import FiledInteraction, Traffic


def cassette_data(cassette: Traffic) -> dict[str, Any]:
    """Return what a cassette holds, in short."""
    return {
        "cassette": str(cassette.path),
        "recorded": cassette.recorded.isoformat(),
        "interactions": [entry_data(one) for one in cassette.entries],
    }


def entry_data(one: FiledInteraction) -> dict[str, Any]:
    """Return the facts of an interaction."""
    interaction = one.interaction
    failure = interaction.failure
    return {
        "number": one.number,
        "line": one.line,
        "method": one.method,
        "url": interaction.call.partition(" ")[2],
        "status": one.status or None,
        "reason": interaction.response.reason,
        "type": one.type,
        "size": one.size,
        "at": interaction.at.isoformat(),
        "took": interaction.took,
        "pieces": one.pieces,
        "ended": str(interaction.ended),
        "failed": one.failed,
        "failure": failure._asdict() if failure else None,
        "masked": list(interaction.redacted),
        "edited": [edit._asdict() for edit in one.edits],
    }


def full_data(one: FiledInteraction) -> dict[str, Any]:
    """Return an interaction with its messages."""
    interaction = one.interaction
    response = _message_data(interaction.response)
    if one.kind is Kind.EVENTS:
        response["events"] = [
            {"name": event.name, "data": event.data, "at": event.at}
            for event in events_of(interaction)
        ]
    return {
        "cassette": str(one.path),
        **entry_data(one),
        "arrived": [list(piece) for piece in interaction.arrived],
        "request": _message_data(interaction.request),
        "response": response,
    }


def _message_data(message: Message) -> dict[str, Any]:
    """Return a message: its first line, its fields, and its body as text or in base64."""
    parsed, raw = message.parsed, message.raw
    start = ""
    if parsed.head_size:
        head = raw[parsed.head_start : parsed.head_size]
        start = head.partition(b"\n")[0].rstrip(b"\r").decode("latin-1")
    text = readable_text(message) if kind_of(message) is not Kind.IMAGE else None
    body: dict[str, Any] = {"text": text}
    if text is None:
        body = {"base64": base64.b64encode(message.content).decode("ascii")}
    return {"start": start, "headers": [list(pair) for pair in message.headers.items()], **body}
