"""The door of a tape: each connection gets its transport here, and is let go here."""

from __future__ import annotations

import contextlib
import weakref
from typing import TYPE_CHECKING, TypedDict, TypeVar

from cassette.clock import Clock
from cassette.errors import CassetteError, TapeClosedError
from cassette.locks import make_rlock
from cassette.tapes.in_force import lifted
from cassette.tapes.modes import RecordMode
from cassette.transport.failures import failed_connection, recorded_error
from cassette.transport.line import Line
from cassette.transport.player import Player
from cassette.transport.recorder import Recorder
from cassette.transport.sockets import CassetteSocket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cassette.model import Endpoint, Interaction
    from cassette.tapes.options import TapeOptions
    from cassette.tapes.replay import Replay
    from cassette.tapes.terms import Terms
    from cassette.transport.base import Dial, Transport
    from cassette.transport.pace import Pace

    AnyLine = TypeVar("AnyLine", bound=Line)

    class _Parts(TypedDict, total=False):
        player: Player
        pace: Pace | None
        recorder: Recorder


class Door:
    """Opens the connections of one use. It may be used from several threads.

    Attributes:
        closed: The use has ended, and nothing is opened any more.

    Args:
        options: What the use was asked for.
        terms: How things stand.
        replay: Answers the players.
        take: Is given what recorders have cut out of the streams, until the use ends.
    """

    def __init__(
        self,
        options: TapeOptions,
        terms: Terms,
        replay: Replay,
        take: Callable[[Interaction], None],
    ) -> None:
        self.closed = False
        self._path = options.path
        self._allow_hosts = options.allow_hosts
        self._mode, self._policy = terms.mode, terms.policy
        self._replay = replay
        self._take = take
        self._lock = make_rlock()
        self._under_way: set[Recorder] = set()
        self._lines: weakref.WeakSet[Line] = weakref.WeakSet()

    def passes(self, endpoint: Endpoint) -> bool:
        """Return whether an endpoint is left alone."""
        return self._mode is RecordMode.OFF or self._allow_hosts.allow(endpoint.host, endpoint.port)

    def connect(self, endpoint: Endpoint, dial: Dial) -> Transport:
        """Return the transport of a new connection, as ``Tape.connect`` says."""
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
        """Return the line of a new connection, as ``Tape.line`` says."""
        if self.passes(endpoint):
            self._check_open(endpoint)
            return Line(endpoint)
        return self._keep(Line(endpoint, **self._parts(endpoint)))

    def _check_open(self, endpoint: Endpoint) -> None:
        if self.closed:
            raise TapeClosedError(path=self._path, origin=endpoint.origin)

    def _parts(self, endpoint: Endpoint) -> _Parts:
        """What a new connection plays and records with.

        Raises:
            OSError: A recorded failure to connect is due.
        """
        self._check_open(endpoint)
        parts: _Parts = {}
        if self._policy.play:
            failed = self._replay.take_failure(endpoint.origin)
            if failed is not None:
                raise recorded_error(failed)
            pace = self._replay.new_pace()
            parts = {"pace": pace, "player": Player(endpoint, pace or self._replay)}
        if self._policy.record:
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

    def _record(self, interaction: Interaction) -> None:
        if not self.closed:
            self._take(interaction)

    def forget(self) -> None:
        """Leave what is under way to the process that this one was forked from."""
        self._under_way.clear()

    def close(self) -> list[str]:
        """Let every connection go; what is under way is abandoned.

        Returns:
            The calls whose responses were still being read, where that shortens a recording.
        """
        with self._lock:
            lines = list(self._lines)
        unfinished = [line.unfinished for line in lines if line.unfinished]
        for recorder in tuple(self._under_way):
            with contextlib.suppress(CassetteError):  # the tape keeps it for the end
                recorder.closed()
        self.closed = True
        for line in lines:
            line.leave()
        return unfinished if self._policy.writes else []
