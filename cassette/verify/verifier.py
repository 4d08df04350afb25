"""The record mode ``verify``: live responses are held against the recorded ones.

Requests go to the network, the client sees what comes back, and nothing is written. Each
interaction is compared at the moment it is complete; what has drifted is told when the use ends.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Protocol

from cassette.locks import make_lock
from cassette.matching import Matching
from cassette.matching.calls import origin_of
from cassette.matching.contents import body_part, described
from cassette.matching.differences import Difference, change, pair_changes
from cassette.model import CONNECT, Ended
from cassette.store.decoding import decoded
from cassette.verify.drift import Drift
from cassette.verify.shapes import shape_changes, shape_of
from cassette.wire.passing import FLEETING, VARYING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cassette.matching.explain import Explanation
    from cassette.model import Interaction, Request, Response
    from cassette.redaction import Redactor
    from cassette.tapes.family import Family
    from cassette.verify.drift import DriftError
    from cassette.verify.verification import Verification


class Recording(Protocol):
    """The recording that is compared with; see ``cassette.tapes.source.Source``."""

    def find(self, call: str, request: Request) -> Interaction | None:
        """Return the interaction that answers a request; it answers nobody else."""

    def next_for(self, origin: str) -> Interaction | None:
        """Return the earliest interaction with an origin that was not found yet."""

    def mark(self, interaction: Interaction) -> None:
        """Let an interaction that ``next_for`` gave answer nobody else."""

    def explain(self, call: str, request: Request) -> Explanation:
        """Return why nothing answered a request."""


class Verifier:
    """Compares live interactions with recorded ones. It may be used from several threads.

    Attributes:
        verified: How many interactions have been compared.
        error: Tells of the drifts, which are added to it.

    Args:
        own: The recording.
        extra: Recordings beside it: an interaction that only they know is none to compare.
        redactor: Hides the secrets of what is live, as was done when it was recorded.
        verification: What counts as drift.
        error: As above.
        family: The processes that share the use.
    """

    def __init__(  # noqa: PLR0913 - its parts
        self,
        own: Recording,
        extra: Sequence[Recording],
        redactor: Redactor,
        verification: Verification,
        *,
        error: DriftError,
        family: Family,
    ) -> None:
        self.verified = 0
        self._own = own
        self._extra = extra
        self._redactor = redactor
        self._compare = frozenset(verification.compare)
        self._tolerance = verification.tolerance
        self._matching = Matching((), verification.ignore, redactor)
        self.error = error
        self._lock = make_lock()
        self._family = family
        self._topic = f"verified {id(self)}"
        family.hear(self._topic, self._count)

    @property
    def drifted(self) -> int:
        """How many interactions have drifted."""
        return len(self.error.drifts)

    def compare(self, live: Interaction) -> None:
        """Compare a live interaction with its recording.

        Raises:
            DriftError: They differ; always the same error, which grows. A drift that is met again,
                as by a client that retries, stands in it once.
            CassetteFormatError: The recording is damaged.
        """
        drift = self._drift_of(live)
        if drift is not None and drift.number is None and self._is_beside(live):
            return
        self._count(drift)
        self._family.tell(self._topic, drift)
        if drift is not None:
            raise self.error

    def _count(self, drift: Drift | None) -> None:
        with self._lock:
            self.verified += 1
            if drift is not None and drift not in self.error.drifts:
                self.error.drifts.append(drift)

    def _is_beside(self, live: Interaction) -> bool:
        return any(source.find(live.call, live.request) for source in self._extra)

    def _drift_of(self, live: Interaction) -> Drift | None:
        recorded = self._own.find(live.call, live.request)
        live = self._redactor.redact(live)
        if recorded is None:
            return self._unrecorded(live)
        if "response" in recorded.decoded:
            live = decoded(live)
        parts = tuple(self._parts(recorded, live))
        return Drift(recorded.number, recorded.call, parts) if parts else None

    def _unrecorded(self, live: Interaction) -> Drift | None:
        """Return the drift of an interaction that is in the cassette neither way.

        Where a connection did not come about, or now does, it belongs to what comes next from its
        origin in the recording.
        """
        recorded = self._own.next_for(origin_of(live.call))
        if recorded is not None:
            was_down = recorded.call.startswith(CONNECT)
            if was_down != live.call.startswith(CONNECT):
                if was_down:
                    self._own.mark(recorded)
                call = live.call if was_down else recorded.call
                return Drift(recorded.number, call, (_connection(recorded, live),))
        if live.call.startswith(CONNECT):
            return Drift(None, live.call, notes=(_ending(live),))
        near = self._own.explain(live.call, live.request)
        notes = [line for text in near.nearest[:1] for line in text.splitlines()]
        if near.spent:
            notes = [
                f"#{near.spent[-1]} is the last recording of it: then it was asked for less often"
            ]
        return Drift(None, live.call, notes=tuple(notes))

    def _parts(self, recorded: Interaction, live: Interaction) -> Iterator[Difference]:
        if _outcome(recorded) != _outcome(live):
            yield _connection(recorded, live)
            return
        old, new = recorded.response, live.response
        if "status" in self._compare and old.status != new.status:
            yield Difference("", [change("status", _status(old), _status(new))])
        if "headers" in self._compare:
            changes = list(pair_changes("header", *self._fields(old, new)))
            if changes:
                yield Difference("headers", changes)
        if Ended.ABANDONED in (recorded.ended, live.ended):
            return  # how much of a body was read says nothing about the server
        if "body" in self._compare:
            yield from self._body_part(old, new)
        elif "shape" in self._compare:
            yield from self._shape_part(old, new)

    def _fields(self, *responses: Response) -> list[list[tuple[str, str]]]:
        """Return the header fields of two responses that count, and whose value does."""
        fields = [self._matching.header_pairs(response) for response in responses]
        both = {name for name, _ in fields[0]} & {name for name, _ in fields[1]} & VARYING
        return [
            [pair for pair in pairs if pair[0] not in both and pair[0] not in FLEETING]
            for pairs in fields
        ]

    def _body_part(self, recorded: Response, live: Response) -> Iterator[Difference]:
        reader = self._matching.bodies
        if reader.key(recorded) != reader.key(live):
            part = body_part(reader, recorded, live, self._same)
            if part.changes:
                yield part

    def _same(self, recorded: Any, live: Any) -> bool:  # noqa: ANN401 - JSON is any value
        numbers = [v for v in (recorded, live) if isinstance(v, int | float)]
        if len(numbers) != 2 or any(isinstance(number, bool) for number in numbers):  # noqa: PLR2004
            return False
        try:
            return math.isclose(*numbers, rel_tol=self._tolerance)
        except OverflowError:  # whole numbers of more than 308 digits
            return False

    def _shape_part(self, recorded: Response, live: Response) -> Iterator[Difference]:
        reader = self._matching.bodies
        read = [reader.content(response) for response in (recorded, live)]
        (what, old), (now, new) = (reader.meaning(*content) for content in read)
        if what == now == "JSON":
            changes = list(shape_changes(shape_of(old), shape_of(new)))
            if changes:
                yield Difference("body (JSON shape)", changes)
        elif "JSON" in (what, now) or bool(read[0][0]) != bool(read[1][0]):
            said = (described(reader, response) for response in (recorded, live))
            yield Difference("body", [change("", *said)])


_CUT_SHORT: Final = "cut short"


def _outcome(interaction: Interaction) -> str:
    """Return how the connection failed; empty where it did not."""
    if interaction.failure is not None:
        return str(interaction.ended)
    closed = interaction.ended is Ended.CLOSED
    return _CUT_SHORT if closed and not interaction.response.parsed.complete else ""


def _connection(recorded: Interaction, live: Interaction) -> Difference:
    return Difference("", [change("connection", _ending(recorded), _ending(live))])


def _ending(interaction: Interaction) -> str:
    if interaction.failure is not None:
        return f"{interaction.ended} ({interaction.failure.message})"
    return _outcome(interaction) or f"answered {_status(interaction.response)}"


def _status(response: Response) -> str:
    return f"{response.status} {response.reason}".strip() if response.status else "no HTTP"
