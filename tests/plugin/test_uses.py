"""What is written down about the uses of cassettes, and what follows from it."""

import json
from types import SimpleNamespace

import pytest

from cassette.plugin.use_record import Fate, UseRecord, shown, unplayed_by_all
from cassette.plugin.uses import REPORTED, RunUses

FULL = UseRecord(
    path="/project/cassettes/a.yaml",
    mode="once",
    fate=Fate.REPLAYED,
    played=3,
    recorded=0,
    unplayed={1: "GET http://a.example/1", 4: "GET http://a.example/4"},
    expired=86400.5,
    test="test_it.py::test_a",
    is_own=True,
)


def report(when, outcome="passed", entries=(), test="test_it.py::test_a"):
    said = SimpleNamespace(nodeid=test, when=when, passed=outcome == "passed")
    setattr(said, REPORTED, [entry.dump() for entry in entries])
    return said


def test_an_entry_survives_the_way_through_json():
    assert UseRecord.load(json.loads(json.dumps(FULL.dump()))) == FULL


def test_an_entry_tells_machines_the_counts_and_the_path_from_the_root():
    assert FULL.properties("/project") == [
        ("cassette", "cassettes/a.yaml"),
        ("cassette_mode", "once"),
        ("cassette_played", 3),
        ("cassette_recorded", 0),
        ("cassette_left", 2),
    ]


@pytest.mark.parametrize("bad", ["setup", "call", "teardown"])
def test_a_test_has_passed_only_if_every_phase_has(bad):
    ledger = RunUses()
    assert not ledger.passed("test_it.py::test_a")
    for when in ("setup", "call", "teardown"):
        ledger.note(report(when, "failed" if when == bad else "passed"))
    assert not ledger.passed("test_it.py::test_a")
    for when in ("setup", "call", "teardown"):
        ledger.note(report(when))
    assert ledger.passed("test_it.py::test_a"), "a rerun counts, not what came before it"


def test_entries_are_kept_by_cassette_in_the_order_of_use():
    ledger = RunUses()
    other = FULL._replace(path="/project/cassettes/b.yaml")
    ledger.note(report("teardown", entries=[FULL, other]))
    ledger.note(report("teardown", entries=[FULL]))
    assert list(ledger.uses.items()) == [(FULL.path, [FULL, FULL]), (other.path, [other])]


def test_what_one_use_has_played_is_played():
    first = FULL._replace(unplayed={0: "a", 1: "b", 2: "c"})
    assert unplayed_by_all([first]) == {0: "a", 1: "b", 2: "c"}
    assert unplayed_by_all([first, FULL._replace(unplayed={1: "b", 2: "c"})]) == {1: "b", 2: "c"}
    assert unplayed_by_all([first, FULL._replace(unplayed={0: "x", 2: "c"})]) == {2: "c"}
    assert unplayed_by_all([first, FULL._replace(unplayed={})]) == {}


def test_a_path_is_shown_from_where_the_person_stands():
    assert shown("/project/tests/a.yaml", "/project") == "tests/a.yaml"
    assert shown("/project/a.yaml", "/project/tests") == "../a.yaml"
