"""Helpers to run the command line as a person does."""

import pytest
import shop_traffic as shop

from cassette.commands.main import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with the cassette of the shop in it; a wide terminal is ahead."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    shop.write_shop(tmp_path / "shop.yaml")
    return tmp_path


@pytest.fixture
def run(folder, capsys):
    """Run a command in the folder; return its exit status and its output."""

    def run(*words):
        status = main(list(words))
        return status, capsys.readouterr().out

    return run
