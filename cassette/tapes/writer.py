"""What a use writes: a journal, which becomes the cassette when the use ends well."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Final

from cassette.locks import make_lock
from cassette.matching.calls import origin_of
from cassette.model import CONNECT, Ended
from cassette.system import System

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cassette.model import Interaction
    from cassette.store.files import Journal
    from cassette.store.places import Stamp
    from cassette.store.reader import CassetteReader
    from cassette.tapes.family import Family
    from cassette.tapes.options import TapeOptions

_MASKS_OF_A_CHILD: Final = 1000
"""Numbers of masks that a child keeps free for those before it."""


class Writer:
    """Writes what is recorded, secrets masked. It may be used from several threads.

    Attributes:
        recorded: How many interactions have been written.
        unanswered: How many of them are failures: nothing came back at all.
        origins: The origins that they were recorded of.
        failed: How often which connection failed, such as ``connect http://host (refused)``.
        unsearched: Bodies that could not be searched for secrets, each as its call and its coding.
        unchanged: The cassette was recorded anew, and says what it said before.
        journal: Where they stand until they become the cassette, and after a use that did not end
            well; None where there is nothing.

    Args:
        options: Where to write, and how.
        old: The cassette as it stands there, where the interactions in it are kept; else None.
        family: The processes that share the use. A child writes a journal of its own, which the
            process that began the use takes into its own.
        before: What stood at its place when the use began; None for nothing.
        anew: Of the interactions in ``old``, only calls that were not recorded again are kept.
    """

    def __init__(
        self,
        options: TapeOptions,
        old: CassetteReader | None,
        family: Family,
        *,
        before: Stamp | None,
        anew: bool,
    ) -> None:
        self.recorded = 0
        self.unanswered = 0
        self.origins: set[str] = set()
        self.failed: Counter[str] = Counter()
        self.unsearched: list[str] = []
        self.unchanged = False
        self.journal: Path | None = None
        self._options = options
        self._old = old
        self._before = before
        self._anew = anew and old is not None
        self._began: datetime | None = None
        self._lock = make_lock()
        self._open: Journal | None = None
        self._ended = False
        self._calls: set[str] = set()  # recorded again, where that matters
        self.family = family
        self._of_children: list[Path] = []  # journals
        me = id(self)
        self._opened, self._written, self._over = f"opened {me}", f"written {me}", f"over {me}"
        family.hear(self._opened, self._of_children.append)
        family.hear(self._written, self._count)
        family.hear(self._over, self._leave)
        family.in_child(self._forget)

    def write(self, interaction: Interaction) -> None:
        """Write an interaction to the journal; once that is closed, do nothing.

        Raises:
            CassetteError: The journal cannot be written.
        """
        if self._options.decode:
            from cassette.store.decoding import decoded  # noqa: PLC0415 - few ask for it

            interaction = decoded(interaction)
        with self.family.turn(), self._lock:
            if self._ended:
                return
            journal = self._open
            if journal is None:
                journal = self._open = self._begin(interaction.at)
        masked = self._options.redactor.redact(interaction)
        with self.family.turn(), self._lock:
            if self._open is not journal:  # closed meanwhile
                return
            journal.append(masked)
            self.journal = journal.partial
            silent = not interaction.response.raw and interaction.ended is not Ended.ABANDONED
            written = masked.call, str(masked.ended), silent, _unsearched_in(masked)
            self._count(*written)
            self.family.tell(self._written, *written)

    def close(self, *, good: bool) -> None:
        """Make the journal the cassette, or leave it where it is.

        Args:
            good: The use has ended well.

        Raises:
            CassetteError: The cassette cannot be written.
        """
        with self.family.turn(), self._lock:
            self._ended = True
            try:
                if not self.family.is_owner:
                    return
                self.family.tell(self._over)
                self._take_in_what_children_recorded()
                if good and self._open is not None:
                    self._make_cassette(self._open)
                    self.journal = None
            finally:
                self._stop()

    def _make_cassette(self, journal: Journal) -> None:
        kept = self._keep_what_was_not_recorded_again(journal)
        before, moment = None, None if kept else self._began
        if self._options.adds and self._old is not None:
            before, moment = self._options.before, self._old.recorded
        elif self._before is not None and (self._anew or self._old is None):
            before = journal.path
        if before is not None:
            from cassette.tapes.sameness import confirmed  # noqa: PLC0415 - few record anew

            text = confirmed(before, journal.partial, moment)
            if text is not None:
                journal.rewrite(text)
                self.unchanged = True
        journal.commit()

    def _stop(self) -> None:
        """Write nothing more, and leave the journal where it is."""
        journal, self._open, self._ended = self._open, None, True
        if journal is not None:
            journal.abandon()
            # What was replaced meanwhile was rescued to another place.
            self.journal = journal.partial if self.journal is not None else None

    def _count(self, call: str, ended: str, silent: bool, unsearched: list[str]) -> None:  # noqa: FBT001 - a fact told
        self.recorded += 1
        self.unsearched += unsearched
        self.origins.add(origin_of(call))
        self.unanswered += silent
        if call.startswith(CONNECT):
            self.failed[f"{call} ({ended})"] += 1
        if self._anew:
            self._calls.add(call)

    def _forget(self) -> None:
        """Leave the journal to the process that it belongs to, or that has taken it in."""
        journal, self._open, self.journal = self._open, None, None
        if journal is not None:
            journal.forget()

    def _leave(self) -> None:
        """Write nothing more as a child: the use has ended in the process that began it."""
        self._ended = True
        self._forget()

    def _take_in_what_children_recorded(self) -> None:
        from cassette.store.reader import CassetteReader  # noqa: PLC0415 - hardly a use forks

        for path in self._of_children:
            with CassetteReader.open(path) as reader:
                for number in range(len(reader)):
                    if self._open is None:
                        self._open = self._begin(reader.recorded)
                    self._open.append_entry(reader.entry(number))
                    self.journal = self._open.partial
            System.unlink(os.fspath(path))

    def _begin(self, recorded: datetime) -> Journal:
        from cassette.store.files import Journal  # noqa: PLC0415 - a replay writes nothing
        from cassette.store.names import followed  # noqa: PLC0415 - as above

        options, old = self._options, self._old
        self._began = recorded
        place = followed(options.path, options.root or options.path.parent)
        if not self.family.is_owner:
            own = place.with_name(f"{place.name}.{System.getpid()}")
            return self._begin_own(Journal(own, recorded))
        if old is None:
            return Journal(place, recorded, before=self._before)
        journal = Journal.over(old, place, before=self._before)
        if not self._anew:
            for number in range(len(old)):
                journal.append_entry(old.entry(number))
        return journal

    def _begin_own(self, journal: Journal) -> Journal:
        """Return the journal of a child, now that the others know of it."""
        # What is a secret only here must not share a mask with what is one only there.
        number = _MASKS_OF_A_CHILD * (len(self._of_children) + 1)
        self._options.redactor.reserve(b"REDACTED-%d" % number)
        self.family.tell(self._opened, journal.partial)
        return journal

    def _keep_what_was_not_recorded_again(self, journal: Journal) -> int:
        """Copy it into the journal; return how many interactions that are."""
        old = self._old
        if not self._anew or old is None:
            return 0
        again = {self._options.matching.call_key(call) for call in self._calls}
        kept = [
            number
            for number, call in enumerate(old.calls)
            if self._options.matching.call_key(call) not in again
        ]
        for number in kept:
            journal.append_entry(old.entry(number))
        return len(kept)


def _unsearched_in(interaction: Interaction) -> list[str]:
    """Return the bodies of an interaction that could not be searched for secrets, in words."""
    found = []
    for role in interaction.unsearched:
        message = interaction.request if role == "request" else interaction.response
        coding = message.headers.get("content-encoding") or f"{len(message.raw)} bytes"
        found.append(f"{interaction.call} ({role}, {coding})")
    return found
