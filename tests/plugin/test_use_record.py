"""A record of one use of a cassette, and what follows from several."""

import json

from cassette.plugin.use_record import Outcome, UseRecord, shown_path, unplayed_by_all

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


def test_a_record_survives_the_way_through_json():
    assert UseRecord.load(json.loads(json.dumps(FULL.dump()))) == FULL


def test_a_record_tells_machines_the_counts_and_the_path_from_the_root():
    assert FULL.properties("/project") == [
        ("cassette", "cassettes/a.yaml"),
        ("cassette_mode", "once"),
        ("cassette_played", 3),
        ("cassette_recorded", 0),
        ("cassette_left", 2),
    ]


def test_what_one_use_has_played_is_played():
    first = FULL._replace(unplayed={0: "a", 1: "b", 2: "c"})
    assert unplayed_by_all([first]) == {0: "a", 1: "b", 2: "c"}
    assert unplayed_by_all([first, FULL._replace(unplayed={1: "b", 2: "c"})]) == {1: "b", 2: "c"}
    assert unplayed_by_all([first, FULL._replace(unplayed={0: "x", 2: "c"})]) == {2: "c"}
    assert unplayed_by_all([first, FULL._replace(unplayed={})]) == {}


def test_a_path_is_shown_from_where_the_person_stands():
    assert shown_path("/project/tests/a.yaml", "/project") == "tests/a.yaml"
    assert shown_path("/project/a.yaml", "/project/tests") == "../a.yaml"
