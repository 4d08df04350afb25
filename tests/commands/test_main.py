"""The command line: its commands, and the exit status."""

import importlib.metadata
import importlib.util
import io
import subprocess
import sys

import pytest

from cassette.commands.main import main


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["play"], "No such command 'play'."),
        (["convert", "a.yaml"], "say what has recorded the files: --from"),
        (["convert", "--from", "other", "a.yaml"], "'other' is not"),
    ],
    ids=" ".join,
)
def test_words_that_are_no_command_are_refused_with_the_usage(words, complaint, capsys):
    assert main(words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("Usage: cassette")
    assert complaint in told.err


def test_a_bare_cassette_shows_its_commands(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Usage: cassette [OPTIONS] [COMMAND] [ARGS]...\n")
    assert "\n  demo " in out


def test_it_tells_its_version(capsys):
    assert main(["--version"]) == 0
    version = importlib.metadata.version("pytest-cassette")
    assert capsys.readouterr().out == f"cassette {version}\n"


def test_without_the_extra_it_says_how_to_install_it(monkeypatch, capsys):
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda n: None if n == "rich" else there(n))
    assert main(["demo"]) == 1
    assert capsys.readouterr().err == (
        "cassette: the command line needs rich\n"
        "Install what it needs: python -m pip install 'pytest-cassette[cli]'\n"
    )


def test_an_error_is_told_without_a_traceback(tmp_path, capsys):
    assert main(["demo", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert told.err.startswith(f"cassette: {tmp_path} is there already")


def test_a_terminal_that_knows_few_characters_gets_the_others_as_escapes(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert main(["convert", "--from", "vcrpy", "caf\xe9"]) == 1
    sys.stdout.flush()
    assert b"caf\\xe9" in written.getvalue()


def test_the_command_runs_as_a_module(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "cassette", "demo", str(tmp_path / "demo.yaml")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
