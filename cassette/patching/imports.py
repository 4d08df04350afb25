"""Patches for a library that may be imported while a cassette is in use."""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from cassette.patching.undo import UndoLog


def when_imported(name: str, patch: Callable[[ModuleType], None], log: UndoLog) -> None:
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
    waiter = _Waiter(name, patch)
    sys.meta_path.insert(0, waiter)
    log.add(waiter.stop)


class _Waiter(importlib.abc.MetaPathFinder):
    """Finds nothing itself; puts a loader of its own around the real one."""

    def __init__(self, name: str, patch: Callable[[ModuleType], None]) -> None:
        self._name = name
        self._patch = patch

    def stop(self) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the protocol has it
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        self.stop()
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self._patch)
        return spec


class _Loader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader, patch: Callable[[ModuleType], None]) -> None:
        self._loader = loader
        self._patch = patch

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._patch(module)
