"""The marker's ``freeze`` and ``timing``, in miniature projects; the runner keeps the real time."""

import xml.etree.ElementTree as ET

import pytest
from recordings import OK, interaction, write

import cassette.api  # noqa: F401 - libyaml cannot be loaded anew by each run in process
from cassette.clock import Clock

A_YEAR = 365 * 24 * 3600.0


@pytest.fixture
def project(pytester):
    """A miniature project with a cassette for each of its tests, a year from end to end."""
    pytester.makeconftest(
        """
        import time, urllib.request
        import pytest

        @pytest.fixture
        def fetch():
            def fetch(path="/"):
                with urllib.request.urlopen("http://api.example.com" + path) as answer:
                    return answer.read()
            return fetch
        """
    )
    return pytester


def record(project, *names):
    folder = project.path / "cassettes" / "test_it"
    folder.mkdir(parents=True)
    for name in names:
        write(folder / f"{name}.yaml", interaction(), interaction(A_YEAR, "/later"))


def run(project, *arguments):
    # Each run in process imports its plugins anew: hypothesis alone would take a second.
    return project.runpytest("-p", "no:hypothesispytest", *arguments)


FROZEN = """
    import time
    import unittest
    import pytest

    @pytest.mark.cassette(freeze=True)
    def test_frozen(fetch):
        assert time.gmtime()[:3] == (2020, 2, 29)
        fetch()
        assert time.gmtime()[:3] == (2021, 2, 28)
        time.sleep(0.01)

    @pytest.mark.cassette(freeze=True)
    class TestFrozen(unittest.TestCase):
        def test_it(self):
            assert time.gmtime()[:3] == (2020, 2, 29)

    def test_real():
        assert time.gmtime()[0] > 2020
"""


@pytest.mark.parametrize("parallel", [False, True], ids=["one process", "xdist"])
def test_durations_and_reports_stay_real(project, parallel):
    project.makepyfile(test_it=FROZEN)
    record(project, "test_frozen", "TestFrozen.test_it")
    began = Clock.now()
    arguments = ("--durations=0", "-vv", "--junitxml=report.xml")
    if parallel:
        result = project.runpytest_subprocess("-n2", *arguments)
    else:
        result = run(project, *arguments)
    result.assert_outcomes(passed=3)
    lines = [line.split() for line in result.outlines if line.endswith("test_frozen")]
    phases = {line[1]: float(line[0].removesuffix("s")) for line in lines if len(line) == 3}
    assert set(phases) == {"setup", "call", "teardown"}
    assert all(0 <= seconds < A_YEAR / 100 for seconds in phases.values())
    assert phases["call"] >= 0.01
    suite = ET.parse(project.path / "report.xml").getroot()[0]
    assert suite.get("timestamp") >= began.astimezone().isoformat()
    times = {case.get("name"): float(case.get("time")) for case in suite}
    assert set(times) == {"test_frozen", "test_it", "test_real"}
    assert all(0 <= seconds < A_YEAR / 100 for seconds in times.values())


def test_an_async_test_sleeps_at_the_time_of_the_recording(project):
    project.makepyfile(
        test_it="""
        import asyncio, time
        import pytest

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.anyio
        @pytest.mark.cassette(freeze=True)
        async def test_frozen():
            await asyncio.sleep(0.001)
            assert time.gmtime()[:3] == (2020, 2, 29)
        """
    )
    record(project, "test_frozen")
    run(project).assert_outcomes(passed=1)


def test_a_deadline_of_hypothesis_is_one_of_real_time(project):
    project.makepyfile(
        test_it="""
        import time
        import pytest
        from hypothesis import HealthCheck, given, settings, strategies

        @pytest.mark.cassette(freeze=True, repeat=True)
        @settings(max_examples=2, deadline=60_000, database=None,
                  suppress_health_check=list(HealthCheck))
        @given(strategies.integers())
        def test_frozen(fetch, number):
            fetch()
            assert time.gmtime()[:3] == (2021, 2, 28)
        """
    )
    record(project, "test_frozen")
    project.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_a_stream_may_come_when_it_came(project):
    project.makepyfile(
        test_it="""
        import time
        import pytest

        @pytest.mark.cassette(timing="recorded", freeze=True)
        def test_frozen(fetch):
            fetch()
            assert time.gmtime()[:5] == (2020, 2, 29, 12, 10)
        """
    )
    record(project, "test_frozen")
    write(
        project.path / "cassettes" / "test_it" / "test_frozen.yaml",
        interaction(arrived=((0, 5), (600, len(OK) - 5)), took=600),
    )
    run(project).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("freeze='yes'", "freeze is 'yes'\nIt may be: True, False"),
        (
            "timing='slow'",
            (
                "timing is 'slow'\nIt may be: 'recorded', "
                "or a number above 0 that the recorded seconds are multiplied with"
            ),
        ),
    ],
)
def test_a_wrong_value_is_told_with_the_right_ones(project, option, message):
    project.makepyfile(
        test_it=f"import pytest\n@pytest.mark.cassette({option})\ndef test_it(): pass"
    )
    result = run(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"OptionError: {message.partition(chr(10))[0]}"])
    assert message.splitlines()[1] in result.outlines
