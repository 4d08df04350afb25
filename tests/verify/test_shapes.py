"""What counts as the shape of JSON, and as a change of it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette.verify.shapes import shape_changes, shape_of


def lines(recorded, live):
    changes = shape_changes(shape_of(recorded), shape_of(live))
    return [line for change in changes for line in change.lines]


@pytest.mark.parametrize(
    ("recorded", "live"),
    [
        ({"id": 1, "name": "a"}, {"name": "b", "id": 2.5}),
        ([{"id": 1}], [{"id": 2}, {"id": 3}]),
        ([{"id": 1}, {"id": 1, "note": "x"}], [{"id": 2}]),
        ([1, "a"], ["b"]),
        ({"at": None}, {"at": "2026-11-23"}),
        ({"at": "2026-11-23"}, {"at": None}),
        ({"list": []}, {"list": [{"id": 1}]}),
        ({"list": [{"id": 1}]}, {"list": []}),
        ({"a": [[1], []]}, {"a": [[2, 3]]}),
        ([None, {"id": 1}], [{"id": 2}, None]),
    ],
)
def test_equal_shapes(recorded, live):
    assert lines(recorded, live) == []


@pytest.mark.parametrize(
    ("recorded", "live", "said"),
    [
        ({"id": 1}, {"id": "1"}, ["- $.id: number", "+ $.id: string"]),
        ({"ok": True}, {"ok": 1}, ["- $.ok: boolean", "+ $.ok: number"]),
        ({"a": {"b": 1}}, {"a": {}}, ["- $.a.b: number"]),
        ({"a": {}}, {"a": {"b c": None}}, ["+ $.a['b c']: null"]),
        ([1], [1, "2"], ["- $[*]: number", "+ $[*]: number or string"]),
        ([{"id": 1}], {"id": 1}, ["- $: array", "+ $: object"]),
        ([[{"a": 1}]], [[{"a": 1, "b": {}}]], ["+ $[*][*].b: object"]),
    ],
)  # fmt: skip
def test_what_has_changed_is_told_by_path(recorded, live, said):
    assert lines(recorded, live) == said


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(VALUES, st.integers(1, 3))
def test_a_value_has_the_shape_of_itself_however_often_it_stands_in_an_array(value, times):
    assert lines(value, json.loads(json.dumps(value))) == []
    assert lines([value], [value] * times) == []


@settings(max_examples=200, deadline=None)
@given(VALUES, VALUES)
def test_an_array_of_both_values_has_room_for_each(one, other):
    assert lines([one, other], [one]) == []
    assert lines([one, other], [other]) == []
