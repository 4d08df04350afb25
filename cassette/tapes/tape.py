"""A cassette in use: one mode, one file, what was played and what was recorded.

The tape is what transports are made from. It knows nothing of sockets or libraries: it answers
requests for players and takes interactions from recorders.
"""

from __future__ import annotations

import contextlib
import threading
import warnings
from typing import TYPE_CHECKING

from cassette.clock import Clock
from cassette.errors import (
    CassetteError,
    RecordingEndedError,
    UnmatchedRequestError,
    UnplayedInteractionsError,
)
from cassette.matching import Index
from cassette.model import CONNECT
from cassette.store.files import journal_of
from cassette.store.reader import CassetteReader
from cassette.tapes.endings import tell
from cassette.tapes.expiry import CassetteExpiredWarning, OnExpiry
from cassette.tapes.freezing import Timeline
from cassette.tapes.modes import ADDING, RecordMode, policy
from cassette.tapes.source import Extra
from cassette.tapes.writer import Writer
from cassette.transport.failures import failed_connection
from cassette.transport.pace import Pace
from cassette.transport.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

    from cassette.matching import Matching
    from cassette.model import Endpoint, Interaction, Request
    from cassette.redaction import Redactor
    from cassette.tapes.expiry import Expiry
    from cassette.tapes.hosts import Hosts
    from cassette.verify.drift import Drift
    from cassette.verify.verifier import Verification, Verifier

ON_UNPLAYED = ("ignore", "warn", "fail")
"""What may be done about interactions that no request asked for."""


class UnplayedWarning(UserWarning):
    """Interactions were left when the use of a cassette ended.

    Unintended: the code under test no longer makes these requests; delete the interactions.
    Intended: say so with ``on_unplayed="ignore"``.
    """


class UnrecordedWarning(UserWarning):
    """Something reached the network past a cassette that recorded, and is missing in it.

    Unintended: use a client that cassettes record, since the replay refuses this one. Intended: let
    the host through with ``allow_hosts``, on the replay too.
    """


class Tape:
    """A cassette in use; what ``cassette.use`` yields.

    Attributes:
        path: The cassette.
        mode: The record mode in force.
        allow_hosts: The hosts that are left alone.
        played: How many interactions have been played, those of ``extra`` included.
        verified: How many interactions have been sent live and held against the recording.
        extra: The cassettes that answer beside it.
        existed: Whether there was a cassette when the use began.
        expired: Age of the oldest interaction, where it is more than ``max_age``; else None.
        errors: What the code under test was told instead of bytes: a request has no recording,
            an interaction is damaged, a recording ends too early or cannot be written; and what
            has drifted. The first one is raised again when the use ends, since that code may have
            swallowed it; a test that expects one takes it out of this list.
        bypassed: What went past it while it recorded, in a sentence for each host by its name. A
            use that ends well warns of it.
        policy: What the mode means for this use.
    """

    def __init__(  # noqa: PLR0913 - the options of a use
        self,
        path: Path,
        mode: RecordMode,
        *,
        matching: Matching,
        redactor: Redactor,
        repeat: bool = False,
        on_unplayed: str = "ignore",
        allow_hosts: Hosts,
        decode: bool = False,
        extra: Sequence[Path] = (),
        freeze: bool = False,
        timing: float = 0.0,
        expiry: Expiry | None = None,
        adds: bool = False,
        verification: Verification | None = None,
        command: Callable[[str], str] = str,
    ) -> None:
        self.path = path
        self.mode = mode
        self.allow_hosts = allow_hosts
        self.played = 0
        self.verified = 0
        self.existed = path.exists()
        self.expired: timedelta | None = None
        self.errors: list[CassetteError] = []
        self.bypassed: dict[str, str] = {}
        self._redactor = redactor
        self._repeat = repeat
        self._on_unplayed = on_unplayed
        self._timing = timing
        self._command = command
        self._lock = threading.RLock()
        self._under_way: set[Recorder] = set()
        self._settled = False
        self._reader: CassetteReader | None = None
        self._index: Index | None = None
        self._known: Index | None = None  # what is not recorded again
        self._verifier: Verifier | None = None
        self._times_played: dict[int, int] = {}
        self.policy = ADDING if adds else policy(mode, exists=self.existed)
        if self.existed and self.policy.keep:
            self._reader = CassetteReader.open(path)
        if expiry is not None and self.policy.play and self._reader is not None:
            self._mind_age(expiry, self._reader.oldest)
        # Of a use without a file nothing is ever fetched.
        reader = self._reader or CassetteReader(path)
        if self.policy.play or self.policy.compare:
            self._index = Index(reader.calls, reader.request, matching, repeat=repeat)
            if self.policy.compare:
                from cassette.verify.verifier import Verifier  # noqa: PLC0415 - others need not pay for it

                self._verifier = Verifier(reader, self._index, redactor, verification)
        elif adds:
            self._known = Index(reader.calls, reader.request, matching, repeat=repeat)
        self._keeper = Writer(
            path,
            self._reader,
            anew=self.mode is RecordMode.ALL and not adds,
            matching=matching,
            redactor=redactor,
            decode=decode,
        )
        self._timeline = self._new_timeline() if freeze else None
        read = extra if mode is not RecordMode.OFF else ()
        # A test may record the very cassette that its neighbours read beside theirs.
        self.extra = tuple([Extra(file, matching) for file in read if file != path])
        if self.policy.record:
            # No new secret shares a mask with one that stands in a file already. A secret gets its
            # mask when it is first looked for, which is before it is recorded.
            for opened in (self._reader, *self.extra):
                if opened is not None:
                    redactor.reserve(opened.path.read_bytes())

    # What a person asks.

    @property
    def recorded(self) -> int:
        """How many interactions have been recorded."""
        return self._keeper.recorded

    @property
    def journal(self) -> Path | None:
        """Where what was recorded stands until it becomes the cassette.

        It stays there after a use that did not end well. None where there is nothing.
        """
        return self._keeper.journal

    @property
    def left(self) -> int:
        """How many interactions have not been played."""
        return len(self.unplayed_by_number)

    @property
    def unplayed(self) -> list[str]:
        """The calls of the interactions that have not been played."""
        return list(self.unplayed_by_number.values())

    @property
    def unplayed_by_number(self) -> dict[int, str]:
        """The calls that have not been played, by their number in the file, counted from 0."""
        if self._index is None or self._reader is None:
            return {}
        calls = self._reader.calls
        return {number: calls[number] for number in self._index.left}

    @property
    def interactions(self) -> list[Interaction]:
        """The interactions that the cassette held when it was opened; ``played`` is up to date."""
        if self._reader is None:
            return []
        interactions = [self._reader.interaction(n) for n in range(len(self._reader.calls))]
        for number, interaction in enumerate(interactions):
            interaction.played = self._times_played.get(number, 0)
        return interactions

    # What a player asks.

    def answer(self, call: str, request: Request) -> Interaction | None:
        """Return the interaction that answers, now counted as played.

        Returns:
            The interaction; None where there is none and the mode lets the request go live.

        Raises:
            UnmatchedRequestError: There is none, and nothing may go live.
            CassetteFormatError: The interaction that answers is damaged, or one that nearly does.
        """
        assert self._index is not None  # noqa: S101 - only a policy that plays makes players
        try:
            number = self._index.find(call, request)
            if number is not None:
                return self._play(number)
            for extra in self.extra:
                if (found := extra.find(call, request)) is not None:
                    return self._count(extra, found)
            if self.policy.record:
                self.thaw()
                return None
            beside = [extra.recordings for extra in self.extra]
            explanation = self._index.explain(call, request, beside)
        except CassetteError as damage:
            self.errors.append(damage)
            raise
        journal = journal_of(self.path)
        error = UnmatchedRequestError(
            self._redactor.mask_call(call),
            path=self.path,
            mode=self.mode.value,
            total=len(self._reader.calls) if self._reader is not None else None,
            journal=journal if journal.exists() else None,
            remedy=f"To record it: {self._command(RecordMode.NEW_EPISODES)}",
            beside=sum(len(known.calls) for known in beside),
            **explanation._asdict(),
        )
        self.errors.append(error)
        raise error

    def foresee(self, call: str) -> Interaction | None:
        """Return the interaction that would answer this call, judged without the body."""
        if self._index is not None and self._reader is not None:
            for number in self._index.candidates(call):
                foreseen = self._reader.latest(number)
                if self._timeline is not None:
                    self._timeline.send(foreseen)
                return foreseen
        return next((found for extra in self.extra if (found := extra.foresee(call))), None)

    def connection_failure(self, endpoint: Endpoint) -> Interaction | None:
        """Return the recorded failure to connect whose turn it is, now counted as played.

        Which request a connection is opened for is not known when it is opened. A failure is due
        when it is the earliest interaction with this endpoint that has not been played.
        """
        origin = endpoint.origin
        if self._index is not None and self._reader is not None:
            while (number := self._index.next_for_origin(origin)) is not None:
                if not self._reader.calls[number].startswith(CONNECT):
                    return None
                # Marked already: the last one of all, which repeats; or another thread has had it.
                if self._index.mark(number) or self._repeat:
                    failed = self._play(number)
                    if self._timeline is not None:
                        self._timeline.finish()
                    return failed
        for extra in self.extra:
            if (found := extra.connection_failure(origin)) is not None:
                return self._count(extra, found)
        return None

    def exhausted(self, interaction: Interaction | None) -> RecordingEndedError:
        """Return the error for a client that reads where the recording has stopped."""
        call, received = "a request that was never sent", 0
        if interaction is not None:
            call, received = interaction.call, len(interaction.response.raw)
        error = RecordingEndedError(call, path=self.path, received=received)
        self.errors.append(error)
        return error

    def new_pace(self) -> Pace | None:
        """Return the pace of a new connection; None where all comes at once and no clock moves."""
        timeline = self._timeline
        if timeline is None and not self._timing:
            return None
        clock = Clock if timeline is None else timeline.clock
        return Pace(self, clock, factor=self._timing, timeline=timeline)

    # What a recorder tells.

    def new_recorder(self, endpoint: Endpoint) -> Recorder:
        """Return a recorder for a new connection."""
        return Recorder(endpoint, self.record, self._under_way)

    def settle(self) -> None:
        """Record nothing more: what is under way is abandoned, what comes later is not ours.

        A thread may be connecting at this moment, and a response may be read on afterwards.
        """
        for recorder in tuple(self._under_way):
            with contextlib.suppress(CassetteError):  # it is among our errors, for the end
                recorder.closed()
        self._settled = True

    def record(self, interaction: Interaction) -> None:
        """Write an interaction to the journal, secrets masked; not one that is answered already.

        That is one of an extra cassette, or of this one while it is added to. It went live all the
        same: what the server gave out, such as a token, is good for the requests that follow, which
        what was recorded is not. To verify is to compare, and to write nothing.
        """
        if self._settled:
            return
        if self._verifier is not None:
            self._verify(self._verifier, interaction)
            return
        call, request = interaction.call, interaction.request
        if self._known is not None and self._known.find(call, request) is not None:
            return
        if self._is_extra(interaction):
            return
        try:
            self._keeper.keep(interaction)
        except CassetteError as error:
            self.errors.append(error)
            raise

    def _is_extra(self, live: Interaction) -> bool:
        return any(extra.find(live.call, live.request) for extra in self.extra)

    def _verify(self, verifier: Verifier, live: Interaction) -> None:
        try:
            drift = verifier.check(live)
            if drift is not None and drift.number is None and self._is_extra(live):
                return
        except CassetteError as damage:
            # The client is not told: what it reads is live, and whole.
            self.errors.append(damage)
            return
        with self._lock:
            self.verified += 1
            if drift is not None:
                self._note(drift)

    def _note(self, drift: Drift) -> None:
        """Keep a drift for the end; one that is met again, as by a client that retries, once."""
        from cassette.verify.drift import DriftError  # noqa: PLC0415 - others need not pay for it

        error = next((error for error in self.errors if isinstance(error, DriftError)), None)
        if error is None:
            error = DriftError(
                self.path,
                recorded=self._reader.recorded if self._reader is not None else None,
                remedy=self._how_to_record_anew(),
            )
            self.errors.append(error)
        if drift not in error.drifts:
            error.drifts.append(drift)

    def record_failure(
        self, endpoint: Endpoint, error: BaseException, at: datetime, *, reached: bool
    ) -> None:
        """Write down that a connection did not come about, if it failed on the network.

        Args:
            endpoint: Where it should have led.
            error: What the client's ``connect`` raised.
            at: When it was tried.
            reached: Somebody had accepted the connection.
        """
        failed = failed_connection(endpoint, error, at, reached=reached)
        if failed is not None:
            self.record(failed)

    def passes(self, endpoint: Endpoint) -> bool:
        """Return whether this endpoint is left alone."""
        return self.mode is RecordMode.OFF or self.allow_hosts.allow(endpoint.host, endpoint.port)

    # The beginning and the end.

    def freeze(self) -> None:
        """Show the program the time of the recording, where that was asked for."""
        if self._timeline is not None:
            self._timeline.clock.freeze()

    def thaw(self) -> None:
        """Show the program the real time again."""
        if self._timeline is not None:
            self._timeline.clock.release()

    def _new_timeline(self) -> Timeline | None:
        if not self.policy.play or self._reader is None or not self._reader.calls:
            return None
        return Timeline(
            self._reader.latest,
            len(self._reader.calls),
            recorded=self._reader.recorded,
            returns=self.policy.record,
        )

    def close(self, *, good: bool) -> None:
        """End the use: the journal becomes the cassette, or stays a journal.

        Args:
            good: The code that used the cassette has ended well.

        Raises:
            CassetteError: One of ``errors``, where the use would end well.
            UnplayedInteractionsError: Interactions are left, and that was to fail.
            UnrecordedWarning: Something went past it, and a filter makes that an error.
        """
        objection = self._objection() if good else None
        with self._lock:
            unplayed = self.unplayed if good and self._on_unplayed != "ignore" else []
            total = len(self._reader.calls) if self._reader is not None else 0
            try:
                # A use that raises has not ended well, and may lack an interaction.
                self._keeper.close(good=good and objection is None)
            finally:
                for opened in (self._reader, *self.extra):
                    if opened is not None:
                        opened.close()
                tell(self)
        if not good:
            return
        if objection is not None:
            raise objection
        if unplayed:
            remedy = self._how_to_record_anew()
            error = UnplayedInteractionsError(unplayed, path=self.path, total=total, remedy=remedy)
            if self._on_unplayed == "fail":
                raise error
            warnings.warn(str(error), UnplayedWarning, stacklevel=3)

    def _objection(self) -> Exception | None:
        """Return why the use does not end well after all; warn of what is missing in the cassette.

        Before the cassette is written: where a filter makes the warning an error, there is none.
        """
        if self.errors:
            return self.errors[0]
        try:
            for said in self.bypassed.values():
                # The line that leaves the use, behind three frames of this package.
                warnings.warn(said, UnrecordedWarning, stacklevel=4)
        except UnrecordedWarning as error:
            return error
        return None

    def _mind_age(self, expiry: Expiry, oldest: datetime) -> None:
        error = expiry.objection(self.path, oldest, self.mode, self._how_to_record_anew())
        if error is None:
            return
        self.expired = error.age
        consequence = expiry.consequence(self.mode)
        if consequence is OnExpiry.FAIL:
            raise error
        if consequence is OnExpiry.WARN:
            # The line that enters the use, behind three frames of this package.
            warnings.warn(str(error), CassetteExpiredWarning, stacklevel=5)
        else:
            self.mode = RecordMode.REWRITE
            self.policy = policy(self.mode, exists=True)
            self._reader = None

    def _how_to_record_anew(self) -> str:
        return f"To record it anew: {self._command(RecordMode.REWRITE)}"

    def _count(self, extra: Extra, interaction: Interaction) -> Interaction:
        with self._lock:
            self.played += 1
            extra.played += 1
        return interaction

    def _play(self, number: int) -> Interaction:
        assert self._reader is not None  # noqa: S101 - a number comes from its index
        interaction = self._reader.latest(number)
        with self._lock:
            times = self._times_played.get(number, 0) + 1
            self._times_played[number] = interaction.played = times
            self.played += 1
        if self._timeline is not None:
            self._timeline.play(number, interaction)
        return interaction
