"""The record modes by the name that VCR.py has for them."""

from __future__ import annotations

from cassette.tapes.modes import RecordMode

__all__ = ["RecordMode"]
