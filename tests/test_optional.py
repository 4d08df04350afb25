"""A test module whose package is missing is skipped with the reason, and no other one."""

import sys

import pytest

CONFTEST = """
import optional

optional.REQUIRED = {required}

def pytest_pycollect_makemodule(module_path, parent):
    return optional.Module.from_parent(parent, path=module_path)
"""


@pytest.fixture
def collected(pytester, monkeypatch):
    """Return a function that collects a test module in an environment without its package."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setitem(sys.modules, "socks", None)

    def collect(source, *, required=False):
        pytester.makeconftest(CONFTEST.format(required=required))
        pytester.makepyfile(test_it=source, helper="import socks")
        return pytester.runpytest("-rs", "-pno:cacheprovider")

    return collect


REASON = "test_it.py: socks is not installed: python -m pip install --group clients"


@pytest.mark.parametrize("source", ["import socks", "import helper"])
def test_a_module_is_skipped_where_a_package_is_missing(collected, source):
    result = collected(source)
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines([f"*{REASON}"])


def test_a_module_fails_where_nothing_may_be_missing(collected):
    result = collected("import socks", required=True)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{REASON}, and CASSETTE_REQUIRE_SERVERS=1 asks for it"])


@pytest.mark.parametrize(
    "source", ["import sockz", "import socket.none", "1 / 0", "import cassette.none"]
)
def test_a_module_with_a_mistake_fails_as_ever(collected, source):
    collected(source).assert_outcomes(errors=1)
