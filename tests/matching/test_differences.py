"""How differences are found and shown."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette.matching.differences import (
    Change,
    Difference,
    change,
    cut,
    json_changes,
    rendered,
    text_change,
    visible,
)
from cassette.matching.differences.changes import WIDTH


def lines_between(one, other):
    return [line for found in json_changes(one, other) for line in found.lines]


ITEMS = [{"id": number, "name": f"n{number}", "tags": ["a", "b"]} for number in range(9)]


@pytest.mark.parametrize(
    ("one", "other", "lines"),
    [
        (ITEMS, [*ITEMS[:2], {"id": 99}, *ITEMS[2:]], ['+ $[2]: {"id": 99}']),
        ([*ITEMS[:2], {"id": 99}, *ITEMS[2:]], ITEMS, ['- $[2]: {"id": 99}']),
        (
            ITEMS,
            [{"id": 99}, *ITEMS[:4], {**ITEMS[4], "name": "new"}, *ITEMS[5:]],
            ['+ $[0]: {"id": 99}', '- $[4].name: "n4"', '+ $[5].name: "new"'],
        ),
        (
            ITEMS[:3],
            [{"x": 1}, {**ITEMS[0], "id": 7}, ITEMS[1], {**ITEMS[2], "id": 8}],
            ['+ $[0]: {"x": 1}', "- $[0].id: 0", "+ $[1].id: 7", "- $[2].id: 2", "+ $[3].id: 8"],
        ),
        ([1, 2, 3, 4], [1, 3, 4], ["- $[1]: 2"]),
        ([[1], [2]], [[0], [1], [2]], ["+ $[0]: [0]"]),
        ([1, 2], [1, "2"], ["- $[1]: 2", '+ $[1]: "2"']),
        ([float("nan")], [1.5], ["- $[0]: NaN", "+ $[0]: 1.5"]),
        ([float("nan")], [float("nan")], []),
        ({"a": None}, {}, ["- $.a: null"]),
        ({"a": [{}]}, {"a": {}}, ["- $.a: [{}]", "+ $.a: {}"]),
    ],
)
def test_elements_are_aligned_before_they_are_compared(one, other, lines):
    assert lines_between(one, other) == lines


def test_long_arrays_are_aligned_as_far_as_they_are_equal_at_both_ends():
    one = list(range(5000))
    assert lines_between(one, [*one[:3000], -1, *one[3000:]]) == ["+ $[3000]: -1"]
    other = [-1, *one[:-1], -1]
    assert len(lines_between(one, other)) == 2 * 5000 + 1


# Bodies are read without negative zero: JSON's numbers are equal by value.
FLOATS = st.floats().map(lambda number: number + 0.0)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | FLOATS | st.text("ab\n", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=6) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(JSON, JSON)
def test_values_differ_exactly_where_their_canonical_texts_do(one, other):
    equal = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (lines_between(one, other) == []) == equal
    assert lines_between(one, one) == []


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_two_values_never_look_alike(one, other):
    found = change("name", json.dumps(one), json.dumps(other))
    if one != other:
        assert found.lines[0][1:] != found.lines[1][1:]
    assert all(len(line) <= WIDTH + 2 and line.isprintable() for line in found.lines)


TEXT = st.lists(st.sampled_from("abcdef"), max_size=40)


@settings(max_examples=300, deadline=None)
@given(TEXT, TEXT)
def test_a_text_with_its_difference_applied_is_the_other_text(one, other):
    """Each hunk, laid over the recorded lines, gives the lines that are there instead."""
    old, new = "\n".join([*one, "end"]).split("\n"), "\n".join([*other, "end"]).split("\n")
    if old == new or min(len(old), len(new)) < 2:
        return
    patched, taken = [], 0
    for line in text_change("", "\n".join(old), "\n".join(new)).lines:
        if line.startswith("@@"):
            first = int(line.split()[1].partition(",")[0][1:]) - 1
            patched += old[taken:first]
            taken = first
            continue
        mark, value = line[0], line[2:]
        if mark != "+":
            assert old[taken] == value
            taken += 1
        if mark != "-":
            patched.append(value)
    assert patched + old[taken:] == new


def test_far_differences_stand_in_hunks_of_their_own():
    old = [str(number) for number in range(20)]
    new = ["x" if line in ("2", "15") else line for line in old]
    assert text_change("", "\n".join(old), "\n".join(new)).lines == (
        "@@ -1,5 +1,5 @@",
        *("  0", "  1", "- 2", "+ x", "  3", "  4"),
        "@@ -14,5 +14,5 @@",
        *("  13", "  14", "- 15", "+ x", "  16", "  17"),
    )


def test_long_values_are_cut_where_they_differ():
    start, end = "s" * 200, "e" * 200
    found = change("n", start + "1" + end, start + "2" + end)
    assert found.lines == (
        "- n: ..." + "s" * 24 + "1" + "e" * 56 + "...",
        "+ n: ..." + "s" * 24 + "2" + "e" * 56 + "...",
    )


def test_what_would_not_show_is_escaped():
    assert visible("a\x1b[0m\u202e\n\udc80é") == "a\\x1b[0m\\u202e\\n\\udc80é"
    assert cut("x" * 91) == "x" * 87 + "..."


def test_what_does_not_fit_is_counted():
    changes = [change(f"a{number}", "1", "2") for number in range(5)]
    long = Change(tuple(f"  {number}" for number in range(9)))
    parts = [
        Difference("query", changes),
        Difference("", [change("path", "/", "/a")]),
        Difference("body", [long]),
    ]
    assert rendered(parts, 14) == [
        "query",
        *("  - a0: 1", "  + a0: 2"),
        "  ... 4 more differences",
        *("- path: /", "+ path: /a"),
        "body",
        *(f"    {number}" for number in range(6)),
        "  ... 3 more lines",
    ]
    assert rendered([Difference("body", [long, *changes])], 4) == [
        "body",
        "    0",
        "    1",
        "  ... 7 more lines, 5 more differences",
    ]
