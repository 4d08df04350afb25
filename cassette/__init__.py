"""Record real HTTP once, byte for byte, and replay it offline.

The names below are imported when they are first used: pytest loads this package in every run of
everyone who has it installed, and ``cassette.client`` needs none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cassette.api import Use, load, tape, use
    from cassette.errors import (
        BlockedNetworkError,
        CassetteError,
        CassetteExpiredError,
        CassetteFormatError,
        CassetteNotFoundError,
        CassetteVersionError,
        HookError,
        OptionError,
        RecordingEndedError,
        TapeClosedError,
        UninterceptedClientError,
        UnmatchedRequestError,
        UnplayedInteractionsError,
    )
    from cassette.model import Ended, Interaction
    from cassette.patching.network.guard import block_network
    from cassette.redaction import Redactor
    from cassette.tapes.expiry import CassetteExpiredWarning
    from cassette.tapes.modes import RecordMode
    from cassette.tapes.outcome import EditedWarning, UnplayedWarning, UnrecordedWarning
    from cassette.tapes.tape import Tape
    from cassette.transport.scripted import ScriptedTransport
    from cassette.verify.drift import DriftError
    from cassette.verify.verification import Verification

__all__ = [
    "BlockedNetworkError",
    "CassetteError",
    "CassetteExpiredError",
    "CassetteExpiredWarning",
    "CassetteFormatError",
    "CassetteNotFoundError",
    "CassetteVersionError",
    "DriftError",
    "EditedWarning",
    "Ended",
    "HookError",
    "Interaction",
    "OptionError",
    "RecordMode",
    "RecordingEndedError",
    "Redactor",
    "ScriptedTransport",
    "Tape",
    "TapeClosedError",
    "UninterceptedClientError",
    "UnmatchedRequestError",
    "UnplayedInteractionsError",
    "UnplayedWarning",
    "UnrecordedWarning",
    "Use",
    "Verification",
    "block_network",
    "load",
    "tape",
    "use",
]

_HOMES = {
    "api": ("Use", "load", "tape", "use"),
    "tapes.outcome": ("EditedWarning", "UnplayedWarning", "UnrecordedWarning"),
    "tapes.tape": ("Tape",),
    "verify.drift": ("DriftError",),
    "errors": (
        "BlockedNetworkError",
        "CassetteError",
        "CassetteExpiredError",
        "CassetteFormatError",
        "CassetteNotFoundError",
        "CassetteVersionError",
        "HookError",
        "OptionError",
        "RecordingEndedError",
        "TapeClosedError",
        "UninterceptedClientError",
        "UnmatchedRequestError",
        "UnplayedInteractionsError",
    ),
    "tapes.expiry": ("CassetteExpiredWarning",),
    "model": ("Ended", "Interaction"),
    "tapes.modes": ("RecordMode",),
    "patching.network.guard": ("block_network",),
    "redaction": ("Redactor",),
    "transport.scripted": ("ScriptedTransport",),
    "verify.verification": ("Verification",),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    if name == "__version__":
        return import_module("importlib.metadata").version("pytest-cassette")
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(import_module(f"cassette.{home}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'cassette' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
