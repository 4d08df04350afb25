"""A cassette for each test of a ``unittest`` class, as VCR.py has it."""

from __future__ import annotations

import inspect
import unittest
from pathlib import Path
from typing import Any

from cassette.vcr.config import VCR


class VCRMixin:
    """Puts a cassette in force in ``setUp``; override ``_get_vcr_kwargs`` and the others."""

    vcr_enabled = True

    def setUp(self) -> None:
        """Put the cassette in force."""
        super().setUp()  # type: ignore[misc]  # a TestCase stands behind it
        if self.vcr_enabled:
            context = self._get_vcr(**self._get_vcr_kwargs()).use_cassette(
                self._get_cassette_name()
            )
            self.cassette = context.__enter__()
            self.addCleanup(context.__exit__, None, None, None)  # type: ignore[attr-defined]

    def _get_vcr(self, **kwargs: Any) -> VCR:
        kwargs.setdefault("cassette_library_dir", self._get_cassette_library_dir())
        return VCR(**kwargs)

    def _get_vcr_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return kwargs

    def _get_cassette_library_dir(self) -> str:
        return str(Path(inspect.getfile(type(self))).parent / "cassettes")

    def _get_cassette_name(self) -> str:
        return f"{type(self).__name__}.{self._testMethodName}.yaml"  # type: ignore[attr-defined]


class VCRTestCase(VCRMixin, unittest.TestCase):
    """A test case with a cassette for each of its tests."""
