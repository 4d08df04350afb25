"""Cassettes that grow too old, in a run of tests."""

import re

import pytest

from cassette.errors import OptionError
from cassette.store.reader import load
from cassette.tapes.expiry import parse_age

TESTS = """
    def test_a(cassette, fetch):
        fetch("/a")

    def test_b(cassette, fetch):
        fetch("/b")
"""
OLD = re.compile(r"^(  at|recorded): .*$", re.MULTILINE)


@pytest.fixture
def old(project):
    """A project with two cassettes, the first of them recorded in February 2020."""
    project.write("test_it.py", TESTS)
    project.run().assert_outcomes(passed=2)
    path = project.path / "cassettes" / "test_it" / "test_a.yaml"
    path.write_text(OLD.sub(r"\1: 2020-02-29T12:00:00Z", path.read_text()))
    return project


def told(result):
    """What is said about ages, days left out."""
    text = re.sub(r"\d+ days(?= ago|\))", "N days", result.stdout.str())
    return [line for line in text.splitlines() if "max_age" in line or "N days" in line]


def test_a_warning_names_the_file_and_the_end_names_the_command(old):
    result = old.run("--cassette-max-age=30d", "--cassette-mode=none", "-Wdefault")
    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "*CassetteExpiredWarning: *test_a.yaml has expired: its oldest interaction was *",
            "Cassettes: 2 replayed. Interactions: 2 played.",
            "Older than max_age:",
            "  cassettes/test_it/test_a.yaml (* days)",
            "  To record anew: pytest --cassette-mode=rewrite test_it.py::test_a",
        ]
    )


def test_the_command_at_the_end_is_right_where_pytest_was_started(old, monkeypatch):
    old.write("pytest.ini", "[pytest]")
    (old.path / "below").mkdir()
    monkeypatch.chdir(old.path / "below")
    result = old.run("--cassette-max-age=30d", "-Wdefault", "..")
    result.stdout.fnmatch_lines(
        ["  To record anew: pytest --cassette-mode=rewrite ../test_it.py::test_a"]
    )


def test_a_warning_that_is_an_error_is_told_without_code_of_ours(old):
    result = old.run("--cassette-max-age=30d", "-Werror::cassette.CassetteExpiredWarning")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["CassetteExpiredWarning: *test_a.yaml has expired: *"])
    result.stdout.no_fnmatch_line("*tapes/*.py:*")


def test_an_expired_cassette_fails_its_test_alone(old):
    result = old.run("--cassette-max-age=30d", "--cassette-on-expiry=fail")
    result.assert_outcomes(passed=1, errors=1)
    assert told(result)[0] == (
        "CassetteExpiredError: cassettes/test_it/test_a.yaml has expired: its oldest "
        "interaction was recorded N days ago, on 2020-02-29, and max_age is 30 days"
    )
    result.stdout.fnmatch_lines(
        [
            "To record it anew: pytest --cassette-mode=rewrite test_it.py::test_a",
            "Or let on_expiry='rerecord' do that, or give it a longer max_age.",
        ],
        consecutive=True,
    )


def test_an_expired_cassette_is_recorded_anew_and_ready_to_be_committed(old):
    result = old.run("--cassette-max-age=30d", "--cassette-on-expiry=rerecord")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            (
                "Cassettes: 1 recorded anew without a change, 1 replayed. "
                "Interactions: 1 played, 1 recorded."
            ),
            "Older than max_age:",
            "  cassettes/test_it/test_a.yaml (* days, recorded anew)",
            "Recorded anew, and nothing has changed but the time of the recording:",
            "  git add cassettes/test_it/test_a.yaml",
        ],
        consecutive=True,
    )
    assert load(old.path / "cassettes" / "test_it" / "test_a.yaml").recorded.year > 2020
    assert told(old.run("--cassette-max-age=30d")) == []


@pytest.mark.parametrize("workers", [0, 2], ids=["one process", "two workers"])
def test_tests_that_share_an_expired_cassette_record_it_anew_together(project, run, workers):
    project.write(
        "test_it.py",
        """
        import pytest

        pytestmark = pytest.mark.cassette("shared", max_age="30d", on_expiry="rerecord")

        @pytest.mark.parametrize("path", ["/a", "/b", "/c"])
        def test_get(fetch, path):
            fetch(path)
        """,
    )
    run().assert_outcomes(passed=3)
    path = project.path / "cassettes" / "shared.yaml"
    path.write_text(OLD.sub(r"\1: 2020-02-29T12:00:00Z", path.read_text()))
    run(workers=workers).assert_outcomes(passed=3)
    assert sorted(project.calls("cassettes/shared.yaml")) == ["/a", "/b", "/c"]
    # The server says the same, so nothing changed but when that was recorded.
    (recorded,) = re.findall(r"^recorded: (\d+)", path.read_text(), re.MULTILINE)
    assert int(recorded) > 2020


@pytest.mark.parametrize(
    ("ini", "marker", "outcomes"),
    [
        ("cassette_max_age = 30d\ncassette_on_expiry = fail", "", {"passed": 1, "errors": 1}),
        ("cassette_max_age = 30d", "on_expiry='fail'", {"passed": 1, "errors": 1}),
        ("cassette_on_expiry = fail", "max_age='30d'", {"passed": 1, "errors": 1}),
        ("cassette_max_age = 30d", "max_age=None", {"passed": 2}),
    ],
)
def test_the_options_stand_in_the_ini_file_and_in_the_marker(old, ini, marker, outcomes):
    old.write("pytest.ini", f"[pytest]\n{ini}")
    old.edit(
        "test_it.py", "def test_a", f"import pytest\n@pytest.mark.cassette({marker})\ndef test_a"
    )
    old.run("--cassette-mode=none").assert_outcomes(**outcomes)


def test_a_wrong_age_is_a_usage_error(project):
    with pytest.raises(OptionError) as caught:
        parse_age("soon")
    project.write("test_it.py", TESTS)
    result = project.run("--cassette-max-age=soon")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line] == [
        "ERROR: --cassette-max-age: max_age is 'soon'",
        *caught.value.told().splitlines()[1:],
    ]
