"""The text of a cassette's file: read, or mapped where that pays."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING, Final

from cassette.errors import CassetteFormatError, CassetteNotFoundError
from cassette.system import System

if TYPE_CHECKING:
    from mmap import mmap
    from pathlib import Path

_LARGE_FILE: Final = 1 << 20
"""Bytes from which on it is asked whether a file had better be mapped than read."""


def read_text(path: Path) -> bytes | mmap:
    """Return the text of a file: mapped where that pays and the line ends are the writer's.

    Where a test fakes the file system, the fake is asked first, and then the real one.

    Raises:
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: It cannot be read.
    """
    try:
        try:
            text = _read(path)
        except FileNotFoundError:
            text = _read_really(path)
    except FileNotFoundError:
        raise CassetteNotFoundError(path) from None
    except (OSError, ValueError) as error:
        raise CassetteFormatError(
            f"it cannot be read: {getattr(error, 'strerror', None) or error}",
            path=path,
            remedy="A cassette is a file that this user may read.",
        ) from None
    if not isinstance(text, bytes):
        return text
    # A checkout with autocrlf. YAML takes either break for a newline, and the writer never puts a
    # CR into a file, so nothing is lost.
    return text.replace(b"\r\n", b"\n") if b"\r\n" in text[:64] else text


def _read(path: Path) -> bytes | mmap:
    """Return the text of a file, as the program sees it.

    Raises:
        OSError: It cannot be read.
        ValueError: The path can be none.
    """
    # Before it is opened: a pipe would wait for a writer, and a device may never end.
    found = path.stat()
    _check(found)
    with path.open("rb") as file:
        if found.st_size > _LARGE_FILE:
            from cassette.store.mapped import map_file  # noqa: PLC0415 - few files are large

            mapped = map_file(file, found.st_size)
            if mapped is not None:
                return mapped
        return file.read()


def _read_really(path: Path) -> bytes:
    """Return the text of a file that a faked file system does not show.

    Raises:
        OSError: It cannot be read.
    """
    descriptor = System.open(os.fspath(path), os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        _check(System.fstat(descriptor))
        return b"".join(iter(lambda: System.read(descriptor, _LARGE_FILE), b""))
    finally:
        System.close(descriptor)


def _check(found: os.stat_result) -> None:
    """Raise OSError unless this is a regular file."""
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "Is no regular file")
