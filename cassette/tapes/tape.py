"""A cassette in use: it opens transports, and tells its parts what passed over them.

``opening`` puts a tape together. The replay answers, the writer writes, the verifier compares; none
of them knows another one.
"""

from __future__ import annotations

import contextlib
import weakref
from typing import TYPE_CHECKING, TypedDict, TypeVar
from urllib.parse import urlsplit

from cassette.clock import Clock
from cassette.errors import CassetteError, TapeClosedError, UninterceptedClientError
from cassette.locks import make_rlock
from cassette.model import DEFAULT_PORTS
from cassette.tapes.endings import tell
from cassette.tapes.hosts import is_loopback
from cassette.tapes.in_force import lifted
from cassette.tapes.modes import RecordMode
from cassette.tapes.outcome import (
    UnrecordedWarning,
    is_outage,
    mind_edited,
    mind_unplayed,
    objection,
    remark_on_failures,
)
from cassette.tapes.refusal import refuse_what_is_no_interaction
from cassette.tapes.replay import Replay
from cassette.transport.failures import failed_connection, recorded_error
from cassette.transport.line import Line
from cassette.transport.player import Player
from cassette.transport.recorder import Recorder
from cassette.transport.sockets import CassetteSocket
from cassette.wording import from_here

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from cassette.model import Endpoint, Interaction
    from cassette.tapes.family import Family
    from cassette.tapes.freezing import Timeline
    from cassette.tapes.options import TapeOptions
    from cassette.tapes.source import Source
    from cassette.tapes.terms import Terms
    from cassette.tapes.writer import Writer
    from cassette.transport.base import Dial, Transport
    from cassette.transport.pace import Pace
    from cassette.verify.verifier import Verifier

    AnyLine = TypeVar("AnyLine", bound=Line)

    class _Parts(TypedDict, total=False):
        player: Player
        pace: Pace | None
        recorder: Recorder


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
        bypassed: What went past it while it recorded, in a sentence for each host by its name. A
            use that ends well warns of it.
        neighbours: The same for ports of this machine, by port and then by name. A use warns only
            of those that it has a recording of: the others are left alone on replay, too.
        outage: Nothing was recorded but failures to connect, so no cassette was made of it; known
            when the use has ended.

    Args:
        options: What the use was asked for.
        terms: How things stand.
        sources: The cassette itself, and then those beside it.
        family: The processes that share the use, which this one forks.
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
        family: Family,
        writer: Writer,
        verifier: Verifier | None = None,
        timeline: Timeline | None = None,
    ) -> None:
        self.path = options.path
        self.allow_hosts = options.allow_hosts
        self.mode, self.policy, self.existed, self.expired = terms
        self.bypassed: dict[str, str] = {}
        self.neighbours: dict[int, dict[str, str]] = {}
        self.outage = False
        self._unfinished: list[str] = []
        self._errors: list[CassetteError] = []
        self._options = options
        self._terms = terms
        self._own, *extra = sources
        self.extra = tuple(extra)
        self._sources = tuple(sources)
        self._writer = writer
        self._verifier = verifier
        self._replay = Replay(options, terms, sources, timeline, self.note_error)
        self._lock = make_rlock()
        self._settled = False
        self._under_way: set[Recorder] = set()
        self._lines: weakref.WeakSet[Line] = weakref.WeakSet()
        self._family = family
        self._error_met = f"error {id(self)}"
        family.hear(self._error_met, self._errors.append)
        # What is under way there belongs to the process that this one was forked from.
        family.in_child(self._under_way.clear)

    def __repr__(self) -> str:
        return f"<Tape {from_here(self.path)}, mode {self.mode}>"

    # What a person asks.

    @property
    def errors(self) -> list[CassetteError]:
        """What the code under test was told instead of bytes, in forked children too.

        A request has no recording, an interaction is damaged, a recording ends too early or cannot
        be written; and what has drifted. The first one is raised again when the use ends, since
        that code may have swallowed it; a test that expects one takes it out of this list.
        """
        self._family.catch_up()
        return self._errors

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
    def unanswered(self) -> int:
        """How many recorded interactions are failures that nobody asked for: nothing came back."""
        return 0 if self._options.failures else self._writer.unanswered

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
        origin = endpoint.origin
        return any(origin in source.origins for source in self._sources)

    def passes(self, endpoint: Endpoint) -> bool:
        """Return whether this endpoint is left alone."""
        return self.mode is RecordMode.OFF or self.allow_hosts.allow(endpoint.host, endpoint.port)

    def knows_port(self, names: Collection[str], port: int) -> bool:
        """Return whether there is a recording of a port of this machine, or will be.

        Args:
            names: What the machine is called, beside its addresses and the names of loopback.
            port: The port.
        """
        sources = self._sources if self.policy.keep else self.extra
        for origin in self._writer.origins.union(*[source.origins for source in sources]):
            parts = urlsplit(origin)
            host = parts.hostname or ""
            here = is_loopback(host) or host in names
            if here and (parts.port or DEFAULT_PORTS.get(parts.scheme)) == port:
                return True
        return False

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
        if self.passes(endpoint):
            self._check_open(endpoint)
            return dial()
        parts = self._parts(endpoint)
        live = later = None
        if "player" in parts:
            later = lambda: self._dial(endpoint, dial)  # noqa: E731 - called by the transport
        else:
            live = self._dial(endpoint, dial)
        return self._keep(CassetteSocket(endpoint, live=live, dial=later, **parts))

    def line(self, endpoint: Endpoint) -> Line:
        """Return the line of a new connection, for a shell that dials by itself: see ``dialing``.

        Args:
            endpoint: As ``connect`` has it. Where it is left alone, the line lets all pass.

        Raises:
            OSError: The connection does not come about, as it was recorded.
            TapeClosedError: The use has ended.
        """
        if self.passes(endpoint):
            self._check_open(endpoint)
            return Line(endpoint)
        return self._keep(Line(endpoint, **self._parts(endpoint)))

    def _check_open(self, endpoint: Endpoint) -> None:
        if self._settled:
            raise TapeClosedError(path=self.path, origin=endpoint.origin)

    def _parts(self, endpoint: Endpoint) -> _Parts:
        """What a new connection plays and records with.

        Raises:
            OSError: A recorded failure to connect is due.
        """
        self._check_open(endpoint)
        parts: _Parts = {}
        if self.policy.play:
            failed = self._replay.take_failure(endpoint.origin)
            if failed is not None:
                raise recorded_error(failed)
            pace = self._replay.new_pace()
            parts = {"pace": pace, "player": Player(endpoint, pace or self._replay)}
        if self.policy.record:
            parts["recorder"] = Recorder(endpoint, self._record, self._under_way)
        return parts

    def _keep(self, line: AnyLine) -> AnyLine:
        with self._lock:
            self._lines.add(line)
        return line

    def _dial(self, endpoint: Endpoint, dial: Dial) -> Transport:
        with self.dialing(endpoint):
            return dial()

    @contextlib.contextmanager
    def dialing(self, endpoint: Endpoint) -> Iterator[None]:
        """Let this context reach the network for one connection; that it fails is recorded."""
        with self.attempting(endpoint), lifted():
            yield

    @contextlib.contextmanager
    def attempting(self, endpoint: Endpoint) -> Iterator[None]:
        """Record that a connection does not come about, where it raises."""
        at = Clock.now()
        try:
            yield
        except Exception as error:
            failed = failed_connection(endpoint, error, at)
            if failed is not None and not self.passes(endpoint):
                self._record(failed)
            raise

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
        call, request, options = interaction.call, interaction.request, self._options
        try:
            refuse_what_is_no_interaction(request, self.path)
            if self._verifier is None and any(source.find(call, request) for source in known):
                return
            chosen = options.hooks.to_record(interaction, options.redactor)
            if chosen is None:
                return
            if self._verifier is not None:
                self._verifier.compare(chosen)
            else:
                self._writer.write(chosen)
        except CassetteError as error:
            self.note_error(error)
            # A verified client reads what is live, and whole, whatever has drifted.
            if self._verifier is None or isinstance(error, UninterceptedClientError):
                raise

    def note_error(self, error: CassetteError) -> None:
        """Keep an error for the end of the use, since the code under test may swallow it."""
        with self._lock:
            if any(error is known for known in self._errors):
                return
            self._errors.append(error)
        self._family.tell(self._error_met, error)

    # The beginning and the end.

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
        with self._lock:
            lines = list(self._lines)
        if self.policy.writes:
            self._unfinished += [line.unfinished for line in lines if line.unfinished]
        for recorder in tuple(self._under_way):
            with contextlib.suppress(CassetteError):  # it is among our errors, for the end
                recorder.closed()
        self._settled = True
        for line in lines:
            line.leave()

    def _missing(self) -> Iterator[str]:
        """What the cassette lacks, and a replay will refuse."""
        yield from self.bypassed.values()
        for call in self._unfinished:
            yield (
                f"the response to {self._options.redactor.mask_call(call)} was still being read "
                f"when the use of {from_here(self.path)} ended: what comes later is not in the "
                "cassette, and a replay ends there\n"
                "Read it to its end, or close it, while the cassette is in use."
            )
        for port, told in self.neighbours.items():
            if self.knows_port(told, port):
                yield from told.values()

    def close(self, *, good: bool) -> None:
        """End the use: the journal becomes the cassette, or stays a journal.

        Args:
            good: The code that used the cassette has ended well.

        Raises:
            CassetteError: One of ``errors``, where the use would end well.
            UnplayedInteractionsError: Interactions are left, and that was to fail.
            EditedWarning: An interaction was played that a hand has edited, and a filter makes
                that an error.
            UnrecordedWarning: Something went past it, and a filter makes that an error.
            UnansweredWarning: Nobody was there to connect to, and a filter makes that an error.

        In a forked child only its own errors count, and the journal is left to the process that
        began the use.
        """
        refusal = None
        is_owner = self._family.is_owner
        if good:
            self._family.catch_up()
            remarks: list[Warning] = [*map(UnrecordedWarning, self._missing())]
            if is_owner:
                parts = self._options, self._terms, self._writer
                self.outage = is_outage(*parts)
                remarks += remark_on_failures(*parts, outage=self.outage)
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
