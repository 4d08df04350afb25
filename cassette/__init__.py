"""Record real HTTP once, byte for byte, and replay it offline.

The names below are imported when they are first used: pytest loads this package in every run of
everyone who has it installed, and ``cassette.client`` needs none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import cassette.system  # noqa: F401 - it takes the functions of the system before anyone fakes them

if TYPE_CHECKING:
    from cassette.api import Use, load, tape, use
    from cassette.defaults import Defaults
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
    from cassette.model import Ended, Interaction, Request, Response
    from cassette.patching.network.guard import block_network
    from cassette.redaction import Redactor
    from cassette.store.reader import Cassette
    from cassette.tapes.expiry import CassetteExpiredWarning
    from cassette.tapes.modes import RecordMode
    from cassette.tapes.outcome import (
        EditedWarning,
        UnansweredWarning,
        UnplayedWarning,
        UnrecordedWarning,
        UnsearchedWarning,
    )
    from cassette.tapes.tape import Tape
    from cassette.transport.scripted import ScriptedTransport
    from cassette.verify.drift import DriftError
    from cassette.verify.verification import Verification
    from cassette.words import Options

    __version__: str

__all__ = [
    "BlockedNetworkError",
    "Cassette",
    "CassetteError",
    "CassetteExpiredError",
    "CassetteExpiredWarning",
    "CassetteFormatError",
    "CassetteNotFoundError",
    "CassetteVersionError",
    "Defaults",
    "DriftError",
    "EditedWarning",
    "Ended",
    "HookError",
    "Interaction",
    "OptionError",
    "Options",
    "RecordMode",
    "RecordingEndedError",
    "Redactor",
    "Request",
    "Response",
    "ScriptedTransport",
    "Tape",
    "TapeClosedError",
    "UnansweredWarning",
    "UninterceptedClientError",
    "UnmatchedRequestError",
    "UnplayedInteractionsError",
    "UnplayedWarning",
    "UnrecordedWarning",
    "UnsearchedWarning",
    "Use",
    "Verification",
    "block_network",
    "load",
    "tape",
    "use",
]

_HOMES = {
    "api": ("Use", "load", "tape", "use"),
    "tapes.outcome": (
        "EditedWarning",
        "UnansweredWarning",
        "UnplayedWarning",
        "UnrecordedWarning",
        "UnsearchedWarning",
    ),
    "defaults": ("Defaults",),
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
    "model": ("Ended", "Interaction", "Request", "Response"),
    "tapes.modes": ("RecordMode",),
    "patching.network.guard": ("block_network",),
    "redaction": ("Redactor",),
    "store.reader": ("Cassette",),
    "transport.scripted": ("ScriptedTransport",),
    "verify.verification": ("Verification",),
    "words": ("Options",),
}

if not TYPE_CHECKING:  # else every name would be one

    def __getattr__(name: str) -> object:
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
