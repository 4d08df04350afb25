"""The steps of docs/migrating.md lead from a project with VCR.py to one that passes here."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import requests  # noqa: F401 - as below

import cassette.api  # noqa: F401 - each run in process forgets what it was the first to import
from cassette.commands.main import main

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "migrating.md").read_text(encoding="utf-8")
RECORDED = ROOT / "fixtures" / "vcrpy"

CONFTEST = """
import pytest

@pytest.fixture(scope="module")
def vcr_config():
    return {"record_mode": "none", "allow_playback_repeats": True}
"""

TESTS = """
import pytest
import requests
import vcr

URL = "ORIGIN/json"

@pytest.mark.vcr
def test_marked():
    assert requests.get(URL, timeout=10).json()["name"] == "cassette"

@pytest.mark.vcr(match_on=["method", "path"])
class TestUsers:
    def test_marked(self):
        for _ in range(3):
            assert requests.get(URL, timeout=10).status_code == 200

@vcr.use_cassette("tests/cassettes/here.yaml", record_mode="none")
def test_decorated():
    assert requests.get(URL, timeout=10).status_code == 200

def test_with():
    with vcr.use_cassette("tests/cassettes/here.yaml"):
        assert requests.get(URL, timeout=10).status_code == 200
"""


@pytest.fixture
def project(pytester, monkeypatch):
    """A project as pytest-recording and VCR.py leave it, in the current folder."""
    monkeypatch.setenv("CI", "1")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    recorded = RECORDED / "requests.yaml"
    origin = re.search(r"uri: (http://[^/]+)/", recorded.read_text(encoding="utf-8"))[1]
    tests = pytester.mkdir("tests")
    (tests / "conftest.py").write_text(CONFTEST)
    (tests / "test_users.py").write_text(TESTS.replace("ORIGIN", origin))
    for name in ("test_users/test_marked", "test_users/TestUsers.test_marked", "here"):
        path = tests / "cassettes" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(recorded, path)
    return pytester


def test_the_steps_lead_there(project):
    (tests,) = re.findall(r"^\$ cassette (convert .*) tests/cassettes$", PAGE, re.MULTILINE)
    assert main([*tests.split(), "tests/cassettes"]) == 0
    (script,) = re.findall(r"^```sed\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    Path("rename.sed").write_text(script)
    (rename,) = re.findall(r"^\$ (grep .*)$", PAGE, re.MULTILINE)
    subprocess.run(rename, shell=True, check=True)
    assert "vcr" not in Path("tests/test_users.py").read_text()
    project.runpytest("-pcassette.pytest_plugin").assert_outcomes(passed=4)


def test_a_recording_that_was_not_converted_says_what_to_do(project):
    Path("tests/conftest.py").unlink()
    Path("tests/test_users.py").write_text(
        "import pytest\n\n@pytest.mark.cassette\ndef test_marked(): ...\n"
    )
    result = project.runpytest("-pcassette.pytest_plugin")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "CassetteFormatError: *test_marked.yaml:1: this is no cassette: *is missing",
            "If VCR.py recorded it: cassette convert --from vcr --overwrite PATH",
        ],
        consecutive=True,
    )


@pytest.mark.parametrize("option", ["filter_headers", "ignore_hosts", "before_record_request"])
def test_an_option_that_has_no_new_name_is_refused_with_those_there_are(project, option):
    Path("tests/conftest.py").write_text(
        "import pytest\n\n@pytest.fixture\ndef cassette_config():\n"
        f"    return {{{option!r}: ['x']}}\n"
    )
    Path("tests/test_users.py").write_text(
        "import pytest\n\n@pytest.mark.cassette\ndef test_marked(): ...\n"
    )
    result = project.runpytest("-pcassette.pytest_plugin")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*there is no option '{option}'*", "Options: *redact*"])
