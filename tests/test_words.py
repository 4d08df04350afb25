"""What a type checker knows of the options is what runs."""

import inspect
import re
import subprocess
import sys
from typing import get_args

import pytest

import cassette
from cassette import words
from cassette.matching.options import CALL_MATCHERS, REQUEST_MATCHERS
from cassette.tapes.expiry import OnExpiry

PROGRAM = """\
import cassette
from datetime import timedelta

def same(recorded: cassette.Request, incoming: cassette.Request) -> bool:
    return recorded.method == incoming.method

cassette.use("a", mode="once", match_on=["method", same], on_unplayed="fail", on_expiry="warn")
cassette.use("a", mode=cassette.RecordMode.NONE, match_on=("uri",), timing="recorded")
cassette.tape("a", mode=None, max_age=timedelta(days=1))
shop = cassette.Defaults(mode="none", ignore=["query:ts"])
shop.use("a", repeat=True)
shop.tape("a", mode="off")
def cassette_config() -> cassette.Options: return {"mode": "none", "freeze": True}
def test_it(tape: cassette.Tape) -> int: return tape.recorded
def read(path: str) -> cassette.Response: return cassette.load(path).interactions[0].response
cassette.__version__.split(".")
"""
WRONG = [
    'cassette.use("a", mode="onse")',
    'cassette.use("a", match_on=["methods"])',
    'cassette.use("a", on_unplayed="fails")',
    'cassette.use("a", on_expiry="ignore")',
    'cassette.use("a", timing="slow")',
    'cassette.use("a", record_mode="none")',
    'cassette.tape("a", mode="onse")',
    'cassette.Defaults(mode="onse")',
    'cassette.Defaults(record_mode="none")',
    'shop.use("a", on_unplayed="fails")',
    'def other() -> cassette.Options: return {"mode": "onse"}',
    "cassette.nonsense",
    "from cassette import nonsense",
]


def test_mypy_refuses_what_the_program_would_refuse(tmp_path):
    pytest.importorskip("mypy")
    lines = [*PROGRAM.splitlines(), *WRONG]
    program = tmp_path / "program.py"
    program.write_text("\n".join(lines))
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", program],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
    )
    wrong = {lines[int(n) - 1] for n in re.findall(r"(?m)^program\.py:(\d+): error", ran.stdout)}
    assert wrong == set(WRONG), ran.stdout


def test_the_words_are_those_that_run():
    assert get_args(words.Mode) == tuple(cassette.RecordMode)
    assert get_args(words.OnExpiry) == tuple(OnExpiry)
    assert set(get_args(words.MatcherName)) == {*CALL_MATCHERS, *REQUEST_MATCHERS}


def test_the_options_of_a_project_are_those_of_a_use():
    own = inspect.signature(cassette.use).parameters
    assert ["path", *words.Options.__annotations__] == [*own]
    for name, annotation in words.Options.__annotations__.items():
        written = annotation.__forward_arg__.replace("Callable[[Request, Request], object]", "X")
        assert written == own[name].annotation.replace("CustomMatcher", "X")


def test_every_public_name_is_there_and_no_other():
    for name in (*cassette.__all__, "__version__"):
        assert getattr(cassette, name) is not None
    assert sorted(cassette.__all__, key=str) == cassette.__all__ == dir(cassette)
    with pytest.raises(AttributeError, match="module 'cassette' has no attribute 'nonsense'"):
        _ = cassette.nonsense
