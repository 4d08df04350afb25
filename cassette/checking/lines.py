"""Lines of a text: where an interaction, or a place in it, stands."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[\w-]+")
_CONFLICT: Final = re.compile(rb"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)


def conflict_line(text: bytes) -> int:
    """Return the line of the first marker that a merge has left; 0 where there is none."""
    found = _CONFLICT.search(text)
    return text.count(b"\n", 0, found.start()) + 1 if found else 0


def line_of(entry: str, place: str) -> int:
    """Return the line of an entry in which a place stands, counted from 0.

    Args:
        entry: The text of an interaction.
        place: Such as ``request.headers.authorization`` or ``response.body``.
    """
    lines = entry.splitlines()
    role, _, rest = place.partition(".")
    start = next((n for n, text in enumerate(lines) if text.strip() == f"{role}:"), 0)
    kind, _, name = rest.partition(".")
    words = _WORD.findall(name)
    wanted = words[-1].lower() if words else ""
    for n in range(start, len(lines)):
        if wanted and wanted in lines[n].lower():
            return n
    if kind == "target":
        return min(start + 2, len(lines) - 1)
    bodies = ("json:", "text:", "body:", "wire:", "raw:")
    for n in range(start, len(lines)):
        if lines[n].strip().startswith(bodies):
            return n
    return start
