"""The text of a cassette's file: read, or mapped where that pays."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from cassette.errors import CassetteFormatError, CassetteNotFoundError

if TYPE_CHECKING:
    from mmap import mmap
    from pathlib import Path

_LARGE_FILE: Final = 1 << 20
"""Bytes from which on it is asked whether a file had better be mapped than read."""


def read_text(path: Path) -> bytes | mmap:
    """Return the text of a file: mapped where that pays and the line ends are the writer's.

    Raises:
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > _LARGE_FILE:
                from cassette.store.mapped import map_file  # noqa: PLC0415 - few files are large

                mapped = map_file(file, size)
                if mapped is not None:
                    return mapped
            text = file.read()
    except FileNotFoundError:
        raise CassetteNotFoundError(path) from None
    except OSError as error:
        raise CassetteFormatError(
            f"it cannot be read: {error.strerror or error}",
            path=path,
            remedy="A cassette is a file that this user may read.",
        ) from None
    # A checkout with autocrlf. YAML takes either break for a newline, and the writer never puts a
    # CR into a file, so nothing is lost.
    return text.replace(b"\r\n", b"\n") if b"\r\n" in text[:64] else text
