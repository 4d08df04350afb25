"""The command line and the ini file, as pytest reads them."""

import pytest

import cassette
from cassette.plugin.options import TABLE


def test_the_command_line_sets_the_mode(project):
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.mark.cassette(mode="once")
        def test_get(cassette, fetch):
            assert cassette.mode == "off"
            fetch()
        """,
    )
    project.run("--cassette-mode=off").assert_outcomes(passed=1)
    assert not (project.path / "cassettes").exists()


WRONG_MODE = [
    "there is no record mode 'nones'; did you mean 'none'?",
    f"Modes: {', '.join(cassette.RecordMode)}",
]


def assert_usage_error(result, where, message):
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    first, *rest = message
    result.stderr.fnmatch_lines([f"ERROR: {where}: {first}", *rest], consecutive=True)


def test_a_wrong_value_on_the_command_line_is_a_usage_error(project):
    assert_usage_error(project.run("--cassette-mode=nones"), "--cassette-mode", WRONG_MODE)
    assert_usage_error(
        project.run("--cassette-on-unplayed=warm"),
        "--cassette-on-unplayed",
        ["on_unplayed is 'warm'", "It may be: ignore, warn, fail"],
    )


def test_no_folder_on_the_command_line_is_a_usage_error(project):
    assert_usage_error(
        project.run("--cassette-dir="),
        "--cassette-dir",
        [
            "expected a path, found none",
            "Write one, such as . for this folder, or leave the option out.",
        ],
    )


def test_a_wrong_value_in_the_ini_file_is_a_usage_error(project):
    project.write("pytest.ini", "[pytest]\ncassette_mode = nones")
    assert_usage_error(project.run(), "cassette_mode in */pytest.ini", WRONG_MODE)


@pytest.mark.parametrize("option", ["block_network", "orphans", "prune"])
def test_a_switch_in_the_ini_file_is_true_or_false(project, option):
    project.write("pytest.ini", f"[pytest]\ncassette_{option} = perhaps")
    assert_usage_error(
        project.run(),
        f"cassette_{option} in */pytest.ini",
        ["invalid truth value 'perhaps'", "It may be: true, false"],
    )


def test_the_options_are_in_the_help(project):
    result = project.run("--help")
    said = " ".join(str(result.stdout).split())
    for option in TABLE:
        assert option.flag in said
        # It is broken wherever the terminal ends, within words even.
        assert said.replace(" ", "").count(option.help.replace(" ", "")) == 2
    assert ", ".join(cassette.RecordMode) in said


@pytest.mark.parametrize(
    ("name", "advice"), [("record_mode", "mode"), ("ignore_hosts", "allow_hosts")]
)
def test_a_name_of_another_library_in_the_ini_file_is_answered_with_ours(project, name, advice):
    project.write("pytest.ini", f"[pytest]\ncassette_{name} = none\ncassettes = 1")
    result = project.run("-Wignore")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [
            f"ERROR: *: there is no option 'cassette_{name}'; for a test, that is {advice}",
            "Options: cassette_allow_hosts, *",
        ],
        consecutive=True,
    )


def test_a_name_that_nobody_has_is_left_to_pytest(project):
    project.write("pytest.ini", "[pytest]\ncassette_nonsense = none")
    project.write("test_it.py", "def test_it(): pass")
    project.run("-Wignore").assert_outcomes(passed=1)
