"""What a body is: by what the message says, and by its first bytes where that says nothing."""

from __future__ import annotations

import enum
import json
import re
from typing import TYPE_CHECKING, Final

from cassette.matching.contents import as_text

if TYPE_CHECKING:
    from cassette.model import Message


class Kind(enum.StrEnum):
    """What a body is."""

    NONE = ""
    JSON = "json"
    EVENTS = "events"  # a stream of server-sent events, or of one JSON value a line
    HTML = "html"
    XML = "xml"
    SVG = "svg"
    IMAGE = "image"
    FORM = "form"
    MULTIPART = "multipart"
    TEXT = "text"
    BINARY = "binary"


LINES_OF_JSON: Final = ("ndjson", "jsonl", "json-seq", "json-lines", "stream+json")
"""Parts of the media types of which each line is a JSON value."""

_MEDIA: Final = (
    (LINES_OF_JSON, Kind.EVENTS),
    (("text/event-stream",), Kind.EVENTS),
    (("json",), Kind.JSON),
    (("svg",), Kind.SVG),
    (("html",), Kind.HTML),
    (("xml",), Kind.XML),
    (("x-www-form-urlencoded",), Kind.FORM),
    (("multipart/",), Kind.MULTIPART),
)
"""Parts of media types, the first that occurs, and what the body then is if it is text."""

_IMAGES: Final = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_ODD: Final = 10
"""Characters, at least, for each control character of a text; one escape makes it no binary."""

_PROBED: Final = 1 << 20
"""Bytes of an unnamed body up to which it is tried whether it is JSON."""


def kind_of(message: Message) -> Kind:
    """Return what the body of a message is, content coding undone."""
    if not message.body:
        return Kind.NONE
    content, media = message.content, message.kind.lower().partition(";")[0].strip()
    if image_type(content):
        return Kind.IMAGE
    if readable_text(message) is None:
        return Kind.MULTIPART if media.startswith("multipart/") else Kind.BINARY
    for parts, kind in _MEDIA:
        if any(part in media for part in parts):
            return kind
    return Kind.JSON if not media and _is_json(content) else Kind.TEXT


def readable_text(message: Message) -> str | None:
    """Return the content of a message as text, the odd control character included; else None."""
    text = as_text(message.content, message.kind)
    if text is not None or b"\0" in message.content:
        return text
    try:
        text = message.content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if len(_CONTROL.findall(text)) * _ODD < len(text) else None


def image_type(content: bytes) -> str:
    """Return the format of an image by its first bytes, whatever it claims to be; else nothing."""
    for start, name in _IMAGES:
        if content.startswith(start):
            return name
    return "webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""


def _is_json(content: bytes) -> bool:
    if content.lstrip()[:1] not in (b"{", b"[") or len(content) > _PROBED:
        return False
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True
