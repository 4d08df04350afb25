"""Every error of cassette's own.

    CassetteError
    ├── UnmatchedRequestError       a request, or a connection, that no recording answers
    ├── RecordingEndedError         the client reads on where the recording stops
    ├── BlockedNetworkError         an attempt to reach a host that nothing answers for
    ├── TapeClosedError             a connection is wanted from a tape whose use has ended
    ├── UninterceptedClientError    a client whose connections no cassette can take yet
    ├── UnplayedInteractionsError   a use that had to play everything left something
    ├── DriftError                  live responses are not what they were (``verify.drift``)
    ├── CassetteNotFoundError       there is no cassette at this path
    ├── CassetteExpiredError        a cassette is older than it may be
    ├── CassetteFormatError         a file that is no cassette, or a damaged one
    │   └── CassetteVersionError    a file written by a newer version
    ├── HookError                   a function of the user's, such as before_record, failed
    └── OptionError                 an option with a wrong name or value (a ValueError too)

None but the last has a second base: clients retry or wrap ``OSError`` and ``HTTPException``,
and would hide a missing recording behind an error of their own. Every error can be pickled and
copied (``copying``), and carries as a note the address of the page that explains it (``pages``).
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from cassette.copying import Copyable
from cassette.pages import address
from cassette.wording import callers_listed, from_here, in_words, listed, told_of_attempt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from os import PathLike


class CassetteError(Copyable, Exception):
    """Base of every error that is cassette's own.

    Attributes:
        page: The page of the documentation that explains it, with the section.
    """

    page: ClassVar[str] = "commands.md"

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.add_note(f"More: {address(self.page)}")

    def told(self) -> str:
        """Return the message with its notes, as a traceback ends."""
        return "\n".join([str(self), *self.__notes__])


class UnmatchedRequestError(CassetteError):
    """No interaction answers this request, and the record mode allows no live one.

    Attributes:
        call: Method and URL of the request, or ``connect`` and the origin, secrets masked.
        path: The cassette.
        mode: Name of the record mode in force.
        total: How many interactions the cassette holds; None where there is no cassette.
        journal: Where a recording stands that did not become the cassette; else None.
        nearby: Where there is no cassette, one that holds the request: its test may have been
            renamed. Else None.
        beside: How many interactions the extra cassettes hold.
        nearest: A text of several lines for each of the nearest recordings, best first: what was
            recorded (``-``) and what was sent (``+``).
        spent: Numbers of the recordings that match, but have been played already.
        ignore: Entries of ``ignore`` with which the nearest recording would have answered.
        origins: Where the interactions of the cassette lead, if not to where this request does.
        remedy: What to do, in lines.
    """

    page = "matching.md#when-nothing-matches"

    def __init__(  # noqa: PLR0913 - the fields of one message
        self,
        call: str,
        *,
        path: str | PathLike[str],
        mode: str,
        total: int | None = None,
        journal: Path | None = None,
        nearby: Path | None = None,
        beside: int = 0,
        nearest: Sequence[str] = (),
        spent: Sequence[int] = (),
        ignore: Sequence[str] = (),
        origins: Sequence[str] = (),
        remedy: str = "",
    ) -> None:
        super().__init__(call)
        self.call = call
        self.path = path
        self.mode = mode
        self.total = total
        self.journal = journal
        self.nearby = nearby
        self.beside = beside
        self.nearest = tuple(nearest)
        self.spent = tuple(spent)
        self.ignore = tuple(ignore)
        self.origins = tuple(origins)
        self.remedy = remedy

    def __str__(self) -> str:
        path = from_here(self.path)
        lines = [
            f"no interaction in {path} answers this request (record mode: {self.mode})",
            f"  {self.call}",
            "",
        ]
        advice = [self.remedy] if self.remedy else []
        if self.total is None:
            lines += self._of_a_missing_file()
        elif self.total == 0:
            lines.append("It holds no interaction at all.")
        elif self.spent:
            lines.append(
                f"It was recorded ({listed([f'#{number}' for number in self.spent])}), "
                "and every recording of it has been played already."
            )
            advice.insert(0, "To let the last one answer again: repeat=True")
        elif not self.nearest:
            lines.append(f"None of its {self.total} interactions is for this origin:")
            lines.append(f"  {listed(self.origins)}")
        if self.nearest:
            known = (self.total or 0) + self.beside
            where = "" if self.total else " in the cassettes beside it"
            lines.append(
                f"Nearest of {known}{where}, with what was recorded (-) and what was sent (+):"
            )
            lines.extend("  " + line for near in self.nearest for line in near.splitlines())
        if self.ignore:
            advice.insert(0, f"If this differs on every run, leave it out: ignore={[*self.ignore]}")
        return "\n".join([*lines, *([""] if advice else []), *advice])

    def _of_a_missing_file(self) -> list[str]:
        if self.journal is not None:
            lines = [
                "There is no such file yet: its recording was interrupted, or did not end well.",
                f"Recorded until then: {from_here(self.journal)}",
                "The next recording starts afresh.",
            ]
        else:
            lines = ["There is no such file yet."]
        if self.nearby is not None:
            old, new = self.nearby, Path(self.path)
            lines.append(f"Nearby, {from_here(old)} holds this request.")
            if old.parent != new.parent and not new.parent.exists():
                old, new = old.parent, new.parent  # the folder of a test module
            moved = shlex.join(["git", "mv", from_here(old), from_here(new)])
            lines.append(f"If its test was renamed, rename it too: {moved}")
        return lines


class RecordingEndedError(CassetteError):
    """The client wants more bytes than were read when the interaction was recorded.

    Attributes:
        call: Method and URL.
        path: The cassette.
        received: Bytes of the response that are recorded.
        remedy: What to do, in one line.
        websocket: What is missing are frames of WebSocket, which are never recorded.
    """

    page = "streams.md#left-before-its-end"

    def __init__(
        self,
        call: str,
        *,
        path: str | PathLike[str],
        received: int,
        remedy: str = "",
        websocket: bool = False,
    ) -> None:
        super().__init__(call)
        self.call = call
        self.path = path
        self.received = received
        self.remedy = remedy
        self.websocket = websocket

    def __str__(self) -> str:
        if self.websocket:
            return (
                f"the recording of {self.call} in {from_here(self.path)} stops where the "
                "connection went over to WebSocket, whose frames are not recorded\n"
                "Put a stand-in for the WebSocket into the test, or let its host through with "
                "allow_hosts."
            )
        return (
            f"the recording of {self.call} in {from_here(self.path)} stops "
            f"after {self.received} bytes: "
            "the program that was recorded read no further, and this one does\n"
            "Record the interaction again with the program as it is now."
            + (f"\n{self.remedy}" if self.remedy else "")
        )


class BlockedNetworkError(CassetteError):
    """The network guard refused an attempt to reach a host.

    Attributes:
        kind: What was tried: ``connection``, ``datagram`` or ``look-up``.
        host: Name or address that was to be reached, or looked up.
        port: Port number; None for a look-up.
        who: Who tried: the function, with file and line, that went into the standard library, and
            then the one nearest to it in the user's own code, where that is another.
        reason: Why nothing may be reached: which cassette is in use, or which test runs.
        remedy: What to do, in one line.
    """

    page = "network-guard.md"

    def __init__(  # noqa: PLR0913 - the fields of one sentence
        self,
        kind: str,
        *,
        host: str,
        port: int | None,
        who: Sequence[str],
        reason: str,
        remedy: str,
    ) -> None:
        super().__init__(kind, host, port)
        self.kind = kind
        self.host = host
        self.port = port
        self.who = tuple(who)
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        outcome = f"was blocked: {self.reason}"
        return told_of_attempt(
            self.kind, self.host, self.port, outcome, who=self.who, remedy=self.remedy
        )


class TapeClosedError(CassetteError):
    """A connection is wanted from a tape that is closed.

    Attributes:
        path: The cassette.
        origin: Where the connection should lead.
    """

    page = "streams.md#read-after-the-use"

    def __init__(self, *, path: str | PathLike[str], origin: str) -> None:
        super().__init__(origin)
        self.path = path
        self.origin = origin

    def __str__(self) -> str:
        return (
            f"the tape of {from_here(self.path)} is closed: it opens no connection to "
            f"{self.origin} any more\n"
            "Connect while the tape is in use, inside of its with block."
        )


class UninterceptedClientError(CassetteError):
    """A client wants to connect while a cassette is in use that cannot take its connections.

    Attributes:
        client: Who it is, such as the name of its package.
        path: The cassette.
        host: Where it wants to connect to; empty where that is not known.
        problem: Why its connections cannot be taken.
        who: Who tried: functions with file and line, as ``BlockedNetworkError`` has them.
        remedy: What to do, without a full stop.
    """

    page = "network-guard.md#clients-in-c-and-rust"

    def __init__(  # noqa: PLR0913 - the fields of one sentence
        self,
        client: str,
        *,
        path: str | PathLike[str],
        host: str,
        problem: str = "its connections cannot be recorded or replayed yet",
        who: Sequence[str] = (),
        remedy: str = "Use a sync client",
    ) -> None:
        super().__init__(client)
        self.client = client
        self.path = path
        self.host = host
        self.problem = problem
        self.who = tuple(who)
        self.remedy = remedy

    def __str__(self) -> str:
        to = f" to {self.host}" if self.host else ""
        allowed = self.host or "*"
        return "\n".join(
            [
                (
                    f"{self.client} wants to connect{to} while {from_here(self.path)} is in use, "
                    f"and {self.problem}"
                ),
                *callers_listed(self.who),
                f"{self.remedy}, or let it go live with allow_hosts=[{allowed!r}].",
            ]
        )


class UnplayedInteractionsError(CassetteError):
    """The use of a cassette ended with interactions that no request asked for.

    Attributes:
        calls: The calls of these interactions.
        path: The cassette.
        total: How many interactions the cassette holds.
        remedy: What to do, in one line.
    """

    page = "pytest-report.md#read-the-end-of-a-run"

    def __init__(
        self, calls: Sequence[str], *, path: str | PathLike[str], total: int, remedy: str
    ) -> None:
        super().__init__(*calls)
        self.calls = tuple(calls)
        self.path = path
        self.total = total
        self.remedy = remedy

    def __str__(self) -> str:
        path = from_here(self.path)
        return "\n".join(
            [
                f"{len(self.calls)} of {self.total} interactions in {path} were not played:",
                *(f"  {call}" for call in self.calls),
                self.remedy,
                "Or delete them from the file, or allow them with on_unplayed='ignore'.",
            ]
        )


class CassetteNotFoundError(CassetteError):
    """There is no cassette at this path."""

    page = "tutorial.md#modes"

    def __init__(self, path: str | PathLike[str], remedy: str = "") -> None:
        super().__init__(path)
        self.path = path
        self.remedy = remedy

    def __str__(self) -> str:
        remedy = self.remedy or "Record it first: cassette.use(..., mode='once')."
        return f"there is no cassette at {from_here(self.path)}\n{remedy}"


class CassetteExpiredError(CassetteError):
    """A cassette is older than it may be, and that was to fail.

    Attributes:
        path: The cassette.
        recorded: When its oldest interaction was recorded.
        age: How long ago that was.
        max_age: How long ago it may be.
        remedy: What to do.
    """

    page = "pytest-report.md#a-cassette-that-is-too-old"

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        recorded: datetime,
        age: timedelta,
        max_age: timedelta,
        remedy: str,
    ) -> None:
        super().__init__(path)
        self.path = path
        self.recorded = recorded
        self.age = age
        self.max_age = max_age
        self.remedy = remedy

    def __str__(self) -> str:
        return (
            f"{from_here(self.path)} has expired: its oldest interaction was recorded "
            f"{in_words(self.age)} ago, on {self.recorded:%Y-%m-%d}, and max_age is "
            f"{in_words(self.max_age)}\n{self.remedy}"
        )


class CassetteFormatError(CassetteError):
    """A file that is not a cassette, or a damaged one.

    Attributes:
        path: The file.
        line: Line of the trouble, counted from 1; 0 where no line is to blame.
        key: Place in the data, such as ``interactions[2].response``; may be empty.
        problem: What was found, and what was expected.
        remedy: What to do about it.
    """

    page = "format.md#how-values-are-read"

    def __init__(
        self,
        problem: str,
        *,
        path: str | PathLike[str] = "<bytes>",
        line: int = 0,
        key: str = "",
        remedy: str = "",
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path
        self.line = line
        self.key = key
        self.remedy = remedy

    def __str__(self) -> str:
        where = f"{from_here(self.path)}:{self.line}" if self.line else f"{from_here(self.path)}"
        key = f"{self.key}: " if self.key else ""
        remedy = f"\n{self.remedy}" if self.remedy else ""
        return f"{where}: {key}{self.problem}{remedy}"


class CassetteVersionError(CassetteFormatError):
    """A cassette of a format version that this version of the package cannot read."""

    page = "format.md#the-header"


class HookError(CassetteError):
    """A hook of the user's failed, or returned what it may not.

    Attributes:
        hook: Its option, such as ``before_record``.
        call: Method and URL of the interaction that it was given, secrets masked.
        problem: What happened, secrets that are known masked.
        where: File and line at which it failed; empty where it returned.
    """

    page = "hooks.md#errors"

    def __init__(self, hook: str, *, call: str, problem: str, where: str = "") -> None:
        super().__init__(hook, call)
        self.hook = hook
        self.call = call
        self.problem = problem
        self.where = where

    def __str__(self) -> str:
        where = f" ({from_here(self.where)})" if self.where else ""
        return f"{self.hook} failed{where}: {self.problem}\nIt was given: {self.call}"


class OptionError(CassetteError, ValueError):
    """An option has a wrong name or a wrong value."""

    page = "pytest.md#options-of-the-marker"
