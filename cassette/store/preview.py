"""What a reviewer sees of a body that stands in the file as base64: comments, nothing more."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from cassette.store.forms import unsafe_text
from cassette.store.jsonform import encode_json
from cassette.store.scalars import BREAK
from cassette.wire.codings import beginning, codings_of

if TYPE_CHECKING:
    from cassette.wire.headers import Fields

MAX_BYTES: Final = 1 << 13
"""As much is decoded at most, so that a body that unpacks to gigabytes costs nothing."""

MAX_LINES: Final = 20
MAX_WIDTH: Final = 160

_CHARSET: Final = re.compile(r"charset=[\"']?([\w.-]+)", re.IGNORECASE | re.ASCII)


def preview(body: bytes, fields: Fields) -> bytes:
    """Return comment lines that show the start of a body as text; none where it is no text.

    Args:
        body: The body, or its first ``MAX_BYTES``.
        fields: The header fields that tell its coding and charset.
    """
    codings = codings_of(fields.every(b"content-encoding"))
    kind = _CHARSET.search((fields.first(b"content-type") or b"").decode("latin-1"))
    content = beginning(body, codings, MAX_BYTES)
    if content is None:
        return b""
    spread = encode_json(content)
    text = _decode(
        spread[0].replace(BREAK, b"\n").lstrip() if spread else content,
        kind[1] if kind else "utf-8",
    )
    if not text or text.isspace() or len(unsafe_text().findall(text)) * 10 > len(text):
        return b""
    lines = text.splitlines()
    shown = [unsafe_text().sub("\ufffd", line[:MAX_WIDTH]) for line in lines[:MAX_LINES]]
    coding = b", ".join(codings).decode("latin-1")
    title = f"{coding or (kind[1] if kind else 'text')}, decoded:"
    more = ["..."] if len(lines) > MAX_LINES or len(content) >= MAX_BYTES else []
    return b"".join(
        f"    # {line}".rstrip().encode() + b"\n"
        for line in [title, *("  " + line for line in (*shown, *more))]
    )


def _decode(content: bytes, charset: str) -> str | None:
    try:
        decoder = codecs.getincrementaldecoder(charset)()
        return str(decoder.decode(content, final=len(content) < MAX_BYTES))
    except (LookupError, UnicodeError, TypeError, ValueError, AttributeError):
        return None
