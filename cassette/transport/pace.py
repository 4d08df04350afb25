"""The pace of a replay: when what was recorded comes, on the real clock or on a frozen one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, NoReturn, Protocol

from cassette.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from cassette.model import Interaction, Request
    from cassette.transport.player import Answers


class Stopwatch(Protocol):
    """A clock on which moments pass."""

    def monotonic(self) -> float:
        """Return the seconds since some start."""

    def pass_to(self, moment: float) -> float:
        """Return the real seconds until ``monotonic`` reaches a moment; 0 where it has.

        A clock on which nobody has to wait moves there.
        """


class Pause(NamedTuple):
    """How long a shell has to wait before it receives.

    Attributes:
        seconds: Seconds on the real clock.
        in_time: Something comes then; else the client's timeout has passed.
    """

    seconds: float
    in_time: bool = True


class Pace:
    """The pace of one connection; for its player, the place where interactions are found.

    The player only says when things are due; its shell waits here.

    Args:
        answers: Finds the interactions.
        clock: Where the moments pass.
        factor: What recorded times are multiplied with; 0 for all at once.
        finished: Called whenever the client is done with a response.
    """

    def __init__(
        self,
        answers: Answers,
        clock: Stopwatch,
        *,
        factor: float,
        finished: Callable[[], object] | None = None,
    ) -> None:
        self._answers = answers
        self._clock = clock
        self._factor = factor
        self._finished = finished
        self._started = 0.0
        self._foreseen: Interaction | None = None
        self._playing = False

    def answer(self, call: str, request: Request) -> Interaction | None:
        """Find the interaction that answers; its time begins, unless it was foreseen."""
        interaction = self._answers.answer(call, request)
        if interaction is None or interaction is not self._foreseen:
            self._started = self._clock.monotonic()
        self._foreseen = None
        self._playing = interaction is not None
        return interaction

    def foresee(self, call: str) -> Interaction | None:
        """Find the interaction that would answer; its time begins."""
        self._foreseen = interaction = self._answers.foresee(call)
        if interaction is not None:
            self._started = self._clock.monotonic()
        return interaction

    def refuse_more(self, interaction: Interaction | None) -> NoReturn:
        """Refuse a client that reads past the end of an interaction."""
        self._answers.refuse_more(interaction)

    def wait(self, due: float, timeout: float | None) -> None:
        """Come back when something is due.

        Args:
            due: Recorded seconds since the request was sent.
            timeout: Seconds that the client is willing to wait; None for any time.

        Raises:
            TimeoutError: It is due later than that. So much time has passed.
        """
        pause = self.pause(due, timeout)
        if pause.seconds:
            Clock.sleep(pause.seconds)
        if not pause.in_time:
            raise TimeoutError("timed out")

    def pause(self, due: float, timeout: float | None) -> Pause:
        """Return how long to wait for something that is due; see ``wait``."""
        clock = self._clock
        moment = self._started + due * self._factor
        latest = moment if timeout is None else clock.monotonic() + timeout
        return Pause(clock.pass_to(min(moment, latest)), in_time=moment <= latest)

    def finish(self) -> None:
        """Note that the client is done with the response it has received."""
        if self._playing and self._finished is not None:
            self._playing = False
            self._finished()
