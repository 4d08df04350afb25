"""The errors of VCR.py by their names; they are ours."""

from __future__ import annotations

from cassette.errors import CassetteNotFoundError, UnmatchedRequestError

CannotOverwriteExistingCassetteException = UnmatchedRequestError
UnhandledHTTPRequestError = UnmatchedRequestError

__all__ = [
    "CannotOverwriteExistingCassetteException",
    "CassetteNotFoundError",
    "UnhandledHTTPRequestError",
]
