"""``cassette list``, and completion."""

from datetime import UTC, datetime

import pytest
import shop_traffic as shop

from cassette.clock import Clock


def test_a_project_at_a_glance(run, folder, monkeypatch):
    monkeypatch.setattr(Clock, "now", staticmethod(lambda: datetime(2020, 5, 29, tzinfo=UTC)))
    (folder / "old").mkdir()
    (folder / "old" / "broken.yaml").write_text("cassette: 1\ninteractions: 5\n")
    (folder / "node_modules").mkdir()
    shop.write_shop(folder / "node_modules" / "theirs.yaml")
    (folder / "torn.yaml.partial").write_text("cassette: 1\n")
    status, out = run("list")
    size = (folder / "shop.yaml").stat().st_size / 1024
    assert (status, out.splitlines()) == (
        1,
        [
            f"shop.yaml            8   {size:.1f} K     89 days  api.shop.example, ai.example, down.shop.example",  # noqa: E501
            "old/broken.yaml  cannot be read: old/broken.yaml:1: the key 'recorded' is missing",
            "",
            "Left of recordings that were not completed:",
            "  torn.yaml.partial      0    12 B    a moment",
            "",
            f"2 cassettes with 8 interactions, {size:.1f} K",
        ],
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_a_shell(run, shell):
    status, out = run("completion", shell)
    assert status == 0
    assert "_CASSETTE_COMPLETE" in out


def test_words_are_completed(run, monkeypatch):
    monkeypatch.setenv("_CASSETTE_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "cassette sh")
    monkeypatch.setenv("COMP_CWORD", "1")
    with pytest.raises(SystemExit):
        run()
