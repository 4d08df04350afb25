"""The main job as a new user runs it."""

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
    assert main(["demo", str(path)]) == 0, "it can be run again"
