"""``import vcr`` gives ``cassette.vcr``, for a project whose Python is not to be edited."""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType


class _StandIn(MetaPathFinder, Loader):
    """Finds ``vcr`` and ``vcr.NAME`` as ``cassette.vcr`` and ``cassette.vcr.NAME``."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - of the protocol
        target: ModuleType | None = None,  # noqa: ARG002 - as above
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != "vcr":
            return None
        return ModuleSpec(fullname, self, is_package=fullname == "vcr")

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        try:
            return importlib.import_module(f"cassette.{spec.name}")
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                f"cassette.vcr, which stands in for VCR.py here, has no module {spec.name!r}",
                name=spec.name,
            ) from error

    def exec_module(self, module: ModuleType) -> None:
        pass


def stand_in() -> None:
    """Let ``import vcr`` give ``cassette.vcr`` from now on, whatever is installed."""
    if not any(type(finder).__name__ == _StandIn.__name__ for finder in sys.meta_path):
        sys.meta_path.insert(0, _StandIn())
