"""A cassette that answers: which interaction, which one next, and what is left of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from cassette.locks import make_lock
from cassette.matching import Index
from cassette.matching.calls import origin_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cassette.matching import Matching
    from cassette.matching.explain import Explanation, Recordings
    from cassette.model import Interaction, Request
    from cassette.store.reader import CassetteReader
    from cassette.tapes.family import Family
    from cassette.tapes.hooks import ChosenReader


class Source:
    """The interactions of one cassette, each of which answers once, or again by ``repeat``.

    It may be used from several threads. ``find`` and ``next_failure`` give an interaction to one
    asker only; whether that counts as played is said by ``play``, because some ask only to know
    what is recorded.

    Attributes:
        path: The file.
        played: How many interactions have been played.
        edited: The calls of those that a hand has changed in the file, by their number.

    Args:
        reader: The file, or what a hook has left of it; one without interactions answers nothing.
        matching: What requests must have in common.
        family: The processes that share the use.
        repeat: The last of several equal interactions answers from then on.
    """

    def __init__(
        self,
        reader: CassetteReader | ChosenReader,
        matching: Matching,
        family: Family,
        *,
        repeat: bool,
    ) -> None:
        self.path = reader.path
        self.played = 0
        self.edited: dict[int, str] = {}
        self._reader = reader
        self._index = Index(reader.calls, reader.latest, matching, repeat=repeat)
        self._lock = make_lock()
        self._times_played: dict[int, int] = {}
        self._family = family
        self._taken, self._plays = f"taken {id(self)}", f"played {id(self)}"
        family.hear(self._taken, self._index.mark)
        family.hear(self._plays, self._count)
        self._edits = f"edited {id(self)}"
        family.hear(self._edits, self.edited.__setitem__)

    # Answering.

    def find(self, call: str, request: Request) -> Interaction | None:
        """Return the interaction that answers a request, or None; it answers nobody else.

        Raises:
            CassetteFormatError: That interaction is damaged, or one that had to be looked at.
        """
        with self._family.turn():
            return self._told(self._index.find(call, request))

    def foresee(self, call: str) -> Interaction | None:
        """Return the interaction that would answer this call, judged without the body."""
        return self._index.foresee(call)

    def next_failure(self, origin: str) -> Interaction | None:
        """Return the recorded failure to connect to an origin if it is due; it answers nobody else.

        Which request a connection is opened for is not known when it is opened. A failure is due
        when it is the earliest interaction with this origin that has not been played.

        Args:
            origin: Such as ``https://api.example.com``.
        """
        with self._family.turn():
            return self._told(self._index.next_failure(origin))

    def next_for(self, origin: str) -> Interaction | None:
        """Return the earliest interaction with an origin that has not been played, or None."""
        return self._index.next_for(origin)

    def mark(self, interaction: Interaction) -> None:
        """Let an interaction that ``next_for`` gave answer nobody else."""
        with self._family.turn():
            self._index.mark(interaction.number)
            self._told(interaction)

    def play(self, interaction: Interaction) -> None:
        """Count an interaction of this source as played."""
        interaction.played = self._count(interaction.number)
        self._family.tell(self._plays, interaction.number)
        if interaction.response.edited or interaction.request.edited:
            self.edited[interaction.number] = interaction.call
            self._family.tell(self._edits, interaction.number, interaction.call)

    def _told(self, interaction: Interaction | None) -> Interaction | None:
        """Tell the other processes that an interaction answers nobody else; return it."""
        if interaction is not None:
            self._family.tell(self._taken, interaction.number)
        return interaction

    def _count(self, number: int) -> int:
        with self._lock:
            times = self._times_played[number] = self._times_played.get(number, 0) + 1
            self.played += 1
            return times

    # Telling.

    @cached_property
    def origins(self) -> frozenset[str]:
        """The origins that interactions are recorded of."""
        return frozenset(map(origin_of, self._reader.calls))

    def __len__(self) -> int:
        return len(self._reader)

    def __iter__(self) -> Iterator[Interaction]:
        """Give every interaction in the order of the file; ``played`` is up to date."""
        for number, call in enumerate(self._reader.calls):
            if not call:
                continue
            interaction = self._reader.interaction(number)
            interaction.played = self._times_played.get(number, 0)
            yield interaction

    @property
    def calls(self) -> Sequence[str]:
        """The calls of all interactions, in the order of the file."""
        return self._reader.calls

    @property
    def unplayed_by_number(self) -> dict[int, str]:
        """The calls that no request asked for, by their number in the file, counted from 0."""
        calls = self._reader.calls
        return {number: calls[number] for number in self._index.left}

    def recordings(self, place: str) -> Recordings:
        """Return what a request that nothing answers is compared with; ``place`` names the file."""
        return self._index.recordings(place)

    def explain(self, call: str, request: Request, *beside: Recordings) -> Explanation:
        """Return why nothing answered a request, in this cassette and in those beside it."""
        return self._index.explain(call, request, beside)

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()
