"""A cassette in use: it opens transports, and tells its parts what passed over them.

``opening`` puts a tape together. The sources answer, the writer writes, the verifier compares and
the timeline moves the clock; none of them knows another one.
"""

from __future__ import annotations

import contextlib
import threading
import warnings
import weakref
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from cassette.clock import Clock
from cassette.errors import (
    CassetteError,
    RecordingEndedError,
    TapeClosedError,
    UnmatchedRequestError,
    UnplayedInteractionsError,
)
from cassette.tapes.endings import tell
from cassette.tapes.in_force import lifted
from cassette.tapes.modes import RecordMode
from cassette.transport.failures import failed_connection, recorded_error
from cassette.transport.pace import Pace
from cassette.transport.player import Player
from cassette.transport.recorder import Recorder
from cassette.transport.sockets import CassetteSocket
from cassette.wording import from_here

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta
    from pathlib import Path

    from cassette.model import Endpoint, Interaction, Request
    from cassette.tapes.freezing import Timeline
    from cassette.tapes.modes import Policy
    from cassette.tapes.options import TapeOptions
    from cassette.tapes.source import Source
    from cassette.tapes.writer import Writer
    from cassette.transport.base import Dial, Transport
    from cassette.verify.verifier import Verifier


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


class Terms(NamedTuple):
    """How things stood when a use began.

    Attributes:
        mode: The record mode in force.
        policy: What the mode means for this use.
        existed: There was a cassette.
        expired: Age of the oldest interaction, where it is more than ``max_age``; else None.
    """

    mode: RecordMode
    policy: Policy
    existed: bool
    expired: timedelta | None = None


class Tape:
    """A cassette in use; what ``cassette.use`` and ``cassette.tape`` yield.

    It may be used from several threads and tasks, by any number of connections.

    Attributes:
        path: The cassette.
        mode: The record mode in force.
        policy: What the mode means for this use.
        allow_hosts: The hosts that are left alone.
        existed: Whether there was a cassette when the use began.
        expired: Age of the oldest interaction, where it is more than ``max_age``; else None.
        extra: The cassettes that answer beside it.
        errors: What the code under test was told instead of bytes: a request has no recording,
            an interaction is damaged, a recording ends too early or cannot be written; and what
            has drifted. The first one is raised again when the use ends, since that code may have
            swallowed it; a test that expects one takes it out of this list.
        bypassed: What went past it while it recorded, in a sentence for each host by its name. A
            use that ends well warns of it.

    Args:
        options: What the use was asked for.
        terms: How things stand.
        sources: The cassette itself, and then those beside it.
        writer: Writes what is recorded.
        verifier: Compares what is live with the recording, in place of the writer.
        timeline: Moves a frozen clock along the recording.
    """

    def __init__(  # noqa: PLR0913 - its parts
        self,
        options: TapeOptions,
        terms: Terms,
        sources: Sequence[Source],
        *,
        writer: Writer,
        verifier: Verifier | None = None,
        timeline: Timeline | None = None,
    ) -> None:
        self.path = options.path
        self.allow_hosts = options.allow_hosts
        self.mode, self.policy, self.existed, self.expired = terms
        self.errors: list[CassetteError] = []
        self.bypassed: dict[str, str] = {}
        self._options = options
        self._own, *extra = sources
        self.extra = tuple(extra)
        self._sources = tuple(sources)
        self._writer = writer
        self._verifier = verifier
        self._timeline = timeline
        self._lock = threading.RLock()
        self._settled = False
        self._under_way: set[Recorder] = set()
        self._transports: weakref.WeakSet[CassetteSocket] = weakref.WeakSet()

    def __repr__(self) -> str:
        return f"<Tape {from_here(self.path)}, mode {self.mode}>"

    # What a person asks.

    @property
    def played(self) -> int:
        """How many interactions have been played, those of ``extra`` included."""
        return sum(source.played for source in self._sources)

    @property
    def recorded(self) -> int:
        """How many interactions have been recorded."""
        return self._writer.recorded

    @property
    def verified(self) -> int:
        """How many interactions have been sent live and held against the recording."""
        return self._verifier.verified if self._verifier is not None else 0

    @property
    def journal(self) -> Path | None:
        """Where what was recorded stands until it becomes the cassette.

        It stays there after a use that did not end well. None where there is nothing.
        """
        return self._writer.journal

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
        return self._own.unplayed_by_number if self.policy.play or self.policy.compare else {}

    @property
    def interactions(self) -> list[Interaction]:
        """The interactions that the cassette held when it was opened; ``played`` is up to date."""
        return list(self._own)

    def passes(self, endpoint: Endpoint) -> bool:
        """Return whether this endpoint is left alone."""
        return self.mode is RecordMode.OFF or self.allow_hosts.allow(endpoint.host, endpoint.port)

    # The door.

    def connect(self, endpoint: Endpoint, dial: Dial) -> Transport:
        """Return the transport of a new connection: it records, plays, or both.

        Args:
            endpoint: The origin that the connection is meant for, never a proxy in between.
            dial: Opens the live transport. It is called at once where all goes live, for the first
                request without a recording where the mode lets it go live, and else never.

        Raises:
            OSError: The connection does not come about: ``dial`` raised this, or it was recorded.
            TapeClosedError: The use has ended.
        """
        if self._settled:
            raise TapeClosedError(path=self.path, origin=endpoint.origin)
        if self.passes(endpoint):
            return dial()
        player = pace = live = recorder = later = None
        if self.policy.play:
            self._meet_recorded_failure(endpoint)
            pace = self._new_pace()
            player = Player(endpoint, pace or self)
            later = lambda: self._dial(endpoint, dial)  # noqa: E731 - called by the transport
        else:
            live = self._dial(endpoint, dial)
        if self.policy.record:
            recorder = Recorder(endpoint, self._record, self._under_way)
        transport = CassetteSocket(
            endpoint, player=player, pace=pace, recorder=recorder, live=live, dial=later
        )
        with self._lock:
            self._transports.add(transport)
        return transport

    def _dial(self, endpoint: Endpoint, dial: Dial) -> Transport:
        at = Clock.now()
        try:
            with lifted():
                return dial()
        except Exception as error:
            failed = failed_connection(endpoint, error, at)
            if failed is not None:
                self._record(failed)
            raise

    def _meet_recorded_failure(self, endpoint: Endpoint) -> None:
        for source in self._sources:
            failed = source.next_failure(endpoint.origin)
            if failed is not None:
                self._play(source, failed)
                if self._timeline is not None:
                    self._timeline.finish()
                raise recorded_error(failed)

    def _new_pace(self) -> Pace | None:
        """Return the pace of a new connection; None where all comes at once and no clock moves."""
        timeline, factor = self._timeline, self._options.timing
        if timeline is not None:
            return Pace(self, timeline.clock, factor=factor, finished=timeline.finish)
        return Pace(self, Clock, factor=factor) if factor else None

    # What a player asks.

    def answer(self, call: str, request: Request) -> Interaction | None:
        """Return the interaction that answers, now counted as played.

        Returns:
            The interaction; None where there is none and the mode lets the request go live.

        Raises:
            UnmatchedRequestError: There is none, and nothing may go live.
            CassetteFormatError: The interaction that answers is damaged, or one that nearly does.
        """
        try:
            for source in self._sources:
                found = source.find(call, request)
                if found is not None:
                    return self._play(source, found)
            if self.policy.record:
                self.thaw()
                return None
            raise self._unmatched(call, request)
        except CassetteError as error:
            self.note_error(error)
            raise

    def foresee(self, call: str) -> Interaction | None:
        """Return the interaction that would answer this call, judged without the body."""
        for source in self._sources:
            foreseen = source.foresee(call)
            if foreseen is not None:
                if self._timeline is not None and source is self._own:
                    self._timeline.send(foreseen)
                return foreseen
        return None

    def refuse_more(self, interaction: Interaction | None) -> NoReturn:
        """Refuse a client that reads where the recording has stopped.

        Args:
            interaction: What it reads; None where no request was sent.

        Raises:
            RecordingEndedError: Always.
        """
        call, received = "a request that was never sent", 0
        if interaction is not None:
            call, received = interaction.call, len(interaction.response.raw)
        error = RecordingEndedError(call, path=self.path, received=received)
        self.note_error(error)
        raise error

    def _play(self, source: Source, interaction: Interaction) -> Interaction:
        source.play(interaction)
        if self._timeline is not None and source is self._own:
            self._timeline.play(interaction.number, interaction)
        return interaction

    def _unmatched(self, call: str, request: Request) -> UnmatchedRequestError:
        from cassette.store.files import journal_of  # noqa: PLC0415 - only failures pay for it

        beside = [source.recordings(from_here(source.path)) for source in self.extra]
        explanation = self._own.explain(call, request, *beside)
        journal = journal_of(self.path)
        return UnmatchedRequestError(
            self._options.redactor.mask_call(call),
            path=self.path,
            mode=self.mode.value,
            total=len(self._own) if self.existed else None,
            journal=journal if journal.exists() else None,
            remedy=self._options.how_to_record,
            beside=sum(map(len, self.extra)),
            **explanation._asdict(),
        )

    # What a recorder tells.

    def _record(self, interaction: Interaction) -> None:
        """Take what went live: it is compared, or written unless it is recorded already.

        What a cassette beside this one answers, or this one while it is added to, went live all the
        same: what the server gave out, such as a token, is good for the requests that follow, which
        what was recorded is not.
        """
        if self._settled:
            return
        known = self._sources if self._options.adds else self.extra
        call, request = interaction.call, interaction.request
        try:
            if self._verifier is not None:
                self._verifier.compare(interaction)
            elif not any(source.find(call, request) for source in known):
                self._writer.write(interaction)
        except CassetteError as error:
            self.note_error(error)
            if self._verifier is None:  # else the client reads what is live, and whole
                raise

    def note_error(self, error: CassetteError) -> None:
        """Keep an error for the end of the use, since the code under test may swallow it."""
        with self._lock:
            if not any(error is known for known in self.errors):
                self.errors.append(error)

    # The beginning and the end.

    def freeze(self) -> None:
        """Show the program the time of the recording, where that was asked for."""
        if self._timeline is not None:
            self._timeline.clock.freeze()

    def thaw(self) -> None:
        """Show the program the real time again."""
        if self._timeline is not None:
            self._timeline.clock.release()

    def settle(self) -> None:
        """Record nothing more, and let every connection go.

        What is under way is abandoned, what comes later is not ours: a thread may be connecting at
        this moment, and a response may be read on afterwards.
        """
        for recorder in tuple(self._under_way):
            with contextlib.suppress(CassetteError):  # it is among our errors, for the end
                recorder.closed()
        self._settled = True
        with self._lock:
            transports = list(self._transports)
        for transport in transports:
            transport.leave()

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
        on_unplayed = self._options.on_unplayed
        unplayed = self.unplayed if good and on_unplayed != "ignore" else []
        try:
            # A use that raises has not ended well, and may lack an interaction.
            self._writer.close(good=good and objection is None)
        finally:
            for source in self._sources:
                source.close()
            tell(self)
        if objection is not None:
            raise objection
        if unplayed:
            error = UnplayedInteractionsError(
                unplayed,
                path=self.path,
                total=len(self._own),
                remedy=self._options.how_to_record_anew,
            )
            if on_unplayed == "fail":
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
