"""What becomes of the recording of a test that does not end well."""

import pytest

CASSETTE = "cassettes/test_it/test_get.yaml"
JOURNAL = f"{CASSETTE}.partial"
FAILING_TEARDOWN = """
@pytest.fixture(scope={scope!r}, autouse=True)
def failing():
    yield
    raise RuntimeError("on the way out")
"""


def write(project, last_line, fixtures=""):
    """Write a test that asks for /one and /two before its last line."""
    project.write("test_it.py", f"import pytest\n{fixtures}")
    project.write(
        "test_it.py",
        f"""
        def test_get(cassette, fetch, pytestconfig):
            fetch("/one")
            fetch("/two")
            {last_line}
        """,
    )


def section(project, kept="was not written", recorded="2 interactions"):
    return [
        "*- the recording -*",
        f"{project.path}/{CASSETTE} {kept}, since the test did not end well.",
        f"Recorded until then: {recorded}, in {project.path}/{JOURNAL}",
        "The next recording starts afresh.",
    ]


@pytest.mark.parametrize(
    ("last_line", "fixtures", "outcomes"),
    [
        ("assert False", "", {"failed": 1}),
        ("pass", FAILING_TEARDOWN.format(scope="function"), {"passed": 1, "errors": 1}),
        ("pass", FAILING_TEARDOWN.format(scope="module"), {"passed": 1, "errors": 1}),
    ],
    ids=["call", "teardown", "teardown of the module"],
)
def test_a_failing_test_leaves_its_journal_and_says_where(project, last_line, fixtures, outcomes):
    write(project, last_line, fixtures)
    result = project.run()
    result.assert_outcomes(**outcomes)
    result.stdout.fnmatch_lines(section(project), consecutive=True)
    assert project.cassettes == [JOURNAL]
    assert project.calls(JOURNAL) == ["/one", "/two"]


def test_a_fixture_that_fails_leaves_the_journal_of_its_test(project):
    write(
        project,
        "pass",
        """
@pytest.fixture(autouse=True)
def failing(fetch):
    fetch("/zero")
    raise RuntimeError("on the way in")
""",
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(section(project, recorded="1 interaction"), consecutive=True)
    assert project.calls(JOURNAL) == ["/zero"]


def test_a_failing_test_leaves_the_cassette_it_would_have_rewritten(project):
    write(project, "assert not pytestconfig.getoption('cassette_mode')")
    project.run().assert_outcomes(passed=1)
    result = project.run("--cassette-mode=rewrite")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(section(project, kept="stays as it was"), consecutive=True)
    assert project.cassettes == [CASSETTE, JOURNAL]


def test_a_test_that_fails_on_replay_says_nothing_about_a_recording(project):
    write(project, "assert cassette.recorded")
    project.run().assert_outcomes(passed=1)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*the recording*")
    assert project.cassettes == [CASSETTE]


def test_a_test_that_is_skipped_half_way_leaves_no_cassette(project):
    write(project, "pytest.skip('enough')")
    project.run().assert_outcomes(skipped=1)
    assert project.cassettes == [JOURNAL]


def test_a_test_that_fails_as_expected_has_a_cassette(project):
    write(project, "pytest.xfail('a known bug')")
    project.run().assert_outcomes(xfailed=1)
    assert project.cassettes == [CASSETTE]


def test_an_interrupted_test_leaves_no_cassette(project):
    write(project, "raise KeyboardInterrupt")
    project.run(no_reraise_ctrlc=True)
    assert project.cassettes == [JOURNAL]
    project.path.joinpath("test_it.py").unlink()
    write(project, "pass")
    project.run().assert_outcomes(passed=1)
    assert project.cassettes == [CASSETTE]


@pytest.mark.parametrize("arguments", [(), ("-n1",)], ids=["here", "in a worker"])
@pytest.mark.parametrize("last_line", ["raise KeyboardInterrupt", "pytest.exit('enough')"])
def test_the_summary_says_where_an_interrupted_recording_stands(project, last_line, arguments):
    write(project, last_line)
    result = project.run(*arguments, plugins=["xdist.plugin"], no_reraise_ctrlc=True)
    result.stdout.fnmatch_lines(
        [
            "Cassettes: 1 not completed. Interactions: 2 recorded.",
            "Recorded by tests that did not end well, and so not made a cassette:",
            f"  {JOURNAL} (test_it.py::test_get)",
        ],
        consecutive=True,
    )


def test_a_rerun_starts_afresh(project):
    write(
        project,
        "pytestconfig.tries = getattr(pytestconfig, 'tries', 0) + 1; "
        "assert pytestconfig.tries == 3",
    )
    result = project.run("--reruns=2", plugins=["pytest_rerunfailures"])
    assert result.parseoutcomes() == {"passed": 1, "rerun": 2}
    assert project.cassettes == [CASSETTE]
    assert project.calls(CASSETTE) == ["/one", "/two"]
