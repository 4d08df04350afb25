"""``cassette convert`` as a person runs it over a tree of recordings."""

import shutil
from pathlib import Path

import pytest

import cassette
from cassette.commands.main import main
from cassette.errors import OptionError
from cassette.pages import address
from cassette.plugin.places import file_name

RECORDED = Path(__file__).parents[2] / "fixtures" / "vcrpy"
SECRET = "correct-horse-battery-staple"

SMALL = """\
interactions:
- request: {method: GET, uri: 'http://a.example/'}
  response: {status: {code: 200}, headers: {Content-Length: ['2']}, body: {string: ok}}
version: 1
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A folder of recordings as pytest-recording lays it out, in the current one."""
    monkeypatch.chdir(tmp_path)
    folder = Path("old")
    for name in ("test_a/test_x.yaml", "test_a/TestB.test_y[1 2].yaml", "test_c.yml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(SMALL)
    (folder / "notes.txt").write_text("no recording")
    return folder


def said(capsys):
    return capsys.readouterr().out


def test_a_tree_keeps_its_shape(tree, capsys):
    assert main(["convert", "--from", "vcrpy", "old", "--to", "new"]) == 0
    assert said(capsys) == (
        "new/test_a/TestB.test_y[1-2]-f57aae66.yaml: 1 interaction\n"
        "  named otherwise than old/test_a/TestB.test_y[1 2].yaml, which is still there\n"
        "new/test_a/test_x.yaml: 1 interaction\n"
        "new/test_c.yml: 1 interaction\n"
        "3 written with 3 interactions, 0 refused\n"
    )
    (one,) = cassette.load("new/test_a/test_x.yaml").interactions
    assert (one.call, one.response.body) == ("GET http://a.example/", b"ok")
    assert (tree / "test_a/test_x.yaml").read_text() == SMALL


def test_a_recording_is_named_as_its_test_is_where_names_differ_in_case_alone(tmp_path):
    for name in ("test_p[Case].yaml", "test_p[case].yaml", "test_p[Other].yaml", "Ann.yaml"):
        (tmp_path / "old" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "old" / name).write_text(SMALL)
    old, new = str(tmp_path / "old"), tmp_path / "new"
    assert main(["convert", "--from", "vcrpy", old, "--to", str(new)]) == 0
    twin = file_name("test_p[Case]", has_twin=True)
    assert sorted(file.name for file in new.iterdir()) == sorted(
        ["Ann.yaml", f"{twin}.yaml", "test_p[Other].yaml", "test_p[case].yaml"]
    )


def test_a_recording_is_replaced_only_if_that_is_asked_for(tree, capsys):
    (tree / "test_a/TestB.test_y[1 2].yaml").unlink()
    assert main(["convert", "--from", "vcrpy", "old"]) == 1
    assert said(capsys) == (
        "refused: old/test_a/test_x.yaml: its cassette goes to the very same place\n"
        "Convert into another folder (--to DIR), or replace the recording (--overwrite).\n"
        "refused: old/test_c.yml: its cassette goes to the very same place\n"
        "Convert into another folder (--to DIR), or replace the recording (--overwrite).\n"
        "0 written with 0 interactions, 2 refused\n"
    )
    assert (tree / "test_a/test_x.yaml").read_text() == SMALL
    assert main(["convert", "--from", "vcrpy", "--overwrite", "old"]) == 0
    assert len(cassette.load(tree / "test_a/test_x.yaml").interactions) == 1
    assert [path.name for path in tree.rglob("*.partial")] == []


def test_what_stands_elsewhere_is_replaced_only_if_that_is_asked_for(tree, capsys):
    Path("new").mkdir()
    Path("new/test_c.yml").write_text("mine")
    assert main(["convert", "--from", "vcrpy", "old/test_c.yml", "--to", "new"]) == 1
    assert said(capsys) == (
        "refused: old/test_c.yml: there is something at new/test_c.yml already\n"
        "Convert into another folder (--to DIR), or replace what is there (--overwrite).\n"
        "0 written with 0 interactions, 1 refused\n"
    )
    assert Path("new/test_c.yml").read_text() == "mine"


def test_two_recordings_never_become_one_cassette(tree, capsys):
    shutil.copy(RECORDED / "json-serializer.json", tree / "test_c.json")
    (tree / "test_c.yml").rename(tree / "test_c.yaml")
    arguments = ["convert", "--from", "vcrpy", "--overwrite", "old/test_c.yaml", "old/test_c.json"]
    assert main([*arguments, "--to", "new"]) == 1
    assert "old/test_c.json: new/test_c.yaml was just written from old/test_c.yaml" in said(capsys)
    assert len(cassette.load("new/test_c.yaml").interactions) == 1


def test_what_cannot_be_converted_stops_nothing_else(tree, capsys):
    (tree / "test_a/test_x.yaml").write_text("interactions:\n- 5\n")
    assert main(["convert", "--from", "vcrpy", "old", "--to", "new"]) == 1
    out = said(capsys)
    assert (
        "refused: old/test_a/test_x.yaml:2: interactions[0]: expected a mapping, found a text\n"
        "Repair it by hand, or leave it out and record the test again.\n"
    ) in out
    assert out.endswith("2 written with 2 interactions, 1 refused\n")


def test_a_second_run_over_the_same_tree_changes_nothing_and_is_no_failure(tree, capsys):
    (tree / "test_a/TestB.test_y[1 2].yaml").unlink()
    assert main(["convert", "--from", "vcrpy", "--overwrite", "old"]) == 0
    once = (tree / "test_c.yml").read_bytes()
    said(capsys)
    assert main(["convert", "--from", "vcrpy", "--overwrite", "old"]) == 0
    assert said(capsys) == (
        "old/test_a/test_x.yaml: already converted\n"
        "old/test_c.yml: already converted\n"
        "0 written with 0 interactions, 0 refused\n"
    )
    assert (tree / "test_c.yml").read_bytes() == once


def test_a_damaged_cassette_is_not_taken_for_converted(tree, capsys):
    (tree / "test_c.yml").write_text("cassette: 1\ninteractions: 5\n")
    assert main(["convert", "--from", "vcrpy", "old/test_c.yml", "--to", "new"]) == 1
    assert said(capsys).startswith("refused: old/test_c.yml:1: this is a cassette of ours already")


def test_a_recording_without_interactions_becomes_no_cassette(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text("interactions: []\nversion: 1\n")
    assert main(["convert", "--from", "vcrpy", "a.yaml", "--to", "new"]) == 0
    assert said(capsys) == (
        "a.yaml: it holds no interaction, so there is no cassette to write\n"
        "0 written with 0 interactions, 0 refused\n"
    )
    assert not Path("new").exists()


def test_secrets_are_masked_also_where_they_stood_before_their_name(tmp_path, capsys):
    # The first interaction has the secret in a field "note", and in "password" after it.
    source = str(RECORDED / "log-in.yaml")
    assert main(["convert", "--from", "vcrpy", source, "--to", str(tmp_path)]) == 0
    assert SECRET not in (tmp_path / "log-in.yaml").read_text()
    assert "  masked: request.json.password\n" in said(capsys)
    one, two = cassette.load(tmp_path / "log-in.yaml").interactions
    assert two.request.headers["Authorization"] == f"Bearer {one.response.json()['password']}"


@pytest.mark.parametrize(
    "options", [["--no-redact"], ["--keep", "password", "--keep", "Authorization"]]
)
def test_masking_can_be_switched_off_and_names_be_kept(options, tmp_path):
    source = str(RECORDED / "log-in.yaml")
    assert main(["convert", "--from", "vcrpy", source, "--to", str(tmp_path), *options]) == 0
    assert cassette.load(tmp_path / "log-in.yaml").interactions[0].redacted == ()


def test_names_of_ones_own_are_masked_too(tmp_path):
    source = str(RECORDED / "log-in.yaml")
    arguments = ["--to", str(tmp_path), "--no-redact", "--redact", "note"]
    assert main(["convert", "--from", "vcrpy", source, *arguments]) == 0
    assert SECRET not in (tmp_path / "log-in.yaml").read_text()


def test_a_name_that_is_none_is_told(capsys):
    assert main(["convert", "--from", "vcrpy", "a.yaml", "--redact", ""]) == 1
    assert capsys.readouterr().err == (
        f"cassette: names: expected names of fields, found ''\nMore: {address(OptionError.page)}\n"
    )


def test_a_path_without_a_file_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["convert", "--from", "vcrpy", "a.yaml"]) == 1
    assert said(capsys).startswith("refused: there is no cassette at a.yaml\n")
