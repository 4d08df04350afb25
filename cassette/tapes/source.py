"""Cassettes that answer beside the one in use, and are never written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cassette.errors import CassetteNotFoundError, from_here
from cassette.matching import Index
from cassette.model import CONNECT
from cassette.store.reader import CassetteReader

if TYPE_CHECKING:
    from pathlib import Path

    from cassette.matching import Matching
    from cassette.matching.explain import Recordings
    from cassette.model import Interaction, Request


class Extra:
    """One such cassette, open. Its interactions answer as often as they are asked for.

    It is shared, so that it cannot know how often each of its users makes a request: of several
    equal interactions the last one answers from then on.

    Attributes:
        path: The file.
        played: How many interactions have been played.

    Args:
        path: The file.
        matching: What requests must have in common.

    Raises:
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: The file is no cassette, or a damaged one.
    """

    def __init__(self, path: Path, matching: Matching) -> None:
        if not path.exists():
            raise CassetteNotFoundError(
                path, "An extra cassette is only read: record it by itself, or leave it out."
            )
        self.path = path
        self.played = 0
        self._reader = CassetteReader.open(path)
        self._index = Index(self._reader.calls, self._reader.request, matching, repeat=True)

    @property
    def unplayed_by_number(self) -> dict[int, str]:
        """The calls that no request asked for, by their number in the file, counted from 0."""
        calls = self._reader.calls
        return {number: calls[number] for number in self._index.left}

    @property
    def recordings(self) -> Recordings:
        """What a request that nothing answers is compared with."""
        return self._index.recordings(from_here(self.path))

    def find(self, call: str, request: Request) -> Interaction | None:
        """Return the interaction that answers a request, or None.

        Raises:
            CassetteFormatError: That interaction is damaged.
        """
        number = self._index.find(call, request)
        return None if number is None else self._reader.latest(number)

    def foresee(self, call: str) -> Interaction | None:
        """Return the interaction that would answer this call, judged without the body."""
        number = next(iter(self._index.candidates(call)), None)
        return None if number is None else self._reader.latest(number)

    def connection_failure(self, origin: str) -> Interaction | None:
        """Return the recorded failure to connect to an origin whose turn it is, or None.

        Args:
            origin: Such as ``https://api.example.com``.
        """
        number = self._index.next_for_origin(origin)
        if number is None or not self._reader.calls[number].startswith(CONNECT):
            return None
        self._index.mark(number)
        return self._reader.latest(number)

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()
