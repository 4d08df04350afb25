"""What a use writes: a journal, which becomes the cassette when the use ends well."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cassette.store.decoding import decoded
from cassette.store.files import Journal

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cassette.matching import Matching
    from cassette.model import Interaction
    from cassette.redaction import Redactor
    from cassette.store.reader import CassetteReader


class Writer:
    """Keeps what is recorded, secrets masked. It may be used from several threads.

    Attributes:
        recorded: How many interactions have been kept.
        journal: Where they stand until they become the cassette, and after a use that did not end
            well; None where there is nothing.

    Args:
        path: The cassette.
        old: The cassette as it stands there, where what it holds is kept too; else None.
        anew: Of what ``old`` holds, only calls that were not recorded again are kept.
        matching: Which calls are the same.
        redactor: Masks the secrets.
        decode: Bodies that were compressed are written decoded.
    """

    def __init__(  # noqa: PLR0913 - what a recording depends on
        self,
        path: Path,
        old: CassetteReader | None,
        *,
        anew: bool,
        matching: Matching,
        redactor: Redactor,
        decode: bool,
    ) -> None:
        self.recorded = 0
        self.journal: Path | None = None
        self._path = path
        self._old = old
        self._anew = anew and old is not None
        self._matching = matching
        self._redactor = redactor
        self._decode = decode
        self._lock = threading.Lock()
        self._open: Journal | None = None
        self._ended = False
        self._calls: set[str] = set()  # recorded again, where that matters

    def keep(self, interaction: Interaction) -> None:
        """Write an interaction to the journal; once that is closed, do nothing.

        Raises:
            CassetteError: The journal cannot be written.
        """
        if self._decode:
            interaction = decoded(interaction)
        with self._lock:
            if self._ended:
                return
            journal = self._open
            if journal is None:
                journal = self._open = self._begin(interaction.at)
        masked = self._redactor.redact(interaction)
        with self._lock:
            if self._open is not journal:  # closed meanwhile
                return
            journal.append(masked)
            self.journal = journal.partial
            self.recorded += 1
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
        old = self._old
        if old is None:
            return Journal(self._path, recorded)
        journal = Journal.over(old)
        if not self._anew:
            for number in range(len(old)):
                journal.append_entry(old.entry(number))
        return journal

    def _keep_what_was_not_recorded_again(self, journal: Journal) -> None:
        old = self._old
        if not self._anew or old is None:
            return
        again = {self._matching.call_key(call) for call in self._calls}
        for number, call in enumerate(old.calls):
            if self._matching.call_key(call) not in again:
                journal.append_entry(old.entry(number))
