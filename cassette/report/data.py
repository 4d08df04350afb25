"""What the page of a report shows, as plain values; messages in base64."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

from cassette.clock import Clock
from cassette.traffic.events import events_of, joined
from cassette.traffic.kinds import Kind, kind_of
from cassette.wording import from_here, in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cassette.model import Message
    from cassette.traffic.entries import FiledInteraction, Traffic

_KINDS: Final = {Kind.NONE: "none", Kind.EVENTS: "stream"}
"""The words of the page, where they are others."""

_LONGEST: Final = 1 << 20
"""Bytes of a message that are in the page at most: nobody reads on, and all of them would make a
page that no browser opens."""

_ROOM: Final = 12 << 20
"""Bytes of all messages together from which on ``_SHORT`` is the limit: 16 MB in base64."""

_SHORT: Final = 1 << 13
_STREAM: Final = 1 << 18
"""Bytes of a stream whose events are told one by one."""


def traffic_data(cassettes: Iterable[Traffic]) -> dict[str, Any]:
    """Return the files and interactions of a page."""
    files: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    room = _ROOM
    for number, cassette in enumerate(cassettes):
        files.append(
            {
                "name": from_here(cassette.path),
                "recorded": f"{cassette.recorded:%Y-%m-%d %H:%M:%S}",
                "age": in_words(Clock.now() - cassette.recorded),
            }
        )
        for entry in cassette.entries:
            limit = _LONGEST if room > 0 else _SHORT
            one = entry.interaction
            room -= min(len(one.request.raw), limit) + min(len(one.response.raw), limit)
            items.append({"f": number, **_item(entry, limit)})
    return {"files": files, "items": items}


def _item(entry: FiledInteraction, limit: int) -> dict[str, Any]:
    one = entry.interaction
    host, path, query = entry.place
    item: dict[str, Any] = {
        "n": entry.number,
        "line": entry.line,
        "m": entry.method,
        "url": one.call.partition(" ")[2],
        "host": host,
        "path": path,
        "query": query,
        "status": entry.status,
        "reason": one.response.reason,
        "label": entry.result,
        "failed": entry.failed,
        "bad": entry.bad,
        "at": round(one.at.timestamp() * 1000),
        "took": one.took,
        "arr": [list(piece) for piece in one.arrived],
        "ended": str(one.ended),
        "fail": list(one.failure) if one.failure else None,
        "masked": list(one.redacted),
        "edited": [list(edit) for edit in entry.edits],
        "req": _message(one.request, limit),
        "res": _message(one.response, limit),
    }
    if entry.kind is Kind.EVENTS and len(one.response.content) <= _STREAM:
        events = events_of(one)
        item["events"] = [[event.name, event.data, event.first, event.last] for event in events]
        item["joined"] = joined(events)
    return item


def _message(message: Message, limit: int) -> dict[str, Any] | None:
    raw = message.raw
    if not raw:
        return None
    parsed, kind = message.parsed, kind_of(message)
    size = min(len(raw), limit)
    length = message.headers.get("content-length")
    data: dict[str, Any] = {
        "raw": _base64(raw[:size]),
        "head": min(parsed.head_size, size),
        "spans": [[start, min(stop, size)] for start, stop in parsed.payload if start < size],
        "trail": list(parsed.trailers) if parsed.trailers[1] <= size else [0, 0],
        "garbage": parsed.garbage or not parsed.head_size,
        "framing": "chunked" if parsed.chunked else "",
        "kind": _KINDS.get(kind, str(kind)),
        "ctype": message.kind,
        "body": len(message.body),
        "size": len(raw),
        "complete": parsed.complete,
        "length": length,
    }
    if size < len(raw):
        data["cut"] = size
    content = message.content
    if content is not message.body:
        data["coding"] = message.headers.get("content-encoding")
        data["decoded"] = len(content)
        data["content"] = _base64(content[:limit])
        if len(content) > limit:
            data["cut"] = size
    return data


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
