"""Patches for a library that is imported while a cassette is in use."""

import importlib
import sys

import pytest

from cassette.patching.imports import when_imported
from cassette.patching.undo import UndoLog


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A package that can be imported, and is forgotten after the test."""
    (tmp_path / "some_library").mkdir()
    (tmp_path / "some_library" / "__init__.py").write_text("from some_library import deep")
    (tmp_path / "some_library" / "deep.py").write_text("answer = 42")
    monkeypatch.syspath_prepend(tmp_path)
    yield "some_library"
    for name in [name for name in sys.modules if name.startswith("some_library")]:
        del sys.modules[name]


@pytest.fixture
def finders():
    before = list(sys.meta_path)
    yield before
    assert sys.meta_path == before


def test_a_module_that_is_there_is_patched_at_once(library, finders):
    module = importlib.import_module(library)
    patched = []
    when_imported(library, patched.append, UndoLog())
    assert patched == [module]


@pytest.mark.parametrize("name", ["some_library", "some_library.deep"])
def test_a_module_is_patched_once_it_is_whole(library, finders, name):
    log, found = UndoLog(), []

    def patch(module):
        found.append((module.__name__, hasattr(module, "answer") or hasattr(module, "deep")))

    when_imported(name, patch, log)
    assert found == []
    module = importlib.import_module(name)
    importlib.reload(module)
    assert found == [(name, True)]
    assert type(module.__loader__).__module__ == type(module.__spec__.loader).__module__
    assert not type(module.__loader__).__module__.startswith("cassette")
    log.undo()


def test_a_module_that_is_imported_after_the_end_is_left_alone(library, finders):
    log, patched = UndoLog(), []
    when_imported(library, patched.append, log)
    log.undo()
    importlib.import_module(library)
    assert patched == []


def test_a_module_that_does_not_exist_is_missing_as_ever(finders):
    log = UndoLog()
    when_imported("no_library_of_this_name", pytest.fail, log)
    with pytest.raises(ModuleNotFoundError, match="no_library_of_this_name"):
        importlib.import_module("no_library_of_this_name")
    log.undo()


def test_those_that_wait_for_one_module_do_not_know_each_other(library, finders):
    logs = [UndoLog() for _ in range(3)]
    patched = []
    for number, log in enumerate(logs):
        when_imported(library, lambda module, number=number: patched.append(number), log)
    when_imported(f"{library}.deep", lambda module: patched.append("deep"), logs[0])
    logs[1].undo()
    importlib.import_module(library)
    assert patched == ["deep", 0, 2]
    for log in logs:
        log.undo()
