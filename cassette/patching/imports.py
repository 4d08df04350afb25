"""Patches for a library that may be imported while a cassette is in use."""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from cassette.patching.undo import UndoLog

    Patch = Callable[[ModuleType], object]


def when_imported(name: str, patch: Patch, log: UndoLog) -> None:
    """Call a function with a module: now if it is imported, else right after it will be.

    Args:
        name: Full name of the module.
        patch: The function.
        log: Takes note of how to stop waiting.
    """
    module = sys.modules.get(name)
    if module is not None:
        patch(module)
        return
    if not _finder.patches:
        sys.meta_path.insert(0, _finder)
    _finder.patches.setdefault(name, []).append(patch)
    log.add(partial(_finder.stop, name, patch))


class _Finder(importlib.abc.MetaPathFinder):
    """Finds nothing itself; puts a loader of its own around the real one.

    Attributes:
        patches: What is to be called, by the module that is waited for.
    """

    def __init__(self) -> None:
        self.patches: dict[str, list[Patch]] = {}

    def stop(self, name: str, patch: Patch) -> None:
        waiting = self.patches.get(name, [])
        if patch in waiting:
            waiting.remove(patch)
            self._forget(name, waiting)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the protocol has it
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        waiting = self.patches.get(fullname)
        if waiting is None:
            return None
        due = waiting[:]
        waiting.clear()
        self._forget(fullname, waiting)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, due)
        return spec

    def _forget(self, name: str, waiting: list[Patch]) -> None:
        if not waiting:
            self.patches.pop(name, None)
        if not self.patches and self in sys.meta_path:
            sys.meta_path.remove(self)


_finder: Final = _Finder()


class _Loader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader, patches: Sequence[Patch]) -> None:
        self._loader = loader
        self._patches = patches

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        for patch in self._patches:
            patch(module)
