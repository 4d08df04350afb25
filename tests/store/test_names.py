import sys
from pathlib import Path

import pytest

from cassette.errors import CassetteError, OptionError
from cassette.store.names import absolute, followed, resolve_name


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


def test_a_link_within_the_project_is_followed(tmp_path):
    (tmp_path / "cassettes").mkdir()
    (tmp_path / "cassettes" / "a.yaml").symlink_to(tmp_path / "shared.yaml")
    path = resolve_name(tmp_path / "cassettes", "a", tmp_path)
    assert path == tmp_path / "cassettes" / "a.yaml"
    assert followed(path, tmp_path) == tmp_path / "shared.yaml"


def test_a_recording_follows_no_link_out_of_the_project(tmp_path):
    root, out = tmp_path / "project", tmp_path / "out"
    root.mkdir(), out.mkdir()
    (root / "cassettes").symlink_to(out)
    (root / "a.yaml").symlink_to(out / "a.yaml")
    for path in (root / "cassettes" / "b.yaml", root / "a.yaml"):
        with pytest.raises(CassetteError) as caught:
            followed(path, root)
        assert str(caught.value) == (
            f"{path}: a symbolic link leads out of {root}, to {out / path.name[0]}.yaml\n"
            "Nothing is recorded through it. Record into a file below that folder, or name the "
            "other one itself."
        )


def test_outside_of_the_project_links_stay_in_their_folder(tmp_path):
    root, folder = tmp_path / "project", tmp_path / "elsewhere"
    root.mkdir(), folder.mkdir()
    (folder / "a.yaml").symlink_to("b.yaml")
    (folder / "c.yaml").symlink_to(tmp_path / "c.yaml")
    assert followed(folder / "a.yaml", root) == folder / "b.yaml"
    with pytest.raises(CassetteError, match="leads out of"):
        followed(folder / "c.yaml", root)


def test_without_links_a_path_stays_as_it_is(tmp_path):
    (tmp_path / "real" / "project").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    root = tmp_path / "link" / "project"
    assert followed(root / "deep" / "a.yaml", root) == root / "deep" / "a.yaml"


def test_a_relative_path_is_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert absolute(Path("b/a.yaml")) == tmp_path / "b" / "a.yaml"
    assert absolute(tmp_path) == tmp_path


def test_where_another_current_folder_is_faked_a_file_that_is_seen_there_is_meant(
    tmp_path, monkeypatch
):
    (tmp_path / "faked").mkdir()
    (tmp_path / "faked" / "seen.yaml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.getcwd", lambda: str(tmp_path / "faked"))
    assert absolute(Path("seen.yaml")) == tmp_path / "faked" / "seen.yaml"
    assert absolute(Path("new.yaml")) == tmp_path / "new.yaml"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the current folder")
def test_where_the_current_folder_is_gone_a_path_stays_relative(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert absolute(Path("a.yaml")) == Path("a.yaml")
