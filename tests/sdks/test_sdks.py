"""SDKs against a stand-in of their service: live, recorded and replayed they read the same."""

import contextlib
import importlib.metadata
import logging
import re
from pathlib import Path

import pytest
from sdks.programs import PROGRAMS, SECRET, run
from sdks.stand_in import WORDS, speaking_mcp, standing_in, standing_in_at
from sdks.table import table

import cassette
from cassette.store.reader import load

# SDKs use what other packages have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PAGE = Path(__file__).parents[2] / "docs" / "clients.md"


@pytest.fixture(params=PROGRAMS, ids=lambda program: program.run.__name__)
def program(request):
    try:
        importlib.metadata.version(request.param.package)
    except importlib.metadata.PackageNotFoundError:
        hint = "python -m pip install --group sdks"
        pytest.skip(f"{request.param.package} is not installed: {hint}")
    return request.param


@pytest.fixture
def service(program, tmp_path, request):
    """What starts the service of a program; yields its URL."""
    if program.server == "s3":
        place = request.getfixturevalue("s3").plain
        return lambda: contextlib.nullcontext(f"http://{place.host}:{place.port}")
    return {
        "http": standing_in,
        "unix": lambda: standing_in_at(tmp_path / "docker.sock"),
        "mcp": lambda: speaking_mcp("http"),
        "sse": lambda: speaking_mcp("sse"),
    }[program.server]


@pytest.fixture(autouse=True)
def no_logging():
    """A server of MCP sends the log of the whole process to the terminal."""
    yield
    logging.getLogger().handlers.clear()


def test_an_sdk_reads_the_same_live_recorded_and_replayed(program, service, tmp_path):
    path = tmp_path / "a.yaml"
    with service() as url:
        live = run(program, url)
        with cassette.use(path, mode="rewrite") as tape:
            assert run(program, url) == live
        assert tape.recorded
        assert not tape.bypasses.hosts
    with cassette.use(path, mode="none", on_unplayed="fail", timing=program.timing) as tape:
        assert run(program, url) == live
        assert tape.played
    assert SECRET not in path.read_text("utf-8")
    if program.pieces:
        arrived = max(len(one.arrived) for one in load(path).interactions)
        assert arrived >= len(WORDS) - 1, "the pieces of the stream are kept apart"


def test_the_table_of_the_documentation_is_the_one_that_the_programs_make():
    page = PAGE.read_text(encoding="utf-8")
    (written,) = re.findall(r"^\| SDK \|.*?\n\n", page, re.MULTILINE | re.DOTALL)
    assert written.strip() == table().strip()
