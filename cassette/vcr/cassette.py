"""The cassette in use, with the attributes that VCR.py gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cassette.vcr.request import Request, response_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cassette.errors import CassetteError
    from cassette.model import Interaction
    from cassette.vcr.opening import VcrTape


class Cassette:
    """What ``use_cassette`` yields.

    Args:
        tape: The tape behind it.
    """

    def __init__(self, tape: VcrTape) -> None:
        self.tape = tape

    def _all(self) -> Iterator[Interaction]:
        yield from self.tape.interactions
        yield from self.tape.written

    @property
    def errors(self) -> list[CassetteError]:
        """What the code under test was told instead of bytes, as a tape has it."""
        return self.tape.errors

    @property
    def requests(self) -> list[Request]:
        """The requests, those recorded now included."""
        return [Request.of(one.request) for one in self._all()]

    @property
    def responses(self) -> list[dict[str, Any]]:
        """The responses, in the shape of VCR.py."""
        return [response_of(one.response) for one in self._all()]

    @property
    def data(self) -> list[tuple[Request, dict[str, Any]]]:
        """The requests with their responses."""
        return list(zip(self.requests, self.responses, strict=True))

    @property
    def play_counts(self) -> dict[int, int]:
        """How often each interaction has answered, by its number."""
        return {number: one.played for number, one in enumerate(self._all())}

    @property
    def play_count(self) -> int:
        """How many requests were answered since the beginning, or since it was rewound."""
        return self.tape.played

    @property
    def all_played(self) -> bool:
        """Whether everything that it holds has answered."""
        return self.play_count == len(self)

    @property
    def dirty(self) -> bool:
        """Whether anything was recorded."""
        return bool(self.tape.written)

    @property
    def record_mode(self) -> str:
        """The record mode in force."""
        return self.tape.mode

    @property
    def write_protected(self) -> bool:
        """Whether nothing can be recorded."""
        return not self.tape.policy.record

    @property
    def rewound(self) -> bool:
        """Whether there was a recording when the use began."""
        return self.tape.existed

    def rewind(self) -> None:
        """Let every interaction answer again."""
        self.tape.rewind()

    def responses_of(self, request: Request) -> list[dict[str, Any]]:
        """Return the responses to requests of this method and URL."""
        return [
            response
            for known, response in self.data
            if (known.method, known.uri) == (request.method, request.uri)
        ]

    def __len__(self) -> int:
        return sum(1 for _ in self._all())

    def __contains__(self, request: Request) -> bool:
        return bool(self.responses_of(request))

    def __str__(self) -> str:
        return f"<Cassette containing {len(self)} recorded response(s)>"
