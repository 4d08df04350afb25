"""Patchers of libraries that a program may never import: each is made once its library is there."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from cassette.patching.imports import when_imported
from cassette.patching.undo import UndoLog

if TYPE_CHECKING:
    from types import ModuleType

    from cassette.tapes.in_force import Patcher


class LatePatcher:
    """A patcher whose module is imported with the first of its libraries.

    Args:
        libraries: Full names of the libraries.
        module: The module that has the patcher.
        name: The class of the patcher in it.
    """

    def __init__(self, libraries: tuple[str, ...], module: str, name: str) -> None:
        self._libraries = libraries
        self._module = module
        self._name = name
        self._patcher: Patcher | None = None
        self._log = UndoLog()

    def apply(self) -> None:
        """Patch, now or when a library is imported."""
        for library in self._libraries:
            when_imported(library, self._apply, self._log)

    def undo(self) -> None:
        """Put everything back."""
        self._log.undo()
        self._patcher = None

    def _apply(self, _library: ModuleType) -> None:
        if self._patcher is None:
            made: Patcher = getattr(import_module(self._module), self._name)()
            self._patcher = made
            self._log.add(made.undo)
            made.apply()
