"""What lines and fields of a response mean to ``http.client``, the lenient reader.

Each rule stands here once. The client applies it to what it pulls from a file, the push parsers to
what passes by, so the recorder takes for the end of a message what the client takes for it. Where
the rule is wider than the RFC's grammar, its docstring says so.
"""

from __future__ import annotations

import re
from typing import Final

_FIELD_LINES: Final = re.compile(r"^([!-9;-~]++):[ \t]*+([^\r]*+)\r\n", re.MULTILINE)
"""A field line as both RFC 9112, section 5 and the e-mail package read it.

The names are those of RFC 5322: every visible ASCII character but the colon. A value may run over
a bare LF here, which the count of lines then shows: leaving LF out of the class would cost a
quarter of the time. For that price a line without CR is scanned to the end of the section, so
long sections are left to the e-mail parser.
"""

_LONGEST_PLAIN: Final = 1 << 16

_NO_BODY: Final = frozenset((204, 304))


def parse_status_line(line: str) -> tuple[str, int, str] | None:
    """Return version, status code and reason phrase; None where it is no status line.

    Args:
        line: The line; what ends it stays with the reason phrase.

    Source: RFC 9112, section 4, which wants single blanks and three digits. Here blanks of any
    kind and number count, and whatever ``int`` reads as 100 to 999.
    """
    try:
        version, code, reason = line.split(None, 2)
    except ValueError:
        # No reason phrase; blanks of any kind behind the code count as part of the code.
        version, code, reason, *_ = (*line.split(None, 1), "", "", "")
    if not code or not version.startswith("HTTP/"):
        return None
    try:
        status = int(code)
    except ValueError:
        return None
    return (version, status, reason) if 100 <= status <= 999 else None  # noqa: PLR2004


def split_fields(section: str, count: int, folded: str) -> list[tuple[str, str]] | None:
    """Return the fields of a well-formed header section; None where it is odd.

    Args:
        section: The section, the empty line that ends it included.
        count: How many lines it has, the empty one included.
        folded: A line feed and the section in lower case, which callers have use for too.

    Source: RFC 9112, section 5.
    """
    if not section.endswith("\r\n\r\n") or len(section) > _LONGEST_PLAIN:
        return None
    fields: list[tuple[str, str]] = _FIELD_LINES.findall(section)
    # One match a line, and no line left over but the empty one, which nothing can match.
    if len(fields) + 1 != count:
        return None
    kind = folded.find("\ncontent-type:")
    if kind >= 0:
        value = folded[kind + 14 : folded.find("\n", kind + 14)]
        if "multipart" in value or "message" in value:
            return None
    return fields


def content_length(value: str | None) -> int | None:
    """Return the length that a Content-Length field announces; None where it does not count.

    Source: RFC 9110, section 8.6, which wants digits alone; here whatever ``int`` reads counts, as
    long as it is not negative.
    """
    try:
        length = int(value or "")
    except ValueError:
        return None
    return length if length >= 0 else None


def is_chunked(value: str | None) -> bool:
    """Return whether a Transfer-Encoding field makes a body chunked.

    Source: RFC 9112, section 6.1, under which ``gzip, chunked`` would be chunked too; here only
    the exact value counts.
    """
    return (value or "").lower() == "chunked"


def has_body(method: str | None, status: int) -> bool:
    """Return whether a response has a body, whatever its fields say.

    Source: RFC 9112, section 6.3, step 1.
    """
    return status >= 200 and status not in _NO_BODY and method != "HEAD"  # noqa: PLR2004


def parse_chunk_size(line: bytes) -> int:
    """Return the size that a chunk-size line announces; extensions are passed over.

    Raises:
        ValueError: It is no number.

    Source: RFC 9112, section 7.1, which wants hex digits alone. Here whatever ``int`` reads
    counts: blanks, a sign, ``0x`` and underscores.
    """
    return int(line.partition(b";")[0], 16)
