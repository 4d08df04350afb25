"""The options of a use, read once and handed through as they are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, get_args

from cassette.store.names import absolute
from cassette.tapes.hooks import Hooks
from cassette.tapes.hosts import Hosts
from cassette.tapes.modes import RecordMode
from cassette.words import OnUnplayed

if TYPE_CHECKING:
    from collections.abc import Callable

    from cassette.matching import Matching
    from cassette.redaction import Redactor
    from cassette.tapes.expiry import Expiry
    from cassette.verify.verification import Verification

ON_UNPLAYED: Final[tuple[OnUnplayed, ...]] = get_args(OnUnplayed)
"""What may be done about interactions that no request asked for."""


@dataclass(frozen=True, slots=True)
class TapeOptions:
    """What a tape needs to know, checked.

    Attributes:
        path: The cassette.
        mode: The record mode.
        by_default: Nobody has asked for that mode by name.
        matching: What requests must have in common.
        redactor: What is masked.
        repeat: The last of several equal interactions answers from then on.
        on_unplayed: One of ``ON_UNPLAYED``.
        allow_hosts: The hosts that are left alone.
        decode: Bodies that were compressed are written decoded.
        extra: Cassettes that answer where this one does not.
        freeze: The program sees the time of the recording.
        timing: Recorded seconds are multiplied with this number on replay; 0 for all at once.
        expiry: How old the cassette may be; None for any age.
        verification: What counts as drift under the mode ``verify``; None for the defaults.
        failures: Failures to connect are what shall be recorded, and need no word.
        hooks: What sees each interaction before it is recorded, or played.
        adds: The cassette was recorded a moment ago and is not complete yet: everything goes live,
            and what it does not answer is added.
        before: A copy of what stood there before that; None for nothing.
        command: Gives the command that runs the same code under a record mode, for messages.
        taken: Tells whether a cassette is known to belong to another test, for messages.
        root: The folder out of which no link may lead that is recorded through; None for the
            current one.
    """

    path: Path
    mode: RecordMode
    matching: Matching
    redactor: Redactor
    repeat: bool = False
    on_unplayed: OnUnplayed = "ignore"
    allow_hosts: Hosts = field(default_factory=Hosts)
    decode: bool = False
    extra: tuple[Path, ...] = ()
    freeze: bool = False
    timing: float = 0.0
    expiry: Expiry | None = None
    verification: Verification | None = None
    by_default: bool = False
    failures: bool = False
    hooks: Hooks = field(default_factory=Hooks)
    adds: bool = False
    before: Path | None = None
    command: Callable[[str], str] = str
    taken: Callable[[Path], bool] = lambda _: False
    root: Path | None = None

    def fresh(self) -> Self:
        """Return the options for one use more, which begins now.

        What a redactor learns belongs to one use; and from now on a change of the current folder
        moves no file.
        """
        redactor = self.redactor.fresh()
        return replace(
            self,
            redactor=redactor,
            matching=self.matching.over(redactor),
            path=absolute(self.path),
            extra=tuple(map(absolute, self.extra)),
            root=absolute(self.root or Path()),
        )

    @property
    def how_to_record(self) -> str:
        """What to do where an interaction is missing, in one line."""
        remedy = f"To record it: {self.command(RecordMode.NEW_EPISODES)}"
        if self.hooks.before_record is None:
            return remedy
        return f"{remedy} (before_record may have left it out; allow_hosts would let it through)"

    @property
    def how_to_replace(self) -> str:
        """What to do where an interaction is no longer asked for, in one line."""
        return f"To record all anew, without what is stale: {self.command(RecordMode.REWRITE)}"

    @property
    def why_mode(self) -> str:
        """Why the record mode is what it is, where that may be news, as the end of a sentence."""
        is_ci = self.by_default and self.mode is RecordMode.NONE
        return ", since CI is set in the environment" if is_ci else ""

    @property
    def how_to_record_anew(self) -> str:
        """What to do where the recording is no good any more, in one line."""
        return f"To record it anew: {self.command(RecordMode.REWRITE)}"
