from pathlib import Path

import pytest

from cassette.errors import OptionError
from cassette.store.names import resolve_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("users", "users.yaml"),
        ("users.yaml", "users.yaml"),
        ("users.yml", "users.yml"),
        ("api/v1.2/users", "api/v1.2/users.yaml"),
        ("./users", "users.yaml"),
        ("test_x[a-b]", "test_x[a-b].yaml"),
    ],
)
def test_a_usual_name_stays_as_it_is(tmp_path, name, expected):
    assert resolve_name(tmp_path, name) == tmp_path / expected


@pytest.mark.parametrize(
    "name",
    [
        'a<b>:"|?*',
        "a\\b",
        "nul",
        "CON.txt",
        "com1.yaml",
        "dot.",
        "blank ",
        "x" * 300,
        "\x00",
        "é" * 200,
    ],
)
def test_a_name_that_some_file_system_refuses_is_made_safe_and_unique(tmp_path, name):
    path = resolve_name(tmp_path, name)
    assert path.parent == tmp_path
    assert path.suffix == ".yaml"
    assert not set(path.name) & set('<>:"\\|?*\x00')
    assert len(path.name.encode()) < 240
    assert path != resolve_name(tmp_path, name.replace("b", "B", 1) + "_")
    path.touch()


def test_names_that_become_alike_do_not_share_a_file(tmp_path):
    names = ["a?b", "a*b", "a:b", "a_b", "nul", "NUL", "_nul"]
    assert len({resolve_name(tmp_path, name) for name in names}) == len(names)


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../a", "a/../../b", "a/..", "dir/", ".", "/"])
def test_a_name_that_leaves_its_directory_is_refused(tmp_path, name):
    with pytest.raises(OptionError, match="no name for a cassette"):
        resolve_name(tmp_path, name)


def test_a_link_that_leads_out_is_refused(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "link").symlink_to(tmp_path)
    with pytest.raises(OptionError, match="symbolic link"):
        resolve_name(tmp_path / "inside", "link/a")


def test_a_relative_directory_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert resolve_name("cassettes", "a") == Path("cassettes/a.yaml")
