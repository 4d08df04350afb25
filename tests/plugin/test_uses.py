"""The uses of a run, gathered from the reports on its tests."""

from types import SimpleNamespace

import pytest

from cassette.plugin.use_record import Outcome, UseRecord
from cassette.plugin.uses import REPORTED, RunUses

FULL = UseRecord(
    path="/project/cassettes/a.yaml",
    mode="once",
    outcome=Outcome.REPLAYED,
    played=3,
    recorded=0,
    unplayed={1: "GET http://a.example/1", 4: "GET http://a.example/4"},
    edited={2: "GET http://a.example/2"},
    expired=86400.5,
    test="test_it.py::test_a",
    is_own=True,
)


def report(when, outcome="passed", records=(), test="test_it.py::test_a"):
    said = SimpleNamespace(nodeid=test, when=when, passed=outcome == "passed")
    setattr(said, REPORTED, [record.dump() for record in records])
    return said


@pytest.mark.parametrize("bad", ["setup", "call", "teardown"])
def test_a_test_has_passed_only_if_every_phase_has(bad):
    uses = RunUses()
    assert not uses.passed("test_it.py::test_a")
    for when in ("setup", "call", "teardown"):
        uses.note(report(when, "failed" if when == bad else "passed"))
    assert not uses.passed("test_it.py::test_a")
    for when in ("setup", "call", "teardown"):
        uses.note(report(when))
    assert uses.passed("test_it.py::test_a"), "a rerun counts, not what came before it"


def test_records_are_kept_by_cassette_in_the_order_of_use():
    uses = RunUses()
    other = FULL._replace(path="/project/cassettes/b.yaml")
    uses.note(report("teardown", records=[FULL, other]))
    uses.note(report("teardown", records=[FULL]))
    assert list(uses.by_cassette.items()) == [(FULL.path, [FULL, FULL]), (other.path, [other])]
