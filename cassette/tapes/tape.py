"""A cassette in use: it opens transports, and tells its parts what passed over them.

``opening`` puts a tape together. The replay answers, the writer writes, the verifier compares; none
of them knows another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cassette.tapes.bypasses import Bypasses
from cassette.tapes.door import Door
from cassette.tapes.endings import tell
from cassette.tapes.hosts import has_port_here
from cassette.tapes.intake import Intake
from cassette.tapes.noted import NotedErrors
from cassette.tapes.outcome import (
    UnrecordedWarning,
    is_outage,
    mind_edited,
    mind_unplayed,
    missing,
    objection,
    remark_on_failures,
    remark_on_unsearched,
)
from cassette.tapes.replay import Replay
from cassette.wording import from_here

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cassette.errors import CassetteError
    from cassette.model import Endpoint, Interaction
    from cassette.tapes.freezing import Timeline
    from cassette.tapes.options import TapeOptions
    from cassette.tapes.source import Source
    from cassette.tapes.terms import Terms
    from cassette.tapes.writer import Writer
    from cassette.transport.base import Dial, Transport
    from cassette.transport.line import Line
    from cassette.verify.verifier import Verifier


class Tape:
    """A cassette in use; what ``cassette.use`` and ``cassette.tape`` yield.

    It may be used from several threads and tasks, by any number of connections.

    Attributes:
        path: The cassette.
        mode: The record mode in force.
        why_mode: Why it is that one, where that may be news, as the end of a sentence.
        policy: What the mode means for this use.
        allow_hosts: The hosts that are left alone.
        existed: Whether there was a cassette when the use began.
        expired: Age of the oldest interaction, where it is more than ``max_age``; else None.
        extra: The cassettes that answer beside it.
        bypasses: What went past it while it recorded. A use that ends well warns of it.
        outage: Nothing was recorded but failures to connect, so no cassette was made of it; known
            when the use has ended.
        adds: It was recorded a moment ago, by another test, and this use adds to it.
        unfinished: The calls whose responses were still being read when the use ended.

    Args:
        options: What the use was asked for.
        terms: How things stand.
        sources: The cassette itself, and then those beside it.
        writer: Writes what is recorded; it knows the processes that share the use.
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
        self.why_mode = options.why_mode
        self.mode, self.policy, self.existed, self.expired = terms
        self.bypasses = Bypasses(writer.family)
        self.outage = False
        self.adds = options.adds
        self.unfinished: list[str] = []
        self._options = options
        self._terms = terms
        self._own, self.extra = sources[0], tuple(sources[1:])
        self._sources = tuple(sources)
        self._writer = writer
        self._verifier = verifier
        self._family = writer.family
        self._noted = NotedErrors(options.path, writer.family, verifier.error if verifier else None)
        known = self._sources if options.adds else self.extra
        intake = Intake(options, known, writer, verifier, self.note_error, self.bypasses.note)
        self._replay = self._make_replay(timeline)
        self._door = Door(options, terms, self._replay, intake.take)
        self._family.in_child(self._door.forget)

    def _make_replay(self, timeline: Timeline | None) -> Replay:
        return Replay(self._options, self._terms, self._sources, timeline, self.note_error)

    def __repr__(self) -> str:
        return f"<Tape {from_here(self.path)}, mode {self.mode}>"

    @property
    def errors(self) -> list[CassetteError]:
        """What the code under test was told instead of bytes, in forked children too.

        A request has no recording, an interaction is damaged, a recording ends too early or cannot
        be written; and what has drifted. The first one is raised again when the use ends, since
        that code may have swallowed it; a test that expects one takes it out of this list.
        """
        return self._noted.all

    @property
    def played(self) -> int:
        """How many interactions have been played, those of ``extra`` included."""
        self._family.catch_up()
        return sum(source.played for source in self._sources)

    @property
    def recorded(self) -> int:
        """How many interactions have been recorded."""
        self._family.catch_up()
        return self._writer.recorded

    @property
    def unchanged(self) -> bool:
        """Whether the cassette was recorded anew and says what it said before."""
        return self._writer.unchanged

    @property
    def unanswered(self) -> int:
        """How many recorded interactions are failures that nobody asked for: nothing came back."""
        return 0 if self._options.failures else self._writer.unanswered

    @property
    def verified(self) -> int:
        """How many interactions have been sent live and held against the recording."""
        self._family.catch_up()
        return self._verifier.verified if self._verifier is not None else 0

    @property
    def drifted(self) -> int:
        """How many of these are no longer what was recorded."""
        return self._verifier.drifted if self._verifier is not None else 0

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
        self._family.catch_up()
        return self._own.unplayed_by_number if self.policy.play or self.policy.compare else {}

    @property
    def edited(self) -> dict[int, str]:
        """The calls that were played and that a hand has edited in the file, by their number."""
        return self._own.edited

    @property
    def interactions(self) -> list[Interaction]:
        """The interactions that the cassette held when it was opened; ``played`` is up to date."""
        return list(self._own)

    def knows(self, endpoint: Endpoint) -> bool:
        """Return whether something was recorded with this endpoint."""
        return any(endpoint.origin in source.origins for source in self._sources)

    def passes(self, endpoint: Endpoint) -> bool:
        """Return whether this endpoint is left alone."""
        return self._door.passes(endpoint)

    def knows_port(self, names: Collection[str], port: int) -> bool:
        """Return whether there is a recording of a port of this machine, or will be."""
        sources = self._sources if self.policy.keep else self.extra
        origins = self._writer.origins.union(*[source.origins for source in sources])
        return has_port_here(origins, names, port)

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
        return self._door.connect(endpoint, dial)

    def line(self, endpoint: Endpoint) -> Line:
        """Return the line of a new connection, for a shell that dials by itself: see ``dialing``.

        Args:
            endpoint: As ``connect`` has it. Where it is left alone, the line lets all pass.

        Raises:
            OSError: The connection does not come about, as it was recorded.
            TapeClosedError: The use has ended.
        """
        return self._door.line(endpoint)

    def dialing(self, endpoint: Endpoint) -> AbstractContextManager[None]:
        """Let this context reach the network for one connection; that it fails is recorded."""
        return self._door.dialing(endpoint)

    def attempting(self, endpoint: Endpoint) -> AbstractContextManager[None]:
        """Record that a connection does not come about, where it raises."""
        return self._door.attempting(endpoint)

    def note_error(self, error: CassetteError) -> None:
        """Keep an error for the end of the use, since the code under test may swallow it."""
        self._noted.note(error)

    def freeze(self) -> None:
        """Show the program the time of the recording, where that was asked for."""
        self._replay.freeze()

    def thaw(self) -> None:
        """Show the program the real time again."""
        self._replay.thaw()

    def settle(self) -> None:
        """Record nothing more, and let every connection go.

        What is under way is abandoned, what comes later is not ours: a thread may be connecting at
        this moment, and a response may be read on afterwards.
        """
        mask = self._options.redactor.mask_call
        self.unfinished = [mask(call) for call in self._door.close()]

    def close(self, *, good: bool) -> None:
        """End the use: the journal becomes the cassette, or stays a journal.

        Args:
            good: The code that used the cassette has ended well.

        Raises:
            CassetteError: One of ``errors``, where the use would end well.
            UnplayedInteractionsError: Interactions are left, and that was to fail.
            UserWarning: There is something to tell, and a filter makes an error of it.

        In a forked child only its own errors count, and the journal is left to the process that
        began the use.
        """
        refusal = None
        is_owner = self._family.is_owner
        if good:
            self._family.catch_up()
            remarks: list[Warning] = [*map(UnrecordedWarning, missing(self))]
            if is_owner:
                parts = self._options, self._terms, self._writer
                self.outage = is_outage(*parts)
                remarks += remark_on_failures(*parts, outage=self.outage)
                remarks += remark_on_unsearched(self._options, self._writer)
            refusal = objection(self.errors, remarks)
        try:
            # A use that raises has not ended well, and may lack an interaction.
            self._writer.close(good=good and refusal is None and not self.outage)
        finally:
            for source in self._sources:
                source.close()
            if is_owner:
                tell(self)
            self._family.end()
        if refusal is not None:
            raise refusal
        if good and is_owner:
            mind_edited(self._sources)
            mind_unplayed(self._options, self.unplayed, len(self._own))
