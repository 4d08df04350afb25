"""Opening a cassette the way of VCR.py: its own files too, and filters around every request."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cassette.bridges import vcrpy
from cassette.store.places import Stamp
from cassette.store.reader import CassetteReader
from cassette.store.writer import encode_entry
from cassette.tapes.family import Family
from cassette.tapes.modes import RecordMode, policy
from cassette.tapes.replay import Replay
from cassette.tapes.source import Source
from cassette.tapes.tape import Tape
from cassette.tapes.terms import Terms
from cassette.tapes.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from cassette.matching.explain import Explanation, Recordings
    from cassette.model import Interaction, Request
    from cassette.redaction import Redactor
    from cassette.tapes.freezing import Timeline
    from cassette.tapes.options import TapeOptions
    from cassette.vcr.filters import Filters

    Loader = Callable[[Path], Sequence[Interaction] | None]

_OURS: Final = re.compile(rb"^cassette:", re.MULTILINE)


def read_any(path: Path) -> Sequence[Interaction] | None:
    """Return what a file holds, be it a cassette of ours or one of VCR.py; None without a file.

    Raises:
        CassetteFormatError: It is neither, or a damaged one.
    """
    if not path.is_file():
        return None
    if not _OURS.search(path.read_bytes()):
        return vcrpy.read(path).interactions
    with CassetteReader.open(path) as reader:
        return [reader.interaction(number) for number in range(len(reader))]


class ListReader(CassetteReader):
    """Interactions that were read already, in the place of a file.

    Args:
        path: The file that they go to when more is recorded.
        interactions: The interactions.
        redactor: Masks their secrets when they go there.
    """

    def __init__(self, path: Path, interactions: Sequence[Interaction], redactor: Redactor) -> None:
        super().__init__(path)
        self._held = interactions
        self._redactor = redactor
        self.calls = [one.call for one in interactions]
        self.recorded = min((one.at for one in interactions), default=datetime.now(UTC))

    def interaction(self, index: int) -> Interaction:
        """Return an interaction."""
        return self._held[index]

    latest = interaction

    def entry(self, index: int) -> bytes | Iterable[bytes]:
        """Return the text of an interaction, secrets masked."""
        return encode_entry(self._redactor.redact(self._held[index]))


class FilteredSource(Source):
    """Answers requests as the filters have left them."""

    filters: Filters

    def find(self, call: str, request: Request) -> Interaction | None:
        """Return the interaction that answers a request, or None."""
        return super().find(*self._filtered(call, request))

    def foresee(self, call: str) -> Interaction | None:
        """Return what would answer a call; filters want to see the whole request."""
        return None if self.filters.requests else super().foresee(call)

    def explain(self, call: str, request: Request, *beside: Recordings) -> Explanation:
        """Return why nothing answered a request."""
        return super().explain(*self._filtered(call, request), *beside)

    def rewind(self, options: TapeOptions) -> None:
        """Let every interaction answer again."""
        super().__init__(self._reader, options.matching, self._family, repeat=options.repeat)

    def _filtered(self, call: str, request: Request) -> tuple[str, Request]:
        filtered = self.filters.incoming(request)
        if filtered is None or filtered is request:
            return call, request
        return f"{filtered.method} {filtered.url}", filtered


class _FilteredReplay(Replay):
    """Lets a request go live, in every mode, of which a filter says that it is to be left alone."""

    filters: Filters

    def answer(self, call: str, request: Request) -> Interaction | None:
        """Return the interaction that answers; None where the request goes live."""
        if self.filters.incoming(request) is None:
            return None
        return super().answer(call, request)


class _FilteredWriter(Writer):
    """Writes what the filters leave, and remembers it."""

    filters: Filters
    written: list[Interaction]

    def write(self, interaction: Interaction) -> None:
        """Write an interaction to the journal, unless a filter leaves it out."""
        kept = self.filters.interaction(interaction)
        if kept is not None:
            super().write(kept)
            self.written.append(kept)


class VcrTape(Tape):
    """A cassette in use the way of VCR.py.

    Attributes:
        written: What has been recorded, as the filters have left it.

    Args:
        options: What the use was asked for.
        terms: How things stand.
        source: The cassette.
        writer: Writes what is recorded.
        filters: See ``Filters``.
    """

    def __init__(
        self,
        options: TapeOptions,
        terms: Terms,
        source: FilteredSource,
        writer: _FilteredWriter,
        filters: Filters,
    ) -> None:
        self._filters = filters
        super().__init__(options, terms, [source], writer=writer)
        self._filtered_source = source
        self.written = writer.written

    def _make_replay(self, timeline: Timeline | None) -> Replay:
        replay = _FilteredReplay(
            self._options, self._terms, self._sources, timeline, self.note_error
        )
        replay.filters = self._filters
        return replay

    def rewind(self) -> None:
        """Let every interaction answer again."""
        self._filtered_source.rewind(self._options)


def open_tape(options: TapeOptions, filters: Filters, load: Loader = read_any) -> VcrTape:
    """Return a tape; whoever asked for it closes it.

    Args:
        options: What the use is asked for.
        filters: Applied to what is recorded, to what the file holds, and to what is asked for.
        load: Reads the file; gives None where there is none.

    Raises:
        CassetteFormatError: The file is no cassette, or a damaged one.
    """
    path = options.path
    before = Stamp.of(path)
    held = load(path)
    terms = Terms(options.mode, policy(options.mode, exists=held is not None), held is not None)
    file: ListReader | None = None
    if held is not None and terms.policy.keep:
        kept = [filters.interaction(one) for one in held]
        file = ListReader(path, [one for one in kept if one is not None], options.redactor)
        if before is not None:
            options.redactor.reserve(path.read_bytes())
    family = Family()
    known = file or CassetteReader(path)
    source = FilteredSource(known, options.matching, family, repeat=options.repeat)
    source.filters = filters
    writer = _FilteredWriter(
        options, file, family, before=before, anew=terms.mode is RecordMode.ALL
    )
    writer.filters, writer.written = filters, []
    return VcrTape(options, terms, source, writer, filters)
