"""Where a cassette stands, given its name; and where its journal does."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from cassette.errors import CassetteError, OptionError
from cassette.store.places import is_link
from cassette.system import System

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


def absolute(path: Path) -> Path:
    """Return a path from the root on: a change of the current folder then moves nothing.

    Where a test fakes the file system, the path leads where the program sees a file; else to where
    it leads without the fake.
    """
    if path.is_absolute():
        return path
    try:
        seen, real = os.getcwd(), System.getcwd()  # noqa: PTH109 - compared as texts
    except OSError:  # the current folder is gone
        return path
    place = Path(seen, path)
    return place if seen == real or place.exists() else Path(real, path)


def followed(path: Path, root: Path) -> Path:
    """Return where a cassette stands that is written to, the links below a folder followed.

    Args:
        path: The cassette, from the root of the file system on.
        root: The folder out of which no link may lead; for a cassette that is not below it, the
            cassette's own folder.

    Raises:
        CassetteError: One does.
    """
    root = root if path.is_relative_to(root) else path.parent
    if not _has_links(path, len(path.parts) - len(root.parts)):
        return path
    place = System.realpath(path)
    if Path(place).is_relative_to(System.realpath(root)):
        return Path(place)
    raise CassetteError(
        f"{path}: a symbolic link leads out of {root}, to {place}\n"
        "Nothing is recorded through it. Record into a file below that folder, or name the "
        "other one itself."
    )


def resolve_name(
    directory: str | PathLike[str], name: str, root: str | PathLike[str] | None = None
) -> Path:
    """Return the path of the cassette with this name; it is below the directory.

    Slashes make folders. What some file system does not take is replaced by ``_``, and the name
    gets a short hash then, so that two names never share a file. ``.yaml`` is added where it is
    missing.

    Args:
        directory: The folder of the cassettes.
        name: The name.
        root: The folder out of which no link below the directory may lead; without one, the
            directory itself.

    Raises:
        OptionError: The name is no text, is empty or absolute, has a part ``..``, or leads out of
            that folder through a symbolic link.
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
    around = [directory] if root is None else [directory, root]
    if _has_links(path, len(safe)) and not any(
        path.resolve().is_relative_to(Path(folder).resolve()) for folder in around
    ):
        raise OptionError(f"{name!r} leads out of {around[-1]} through a symbolic link")
    return path


def _has_links(path: Path, parts: int) -> bool:
    """Return whether one of the last parts of a path is a link.

    Without one no path leads out, and a look at each is cheaper than a resolution.
    """
    return any(map(is_link, (path, *path.parents)[:parts]))


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
