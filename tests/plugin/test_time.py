"""``freeze`` and ``timing`` of the marker freeze a test, and let its runner keep the real time."""

import xml.etree.ElementTree as ET

import pytest
from recordings import OK, URL, interaction, write

from cassette.clock import Clock

A_YEAR = 365 * 24 * 3600.0


@pytest.fixture
def recorded(project):
    """A project whose ``get`` asks for what was recorded in a year that is long gone."""
    project.write(
        "test_it.py",
        f"""
        import asyncio, time, unittest, urllib.request
        import pytest

        def get(path="/"):
            with urllib.request.urlopen({URL!r} + path) as answer:
                return answer.read()
        """,
    )
    return project


def record(project, *names):
    """Write the cassettes of tests; each lasts a year from end to end."""
    folder = project.path / "cassettes" / "test_it"
    folder.mkdir(parents=True)
    for name in names:
        write(folder / f"{name}.yaml", interaction(), interaction(A_YEAR, "/later"))


@pytest.mark.parametrize("parallel", [False, True], ids=["one process", "xdist"])
def test_durations_and_reports_stay_real(recorded, parallel):
    recorded.write(
        "test_it.py",
        """
        @pytest.mark.cassette(freeze=True)
        def test_frozen():
            assert time.gmtime()[:3] == (2020, 2, 29)
            get()
            assert time.gmtime()[:3] == (2021, 2, 28)
            time.sleep(0.01)

        @pytest.mark.cassette(freeze=True)
        class TestFrozen(unittest.TestCase):
            def test_it(self):
                assert time.gmtime()[:3] == (2020, 2, 29)

        def test_real():
            assert time.gmtime()[0] > 2020
        """,
    )
    record(recorded, "test_frozen", "TestFrozen.test_it")
    began = Clock.now()
    plugins, workers = (("xdist",), ("-n2",)) if parallel else ((), ())
    result = recorded.run("--durations=0", "-vv", "--junitxml=a.xml", *workers, plugins=plugins)
    result.assert_outcomes(passed=3)
    lines = [line.split() for line in result.outlines if line.endswith("test_frozen")]
    phases = {line[1]: float(line[0].removesuffix("s")) for line in lines if len(line) == 3}
    assert set(phases) >= {"setup", "call", "teardown"}
    assert all(0 <= phases[name] < A_YEAR / 100 for name in ("setup", "call", "teardown"))
    assert phases["call"] >= 0.01
    suite = ET.parse(recorded.path / "a.xml").getroot()[0]
    assert suite.get("timestamp") >= began.astimezone().isoformat()
    times = {case.get("name"): float(case.get("time")) for case in suite}
    assert set(times) == {"test_frozen", "test_it", "test_real"}
    assert all(0 <= seconds < A_YEAR / 100 for seconds in times.values())


def test_an_async_test_sleeps_at_the_time_of_the_recording(recorded):
    recorded.write(
        "test_it.py",
        """
        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.anyio
        @pytest.mark.cassette(freeze=True)
        async def test_frozen():
            await asyncio.sleep(0.001)
            assert time.gmtime()[:3] == (2020, 2, 29)
        """,
    )
    record(recorded, "test_frozen")
    recorded.run(plugins=["anyio"]).assert_outcomes(passed=1)


def test_a_deadline_of_hypothesis_is_one_of_real_time(recorded):
    recorded.write(
        "test_it.py",
        """
        from hypothesis import HealthCheck, given, settings, strategies

        @pytest.mark.cassette(freeze=True, repeat=True)
        @settings(max_examples=2, deadline=60_000, database=None,
                  suppress_health_check=list(HealthCheck))
        @given(strategies.integers())
        def test_frozen(number):
            get()
            assert time.gmtime()[:3] == (2021, 2, 28)
        """,
    )
    record(recorded, "test_frozen")
    recorded.run().assert_outcomes(passed=1)


def test_a_stream_may_come_when_it_came(recorded):
    recorded.write(
        "test_it.py",
        """
        @pytest.mark.cassette(timing="recorded", freeze=True)
        def test_frozen():
            get()
            assert time.gmtime()[:5] == (2020, 2, 29, 12, 10)
        """,
    )
    record(recorded, "test_frozen")
    write(
        recorded.path / "cassettes" / "test_it" / "test_frozen.yaml",
        interaction(arrived=((0, 5), (600, len(OK) - 5)), took=600),
    )
    recorded.run().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("freeze='yes'", ["freeze is 'yes'", "It may be: True, False"]),
        (
            "timing='slow'",
            [
                "timing is 'slow'",
                (
                    "It may be: 'recorded', "
                    "or a number above 0 that the recorded seconds are multiplied with"
                ),
            ],
        ),
    ],
)
def test_a_wrong_value_is_told_with_the_right_ones(recorded, option, message):
    recorded.write("test_it.py", f"@pytest.mark.cassette({option})\ndef test_it(): pass")
    lines = [line for line in recorded.run().errlines if line]
    told = f"ERROR: test_it.py::test_it: @pytest.mark.cassette: {message[0]}"
    assert lines[:-1] == [told, message[1]]
    assert lines[-1].startswith("More: ")
