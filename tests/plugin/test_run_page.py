"""``pytest --cassette-report``: which test and which line sent what, and what answered it."""

import importlib.util
import json
import re

import pytest

from cassette.tapes import telling

TESTS = """
import urllib.error
import pytest

def test_a(tape, fetch):
    fetch("/one")
    fetch("/two")
    fetch("/three")

def test_b(tape, fetch):
    fetch("/one")

def test_without():
    pass
"""


def shown(project, name="run.html"):
    """What the page holds."""
    text = (project.path / name).read_text("utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


@pytest.fixture
def recorded(project, run):
    """A project whose tests have recorded; now ``test_a`` sends something else."""
    project.write("test_it.py", TESTS)
    run("-q").assert_outcomes(passed=3)
    project.go_offline()
    return project


def sent(test):
    return [
        (one["how"], one["n"], one["call"].partition("//")[2].partition("/")[2])
        for one in test["sent"]
    ]


def test_a_recording_run_tells_lines_and_numbers(project, run):
    project.write("test_it.py", TESTS)
    result = run("--cassette-report=out/run.html")
    result.stdout.fnmatch_lines(["cassette: the run is shown by out/run.html"])
    first, second = shown(project, "out/run.html")["tests"]
    assert first["id"] == "test_it.py::test_a"
    assert sent(first) == [("recorded", 0, "one"), ("recorded", 1, "two"), ("recorded", 2, "three")]
    (one,) = second["sent"]
    assert (one["file"], one["line"], one["code"]) == ("test_it.py", 10, 'fetch("/one")')
    # The helper has sent it; a recording is told of where the answer is whole, so here or there.
    assert one["by"] in ("conftest.py:6", "conftest.py:7")


@pytest.mark.parametrize("workers", [0, 2])
def test_a_replay_tells_what_was_played_missed_and_left(recorded, run, workers):
    recorded.edit("test_it.py", 'fetch("/two")', 'fetch("/other")')
    (recorded.path / "cassettes" / "test_it" / "test_gone.yaml").write_bytes(
        (recorded.path / "cassettes" / "test_it" / "test_b.yaml").read_bytes()
    )
    run("--cassette-report=run.html", workers=workers).assert_outcomes(failed=1, passed=2)
    data = shown(recorded)
    first, second = sorted(data["tests"], key=lambda test: test["id"])
    assert (first["outcome"], second["outcome"]) == ("failed", "passed")
    assert sent(first) == [("played", 0, "one"), ("refused", None, "other")]
    assert "- path: /two" in first["sent"][1]["error"]
    assert [(number, call.rpartition("/")[2]) for _, number, call in first["left"]] == [
        (1, "two"),
        (2, "three"),
    ]
    assert first["cassette"] == "cassettes/test_it/test_a.yaml"
    assert data["run"]["mode"] == "once"
    assert data["run"]["orphans"] == ["cassettes/test_it/test_gone.yaml"]
    (item,) = [
        x for x in data["items"] if x.get("sent") and x["sent"][0]["test"].endswith("test_b")
    ]
    assert item["sent"] == [
        {"how": "played", "test": "test_it.py::test_b", "file": "test_it.py", "line": 10}
    ]


def test_nothing_of_it_is_in_a_cassette(project, run):
    project.write("test_it.py", TESTS)
    run("--cassette-report=run.html")
    text = (project.path / "cassettes" / "test_it" / "test_a.yaml").read_text("utf-8")
    assert "conftest" not in text
    assert "test_a" not in text


def test_an_error_that_the_test_swallowed_is_there_too(recorded, run):
    recorded.edit("test_it.py", 'fetch("/two")', "try: fetch('/no')\n    except Exception: pass")
    run("--cassette-report=run.html").assert_outcomes(failed=1, passed=2)
    assert ("refused", None, "no") in sent(shown(recorded)["tests"][0])
    assert "played" in {one["how"] for one in shown(recorded)["tests"][0]["sent"]}


def test_without_the_option_nobody_listens(recorded, run, monkeypatch):
    heard = []
    monkeypatch.setattr(telling, "tell", heard.append)
    run("-q").assert_outcomes(passed=3)
    assert heard == []


def test_without_jinja_the_run_says_what_to_install(project, run, monkeypatch):
    there = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda n, *a: None if n == "jinja2" else there(n, *a)
    )
    project.write("test_it.py", TESTS)
    result = run("--cassette-report=run.html")
    result.stderr.fnmatch_lines(
        ["*--cassette-report needs Jinja2", "*python -m pip install 'pytest-cassette[[]cli[]]'"]
    )
