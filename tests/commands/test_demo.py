"""The main job as a new user runs it."""

import tempfile

import cassette
from cassette.commands.main import main


def test_the_demo_records_replays_and_proves_itself(tmp_path, capsys):
    path = tmp_path / "demo.yaml"
    assert main(["demo", str(path)]) == 0
    said = capsys.readouterr().out
    assert "DIFFERENT" not in said
    assert "0 left" in said
    assert str(path) in said
    written = path.read_text(encoding="utf-8")
    for secret in ("c0rrect-h0rse-b4ttery", "only-for-your-eyes", "top-secret-token"):
        assert secret not in written
    ended = [one.ended for one in cassette.load(path).interactions]
    assert ended.count(cassette.Ended.RESET) == 1
    assert main(["demo", str(path)]) == 1
    assert capsys.readouterr().err.startswith(f"cassette: {path} is there already\nName a cassette")
    assert path.read_text(encoding="utf-8") == written


def test_without_a_path_the_demo_leaves_nothing_where_it_runs(tmp_path, monkeypatch, capsys):
    here, elsewhere = tmp_path / "checkout", tmp_path / "tmp"
    here.mkdir(), elsewhere.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    assert main(["demo"]) == 0
    assert not list(here.iterdir())
    (written,) = elsewhere.rglob("*.yaml")
    assert f"The cassette is {written}" in capsys.readouterr().out
