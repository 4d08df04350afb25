"""The section about cassettes at the end of a run.

Whole lines without colours, made from the uses of the run, and from what the plan and the folders
tell about its files.
"""

from __future__ import annotations

import shlex
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cassette.plugin.plan import same
from cassette.plugin.use_record import WRITTEN, Outcome, shown_path, unplayed_by_all
from cassette.store.names import PARTIAL
from cassette.wording import counted, in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from os import PathLike

    from cassette.plugin.orphans import Orphans
    from cassette.plugin.prune import Pruned
    from cassette.plugin.use_record import UseRecord
    from cassette.plugin.uses import RunUses

_WRITING: Final = WRITTEN | {Outcome.OUTAGE, Outcome.UNFINISHED}
"""Outcomes of uses that have written a journal."""

_ANEW: Final = (Outcome.REWRITTEN, Outcome.CONFIRMED)


class Summary:
    """The section about cassettes.

    Args:
        uses: Every use of the run.
        root: The folder from which the person will go on: paths are relative to it.
        command: Gives the command that runs tests, of these node ids, under a record mode.
    """

    def __init__(
        self,
        uses: RunUses,
        root: str | PathLike[str],
        command: Callable[[str, Iterable[str]], str],
    ) -> None:
        self._passed = uses.passed
        self._records = uses.records
        self._uses = uses.by_cassette
        self._outcomes = {path: _outcome(some) for path, some in self._uses.items()}
        # A recording takes the place of the journal that an earlier one has left.
        last = {one.path: one for one in self._records if one.outcome in _WRITING}
        self._unfinished = [one for one in last.values() if one.outcome is Outcome.UNFINISHED]
        self._outages = [one for one in last.values() if one.outcome is Outcome.OUTAGE]
        self._root = root
        self._command = command

    def lines(
        self,
        *,
        verbose: bool = False,
        pruned: Sequence[Pruned] = (),
        orphans: Orphans | None = None,
        collected: Sequence[str] = (),
        doubt: str = "",
    ) -> list[str]:
        """Return the lines of the section; none where every cassette was just replayed.

        Args:
            verbose: Tell about every use.
            pruned: What was pruned, and what was not.
            orphans: Files that no test uses, where that was asked for.
            collected: The tests of which that is told.
            doubt: Why it cannot be told what no test uses, where that was asked for.
        """
        lines = [
            *(map(self._use, self._records) if verbose else ()),
            *self._expired(),
            *self._edited(),
            *self._journals(),
            *self._unanswered(),
            *self._pruned(pruned),
            *(self._orphans(orphans, collected) if orphans is not None else ()),
            *self._confirmed(),
            *self._to_commit(one.path for one in pruned if one.dropped),
        ]
        if doubt:
            lines.append(f"What no test uses cannot be told: {doubt}.")
        counts = [self._counts()] if lines and self._records else []
        return [*counts, *self._verified(), *lines]

    def _counts(self) -> str:
        outcomes = list(self._outcomes.values())
        cassettes = {outcome.value: outcomes.count(outcome) for outcome in Outcome}
        interactions = {
            "played": sum(record.played for record in self._records),
            "recorded": sum(record.recorded for record in self._records),
            "verified": sum(record.verified for record in self._records),
            "left unplayed": sum(len(unplayed_by_all(uses)) for uses in self._uses.values()),
        }
        return f"Cassettes: {_list(cassettes)}. Interactions: {_list(interactions)}."

    def _verified(self) -> Iterator[str]:
        verified = [record for record in self._records if record.verified]
        if not verified:
            return
        count = counted(sum(record.verified for record in verified), "interaction")
        where = counted(len({record.path for record in verified}), "cassette")
        drifted = sum(record.drifted for record in verified)
        have = "has" if drifted < 2 else "have"  # noqa: PLR2004 - none or one
        outcome = f"{drifted or 'none'} {have} drifted"
        yield f"Verified: {count} of {where}, {outcome}."

    def _use(self, record: UseRecord) -> str:
        counts = {
            "played": record.played,
            "recorded": record.recorded,
            "verified": record.verified,
            "left unplayed": len(record.unplayed),
        }
        return f"  {record.test}: {_list(counts)} ({self._shown(record.path)}, mode {record.mode})"

    def _expired(self) -> Iterator[str]:
        ages = {
            path: max(record.expired or 0.0 for record in uses) for path, uses in self._uses.items()
        }
        expired = [path for path, age in ages.items() if age]
        if not expired:
            return
        yield "Older than max_age:"
        for path in expired:
            anew = ", recorded anew" if self._outcomes[path] in _ANEW else ""
            age = in_words(timedelta(seconds=ages[path]))
            yield f"  {self._shown(path)} ({age}{anew})"
        tests = [
            record.test
            for path in expired
            if self._outcomes[path] not in _ANEW
            for record in self._uses[path]
        ]
        if tests:
            yield f"  To record anew: {self._command('rewrite', dict.fromkeys(tests))}"

    def _edited(self) -> Iterator[str]:
        edited = {
            path: {number: call for record in uses for number, call in record.edited.items()}
            for path, uses in self._uses.items()
        }
        paths = [path for path, calls in edited.items() if calls]
        if not paths:
            return
        yield "Edited by hand, and played as edited:"
        for path in paths:
            for number, call in sorted(edited[path].items()):
                yield f"  {self._shown(path)} #{number} {call}"
        shown = [shlex.quote(self._shown(path)) for path in paths]
        yield f"  To make that the recording: cassette fix {' '.join(shown)}"

    def _journals(self) -> Iterator[str]:
        if self._unfinished:
            yield "Recorded by tests that did not end well, and so not made a cassette:"
        for record in self._unfinished:
            yield f"  {self._shown(record.path + PARTIAL)} ({record.test})"

    def _unanswered(self) -> Iterator[str]:
        if self._outages:
            yield "Not made a cassette, since nothing was recorded but failures to connect:"
        for record in self._outages:
            count = counted(record.recorded, "interaction")
            yield f"  {self._shown(record.path + PARTIAL)} ({count}, {record.test})"
        written = (Outcome.RECORDED, Outcome.REWRITTEN)
        some = [one for one in self._records if one.outcome in written and one.unanswered]
        if some:
            yield "Recorded although nobody answered, so that every replay meets the failure:"
        for record in some:
            count = f"{record.unanswered} of {counted(record.recorded, 'interaction')}"
            yield f"  {self._shown(record.path)} ({count}, {record.test})"
        if self._outages or some:
            yield "  Record again once the service is up; if it is meant so: failures=True"

    def _pruned(self, pruned: Sequence[Pruned]) -> Iterator[str]:
        dropped = [one for one in pruned if one.dropped]
        kept = [one for one in pruned if not one.dropped]
        if dropped:
            yield "Pruned of what no test plays:"
        for one in dropped:
            yield f"  {self._shown(one.path)} ({counted(one.dropped, 'interaction')})"
        if kept:
            yield "Not pruned:"
        for one in kept:
            yield f"  {self._shown(one.path)}: {one.objection}"

    def _orphans(self, orphans: Orphans, tests: Sequence[str]) -> Iterator[str]:
        none = {0: "there is no cassette", 1: "a test uses the only cassette"}
        if orphans.cassettes:
            untold = [test for test in tests if not self._passed(test)]
            unless = (
                ", unless cassette.use() opens it in one that has not passed "
                f"({len(untold)} of {len(tests)})"
            )
            yield f"Used by no test that was collected{unless if untold else ''}:"
        else:
            some = f"tests use each of the {orphans.total} cassettes"
            yield f"No orphans: {none.get(orphans.total, some)}."
        yield from (f"  {self._shown(path)}" for path in orphans.cassettes)
        told = (*self._unfinished, *self._outages)
        known = {same(record.path + PARTIAL) for record in told}
        journals = [path for path in orphans.journals if path not in known]
        if journals:
            yield "Left of recordings that were not completed:"
        yield from (f"  {self._shown(path)}" for path in journals)

    def _confirmed(self) -> Iterator[str]:
        same = [path for path, outcome in self._outcomes.items() if outcome is Outcome.CONFIRMED]
        if same:
            yield "Recorded anew, and nothing has changed but the time of the recording:"
        yield from map(self._add, same)

    def _to_commit(self, pruned: Iterable[str]) -> Iterator[str]:
        changed = (Outcome.RECORDED, Outcome.REWRITTEN)
        written = [path for path, outcome in self._outcomes.items() if outcome in changed]
        paths = dict.fromkeys([*written, *pruned])
        if paths:
            yield "To commit, once you have looked at it:"
        yield from map(self._add, paths)

    def _add(self, path: str) -> str:
        return f"  git add {shlex.quote(self._shown(path))}"

    def _shown(self, path: str) -> str:
        return shown_path(path, self._root)


def _outcome(uses: Iterable[UseRecord]) -> Outcome:
    """Return the outcome of all uses of a cassette: the first of ``Outcome`` that occurs.

    Of tests that recorded it together, the last one knows whether it has changed.
    """
    written = [record.outcome for record in uses if record.outcome in WRITTEN]
    if written[-1:] == [Outcome.RESTORED]:
        return Outcome.CONFIRMED
    found = {record.outcome for record in uses}
    return next(outcome for outcome in Outcome if outcome in found)


def _list(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "none"
