"""The time of the recording, shown to the program that replays it.

freezegun replaces the clock for the whole process. Two things here go beyond a plain
``freeze_time``: the clock is moved along the recording, and what must not stand still does not.
"""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from cassette.errors import CassetteError
from cassette.locks import make_rlock

if TYPE_CHECKING:
    from collections.abc import Callable

    from cassette.model import Interaction

REAL: Final = (
    # Ours.
    "cassette.",
    # The test runner, its durations and its deadlines.
    "_pytest.",
    "execnet.",
    "hypothesis.",
    "pytest_benchmark.",
    "pytest_jsonreport.",
    "pytest_rerunfailures",
    "pytest_timeout",
    "xdist.",
    # What waits: on a clock that stands still it would wait for ever.
    "asyncio.",
    "concurrent.futures.",
    "filelock.",
    "multiprocessing.",
    "queue",
    "socketserver",
    "subprocess",
    "threading",
    "trio.",
)
"""How the names of modules start whose own calls get the real time."""

_DATE_FIELD: Final = re.compile(rb"(?:x-[a-z]+-)?date", re.IGNORECASE)
_DATE_PARAMETER: Final = re.compile(rb"[?&]x-[a-z]+-date=([0-9]{8}t[0-9]{6}z)", re.IGNORECASE)
"""Where a request says when it was made: Date, or what a scheme of signing has in its place."""

_SAID_AT_MOST: Final = timedelta(minutes=1)
"""Earlier than it was sent; in between lie connecting and the TLS handshake."""

_lock: Final = make_rlock()


class _Layer:
    """One ``freeze_time`` in force; freezegun stacks them, and can take away only the last one."""

    def __init__(self, start: datetime) -> None:
        self.over = False
        self._freezer = _api().freeze_time(start, ignore=list(REAL))
        self.shown = self._freezer.start()

    def stop(self) -> None:
        self._freezer.stop()


_layers: Final[list[_Layer]] = []
_undo: Final = contextlib.ExitStack()


def _api() -> Any:  # noqa: ANN401 - not all that is used has a public type
    """Return freezegun, imported when first needed: it takes 80 ms, and hardly a use freezes."""
    from freezegun import api  # noqa: PLC0415 - slow to import

    return api


class FrozenClock:
    """A clock that stands still until it is moved, and never goes back.

    While several are frozen, the program sees the one that was frozen last.

    Args:
        start: Where it stands at first.
    """

    def __init__(self, start: datetime) -> None:
        self._start = self._now = start
        self._layer: _Layer | None = None

    def freeze(self) -> None:
        """Show this clock to the program, instead of the real one."""
        with _lock:
            if not _layers:
                _look_at_the_caller_alone()
            self._layer = _Layer(self._now)
            _layers.append(self._layer)

    def release(self) -> None:
        """Show the program what it saw before; may be called again.

        Where another clock was frozen meanwhile, and still is, that happens when it is released:
        freezegun can take away only the last one.
        """
        with _lock:
            if self._layer is None:
                return
            self._layer.over = True
            while _layers and _layers[-1].over:
                _layers.pop().stop()
            if not _layers:
                _undo.close()

    def move_to(self, moment: datetime) -> None:
        """Move the clock on to a moment; where it has passed it already, it stays."""
        with _lock:
            if moment > self._now:
                self._now = moment
                if self._layer is not None:
                    self._layer.shown.move_to(moment)

    def monotonic(self) -> float:
        """Return the seconds that have passed on this clock."""
        return (self._now - self._start).total_seconds()

    def pass_to(self, moment: float) -> float:
        """Move the clock on to a moment of ``monotonic``; nobody waits."""
        self.move_to(self._start + timedelta(seconds=moment))
        return 0.0


def _look_at_the_caller_alone() -> None:
    """Give the real time to what is in ``REAL``, and not to what is called from there.

    freezegun looks at the five callers above a call. pytest, asyncio and threads are among the
    callers of nearly every test, which would so see the real time.
    """
    freezegun = _api()
    _undo.callback(
        setattr,
        freezegun,
        "call_stack_inspection_limit",
        freezegun.call_stack_inspection_limit,
    )
    freezegun.call_stack_inspection_limit = 1


class Timeline:
    """Moves a frozen clock along a recording.

    Before an interaction is played, the clock stands where the program built its request; once it
    is asked for, where that was sent; when its response has been read, where the one behind the
    latest that was played begins, or at its own end where there is none.

    Args:
        interaction: Gives an interaction by its number in recorded order.
        count: How many there are.
        recorded: When the recording began; for a first interaction that is damaged.
        returns: The real clock runs again when all have been played.
    """

    def __init__(
        self,
        interaction: Callable[[int], Interaction],
        count: int,
        *,
        recorded: datetime,
        returns: bool,
    ) -> None:
        self._interaction = interaction
        self._count = count
        self._returns = returns
        self._played: set[int] = set()
        self._latest = -1
        self._end = self._beginning(0) or recorded  # of the interactions that were played
        self.clock = FrozenClock(self._end)

    def send(self, interaction: Interaction) -> None:
        """Move to where a request was sent."""
        self.clock.move_to(interaction.at)

    def play(self, number: int, interaction: Interaction) -> None:
        """Note that an interaction is played, and move to where its request was sent."""
        with _lock:
            self._played.add(number)
            self._latest = max(self._latest, number)
            self._end = max(self._end, interaction.at + timedelta(seconds=interaction.took))
            self.send(interaction)

    def finish(self) -> None:
        """Move on, since the program is done with a response."""
        with _lock:
            self.clock.move_to(self._end)
            if self._latest + 1 < self._count:
                beginning = self._beginning(self._latest + 1)
                if beginning is not None:
                    self.clock.move_to(beginning)
            elif self._returns and len(self._played) == self._count:
                self.clock.release()

    def _beginning(self, number: int) -> datetime | None:
        # A damaged interaction is told of when it is to be played.
        with contextlib.suppress(CassetteError):
            return built(self._interaction(number))
        return None


def built(interaction: Interaction) -> datetime:
    """Return when the program built the request of an interaction, as near as can be told.

    That is when it was sent, or up to a minute before, where the request itself says so in the
    field that signatures use (RFC 9110, section 6.6.1; ``X-Amz-Date`` and its like): between the
    two lie a connection and its handshake.
    """
    request = interaction.request
    for date in (
        *_DATE_PARAMETER.findall(request.target),
        *[value for name, value in request.parsed.fields if _DATE_FIELD.fullmatch(name)],
    ):
        try:
            said = _moment(date.decode("ascii"))
        except ValueError:
            continue
        if timedelta(0) <= interaction.at - said <= _SAID_AT_MOST:
            return said
    return interaction.at


def _moment(text: str) -> datetime:
    """Read ``20260102T030405Z`` or ``Fri, 02 Jan 2026 03:04:05 GMT``.

    Raises:
        ValueError: It is neither.
    """
    moment = (
        datetime.fromisoformat(text.upper()) if text[:1].isdigit() else parsedate_to_datetime(text)
    )
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
