"""Every exception of the package survives pickle, copy and the way out of another process."""

import copy
import importlib
import inspect
import multiprocessing
import pickle
import pkgutil
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import optional
import pytest

import cassette
from cassette.matching.differences import change
from cassette.matching.differences.changes import Difference
from cassette.verify.drift import Drift, DriftError

SAMPLES = {
    "age": timedelta(days=41),
    "beside": 2,
    "body": b"abc",
    "call": "GET http://a.example/",
    "calls": ["GET http://a.example/1", "GET http://a.example/2"],
    "client": "aiohttp",
    "expected": 7,
    "hook": "before_record",
    "host": "a.example",
    "ignore": ["query:a"],
    "journal": Path("a.yaml.partial"),
    "key": "interactions[2].response",
    "kind": "connection",
    "line": 41,
    "line_type": "header line",
    "max_age": timedelta(days=30),
    "mode": "none",
    "nearby": Path("old.yaml"),
    "nearest": ["#1 GET b\n  - 1\n  + 2"],
    "origin": "http://a.example",
    "origins": ["http://b.example"],
    "partial": b"abc",
    "path": Path("a.yaml"),
    "place": "response",
    "port": 80,
    "problem": "expected bytes, found a list",
    "reason": "a.yaml is in use",
    "received": 7,
    "recorded": datetime(2026, 11, 23, tzinfo=UTC),
    "remedy": "Do this.",
    "spent": [1, 2],
    "total": 9,
    "version": "HTTP/3.0",
    "websocket": True,
    "where": "conftest.py:7",
    "who": ["fetch, shop.py:3", "test_it, test_it.py:9"],
}
"""A value for each parameter of a constructor, by its name."""


def every_kind():
    """Find the classes by walking through the modules of the package."""
    for found in pkgutil.walk_packages(cassette.__path__, "cassette."):
        if found.name.endswith("__main__"):
            continue
        try:
            importlib.import_module(found.name)
        except ModuleNotFoundError as error:
            # A module of this package for a library that is not installed here.
            if not optional.missing(error.name):
                raise
    waiting, kinds = [BaseException], set()
    while waiting:
        for kind in type.__subclasses__(waiting.pop()):
            if kind not in kinds:
                kinds.add(kind)
                waiting.append(kind)
    ours = [kind for kind in kinds if kind.__module__.partition(".")[0] == "cassette"]
    return sorted(ours, key=lambda kind: (kind.__module__, kind.__qualname__))


KINDS = every_kind()


def made(kind):
    """Make an exception with a value in every field."""
    values, named = [], {}
    if inspect.isfunction(kind.__init__):
        for parameter in list(inspect.signature(kind.__init__).parameters.values())[1:]:
            if parameter.kind is parameter.VAR_POSITIONAL:
                values += ["a message"]
            elif parameter.kind is parameter.KEYWORD_ONLY:
                named[parameter.name] = SAMPLES[parameter.name]
            else:
                values.append(SAMPLES[parameter.name])
    else:
        values = ["a message"]
    error = kind(*values, **named)
    if isinstance(error, DriftError):
        parts = (Difference("status", [change("", "200", "404")]),)
        error.drifts.append(Drift(0, "GET http://a.example/", parts, ("a note",)))
    error.add_note("a note")
    return error


def facts(error):
    fields = {name: value for name, value in vars(error).items() if name != "__notes__"}
    return type(error), str(error), repr(error), error.args, fields, error.__notes__


def identity(kind):
    return f"{kind.__module__}.{kind.__qualname__}"


WAYS = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {protocol}": lambda error, protocol=protocol: pickle.loads(
            pickle.dumps(error, protocol)
        )
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}


@pytest.mark.parametrize("kind", KINDS, ids=identity)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_an_exception_comes_back_with_all_that_it_says(kind, way):
    error = made(kind)
    again = way(way(error))
    assert again is not error
    assert facts(again) == facts(error)


def fail(number):
    raise made(KINDS[number])


def test_every_exception_leaves_a_process_of_a_pool():
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawned) as pool:
        failed = [pool.submit(fail, number).exception(timeout=60) for number in range(len(KINDS))]
    for kind, error in zip(KINDS, failed, strict=True):
        # The pool tells the traceback of the other process in the cause.
        assert facts(error) == facts(made(kind))
