"""Where the bodies of two messages differ, in the terms of what they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cassette.matching.calls import SECRET
from cassette.matching.differences import (
    SECRET_TEXT,
    Change,
    Difference,
    bytes_change,
    change,
    cut,
    json_changes,
    json_text,
    opcodes,
    pair_changes,
    text_change,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.matching.bodies import BodyReader
    from cassette.matching.differences import Same
    from cassette.model import Message

_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CHARSET: Final = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)

_PREVIEW: Final = 200
"""Bytes of a body that stands alone, as far as they are shown in hexadecimal or cut."""

MultipartPart = tuple[str, list[str], bytes]


def body_part(
    reader: BodyReader, recorded: Message, actual: Message, same: Same | None = None
) -> Difference:
    """Return where the bodies of two messages differ.

    Args:
        reader: Reads bodies by meaning, and without secrets.
        recorded: The message that was recorded.
        actual: The one that is there instead.
        same: Says whether two JSON scalars that are not equal count as equal.

    Returns:
        Its title says what was compared, and what content coding was undone before.
    """
    old, old_kind = reader.content(recorded)
    new, new_kind = reader.content(actual)
    if not old or not new:
        before, after = described(reader, recorded), described(reader, actual)
        return Difference(_title("", recorded, actual), [change("", before, after)])
    what, value = reader.meaning(old, old_kind)
    now, other = reader.meaning(new, new_kind)
    changes: list[Change] = []
    if what == now == "JSON":
        changes = list(json_changes(value, other, same))
    elif what == now == "form":
        changes = list(pair_changes("form", value, other))
    elif what == now == "multipart":
        changes = list(_part_changes(value, other))
    else:
        if what != now and old_kind != new_kind:
            changes = [change("content type", old_kind or "none", new_kind or "none")]
        is_text = None not in (as_text(old, old_kind), as_text(new, new_kind))
        what = "text" if is_text else "binary"
        if old != new:
            changes.append(_content_change("", old, new, kinds=(old_kind, new_kind)))
    return Difference(_title(what, recorded, actual), changes)


def raw_part(title: str, recorded: bytes, actual: bytes) -> Difference:
    """Return where two bodies differ byte for byte."""
    return Difference(title, [_content_change("", recorded, actual)])


def described(reader: BodyReader, message: Message) -> str:
    """Return the start of a body as a person wants to see it, on one line."""
    content, kind = reader.content(message)
    if not content:
        return "no body"
    what, value = reader.meaning(content, kind)
    text = json_text(value) if what == "JSON" else as_text(content, kind)
    return content[:_PREVIEW].hex(" ") if text is None else text


def as_text(content: bytes, kind: str = "") -> str | None:
    """Return content as text; None where it is none.

    Args:
        content: A body, codings undone.
        kind: Its media type, which may name a charset; else it is UTF-8.
    """
    charset = _CHARSET.search(kind)
    try:
        text = content.decode(charset[1] if charset else "utf-8")
    except (LookupError, UnicodeError):
        return None
    return None if _CONTROL.search(text) else text


def _content_change(
    name: str, old: bytes, new: bytes, ignored_by: str = "", kinds: tuple[str, str] = ("", "")
) -> Change:
    text, other = as_text(old, kinds[0]), as_text(new, kinds[1])
    if text is None or other is None or text == other:
        return bytes_change(name, old, new, ignored_by)
    return text_change(name, text, other, ignored_by)


def _title(what: str, recorded: Message, actual: Message) -> str:
    """Return what is compared, and from what content codings, which the two need not share."""
    said = [what] if what else []
    for message in (recorded, actual):
        coding = (message.headers.get("content-encoding", "") or "").strip().lower()
        if coding and coding != "identity" and message.body:
            undone = message.content is not message.body
            said.append(f"{cut(coding)} undone" if undone else f"still {cut(coding)}")
    return f"body ({', '.join(dict.fromkeys(said))})" if said else "body"


def _part_changes(old: list[MultipartPart], new: list[MultipartPart]) -> Iterator[Change]:
    """Yield where the parts of two multipart bodies differ."""
    names = [name for name, *_ in old], [name for name, *_ in new]
    for tag, i, i_end, j, j_end in opcodes(*names):
        if tag == "equal":
            for one, other in zip(old[i:i_end], new[j:j_end], strict=True):
                yield from _one_part_changes(one, other)
            continue
        for name, _, body in old[i:i_end]:
            yield change(name or "a part", _sized(body), None, _form_entry(name))
        for name, _, body in new[j:j_end]:
            yield change(name or "a part", None, _sized(body), _form_entry(name))


def _one_part_changes(old: MultipartPart, new: MultipartPart) -> Iterator[Change]:
    name, head, body = old
    _, new_head, new_body = new
    if head != new_head:
        yield change(f"{name} (head)", "; ".join(head), "; ".join(new_head), _form_entry(name))
    if body != new_body:
        yield _content_change(name, body, new_body, _form_entry(name))


def _form_entry(name: str) -> str:
    return f"form:{name}" if name and name == name.strip() and name.isprintable() else ""


def _sized(body: bytes) -> str:
    if body == SECRET.encode():
        return SECRET_TEXT
    text = as_text(body)
    return f"{len(body)} bytes" if text is None else text
