"""The face of VCR.py over cassettes of ours: ``import cassette.vcr as vcr``.

It plays the files of VCR.py where they lie; what is recorded anew is ours. What cannot be kept
raises, with the way to say it here. Nothing else in the package knows of this folder.
"""

from __future__ import annotations

from cassette.tapes.modes import RecordMode
from cassette.vcr.config import VCR
from cassette.vcr.request import Request
from cassette.vcr.unittest import VCRMixin, VCRTestCase

default_vcr = VCR()
use_cassette = default_vcr.use_cassette
mode = RecordMode

__all__ = [
    "VCR",
    "RecordMode",
    "Request",
    "VCRMixin",
    "VCRTestCase",
    "default_vcr",
    "mode",
    "use_cassette",
]
