"""The commands that messages advise."""

from pathlib import Path

import pytest

from cassette.plugin.commands import command, from_here


@pytest.fixture
def typed_in_tests(request):
    """The settings of a run that was started in the folder ``tests`` of a project."""

    class Invocation:
        dir = Path("/project/tests")

    class Config:
        rootpath = Path("/project")
        invocation_params = Invocation

        def getoption(self, name):
            return {"cassette_dir": None}[name]

    return Config()


@pytest.mark.parametrize(
    ("node_id", "file", "name"),
    [
        ("tests/test_it.py::test_get", None, "test_it.py::test_get"),
        ("test_it.py::test_get", None, "../test_it.py::test_get"),
        ("tests/test_it.py", None, "test_it.py"),
        ("../other/test_it.py::A::b", Path("/other/test_it.py"), "../../other/test_it.py::A::b"),
    ],
)
def test_a_test_has_its_name_from_where_the_person_stands(typed_in_tests, node_id, file, name):
    assert from_here(typed_in_tests, node_id, file) == name


def test_a_command_is_quoted_for_the_shell(typed_in_tests):
    said = command(typed_in_tests, "rewrite", ["test_it.py::test_get[a b]"])
    assert said == "pytest --cassette-mode=rewrite 'test_it.py::test_get[a b]'"


def test_the_command_that_records_is_right_where_pytest_was_started(project, monkeypatch):
    project.write("pytest.ini", "[pytest]")
    project.write(
        "tests it/test_it.py",
        """
        import pytest
        @pytest.mark.parametrize("path", ["/a;b", "/$it"])
        def test_get(cassette, fetch, path):
            fetch(path)
        """,
    )
    monkeypatch.chdir(project.path / "tests it")
    result = project.run("--cassette-mode=none")
    result.assert_outcomes(failed=2)
    start = "To record it: pytest"
    commands = [line.partition(start)[2] for line in result.outlines if start in line]
    assert sorted({*commands}) == [
        " --cassette-mode=new_episodes 'test_it.py::test_get[/$it]'",
        " --cassette-mode=new_episodes 'test_it.py::test_get[/a;b]'",
    ]
    monkeypatch.chdir(project.path)
    project.run("--cassette-mode=none").stdout.fnmatch_lines(
        ["*pytest --cassette-mode=new_episodes 'tests it/test_it.py::test_get[[]/a;b[]]'"]
    )


def test_the_command_that_records_names_the_folder_of_the_cassettes(project):
    project.write("test_it.py", "def test_get(cassette, fetch): fetch()")
    result = project.run("--cassette-mode=none", "--cassette-dir=my tapes")
    result.stdout.fnmatch_lines(
        ["*: pytest --cassette-mode=new_episodes '--cassette-dir=my tapes' test_it.py::test_get"]
    )
