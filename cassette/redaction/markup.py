"""Secrets in XML and HTML: the text of elements, and attributes in any order."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from cassette.redaction.hits import Hit
from cassette.redaction.names import Tier, byte_words_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.redaction.judging import Court

_START: Final = re.compile(rb"\s*+(?:\xef\xbb\xbf)?\s*+<[!?A-Za-z_]")
_TAG: Final = re.compile(
    rb"<([A-Za-z_][\w.:-]{0,80})((?:\s+[\w.:@-]{1,80}(?:\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>=`]+))?)*+)\s*/?>"
)
_ATTRIBUTE: Final = re.compile(rb"([\w.:@-]+)\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)'|([^\s\"'<>=`]+))")
_CONTENT: Final = re.compile(rb"(?:\s*<!\[CDATA\[(.*?)(?:\]\]>|\Z)|([^<]+))(?=(</|\Z)?)", re.DOTALL)
_NAMES: Final = byte_words_in(b"name key id property http-equiv itemprop")
_VALUES: Final = byte_words_in(b"value content")


_VERBATIM: Final = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
"""Where tags are no tags."""

_SIBLINGS: Final = re.compile(
    rb"<(?:name|key|string|Name|Key)>\s*([\w.-]{2,80})\s*</\w+>\s*"
    rb"<(?:value|string|Value|String)>\s*(?:<string>)?([^<\s][^<]*?)\s*</"
)
"""A name and the value beside it, as XML-RPC, property lists and the cloud services have them."""


def is_markup(data: bytes, start: int, stop: int) -> bool:
    """Return whether a text is XML or HTML by its first bytes."""
    return _START.match(data, start, stop) is not None


def in_markup(data: bytes, start: int, stop: int, court: Court) -> Iterator[Hit]:
    """Yield the secrets in elements and attributes.

    ``<password>x</password>``, ``<add key="ApiKey" value="x"/>``,
    ``<input name="csrf" value="x">``, ``<property name="password">x</property>``.
    """
    verbatim = _VERBATIM.finditer(data, start, stop) if b"<!" in data else iter(())
    span = next(verbatim, None)
    for tag in _TAG.finditer(data, start, stop):
        while span is not None and span.end() <= tag.start():
            span = next(verbatim, None)
        if span is not None and span.start() < tag.start():
            continue
        name = tag[1].rpartition(b":")[2].decode()
        subject = name
        if tag[2]:
            attributes = [*_ATTRIBUTE.finditer(data, *tag.span(2))]
            named = [_value_of(found)[0] for found in attributes if found[1].lower() in _NAMES]
            for value in named:
                if court.tier(value.decode("utf-8", "replace")) is not Tier.NONE:
                    subject = value.decode("utf-8", "replace")
            yield from _in_attributes(attributes, subject if subject != name else "", court)
        if court.tier(subject) is Tier.NONE or tag[0].endswith(b"/>"):
            continue
        content = _CONTENT.match(data, tag.end(), stop)
        # What is followed by another element is no text of this one, but for a form's field.
        if content is None or content[3] is None:
            continue
        group = 1 if content[1] is not None else 2
        text = content[group].strip()
        if text and court.hides(subject, _plain(text), "xml"):
            begin = data.index(text, content.start(group))
            yield Hit(begin, begin + len(text), _plain(text), f"xml.{subject}")


def in_siblings(data: bytes, start: int, stop: int, court: Court) -> Iterator[Hit]:
    """Yield the secrets in the element behind one that names them."""
    for found in _SIBLINGS.finditer(data, start, stop):
        name = found[1].decode()
        if court.hides(name, _plain(found[2]), "xml"):
            yield Hit(*found.span(2), _plain(found[2]), f"xml.{name}")


def _in_attributes(attributes: list[re.Match[bytes]], subject: str, court: Court) -> Iterator[Hit]:
    for found in attributes:
        value, start = _value_of(found)
        own = found[1].rpartition(b":")[2].decode()
        name = subject if found[1].lower() in _VALUES and subject else own
        if name is own and found[1].lower() in _NAMES:
            continue
        if (
            value
            and court.tier(name) is not Tier.NONE
            and (court.hides(name, _plain(value), "xml"))
        ):
            yield Hit(start, start + len(value), _plain(value), f"xml.{name}")


def _value_of(attribute: re.Match[bytes]) -> tuple[bytes, int]:
    group = next(n for n in (2, 3, 4) if attribute[n] is not None)
    return attribute[group], attribute.start(group)


def _plain(text: bytes) -> bytes:
    if b"&" not in text:
        return text
    return html.unescape(text.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
