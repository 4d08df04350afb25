"""Content codings: what a body is once they are undone (RFC 9110, section 8.4).

gzip and deflate always; ``br`` and ``zstd`` where the interpreter or a library has them.
"""

from __future__ import annotations

import importlib
import io
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# RFC 9110, section 8.4.1.2: some servers leave the zlib wrapper of deflate out.
_WINDOWS: Final = {b"gzip": (31,), b"x-gzip": (31,), b"deflate": (15, -15)}
_NONE: Final = frozenset((b"", b"identity"))
_BROTLI: Final = ("brotli", "brotlicffi")
_ZSTD: Final = ("compression.zstd", "backports.zstd", "zstandard")
_SLICE: Final = 1 << 10
"""Bytes that are decompressed in one go where a library has no limit of its own."""


class Packing(NamedTuple):
    """How a body was compressed.

    Attributes:
        window: What ``zlib`` calls wbits; 0 for another coding.
        truncated: It was cut short.
        coding: The coding, where ``zlib`` does not know it.
    """

    window: int
    truncated: bool
    coding: bytes = b""


class Unpacked(NamedTuple):
    """A body with its codings undone, as far as that can be done.

    Attributes:
        content: What is left; None where it is longer than the limit.
        packings: What was undone, the outermost first.
    """

    content: bytes | None
    packings: list[Packing]


def codings_of(values: Iterable[bytes]) -> list[bytes]:
    """Return the codings that fields Content-Encoding name, in the order of their application."""
    names = (name.strip().lower() for value in values for name in value.split(b","))
    return [name for name in names if name not in _NONE]


def unpack(body: bytes, codings: Sequence[bytes], limit: int = 0) -> Unpacked:
    """Undo content codings, up to the first that is unknown or is not there.

    Args:
        body: The payload.
        codings: What ``codings_of`` gives.
        limit: Bytes up to which a body is decompressed; 0 for any number.
    """
    content: bytes | None = body
    packings: list[Packing] = []
    for coding in reversed(codings):
        found = None if content is None else _inflate(content, coding, limit)
        if found is None:
            break
        content, packing = found
        packings.append(packing)
        if limit and len(content) > limit:
            content = None
    return Unpacked(content, packings)


def beginning(body: bytes, codings: Sequence[bytes], size: int) -> bytes | None:
    """Return the first bytes of a body with its codings undone; None where that fails.

    Args:
        body: The payload, or the first bytes of it.
        codings: What ``codings_of`` gives.
        size: How many bytes there are at most.
    """
    for coding in reversed(codings):
        found = _inflate(body, coding, size)
        if found is None:
            return None
        body = found[0]
    return body[:size]


def pack(content: bytes, packings: Iterable[Packing]) -> bytes:
    """Return content compressed as ``unpack`` found it; what was cut short has no end mark."""
    for window, truncated, coding in reversed([*packings]):
        if coding:
            content = _compressed(content, coding)
            continue
        packer = zlib.compressobj(9, zlib.DEFLATED, window)
        end = zlib.Z_SYNC_FLUSH if truncated else zlib.Z_FINISH
        content = packer.compress(content) + packer.flush(end)
    return content


GZIP_MAGIC: Final = b"\x1f\x8b\x08"
"""What gzip begins with (RFC 1952, section 2.3.1)."""


def _inflate(body: bytes, coding: bytes, limit: int) -> tuple[bytes, Packing] | None:
    for window in _WINDOWS.get(coding, ()):
        try:
            content, truncated = _inflate_members(body, window, limit)
        except zlib.error:
            continue
        return content, Packing(window, truncated)
    found = _unbrotli(body, limit) if coding == b"br" else None
    if coding == b"zstd":
        found = _unzstd(body, limit)
    return None if found is None else (found, Packing(0, truncated=False, coding=coding))


@cache
def _library(names: tuple[str, ...]) -> Any:  # noqa: ANN401 - whichever there is
    """Return the first of some modules that is installed, or None."""
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def _unbrotli(body: bytes, limit: int) -> bytes | None:
    """Return what a body of RFC 7932 holds; None where that cannot be told, or it is cut short."""
    library = _library(_BROTLI)
    if library is None:
        return None
    out, size = [], 0
    try:
        unpacker = library.Decompressor()
        for at in range(0, len(body), _SLICE):
            out.append(unpacker.process(body[at : at + _SLICE]))
            size += len(out[-1])
            if limit and size > limit:
                break
        else:
            if not unpacker.is_finished():
                return None
    except library.error:
        return None
    return b"".join(out)


def _unzstd(body: bytes, limit: int) -> bytes | None:
    """Return what a body of RFC 8878 holds; None where that cannot be told, or it is cut short."""
    library = _library(_ZSTD)
    if library is None:
        return None
    try:
        if hasattr(library, "ZstdFile"):
            with library.ZstdFile(io.BytesIO(body)) as file:
                return bytes(file.read(limit + 1 if limit else -1))
        with library.ZstdDecompressor().stream_reader(
            io.BytesIO(body), read_across_frames=True
        ) as file:
            return bytes(file.read(limit + 1 if limit else -1))
    except (library.ZstdError, EOFError, MemoryError):
        return None


def _compressed(content: bytes, coding: bytes) -> bytes:
    if coding == b"br":
        return bytes(_library(_BROTLI).compress(content))
    library = _library(_ZSTD)
    if hasattr(library, "ZstdFile"):
        return bytes(library.compress(content))
    return bytes(library.ZstdCompressor().compress(content))


def _inflate_members(body: bytes, window: int, limit: int) -> tuple[bytes, bool]:
    """Return what one or more compressed members hold, and whether the last one was cut short.

    Where that is more than the limit, one byte more than it comes back.

    Raises:
        zlib.error: It is not compressed in this way.
    """
    out: list[bytes] = []
    room = limit
    while True:
        unpacker = zlib.decompressobj(window)
        try:
            # One byte more than there is room for, since 0 would mean any number of them.
            out.append(unpacker.decompress(body, room + 1 if limit else 0))
        except zlib.error:
            if not out:
                raise
            return b"".join(out), False  # padding behind the last member: clients pass over it
        room -= len(out[-1])
        if limit and room < 0:
            return b"".join(out), False
        if not unpacker.eof or not unpacker.unused_data:
            return b"".join(out), not unpacker.eof
        body = unpacker.unused_data
