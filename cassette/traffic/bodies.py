"""A message as people read it: the head in lines, and the body by what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus

from cassette.matching.bodies import BodyReader
from cassette.matching.contents import as_text
from cassette.redaction import Redactor
from cassette.traffic.amounts import size_text, time_text
from cassette.traffic.dump import hex_rows
from cassette.traffic.events import events_of, joined
from cassette.traffic.images import dimensions
from cassette.traffic.kinds import Kind, image_type, kind_of, readable_text
from cassette.traffic.pieces import Piece, line, with_masks
from cassette.traffic.structured import json_line, json_lines, xml_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.model import Interaction, Message
    from cassette.traffic.pieces import Line

_ROWS: Final = 8
"""Lines of a dump that stand for a body that is no text."""

_SILENCE: Final = 0.25
"""Seconds between two events from which on that is said."""


def head_lines(message: Message) -> list[Line]:
    """Return the head, interim responses and trailers included, a line for each field."""
    parsed, raw = message.parsed, message.raw
    if parsed.garbage or not parsed.head_size:
        return []
    text = raw[: parsed.head_size].decode("latin-1").removesuffix("\n").removesuffix("\r")
    lines = [_field(one.removesuffix("\r")) for one in text.removesuffix("\n").split("\n")]
    trailers = raw[slice(*parsed.trailers)].decode("latin-1")
    if trailers:
        lines += [(), line(Piece("Trailers", "quiet"))]
        lines += [_field(one.removesuffix("\r")) for one in trailers.rstrip("\r\n").split("\n")]
    return lines


def _field(text: str) -> Line:
    name, colon, value = text.partition(":")
    if not colon or " " in name:
        return (Piece(text, "strong"),) if text else ()
    return (Piece(f"{name}:", "quiet"), *with_masks(value))


def body_lines(one: Interaction, message: Message, *, whole: bool = False) -> list[Line]:
    """Return the body of one of an interaction's messages, content coding undone.

    Args:
        one: The interaction.
        message: Its request or its response.
        whole: Show all bytes of what is no text.
    """
    kind = kind_of(message)
    if kind is Kind.NONE:
        return []
    if kind is Kind.EVENTS and message is one.response:
        return list(_event_lines(one))
    limit = 0 if whole else _ROWS
    if kind is Kind.MULTIPART:
        return list(_part_lines(message, limit))
    text = None if kind is Kind.IMAGE else readable_text(message)
    if text is None:
        return _binary_lines(message, limit)
    return _READERS.get(kind, _text_lines)(text)


def _binary_lines(message: Message, limit: int) -> list[Line]:
    content = message.content
    said = message.kind or "unnamed type"
    if image_type(content):
        said = f"{image_type(content)} image, {dimensions(content)}".removesuffix(", ")
    about = Piece(f"{said}, {size_text(len(content))}", "quiet")
    return [line(about), *hex_rows(content, limit)]


def _json_lines(text: str) -> list[Line]:
    return json_lines(text) or [
        line(Piece("says it is JSON, and is none", "bad")),
        *_text_lines(text),
    ]


def _form_lines(text: str) -> list[Line]:
    return [_pair(pair) for pair in text.split("&")]


def _text_lines(text: str) -> list[Line]:
    lines = text.removesuffix("\n").split("\n")
    return [with_masks(one.removesuffix("\r")) for one in lines]


def _pair(pair: str) -> Line:
    name, equals, value = (unquote_plus(part) for part in pair.partition("="))
    return (Piece(f"{name}{equals or ''} ", "quiet"), *with_masks(value))


def _event_lines(one: Interaction) -> Iterator[Line]:
    events = events_of(one)
    said = joined(events)
    if said:
        yield from _text_lines(said)
        yield ()
    width = min(max((len(event.name) for event in events), default=0), 20)
    before: float | None = None
    for event in events:
        at = "" if event.at is None or event.at == before else f"+{event.at:.3f}"
        if before is not None and event.at is not None and event.at - before > _SILENCE:
            yield line(Piece(f"{'':9}{time_text(event.at - before)} of silence", "quiet"))
        before = event.at if event.at is not None else before
        notes = []
        if event.first != event.last and event.first is not None and event.last is not None:
            notes.append(
                Piece(f"  torn over pieces {event.first + 1} and {event.last + 1}", "piece")
            )
        if not event.whole:
            notes.append(Piece("  cut short", "bad"))
        first, *rest = event.data.split("\n")
        start = Piece(f"{at:9}", "quiet"), Piece(f"{event.name:{width}}{'  ' if width else ''}")
        yield (*start, *json_line(first), *(() if rest else notes))
        blanks = Piece(" " * (9 + width + 2 * bool(width)))
        for at_line, text in enumerate(rest, 1):
            yield (blanks, *json_line(text), *(notes if at_line == len(rest) else ()))


def _part_lines(message: Message, limit: int) -> Iterator[Line]:
    parts = BodyReader(Redactor.off()).parts(message.content, message.kind)
    if parts is None:
        text = as_text(message.content)
        yield from hex_rows(message.content, limit) if text is None else _text_lines(text)
        return
    for name, head, body in parts:
        yield line(Piece(name or "a part", "strong"), Piece(f"  {size_text(len(body))}", "quiet"))
        yield from (line("  ", *_field(one)) for one in head)
        text = as_text(body)
        lines = hex_rows(body, limit) if text is None else _text_lines(text)
        yield from (line("  ", *one) for one in lines)


_READERS: Final = {
    Kind.JSON: _json_lines,
    Kind.XML: xml_lines,
    Kind.SVG: xml_lines,
    Kind.FORM: _form_lines,
}
"""How text of some kinds becomes lines; all other text stands as it is."""
