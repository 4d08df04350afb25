"""Where a test's cassette stands when nobody says otherwise."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Any, Final

import pytest

from cassette.errors import OptionError
from cassette.plugin import options
from cassette.store.names import resolve_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_MAX_NAME: Final = 120
"""Characters of a file name; most file systems stop at 255 bytes, and a character may take four."""

_twin_key: Final = pytest.StashKey[bool]()

_UNSAFE: Final = re.compile(r"[^\w.\[\]-]")


def folder_for(config: pytest.Config, file: Path) -> Path:
    """Return the folder for the cassettes of a test file.

    Args:
        config: Of this run.
        file: The test file.

    Returns:
        The folder ``cassettes`` beside the file. Where another folder was given, the file's own
        folder within that one, as seen from the root of the project, so that test files of one
        name in two packages do not meet there.
    """
    given: Path | None = options.value(config, "dir")
    if given is None:
        return file.parent / "cassettes"
    # A file from outside, such as a test of an installed package, keeps its way there as names.
    way = os.path.relpath(file.parent, config.rootpath).replace("..", "up")
    return given / way


def files_of(
    folder: Path, name: str, settings: Mapping[str, Any], root: Path
) -> tuple[Path, list[str | os.PathLike[str]]]:
    """Return the cassette of a test, and those that answer beside it.

    Args:
        folder: The folder for its cassettes.
        name: Name of its cassette where no option gives one.
        settings: Its options.
        root: Of the project, out of which no link may lead.

    Raises:
        OptionError: A name leads out of the folder, or a fixture of the project has returned what
            is no folder or no name.
    """
    if not isinstance(folder, str | os.PathLike):
        raise OptionError(
            f"the fixture cassette_dir: expected the path of a folder, found {folder!r}"
        )
    try:
        main = resolve_name(folder, settings.get("name") or name, root)
    except OptionError as error:
        # The name of an option was checked before, where it stands.
        raise OptionError(f"the fixture cassette_name: {error}") from None
    return main, [
        # A text is the name of a cassette, as the marker takes it; anything else is a path.
        resolve_name(folder, one, root) if isinstance(one, str) else one
        for one in settings.get("extra", ())
    ]


def test_name(item: pytest.Item) -> str:
    """Return the name of a test's cassette: the module, a slash, the classes and the test.

    The parameters belong to the name of the test. Of a doctest it is the name pytest gives it.
    """
    classes = [parent for parent in item.listchain() if isinstance(parent, pytest.Class)]
    nodes = [*classes, item]
    has_twin = any(node.stash.get(_twin_key, False) for node in nodes)
    name = file_name(".".join(node.name for node in nodes), has_twin=has_twin)
    return f"{file_name(item.path.stem)}/{name}"


def mark_twins(nodes: Sequence[pytest.Item | pytest.Collector]) -> None:
    """Mark tests and classes that differ from another one by upper and lower case alone.

    That other one keeps its name where it has nothing of upper case.

    Args:
        nodes: All that one class, or one module, holds.
    """
    spellings: dict[str, set[str]] = {}
    for node in nodes:
        spellings.setdefault(node.name.casefold(), set()).add(node.name)
    for node in nodes:
        folded = node.name.casefold()
        if node.name != folded and len(spellings[folded]) > 1:
            node.stash[_twin_key] = True


def file_name(name: str, *, has_twin: bool = False) -> str:
    """Return a file name for a test, without ending: readable, safe everywhere, unique.

    Args:
        name: Name of the test with its parameters, such as ``test_get[a/b]``.
        has_twin: Another test has this name but for upper and lower case, and keeps it. To a file
            system that ignores case, as those of Windows and macOS do, they are one.

    Returns:
        The name with every character but letters, digits, ``.``, ``_``, ``-``, ``[`` and ``]``
        replaced by ``-``, cut to 120 characters. A name that had to be changed, or has a twin, ends
        in eight digits of a digest of the original, so that no two tests share a file.
    """
    safe = _UNSAFE.sub("-", name)
    if safe == name and len(safe) <= _MAX_NAME and not has_twin:
        return safe
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{safe[: _MAX_NAME - 9].rstrip('.-')}-{digest}"
