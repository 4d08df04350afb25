"""An error of ours shows who asked, and nothing of the request but what its message tells."""

import httpx  # noqa: F401 - runs in process cannot load it anew each time
import pytest
import requests  # noqa: F401 - as above

SECRET = "hunter2hunter2"


@pytest.fixture
def asking(project, monkeypatch):
    """A project with a function that asks for what has no recording."""
    monkeypatch.setenv("PASSWORD", SECRET)
    project.write(
        "test_it.py",
        """
        import os
        import unittest
        import httpx
        import pytest
        import requests

        def log_in(post=requests.post):
            password = os.environ["PASSWORD"]
            post("http://localhost/", headers={"X-Key": password}, data={"key": password})
        """,
    )
    return project


@pytest.mark.parametrize(
    "source",
    [
        "def test_get(cassette): log_in()",
        "def test_get(cassette): log_in(httpx.post)",
        "@pytest.fixture\ndef early(cassette): log_in()\n\ndef test_get(early): pass",
        "@pytest.mark.cassette\nclass TestIt(unittest.TestCase):\n    def test_get(self): log_in()",
        """
        def test_get(cassette):
            try: log_in()
            except Exception as error: raise ValueError from error
        """,
        """
        def test_get(cassette):
            try: log_in()
            except Exception as error: raise ExceptionGroup("failed", [error])
        """,
        """
        import cassette as tapes

        def test_get(tmp_path):
            with tapes.use(tmp_path / "own.yaml", mode="none"): log_in()
        """,
    ],
    ids=["requests", "httpx", "fixture", "unittest", "cause", "group", "use"],
)
def test_the_code_that_asked_is_the_last_that_is_shown(asking, source):
    asking.write("test_it.py", source)
    result = asking.run("--cassette-mode=none")
    result.stdout.fnmatch_lines(["*post(*", "*UnmatchedRequestError: no interaction in *"])
    shown = result.stdout.str()
    assert SECRET not in shown
    assert "site-packages" not in shown


def test_a_damaged_interaction_shows_no_code_of_ours(project):
    project.write("test_it.py", "def test_get(cassette, fetch):\n    fetch()")
    project.run().assert_outcomes(passed=1)
    project.edit("cassettes/test_it/test_get.yaml", "ended: open", "ended: opened")
    result = project.run()
    result.stdout.fnmatch_lines(
        ["E * interactions[[]0].ended: expected one of *", "conftest.py:*: CassetteFormatError"]
    )


def test_a_recording_that_cannot_be_written_shows_no_code_of_ours(project):
    project.write("test_it.py", "def test_get(cassette, fetch):\n    fetch()")
    project.write("file", "in the way of a folder")
    result = project.run("--cassette-dir=file")
    result.stdout.fnmatch_lines(["E * the recording cannot be written: *", "conftest.py:*: Cas*"])
    result.stdout.no_fnmatch_line("*files.py*")


def test_an_error_of_others_is_shown_in_full(project):
    project.write(
        "test_it.py",
        """
        import requests

        def test_get(cassette):
            requests.get("nothing://that/exists")
        """,
    )
    project.run().stdout.fnmatch_lines(["*sessions.py:*: InvalidSchema"])


def test_every_frame_is_shown_on_request(asking):
    asking.write("test_it.py", "def test_get(cassette): log_in()")
    result = asking.run("--cassette-mode=none", "--full-trace")
    result.stdout.fnmatch_lines(["*tapes/replay.py:*: UnmatchedRequestError"])


def test_a_folder_of_the_name_of_a_standard_module_is_the_users_own(asking):
    asking.write("test/__init__.py", "")
    asking.write("test/test_it.py", (asking.path / "test_it.py").read_text(encoding="utf-8"))
    asking.write("test/test_it.py", "def test_get(cassette): log_in()")
    result = asking.run("--cassette-mode=none", "test/test_it.py")
    result.stdout.fnmatch_lines(["test/test_it.py:*: UnmatchedRequestError"])


def test_a_run_without_a_terminal_has_no_option_for_it(project):
    project.write("test_it.py", "def test_get(cassette, fetch): fetch()")
    result = project.run("-pno:terminal")
    assert result.ret == pytest.ExitCode.OK
    assert project.cassettes == ["cassettes/test_it/test_get.yaml"]
