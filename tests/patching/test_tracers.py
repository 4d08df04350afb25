"""Tools that trace requests see beside a cassette what they see without one."""

import http.server
import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys

import pytest
from servers.threads import Echo, serving

PROGRAM = pathlib.Path(__file__).parent / "programs" / "traced.py"
TOOLS = {
    "sentry": ["sentry-sdk"],
    "datadog": ["ddtrace"],
    "xray": ["aws-xray-sdk"],
    "opentelemetry": [
        "opentelemetry-sdk",
        "opentelemetry-instrumentation-requests",
        "opentelemetry-instrumentation-urllib",
        "opentelemetry-instrumentation-urllib3",
    ],
}
ENVIRONMENT = {
    "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "0",
    "DD_REMOTE_CONFIGURATION_ENABLED": "0",
    "no_proxy": "127.0.0.1",
}
REQUIRED = os.environ.get("CASSETTE_REQUIRE_SERVERS") == "1"
APART = os.environ.get("CASSETTE_TRACERS", "")
"""The folder that the tools are installed in: ddtrace loads itself into every run of pytest."""


def need(distribution):
    path = [APART, *sys.path] if APART else sys.path
    if not any(importlib.metadata.distributions(name=distribution, path=path)):
        told = (
            f"{distribution} is not installed: python -m pip install --group tracers "
            "--target FOLDER, and CASSETTE_TRACERS=FOLDER"
        )
        pytest.fail(told) if REQUIRED else pytest.skip(told)


@pytest.fixture(scope="module")
def url():
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize("when", ["live", "recording"])
@pytest.mark.parametrize("tool", TOOLS)
def test_a_tracer_sees_the_same_whenever_it_was_installed(tmp_path, monkeypatch, url, tool, when):
    for distribution in TOOLS[tool]:
        need(distribution)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    if APART:
        monkeypatch.setenv("PYTHONPATH", APART, prepend=os.pathsep)
    done = subprocess.run(
        [sys.executable, PROGRAM, tool, when, url, tmp_path],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.pop("left") == []
    afterwards = told.pop("afterwards")
    assert any(seen["headers"] and seen["spans"] for seen in afterwards.values())
    assert told
    assert told == dict.fromkeys(told, afterwards)
