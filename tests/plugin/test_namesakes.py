"""Other distributions with names of ours are seen, and told in one message."""

import sys
from types import ModuleType

import pytest

import cassette

MESSAGE = [
    "*llm-cassette is installed too, and has the marker and the fixture 'cassette' as well: *",
    "Switch one of them off: pytest -p no:llm_cassette, or pytest -p no:cassette",
]


@pytest.fixture
def beside(project):
    """A project beside llm-cassette, whose plugin has this name."""
    project.write("llm_cassette.py", "")
    project.pytester.syspathinsert()
    return project


@pytest.mark.parametrize(
    "test", ["@pytest.mark.cassette\ndef test_it(): ...", "def test_it(tape): ..."]
)
def test_a_test_with_a_cassette_is_refused_beside_llm_cassette(beside, test):
    beside.write("test_it.py", f"import pytest\n{test}")
    result = beside.run("-pllm_cassette")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(MESSAGE, consecutive=True)


def test_a_worker_fails_the_test(beside):
    beside.write("test_it.py", "def test_it(tape): ...")
    beside.write("conftest.py", "def pytest_collection(session): session.config.workerinput = {}")
    result = beside.run("-pllm_cassette")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(MESSAGE, consecutive=True)


def test_a_test_without_a_cassette_runs_beside_llm_cassette(beside):
    beside.write("test_it.py", "def test_it(): ...")
    beside.run("-pllm_cassette").assert_outcomes(passed=1)


def test_a_package_that_another_one_was_installed_over_is_told(project, monkeypatch):
    theirs = ModuleType("cassette")
    theirs.__path__, theirs.__file__ = cassette.__path__, "site-packages/cassette/__init__.py"
    theirs.__all__ = ["use", "base_url"]
    monkeypatch.setitem(sys.modules, "cassette", theirs)
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [
            "ERROR: site-packages/cassette/__init__.py is not of pytest-cassette: *cassette-sdk*",
            "Keep one of them: python -m pip uninstall -y cassette-sdk, *",
        ],
        consecutive=True,
    )
