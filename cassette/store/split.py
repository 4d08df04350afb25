"""Finding the interactions of a file without parsing it.

Every interaction starts with ``- call: `` at the start of a line, and nothing else in a cassette
has a dash there: the lines of a literal block are indented, and so are all keys. The one exception
is a quoted scalar that somebody wrote over several lines without indenting them. So each part is
checked: it must start and end as an interaction does, and no quoted scalar may be open at its end;
if one may be, the part must prove itself by being decoded.
"""

from __future__ import annotations

import json
import re
import string
from typing import Final

from cassette.model import Ended

MARK: Final = b"\n-"
START: Final = b" call: "
ENDS: Final = tuple(b"\n  ended: " + ended.encode() for ended in Ended)

_WHOLE_END: Final = tuple(end + b"\n" for end in ENDS)
# What can stand before a quotation mark that closes a scalar, but not before one that opens it.
_BEFORE_CLOSING: Final = frozenset(
    char.encode() for char in string.ascii_letters + string.digits + './=+-_;%()!>"'
)
_FOREIGN_BREAKS: Final = tuple(char.encode() for char in "\x85\u2028\u2029\ufeff")
# No blank before "#" and no colon at the end: there YAML would see a comment, or a key.
_PLAIN_CALL: Final = re.compile(
    r"^ call: ([A-Za-z][A-Za-z-]* [!\"$-~](?:[!-~]*[!-9;-~])?)$", re.MULTILINE
)


class SplitError(Exception):
    """The file does not fall into entries at the marks; only parsing all of it can tell."""


def without_torn_entry(text: bytes) -> bytes:
    """Return the text of a journal up to its last complete interaction; empty if there is none."""
    if text.endswith(_WHOLE_END):
        return text
    return text[: max(text.rfind(end) + len(end) if end in text else 0 for end in _WHOLE_END)]


def read_plain_calls(entries: list[bytes]) -> list[str] | None:
    """Return the calls of entries if all are plain scalars that the writer would write, else None.

    One search over all first lines costs half of reading them one after the other.
    """
    lines = b"\n".join([entry[: entry.find(b"\n")] for entry in entries])
    calls = _PLAIN_CALL.findall(lines.decode("utf-8", "replace"))
    return calls if len(calls) == len(entries) else None


def read_own_call(entry: bytes) -> str | None:
    """Return the call of an entry, or None where it is not written as the writer would."""
    if not entry.startswith(START):
        return None
    first = entry[: entry.find(b"\n")].decode("utf-8", "replace")
    line = first.removeprefix(START.decode())
    if _PLAIN_CALL.fullmatch(first):
        return line
    if line[:1] == '"' == line[-1:] and "\\ " not in line:
        try:
            call = json.loads(line)
        except ValueError:
            return None
        # An escape may stand for half a character, which only the parser's errors can tell.
        return call if isinstance(call, str) and call.isascii() else None
    return None


def is_whole(entry: bytes) -> bool:
    """Return whether an entry certainly ends where the next mark stands."""
    return entry.endswith(ENDS) and not has_open_quote(entry)


def has_open_quote(text: bytes) -> bool:
    """Return whether a quoted scalar may still be open where a text ends that is YAML."""
    double, single = text.rfind(b'"'), text.rfind(b"'")
    return (double >= 0 and may_open(text[max(double - 3, 0) : double])) or (
        single >= 0 and may_open(text[max(single - 3, 0) : single])
    )


def may_open(before: bytes) -> bool:
    """Return whether a scalar may be open behind a quotation mark, the last one of its kind.

    A mark opens a scalar only behind what can stand before a token, and stays inside of one only
    behind a backslash or another mark. So False is certain, of a text that is YAML.

    Args:
        before: What stands before the mark, as far as three bytes.
    """
    last = before[-1:]
    return last not in _BEFORE_CLOSING and (last < b"\x80" or before.endswith(_FOREIGN_BREAKS))
