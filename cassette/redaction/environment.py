"""Secrets that the environment holds: what its variables of secret names say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from cassette.redaction.names import Tier
from cassette.redaction.urls import in_userinfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.redaction.judging import Court

_FOLDERS: Final = frozenset(("PWD", "OLDPWD"))
"""Where the shell is, and was: no passwords in spite of their names."""


def secrets_of_environment(court: Court) -> Iterator[bytes]:
    """Yield the values of variables whose names are secret, and the passwords of URLs."""
    for name, text in os.environ.items():
        if name in _FOLDERS or not text or text.startswith("/"):
            continue
        value = text.encode("utf-8", "surrogateescape")
        if court.tier(name) >= Tier.LIKELY and court.hides(name, value, "form"):
            yield value
        if b"@" in value:
            for hit in in_userinfo(value, 0, len(value), ""):
                if hit.learn:
                    yield hit.secret
