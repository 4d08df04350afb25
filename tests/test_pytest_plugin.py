"""The plugin, in miniature projects."""

import http.server
import threading

import pytest

import cassette.api  # noqa: F401 - libyaml cannot be loaded anew by each run in process
from cassette.pytest_plugin import file_name


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def project(pytester, monkeypatch, server):
    """A miniature project whose tests can fetch from a server on loopback."""
    monkeypatch.delenv("CI", raising=False)
    pytester.makeconftest(
        f"""
        import urllib.request
        import pytest

        @pytest.fixture
        def fetch():
            def fetch(path="/"):
                url = "http://127.0.0.1:{server.server_port}" + path
                with urllib.request.urlopen(url) as answer:
                    return answer.read()
            return fetch
        """
    )
    return pytester


def run(project, *arguments):
    # Each run in process imports its plugins anew: hypothesis alone would take a second.
    return project.runpytest("-p", "no:hypothesispytest", *arguments)


def test_a_test_records_once_and_then_replays_offline(project, server):
    project.makepyfile(
        test_it="""
        def test_get(cassette, fetch):
            assert fetch() == b"hello"
        """
    )
    run(project).assert_outcomes(passed=1)
    assert (project.path / "cassettes" / "test_it" / "test_get.yaml").exists()
    server.server_close()
    run(project).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.cassette\ndef test_get(fetch): fetch()",
        "@pytest.mark.cassette\nclass TestIt:\n    def test_get(self, fetch): fetch()",
        "pytestmark = pytest.mark.cassette\ndef test_get(fetch): fetch()",
    ],
    ids=["function", "class", "module"],
)
def test_the_marker_alone_is_enough(project, source):
    project.makepyfile(test_it=f"import pytest\n{source}")
    run(project).assert_outcomes(passed=1)
    assert len(list((project.path / "cassettes").rglob("*.yaml"))) == 1


def test_every_parameter_has_a_cassette_of_its_own(project):
    project.makepyfile(
        test_it="""
        import pytest

        @pytest.mark.cassette
        @pytest.mark.parametrize("path", ["/a", "/a?b", "/a*b", "/" + "x" * 300])
        def test_get(fetch, path):
            fetch(path)

        class TestGet:
            @pytest.mark.cassette
            def test_get(self, fetch):
                fetch()
        """
    )
    run(project).assert_outcomes(passed=5)
    names = sorted(path.name for path in (project.path / "cassettes" / "test_it").iterdir())
    assert len(names) == 5
    assert "TestGet.test_get.yaml" in names
    assert all(len(name) <= 130 and not set(name) & set('/\\:*?"<>|') for name in names)


def test_the_nearer_marker_wins_field_by_field(project):
    project.makepyfile(
        test_it="""
        import pytest
        pytestmark = pytest.mark.cassette("shared", mode="none", repeat=True)

        @pytest.mark.cassette(mode="once")
        def test_get(cassette, fetch):
            fetch()
            assert cassette.path.name == "shared.yaml"
            assert cassette.mode == "once"
        """
    )
    run(project).assert_outcomes(passed=1)


def test_the_command_line_sets_the_mode(project):
    project.makepyfile(
        test_it="""
        import pytest

        @pytest.mark.cassette(mode="once")
        def test_get(cassette, fetch):
            assert cassette.mode == "off"
            fetch()
        """
    )
    run(project, "--cassette-mode=off").assert_outcomes(passed=1)
    assert not (project.path / "cassettes").exists()


def test_a_wrong_mode_on_the_command_line_is_a_usage_error(project):
    result = run(project, "--cassette-mode=nones")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [
            "ERROR: --cassette-mode: there is no record mode 'nones'; did you mean 'none'?",
            "Modes: none, once, new_episodes, all, rewrite, off",
        ]
    )


def test_a_wrong_option_lists_the_right_ones(project):
    project.makepyfile(
        test_it="""
        import pytest

        @pytest.mark.cassette(record_mode="once")
        def test_get(fetch): fetch()
        """
    )
    result = run(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "OptionError: @pytest.mark.cassette has no option 'record_mode'",
            "Options: allow_hosts, decode, ignore, match_on, mode, name, on_unplayed, redact, *",
        ],
        consecutive=True,
    )


def test_in_ci_nothing_is_recorded_and_a_missing_recording_fails(project, monkeypatch):
    monkeypatch.setenv("CI", "true")
    project.makepyfile(
        test_it="""
        def test_get(cassette, fetch):
            fetch()
        """
    )
    result = run(project)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*no interaction in *test_get.yaml answers this request (record mode: none)",
            "*GET http://127.0.0.1:*/",
            "*It holds no interaction at all.",
            "*To record it: pytest --cassette-mode=new_episodes test_it.py::test_get",
        ]
    )
    assert not (project.path / "cassettes").exists()


def test_a_swallowed_mismatch_fails_the_test(project):
    project.makepyfile(
        test_it="""
        def test_get(cassette, fetch):
            try:
                fetch()
            except Exception:
                pass
        """
    )
    result = run(project, "--cassette-mode=none")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["UnmatchedRequestError: no interaction in *"])


def test_a_failing_test_leaves_no_cassette(project):
    project.makepyfile(
        test_it="""
        def test_get(cassette, fetch):
            assert fetch() == b"something else"
        """
    )
    run(project).assert_outcomes(failed=1)
    (left,) = (project.path / "cassettes" / "test_it").iterdir()
    assert left.name == "test_get.yaml.partial"


def test_unplayed_interactions_fail_a_test_that_says_so(project, monkeypatch):
    project.makepyfile(
        test_it="""
        import os
        import pytest

        @pytest.mark.cassette(on_unplayed="fail")
        def test_get(fetch):
            fetch()
            if "ONLY_ONE" not in os.environ:
                fetch("/more")
        """
    )
    run(project).assert_outcomes(passed=1)
    monkeypatch.setenv("ONLY_ONE", "1")
    result = run(project)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "UnplayedInteractionsError: 1 of 2 interactions in *test_get.yaml were not played:",
            "  GET http://127.0.0.1:*/more",
        ],
        consecutive=True,
    )


def test_the_options_are_in_the_help(project):
    result = run(project, "--help")
    result.stdout.fnmatch_lines(["record HTTP once, replay it offline:", "*--cassette-mode=MODE*"])
    run(project, "--markers").stdout.fnmatch_lines(["@pytest.mark.cassette(name=None, *, mode*"])


@pytest.mark.parametrize(
    ("one", "other"),
    [("test[a/b]", "test[a-b]"), ("test[a/b]", "test[a:b]"), ("x" * 200, "x" * 201)],
)
def test_no_two_tests_share_a_file(one, other):
    assert file_name(one) != file_name(other)


def test_a_plain_name_stays_as_it_is():
    assert file_name("TestIt.test_get[a-1.5_é]") == "TestIt.test_get[a-1.5_é]"


def test_a_damaged_cassette_is_told_without_code_of_ours(project):
    project.makepyfile(
        test_it="""
        def test_get(cassette, fetch):
            fetch()
        """
    )
    run(project).assert_outcomes(passed=1)
    path = project.path / "cassettes" / "test_it" / "test_get.yaml"
    path.write_text(path.read_text().replace("recorded:", "recorder:"))
    result = run(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["CassetteFormatError: *test_get.yaml:*recorder*"])
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")
