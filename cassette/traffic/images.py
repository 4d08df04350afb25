"""The measures of an image, read from its first bytes; nothing of it is decoded."""

from __future__ import annotations

import struct


def dimensions(content: bytes) -> str:
    """Return ``48 x 32, ``; nothing where the measures cannot be told at a glance."""
    found = None
    if content[:4] == b"\x89PNG" and len(content) >= 24:  # noqa: PLR2004 - where IHDR has them
        found = struct.unpack(">II", content[16:24])
    elif content[:3] == b"GIF" and len(content) >= 10:  # noqa: PLR2004 - the screen descriptor
        found = struct.unpack("<HH", content[6:10])
    elif content[:2] == b"\xff\xd8":
        found = _jpeg(content)
    return f"{found[0]} x {found[1]}, " if found else ""


def _jpeg(content: bytes) -> tuple[int, int] | None:
    at = 2
    while content[at : at + 1] == b"\xff" and at + 9 <= len(content):
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # noqa: PLR2004 - SOFn
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    return None
