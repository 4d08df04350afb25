"""Tests marked for pytest-recording and pytest-vcr run as they are, where the ini file asks."""

import re
import shutil
from pathlib import Path

import pytest

RECORDED = Path(__file__).parents[2] / "fixtures" / "vcrpy" / "requests.yaml"
ORIGIN = re.search(r"uri: (http://[^/]+)/", RECORDED.read_text(encoding="utf-8"))[1]
INI = "[pytest]\ncassette_vcr = true\n"
TEST = f"""
import urllib.request
import pytest
import vcr

URL = "{ORIGIN}/json"

def get():
    return urllib.request.urlopen(URL).read()
"""


class Moved:
    """A project whose tests were written for pytest-recording."""

    def __init__(self, pytester):
        self.pytester = pytester
        pytester.makeini(INI)

    def recorded(self, *names):
        for name in names:
            path = self.pytester.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(RECORDED, path)

    def run(self, source, *arguments, plugins=()):
        self.pytester.makepyfile(test_it=TEST + source)
        names = ("cassette.pytest_plugin", "cassette.vcr.pytest_plugin", *plugins)
        return self.pytester.runpytest(*(f"-p{name}" for name in names), *arguments)


@pytest.fixture
def moved(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Moved(pytester)


def test_marks_fixtures_and_import_work_without_an_edit(moved):
    moved.recorded(
        "cassettes/test_it/test_marked.yaml",
        "cassettes/test_it/TestIt.test_marked.yaml",
        "cassettes/test_it/other.yaml",
        "cassettes/test_vcr_place.yaml",
        "here.yaml",
        "library/test_library.yaml",
    )
    moved.run(
        """
        @pytest.fixture(scope="module")
        def vcr_config():
            return {"filter_headers": ["authorization"], "allow_playback_repeats": True}

        @pytest.mark.vcr
        def test_marked(vcr):
            assert get() == get()
            assert vcr.play_count == 2

        class TestIt:
            @pytest.mark.vcr()
            def test_marked(self, vcr_cassette):
                get()
                assert vcr_cassette.all_played or len(vcr_cassette) > 1

        @pytest.mark.vcr
        @pytest.mark.default_cassette("other.yaml")
        def test_named():
            get()

        @pytest.mark.vcr("here.yaml", "missing.yaml")
        def test_beside():
            get()

        @pytest.mark.vcr
        def test_vcr_place():
            get()

        @pytest.mark.vcr(cassette_library_dir="library")
        def test_library():
            get()

        @vcr.use_cassette("here.yaml", record_mode="none")
        def test_import():
            from vcr.errors import CannotOverwriteExistingCassetteException
            get()
        """.replace("\n        ", "\n")
    ).assert_outcomes(passed=7)
    assert not list(moved.pytester.path.rglob("*.partial"))


def test_without_a_recording_a_test_fails_and_says_how_to_record_it(moved):
    result = moved.run("\n@pytest.mark.vcr\ndef test_it():\n    get()\n")
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(["*UnmatchedRequestError: no interaction in *test_it.yaml*"])


def test_the_options_of_the_command_line_hold(moved):
    source = "\n@pytest.mark.vcr(record_mode='none')\ndef test_it(vcr):\n    assert {}\n"
    moved.run(source.format("vcr.record_mode == 'new_episodes'"), "--record-mode=new_episodes")
    moved.run(source.format("vcr.record_mode == 'all'"), "--vcr-record=all").assert_outcomes(
        passed=1
    )
    moved.run(source.format("vcr is None"), "--disable-recording").assert_outcomes(passed=1)


def test_the_network_is_blocked_where_a_mark_or_an_option_asks(moved):
    source = """
import socket

MARK
def test_it():
    with pytest.raises(Exception, match="was blocked"):
        socket.create_connection(("127.0.0.1", 9))
    raise RuntimeError("seen")
"""
    mark = "@pytest.mark.block_network(allowed_hosts=['a.example'])"
    for said, arguments in ((mark, ()), ("", ("--block-network",))):
        result = moved.run(source.replace("MARK", said), *arguments)
        result.stdout.fnmatch_lines(["*RuntimeError: seen*"])


def test_nothing_of_it_is_there_unless_the_project_asks(moved):
    moved.pytester.makeini("[pytest]\n")
    result = moved.run("", "--record-mode=none")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*unrecognized arguments: --record-mode=none"])


def test_a_plugin_that_it_stands_in_for_is_told(moved):
    moved.pytester.makepyfile(recording="")
    moved.pytester.syspathinsert()
    names = ("-precording", "-pcassette.vcr.pytest_plugin")
    result = moved.pytester.runpytest_inprocess(*names)
    assert "cassette_vcr = true stands in for pytest-recording" in str(result.stderr) + str(
        result.stdout
    )
