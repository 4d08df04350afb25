"""The marks, fixtures and options of pytest-recording and pytest-vcr, where the project asks.

This module is imported in every run of everyone who has the package installed, and does nothing
unless the ini file says ``cassette_vcr = true``. The work is done in ``cassette.vcr.marked``.
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options, where the ini file asks for them; ``import vcr`` gives ours from then on."""
    parser.addini(
        "cassette_vcr",
        "honour the marks, fixtures and options of pytest-recording and pytest-vcr, "
        "and let 'import vcr' give cassette.vcr",
        type="bool",
        default=False,
    )
    config = pluginmanager.getplugin("pytestconfig")
    if config is None or not config.getini("cassette_vcr"):
        return
    for theirs, distribution in (("recording", "pytest-recording"), ("vcr", "pytest-vcr")):
        if pluginmanager.has_plugin(theirs):
            raise pytest.UsageError(
                f"cassette_vcr = true stands in for {distribution}, which is installed too\n"
                f"Uninstall it, or switch it off: pytest -p no:{theirs}"
            )
        pluginmanager.set_blocked(theirs)
    from cassette.vcr import marked, stand_in  # noqa: PLC0415 - see the module docstring

    stand_in.stand_in()
    group = parser.getgroup("cassette", "record HTTP once, replay it offline")
    group.addoption(
        "--record-mode", "--vcr-record", "--vcr-record-mode", dest="record_mode", default=None
    )
    group.addoption("--disable-recording", "--disable-vcr", action="store_true")
    group.addoption("--block-network", action="store_true")
    group.addoption("--allowed-hosts", default="")
    pluginmanager.register(marked, "cassette-vcr-marked")
