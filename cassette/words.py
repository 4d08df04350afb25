"""The words that the options of a use are given in, so that editors and type checkers know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta
    from os import PathLike

    from cassette.model import Request
    from cassette.redaction import Redactor
    from cassette.tapes.hooks import Hook
    from cassette.tapes.modes import RecordMode
    from cassette.verify.verification import Verification

Mode = Literal["none", "once", "new_episodes", "all", "rewrite", "verify", "off"]
"""The record modes; each has a member of ``RecordMode`` too."""

OnUnplayed = Literal["ignore", "warn", "fail"]
"""What may be done about interactions that no request asked for."""

OnExpiry = Literal["warn", "fail", "rerecord"]
"""What may be done about a cassette that is too old."""

MatcherName = Literal[
    "method",
    "scheme",
    "host",
    "port",
    "path",
    "query",
    "variant",
    "body",
    "uri",
    "headers",
    "raw_body",
]
"""The matchers that have a name."""


class Options(TypedDict, total=False):
    """The options of ``cassette.use``, which tells what each of them does.

    So the fixture ``cassette_config`` may say what it returns.
    """

    mode: Mode | RecordMode | None
    match_on: Sequence[MatcherName | Callable[[Request, Request], object]]
    ignore: Sequence[str]
    redact: Redactor | bool
    repeat: bool
    on_unplayed: OnUnplayed
    allow_hosts: Sequence[str]
    decode: bool
    extra: Sequence[str | PathLike[str]]
    freeze: bool
    timing: Literal["recorded"] | float | None
    verify: Verification | None
    max_age: str | timedelta | None
    on_expiry: OnExpiry
    failures: bool
    before_record: Hook | None
    before_playback: Hook | None
