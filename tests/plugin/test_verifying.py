"""``--cassette-mode=verify``: a test fails where what is live has drifted."""

import pytest


@pytest.fixture
def drifted(project, server, monkeypatch):
    """A project whose server answers other than when its cassette was recorded."""
    project.write(
        "test_it.py",
        """
        import os

        def test_get(cassette, fetch):
            assert fetch("/a") == os.environ["EXPECTED"].encode()
        """,
    )
    monkeypatch.setenv("EXPECTED", "hello")
    project.run().assert_outcomes(passed=1)

    def do_get(handler):
        handler.send_response(203, "Other")
        handler.send_header("Content-Length", "3")
        handler.end_headers()
        handler.wfile.write(b"bye")

    monkeypatch.setattr(server.RequestHandlerClass, "do_GET", do_get)
    return project


MESSAGE = [
    "*DriftError: 1 live interaction drifted from cassettes/test_it/test_get.yaml (recorded *)",
    "",
    "What was recorded (-) and what is live (+):",
    "  #0 GET http://127.0.0.1:*/a",
    "    - status: 200 OK",
    "    + status: 203 Other",
    "",
    "To record it anew: pytest --cassette-mode=rewrite test_it.py::test_get",
]


def test_a_test_passes_where_nothing_has_drifted(project):
    project.write("test_it.py", "def test_get(cassette, fetch): fetch()")
    project.run().assert_outcomes(passed=1)
    before = (project.path / "cassettes/test_it/test_get.yaml").read_bytes()
    project.run("--cassette-mode=verify").assert_outcomes(passed=1)
    assert (project.path / "cassettes/test_it/test_get.yaml").read_bytes() == before
    assert project.cassettes == ["cassettes/test_it/test_get.yaml"]


def test_a_test_that_would_pass_fails_with_what_has_drifted(drifted, monkeypatch):
    monkeypatch.setenv("EXPECTED", "bye")
    result = drifted.run("--cassette-mode=verify")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(MESSAGE, consecutive=True)
    result.stdout.fnmatch_lines(["Verified: 1 interaction of 1 cassette, 1 has drifted."])
    assert drifted.cassettes == ["cassettes/test_it/test_get.yaml"]


def test_a_test_that_fails_over_what_is_live_shows_what_has_drifted(drifted):
    result = drifted.run("--cassette-mode=verify")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert b'bye' == b'hello'*", "*- DriftError -*"])
    result.stdout.fnmatch_lines(
        [MESSAGE[0].removeprefix("*DriftError: "), *MESSAGE[1:]], consecutive=True
    )
