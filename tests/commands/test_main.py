"""The command line: its commands, and the exit status."""

import subprocess
import sys

import pytest

from cassette.commands.main import main


@pytest.mark.parametrize(
    "words",
    [[], ["play"], ["convert", "a.yaml"], ["convert", "--from", "betamax", "a.yaml"]],
    ids=" ".join,
)
def test_words_that_are_no_command_are_refused_with_the_usage(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: cassette" in capsys.readouterr().err


def test_an_error_is_told_without_a_traceback(tmp_path, capsys):
    assert main(["demo", str(tmp_path)]) == 1
    assert f"cassette: {tmp_path} is a folder" in capsys.readouterr().out


def test_the_command_runs_as_a_module(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "cassette", "demo", str(tmp_path / "demo.yaml")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
