"""The parts of a message, as they stand under the keys of a cassette, and how they are joined.

No HTTP is needed for it. The parts follow each other in this order: ``head``, the body (``json``,
``text`` or ``body``) cut by ``chunks`` and followed by ``trailers``, or ``wire``. So the writer may
cut a message wherever that reads best, and is exact all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cassette.store.jsonform import STYLES, decode_json
from cassette.store.scalars import BREAK, Value
from cassette.wire.encode import encode_chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CRLF: Final = b"\r\n"
HEAD_END: Final = b"\r\n\r\n"
NO_MORE_CHUNKS: Final = b"0\r\n\r\n"

VALUE_KEYS: Final = ("raw", "head", "json", "text", "body", "wire", "trailers", "cut")
"""The keys of a message behind which stand bytes."""

MESSAGE_KEYS: Final = (*VALUE_KEYS, "style", "chunks", "arrived")

CHANGE_LISTS: Final = ("redacted", "rules", "masks", "unsearched", "decoded")
"""The keys of an interaction that list what was done to it, in the order of the writer."""


class MessageError(Exception):
    """The keys of a message contradict each other.

    Attributes:
        key: The key to blame.
        problem: What is wrong with it.
    """

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(key, problem)
        self.key = key
        self.problem = problem


class ChunksError(MessageError):
    """The sizes of the chunks do not add up to the body.

    Attributes:
        body: The body.
    """

    def __init__(self, key: str, problem: str, body: bytes) -> None:
        super().__init__(key, problem)
        self.args = (key, problem, body)
        self.body = body


def join_message(
    values: Mapping[str, Value], style: str | None = None, chunks: Sequence[int] | None = None
) -> bytes:
    """Return the message that these parts make.

    Args:
        values: What stands behind the keys raw, head, json, text, body, wire, trailers and
            cut.
        style: Style of the JSON body.
        chunks: Sizes of the chunks in bytes, the last chunk left out; None without chunked coding.

    Raises:
        MessageError: The parts contradict each other.
        ChunksError: They do so in the sizes of the chunks alone, as where the body was edited.
    """
    others = [*values, *(["style"] if style else []), *(["chunks"] if chunks is not None else [])]
    if "raw" in values:
        _forbid("raw", "stands for the whole message", others, {"raw"})
        return values["raw"].data
    if not others:
        return b""
    if "head" not in values:
        raise MessageError(others[0], "needs a head before it; what has no head is kept as raw")
    head = values["head"]
    start = head.data if head.binary else _to_crlf(head.data) + CRLF
    bodies = [key for key in ("json", "text", "body", "wire") if key in values]
    if len(bodies) > 1:
        raise MessageError(bodies[1], f"a message has one body, and {bodies[0]} is it already")
    body = _join_body(bodies[0], values[bodies[0]], style) if bodies else b""
    if style and bodies != ["json"]:
        raise MessageError("style", "belongs to json, and there is none")
    return start + _join_rest(start, body, chunks, values)


def _join_rest(
    head: bytes, body: bytes, chunks: Sequence[int] | None, values: Mapping[str, Value]
) -> bytes:
    """Return what follows a head."""
    if chunks is None:
        if "trailers" in values:
            raise MessageError("trailers", "needs chunks: only chunked coding has trailers")
        if "cut" in values:
            raise MessageError("cut", "needs chunks: it follows the last of them")
        return body
    if "wire" in values:
        raise MessageError("chunks", "wire has its chunk framing already")
    if "cut" in values:
        if "trailers" in values:
            raise MessageError("trailers", "cannot stand beside cut: a body cut short has none")
        whole = _join_chunks(head, body, chunks, b"")
        return whole.removesuffix(NO_MORE_CHUNKS) + values["cut"].data
    end = values.get("trailers", Value(b""))
    return _join_chunks(head, body, chunks, end.data if end.binary else _to_crlf(end.data))


def _join_chunks(head: bytes, body: bytes, sizes: Sequence[int], trailers: bytes) -> bytes:
    try:
        return encode_chunks(body, sizes, trailers)
    except ValueError as error:
        # Without chunked coding in its head a message has no chunks that an edit could outgrow.
        if b"chunked" not in head.lower():
            raise MessageError("chunks", str(error)) from None
        raise ChunksError("chunks", str(error), body) from None


def _forbid(key: str, reason: str, keys: Iterable[str], allowed: set[str]) -> None:
    for other in keys:
        if other not in allowed:
            raise MessageError(other, f"cannot stand beside {key}, which {reason}")


def _to_crlf(lines: bytes) -> bytes:
    """Return lines of a text as lines of HTTP; the last one may lack its newline."""
    if lines and not lines.endswith(b"\n"):
        lines += b"\n"
    return lines.replace(b"\n", CRLF)


def _join_body(key: str, value: Value, style: str | None) -> bytes:
    if key == "body" and not value.binary:
        raise MessageError(key, "expected !!binary; a text goes under the key text")
    if key != "json":
        return value.data
    if value.binary or style is None:
        missing = "is a text" if value.binary else "needs its style"
        raise MessageError(key, f"{missing}: one of {', '.join(STYLES)}")
    # A text that came from a YAML parser has lost the indentation of the file.
    body = decode_json(BREAK + value.data.replace(b"\n", BREAK), style.encode())
    return body or b""
