"""What a run tells people and machines about its cassettes."""

import json
import re
from xml.etree import ElementTree as ET

import pytest

TESTS = """
    import pytest

    @pytest.mark.cassette
    @pytest.mark.parametrize("path", ["a", "b"])
    def test_get(fetch, path):
        fetch("/" + path)
        fetch("/more")

    def test_nothing():
        pass
"""
PROCESSES = pytest.mark.parametrize("workers", [0, 2], ids=["one process", "two workers"])


def section(result):
    """The lines of the section about cassettes; None where there is none."""
    titles = [at for at, line in enumerate(result.outlines) if re.fullmatch(r"=+ .* =+", line)]
    for start, stop in zip(titles, [*titles[1:], None], strict=True):
        if " cassettes " in result.outlines[start]:
            return [line for line in result.outlines[start + 1 : stop] if line]
    return None


def properties(xml):
    """The properties of each test case."""
    cases = ET.parse(xml).iter("testcase")
    return {
        case.get("name"): [(one.get("name"), one.get("value")) for one in case.iter("property")]
        for case in cases
    }


@pytest.mark.parametrize(
    ("ci", "ini", "argument", "said"),
    [
        ("", "", "-v", "mode once (CI is not set in the environment)"),
        ("true", "", "-v", "mode none (CI is set in the environment)"),
        ("true", "cassette_mode=all", "-v", "mode all (cassette_mode in *pytest.ini)"),
        ("true", "cassette_mode=all", "--cassette-mode=off", "mode off (--cassette-mode)"),
    ],
)
def test_the_header_tells_the_mode_and_why(request, ci, ini, argument, said):
    project = request.getfixturevalue("project")
    request.getfixturevalue("monkeypatch").setenv("CI", ci)
    project.write("pytest.ini", f"[pytest]\n{ini}")
    project.write("test_it.py", "def test_nothing(): pass")
    project.run(argument).stdout.fnmatch_lines([f"cassette: {said}"])


@PROCESSES
def test_what_was_recorded_is_told_and_a_replay_is_quiet(project, run, workers):
    project.write("tests/test_it.py", TESTS)
    result = run(workers=workers)
    result.assert_outcomes(passed=3)
    lines = section(result)
    assert [*lines[:2], *sorted(lines[2:])] == [
        "Cassettes: 2 recorded. Interactions: 4 recorded.",
        "To commit, once you have looked at it:",
        "  git add 'tests/cassettes/test_it/test_get[a].yaml'",
        "  git add 'tests/cassettes/test_it/test_get[b].yaml'",
    ]
    assert section(run(workers=workers)) is None


def test_a_run_without_cassettes_is_quiet(project):
    project.write("test_it.py", "def test_nothing(): pass")
    assert section(project.run("-v")) is None


def test_verbose_tells_about_each_test(project):
    project.write("test_it.py", TESTS)
    project.run()
    project.edit("test_it.py", 'fetch("/more")', "")
    total, *uses = section(project.run("-v"))
    assert total == "Cassettes: 2 replayed. Interactions: 2 played, 2 left unplayed."
    assert uses == [
        f"  test_it.py::test_get[{name}]: 1 played, 1 left unplayed "
        f"(cassettes/test_it/test_get[{name}].yaml, mode once)"
        for name in "ab"
    ]


def test_a_verification_without_drift_says_so_in_one_line(project):
    project.write("test_it.py", TESTS)
    project.run()
    told = "Verified: 4 interactions of 2 cassettes, none has drifted."
    assert section(project.run("--cassette-mode=verify")) == [told]
    assert section(project.run("--cassette-mode=verify", "-v"))[:3] == [
        "Cassettes: 2 verified. Interactions: 4 verified.",
        told,
        "  test_it.py::test_get[a]: 2 verified (cassettes/test_it/test_get[a].yaml, mode verify)",
    ]


def test_a_failed_recording_is_told_with_its_journal(project):
    project.write("test_it.py", TESTS.replace('fetch("/more")', 'assert path == "a"'))
    assert section(project.run()) == [
        "Cassettes: 1 recorded, 1 not completed. Interactions: 2 recorded.",
        "Recorded by tests that did not end well, and so not made a cassette:",
        "  cassettes/test_it/test_get[b].yaml.partial (test_it.py::test_get[b])",
        "To commit, once you have looked at it:",
        "  git add 'cassettes/test_it/test_get[a].yaml'",
    ]


def test_uses_that_the_tests_make_themselves_are_told_if_they_are_of_the_project(project):
    project.write(
        "test_it.py",
        """
        import cassette as tapes

        def test_get(cassette, cassette_dir, fetch, tmp_path_factory):
            fetch("/a")
            with tapes.use(cassette_dir / "inner.yaml"):
                fetch("/b")
            with tapes.use(tmp_path_factory.getbasetemp().parent / "elsewhere.yaml"):
                fetch("/c")
        """,
    )
    assert section(project.run()) == [
        "Cassettes: 2 recorded. Interactions: 2 recorded.",
        "To commit, once you have looked at it:",
        "  git add cassettes/inner.yaml",
        "  git add cassettes/test_it/test_get.yaml",
    ]


def test_what_an_extra_cassette_played_is_not_counted_twice(project):
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.mark.cassette("shared")
        def test_shared(fetch):
            fetch("/login"), fetch("/other")

        @pytest.mark.cassette(extra=["shared"])
        def test_get(fetch):
            fetch("/login"), fetch("/a")
        """,
    )
    project.run()
    assert section(project.run("-v", "-k", "test_get")) == [
        "Cassettes: 2 replayed. Interactions: 2 played, 1 left unplayed.",
        "  test_it.py::test_get: 1 played (cassettes/test_it/test_get.yaml, mode once)",
        "  test_it.py::test_get: 1 played, 1 left unplayed (cassettes/shared.yaml, mode none)",
    ]


def counts(path, *, recorded=0, played=0, left=0):
    return [
        ("cassette", path),
        ("cassette_mode", "once"),
        ("cassette_played", str(played)),
        ("cassette_recorded", str(recorded)),
        ("cassette_left", str(left)),
    ]


@PROCESSES
def test_junit_has_the_counts_as_properties(project, run, workers):
    project.write("test_it.py", TESTS)
    project.run()
    project.edit("test_it.py", 'fetch("/more")', 'path == "a" and fetch("/more")')
    run("--junitxml=junit.xml", workers=workers)
    assert properties(project.path / "junit.xml") == {
        "test_get[a]": counts("cassettes/test_it/test_get[a].yaml", played=2),
        "test_get[b]": counts("cassettes/test_it/test_get[b].yaml", played=1, left=1),
        "test_nothing": [],
    }


def test_the_json_report_has_the_counts_as_user_properties(project):
    project.write("test_it.py", TESTS)
    plugins = ("pytest_metadata.plugin", "pytest_jsonreport.plugin")
    project.run("--json-report", "-k", "[a", plugins=plugins)
    (test,) = json.loads((project.path / ".report.json").read_text())["tests"]
    assert test["user_properties"] == [
        {"cassette": "cassettes/test_it/test_get[a].yaml"},
        {"cassette_mode": "once"},
        {"cassette_played": 0},
        {"cassette_recorded": 2},
        {"cassette_left": 0},
    ]


def test_a_rerun_has_its_own_counts(project):
    project.write(
        "test_it.py",
        """
        tries = []

        def test_get(cassette, fetch):
            fetch("/a")
            tries.append(1)
            assert len(tries) == 2
        """,
    )
    result = project.run("--reruns=1", "--junitxml=junit.xml", plugins=["pytest_rerunfailures"])
    assert properties(project.path / "junit.xml") == {
        "test_get": counts("cassettes/test_it/test_get.yaml", recorded=1),
    }
    assert section(result)[0] == "Cassettes: 1 recorded. Interactions: 2 recorded."


def test_a_run_inside_a_test_is_no_matter_of_the_run_around_it(project):
    project.write("conftest.py", "pytest_plugins = ['pytester']")
    project.write(
        "test_it.py",
        """
        def test_inner(pytester):
            pytester.makepyfile(
                '''
                import cassette as tapes

                def test_it(cassette):
                    with tapes.use("cassettes/a.yaml"):
                        pass
                '''
            )
            result = pytester.runpytest("-pcassette.pytest_plugin", "-v", "--rootdir=.")
            result.stdout.fnmatch_lines(["Cassettes: 2 not used. Interactions: none."])
        """,
    )
    result = project.run("-v", "--basetemp=tmp")
    result.assert_outcomes(passed=1)
    assert section(result) is None
