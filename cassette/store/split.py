"""Finding the interactions of a file without parsing it.

Every interaction starts with ``- call: `` at the start of a line, and nothing else in a cassette
can: the lines of a literal block are indented, and so are all keys. The one exception is a quoted
scalar that somebody wrote over several lines without indenting them. So each part is checked: it
must end as an interaction ends, and no quoted scalar may be open there; if one may be, the part
must prove itself by being decoded.
"""

from __future__ import annotations

import json
from typing import Final

from cassette.model import Ended
from cassette.store.shape import has_open_quote

MARK: Final = b"\n- call: "
ENDS: Final = tuple(b"\n  ended: " + ended.encode() for ended in Ended)


def read_own_call(entry: bytes) -> str | None:
    """Return the call of an entry, or None where it is not written as the writer would."""
    line = entry[: entry.find(b"\n")].decode("utf-8", "replace")
    if line.count(" ") == 1 and line[0].isalpha() and line[-1] not in ": ":
        return line
    if line[:1] == '"' and "\\ " not in line:
        try:
            call = json.loads(line)
        except ValueError:
            return None
        return call if isinstance(call, str) else None
    return None


def is_whole(entry: bytes) -> bool:
    """Return whether an entry certainly ends where the next mark stands."""
    return entry.endswith(ENDS) and not has_open_quote(entry)
