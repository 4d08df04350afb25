"""What a use writes: a journal, which becomes the cassette when the use ends well."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from cassette.matching.calls import origin_of
from cassette.model import CONNECT, Ended

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cassette.model import Interaction
    from cassette.store.files import Journal
    from cassette.store.places import Stamp
    from cassette.store.reader import CassetteReader
    from cassette.tapes.options import TapeOptions


class Writer:
    """Writes what is recorded, secrets masked. It may be used from several threads.

    Attributes:
        recorded: How many interactions have been written.
        unanswered: How many of them are failures: nothing came back at all.
        origins: The origins that they were recorded of.
        failed: How often which connection failed, such as ``connect http://host (refused)``.
        journal: Where they stand until they become the cassette, and after a use that did not end
            well; None where there is nothing.

    Args:
        options: Where to write, and how.
        old: The cassette as it stands there, where the interactions in it are kept; else None.
        before: What stood at its place when the use began; None for nothing.
        anew: Of the interactions in ``old``, only calls that were not recorded again are kept.
    """

    def __init__(
        self,
        options: TapeOptions,
        old: CassetteReader | None,
        *,
        before: Stamp | None,
        anew: bool,
    ) -> None:
        self.recorded = 0
        self.unanswered = 0
        self.origins: set[str] = set()
        self.failed: Counter[str] = Counter()
        self.journal: Path | None = None
        self._options = options
        self._old = old
        self._before = before
        self._anew = anew and old is not None
        self._lock = threading.Lock()
        self._open: Journal | None = None
        self._ended = False
        self._calls: set[str] = set()  # recorded again, where that matters

    def write(self, interaction: Interaction) -> None:
        """Write an interaction to the journal; once that is closed, do nothing.

        Raises:
            CassetteError: The journal cannot be written.
        """
        if self._options.decode:
            from cassette.store.decoding import decoded  # noqa: PLC0415 - few ask for it

            interaction = decoded(interaction)
        with self._lock:
            if self._ended:
                return
            journal = self._open
            if journal is None:
                journal = self._open = self._begin(interaction.at)
        masked = self._options.redactor.redact(interaction)
        with self._lock:
            if self._open is not journal:  # closed meanwhile
                return
            journal.append(masked)
            self.journal = journal.partial
            self.recorded += 1
            self.origins.add(origin_of(masked.call))
            if not interaction.response.raw and interaction.ended is not Ended.ABANDONED:
                self.unanswered += 1
            if masked.call.startswith(CONNECT):
                self.failed[f"{masked.call} ({masked.ended})"] += 1
            if self._anew:
                self._calls.add(masked.call)

    def close(self, *, good: bool) -> None:
        """Make the journal the cassette, or leave it where it is.

        Args:
            good: The use has ended well.

        Raises:
            CassetteError: The cassette cannot be written.
        """
        with self._lock:
            journal, self._open, self._ended = self._open, None, True
            if journal is None:
                return
            try:
                if good:
                    self._keep_what_was_not_recorded_again(journal)
                    journal.commit()
                    self.journal = None
            finally:
                journal.abandon()

    def _begin(self, recorded: datetime) -> Journal:
        from cassette.store.files import Journal  # noqa: PLC0415 - a replay writes nothing
        from cassette.store.names import followed  # noqa: PLC0415 - as above

        options, old = self._options, self._old
        place = followed(options.path, options.root or options.path.parent)
        if old is None:
            return Journal(place, recorded, before=self._before)
        journal = Journal.over(old, place, before=self._before)
        if not self._anew:
            for number in range(len(old)):
                journal.append_entry(old.entry(number))
        return journal

    def _keep_what_was_not_recorded_again(self, journal: Journal) -> None:
        old = self._old
        if not self._anew or old is None:
            return
        again = {self._options.matching.call_key(call) for call in self._calls}
        for number, call in enumerate(old.calls):
            if self._options.matching.call_key(call) not in again:
                journal.append_entry(old.entry(number))
