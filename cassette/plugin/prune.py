"""Dropping the interactions that no test plays any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cassette.errors import CassetteError, CassetteFormatError
from cassette.plugin.use_record import WRITTEN, unplayed_by_all
from cassette.store.dropping import drop_interactions
from cassette.tapes.modes import RecordMode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cassette.plugin.plan import Plan
    from cassette.plugin.use_record import UseRecord
    from cassette.plugin.uses import RunUses


class Pruned(NamedTuple):
    """The outcome of pruning one cassette.

    Attributes:
        path: The cassette.
        dropped: How many interactions were dropped.
        objection: Why none was; else empty.
    """

    path: str
    dropped: int
    objection: str = ""


def prune(run: RunUses, plan: Plan) -> list[Pruned]:
    """Drop the interactions that no test has played, if all tests of the cassette have passed.

    Args:
        run: Every use of the run, by all workers together.
        plan: What all tests of the project would use.
    """
    done: list[Pruned] = []
    for path, uses in run.by_cassette.items():
        unplayed = unplayed_by_all(uses)
        if not unplayed:
            continue
        objection = _objection(run, plan, path, uses)
        if not objection:
            try:
                drop_interactions(path, unplayed)
            except CassetteFormatError as error:
                objection = error.problem
            except CassetteError as error:
                objection = str(error).partition("\n")[0]  # its advice is about recordings
        done.append(Pruned(path, 0 if objection else len(unplayed), objection))
    return done


def _objection(run: RunUses, plan: Plan, path: str, uses: Sequence[UseRecord]) -> str:
    """Return why a cassette cannot be pruned; empty if it can."""
    if any(record.outcome in WRITTEN for record in uses):
        return "it was written in this run, and only the next one can tell"
    if any(record.mode == RecordMode.VERIFY for record in uses):
        return f"mode {RecordMode.VERIFY} writes nothing"
    if not any(record.is_own for record in uses):
        return "only calls of cassette.use() use it, and who else makes them is not known"
    tests = dict.fromkeys([*plan.users(path), *(record.test for record in uses)])
    missing = [test for test in tests if not run.passed(test)]
    if missing:
        return f"{missing[0]} uses it too, and has not passed"
    left_out = next((test for test in plan.tests if not run.ran(test)), None)
    if left_out is not None:
        return f"{left_out} did not run, and cassette.use() may open it there"
    return ""
