"""The line: one connection of a tape, without input or output.

Every shell stands on one: a socket look-alike, a stream of httpcore, a transport of asyncio. The
shell hands it what its client sends, and takes from it what is to be received; what passes over a
live connection it tells afterwards, so that nothing is delayed or changed.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final, Protocol

from cassette.transport.pace import Pause

if TYPE_CHECKING:
    from collections.abc import Callable

    from cassette.model import Endpoint
    from cassette.transport.pace import Pace
    from cassette.transport.player import Player
    from cassette.transport.recorder import Recorder


class Owner(Protocol):
    """Who has given a line to a connection."""

    def end(self) -> None:
        """Take the line away: its cassette is left."""


_NOW = Pause(0.0)

_AT_ONCE: Final = 1 << 16
_AT_MOST: Final = 1 << 20
"""Bytes that are taken of a response which the client leaves before its end."""


class Line:
    """One connection of a tape: it plays, records, or both; with neither all passes untouched.

    Args:
        endpoint: Where the client believes it is connected to.
        player: Asked first, where there is one; what it does not answer goes live.
        pace: When what the player gives comes; without one, at once.
        recorder: Told what passes over the live connection.

    Attributes:
        owner: Told when the cassette is left; None until somebody owns the line.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        player: Player | None = None,
        pace: Pace | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.owner: Owner | None = None
        self._endpoint = endpoint
        self._player = player
        self._pace = pace
        self._recorder = recorder
        self._left = False

    @property
    def endpoint(self) -> Endpoint:
        """Where the client believes it is connected to."""
        return self._endpoint

    # What is played.

    @property
    def must_dial(self) -> bool:
        """Nothing can be played: all goes live."""
        return self._player is None

    @property
    def answering(self) -> bool:
        """The next bytes come from the player, where a live connection stands beside it."""
        return self._player is not None and self._player.answering

    @property
    def left(self) -> bool:
        """The cassette has been let go: nothing can be sent any more."""
        return self._left

    @property
    def readable(self) -> bool:
        """Receiving from the player would give something at once, or the cassette was left."""
        return self._left or (self._player is not None and self._player.readable)

    @property
    def stall(self) -> float | None:
        """Seconds for which the recorded program may have waited in vain where it plays now."""
        return None if self._player is None else self._player.stall

    @property
    def is_spent(self) -> bool:
        """No other request may follow: a poll on the connection tells that something is there.

        Behind a response that was not read to its end there would be the rest of it.
        """
        return self.readable or self.stall is not None

    @property
    def hangs_up(self) -> bool:
        """The server closed behind the response that has been given, as had been said."""
        return self._player is not None and self._player.hangs_up

    @property
    def waits(self) -> float | None:
        """Seconds for which the recorded program has waited in vain, or may have; else None."""
        return None if self._player is None else self._player.waits

    def take(self, data: bytes) -> bytes:
        """Take what the client sends; return what of it must go live.

        Raises:
            UnmatchedRequestError: The request is complete, has no recording and may not go live.
        """
        return data if self._player is None else self._player.sent(data)

    def pause(self, timeout: float | None) -> Pause:
        """Return how long to wait before the next ``receive``, given the client's timeout."""
        if self._pace is None or self._player is None:
            return _NOW
        return self._pace.pause(self._player.due(), timeout)

    def receive(self, size: int) -> memoryview | bytes:
        """Return the next bytes of the player; empty at the end of the stream.

        Raises:
            OSError: The failure that was recorded here.
            RecordingEndedError: The recorded client had stopped reading here.
        """
        player = self._player
        if player is None or (self._left and not self._gives_more(player)):
            return b""
        return player.receive(size)

    def _gives_more(self, player: Player) -> bool:
        """Whether there is more than the end of the stream; that the recording ends is more."""
        return player.readable or player.stall is not None

    def finish(self) -> None:
        """Note that the client is done with the response it has received."""
        if self._pace is not None:
            self._pace.finish()

    # What is recorded.

    def sent(self, data: bytes) -> None:
        """Note bytes that went live."""
        if self._recorder is not None:
            self._recorder.sent(data)

    def unsent(self, data: bytes, error: BaseException) -> None:
        """Note that sending some bytes raised."""
        if self._recorder is not None:
            self._recorder.unsent(data, error)

    def received(self, data: bytes, *, filled: bool = False) -> None:
        """Note bytes that came live; see ``Recorder.received``."""
        if self._recorder is not None:
            self._recorder.received(data, filled=filled)

    def failed(self, error: BaseException) -> None:
        """Note that receiving raised."""
        if self._recorder is not None:
            self._recorder.failed(error)

    @property
    def unfinished(self) -> str | None:
        """The call whose response is being recorded and has not ended; else None."""
        return None if self._recorder is None else self._recorder.unfinished

    def take_rest(self, receive: Callable[[int], bytes]) -> None:
        """Record what has arrived of a response that the client leaves before its end.

        Args:
            receive: Gives at most so many bytes of those that are there, without waiting for more;
                where there are none, it raises whatever it likes.
        """
        taken = 0
        with contextlib.suppress(Exception):  # the client has seen nothing of it
            while self.unfinished and taken < _AT_MOST:
                data = receive(_AT_ONCE)
                self.received(data)
                taken += len(data)

    def closed(self) -> None:
        """Note that the client has closed its side."""
        self.finish()
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            recorder.closed()

    def leave(self) -> None:
        """Let go of the cassette: what is live goes on unrecorded.

        A response that is being read can be read to its end. What of it was recorded is the
        cassette's to close.
        """
        self._recorder = None
        self._left = True
        if self.owner is not None:
            self.owner.end()
