"""Commands that a person may paste, where pytest was started, to run tests once more."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pytest


def command(config: pytest.Config, mode: str, tests: Iterable[str]) -> str:
    """Return the shell command that runs tests under a record mode, with the same cassettes.

    Args:
        config: Of this run.
        mode: The record mode.
        tests: As ``from_here`` names them.
    """
    # As it was typed, since it will be read from the same folder.
    folder: str | None = config.getoption("cassette_dir")
    elsewhere = [] if folder is None else [f"--cassette-dir={folder}"]
    return shlex.join(["pytest", f"--cassette-mode={mode}", *elsewhere, *tests])


def from_here(config: pytest.Config, node_id: str, file: Path | None = None) -> str:
    """Return the name of a test as the command line takes it.

    Args:
        config: Of this run.
        node_id: Names the test from the root of the project, wherever pytest was started.
        file: The file of the test, where it is known: a file from outside of the project may have
            another name in the id.
    """
    place, separator, name = node_id.partition("::")
    path = config.rootpath / place if file is None else file
    return os.path.relpath(path, config.invocation_params.dir) + separator + name
