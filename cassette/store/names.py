"""Where a cassette stands, given its name; and where its journal does."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from cassette.errors import OptionError

if TYPE_CHECKING:
    from os import PathLike

PARTIAL: Final = ".partial"
"""What the name of a journal ends in."""

_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*]')
_RESERVED: Final = frozenset(
    (
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"),
    )
)
"""Names that Windows keeps for devices, whatever stands behind the first dot."""

_MAX_NAME: Final = 200
"""Longest part of a name in bytes of UTF-8: file systems take 255, and suffixes need some."""


def journal_of(path: Path) -> Path:
    """Return where the journal of a cassette stands, if there is one."""
    return path.with_name(path.name + PARTIAL)


def resolve_name(directory: str | PathLike[str], name: str) -> Path:
    """Return the path of the cassette with this name; it is below the directory.

    Slashes make folders. What some file system does not take is replaced by ``_``, and the name
    gets a short hash then, so that two names never share a file. ``.yaml`` is added where it is
    missing.

    Raises:
        OptionError: The name is no text, is empty or absolute, has a part ``..``, or leads out of
            the directory through a symbolic link.
    """
    if not isinstance(name, str):
        raise OptionError(f"the name of a cassette is a text, not {name!r}")
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or name.endswith("/") or ".." in parts:
        raise OptionError(
            f"{name!r} is no name for a cassette below {directory}\n"
            "A name is relative, ends in the name of a file, and has no part '..'."
        )
    safe = [_safe_part(part) for part in parts]
    if not safe[-1].endswith((".yaml", ".yml")):
        safe[-1] += ".yaml"
    path = Path(directory, *safe)
    # Without a link on its way no name leads out, and two looks are cheaper than two resolutions.
    way = (path, *path.parents)[: len(safe)]
    if any(map(os.path.islink, way)) and not path.resolve().is_relative_to(
        Path(directory).resolve()
    ):
        raise OptionError(f"{name!r} leads out of {directory} through a symbolic link")
    return path


def _safe_part(part: str) -> str:
    """Return a part of a name as every file system takes it."""
    stem, dot, suffix = part.rpartition(".")
    if suffix not in ("yaml", "yml"):
        stem, dot, suffix = part, "", ""
    safe = _UNSAFE.sub("_", stem.encode("utf-8", "replace").decode()).rstrip(". ")
    if safe.partition(".")[0].lower() in _RESERVED:
        safe = f"_{safe}"
    encoded = safe.encode()[:_MAX_NAME]
    safe = encoded.decode("utf-8", "ignore")
    if safe != stem:
        import hashlib  # noqa: PLC0415 - hardly any name needs it

        digest = hashlib.sha256(stem.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        safe = f"{safe or '_'}-{digest}"
    return safe + dot + suffix
