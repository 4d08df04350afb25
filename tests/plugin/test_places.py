"""Where the cassettes stand."""

import pytest

from cassette.plugin.places import file_name


def test_every_parameter_has_a_cassette_of_its_own(project):
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.mark.cassette
        @pytest.mark.parametrize("path", ["/a", "/a?b", "/a*b", "/" + "x" * 300])
        def test_get(fetch, path):
            fetch(path)

        class TestGet:
            @pytest.mark.cassette
            def test_get(self, fetch):
                fetch()
        """,
    )
    project.run().assert_outcomes(passed=5)
    names = sorted(path.name for path in (project.path / "cassettes" / "test_it").iterdir())
    assert len(names) == 5
    assert "TestGet.test_get.yaml" in names
    assert all(len(name) <= 130 and not set(name) & set('/\\:*?"<>|') for name in names)


@pytest.mark.parametrize(
    ("one", "other"),
    [("test[a/b]", "test[a-b]"), ("test[a/b]", "test[a:b]"), ("x" * 200, "x" * 201)],
)
def test_no_two_tests_share_a_file(one, other):
    assert file_name(one) != file_name(other)


def test_a_plain_name_stays_as_it_is():
    assert file_name("TestIt.test_get[a-1.5_é]") == "TestIt.test_get[a-1.5_é]"


TWINS = """
    import pytest

    @pytest.mark.cassette
    @pytest.mark.parametrize("path", ["Case", "case", "CASE", "Other"])
    def test_p(fetch, path):
        fetch("/" + path)

    @pytest.mark.cassette
    class TestApi:
        def test_p(self, fetch): fetch("/api")

    @pytest.mark.cassette
    class TestAPI:
        def test_p(self, fetch): fetch("/API")
"""


def test_tests_whose_names_differ_in_case_alone_have_files_that_differ_in_more(project):
    project.write("test_it.py", TWINS)
    project.run().assert_outcomes(passed=6)
    names = [name.removeprefix("cassettes/test_it/") for name in project.cassettes]
    assert len({name.casefold() for name in names}) == 6
    assert {"test_p[case].yaml", "test_p[Other].yaml"} < set(names)
    assert sum(name.startswith("test_p[Case]-") for name in names) == 1
    project.go_offline()
    project.run("--cassette-mode=none").assert_outcomes(passed=6)


@pytest.mark.parametrize("arguments", [["test_it.py::test_p[Case]"], ["-kCase"], ["--lf"]], ids=str)
def test_the_name_of_a_cassette_does_not_depend_on_which_tests_run(project, arguments):
    project.write("test_it.py", TWINS)
    project.write("conftest.py", "def pytest_runtest_setup(item): assert '[Case]' not in item.name")
    if "--lf" in arguments:
        project.run().assert_outcomes(passed=5, errors=1)
    project.edit("conftest.py", "assert", "return")
    project.run(*arguments)
    (name,) = [name for name in project.cassettes if "test_p[Case]" in name]
    assert name.startswith("cassettes/test_it/test_p[Case]-")


SAVING = "import pytest\n\ndef test_get(cassette, fetch): fetch()"


def test_a_cassette_stands_beside_its_test(project):
    project.write("tests/api/test_it.py", SAVING)
    project.run().assert_outcomes(passed=1)
    assert project.cassettes == ["tests/api/cassettes/test_it/test_get.yaml"]


@pytest.mark.parametrize("folder", ["tapes", "deep/tapes"])
def test_another_folder_keeps_the_folders_of_the_tests(project, folder):
    project.write("tests/one/test_it.py", SAVING)
    project.write("tests/two/test_it.py", SAVING)
    arguments = ("--import-mode=importlib", f"--cassette-dir={folder}")
    project.run(*arguments).assert_outcomes(passed=2)
    assert project.cassettes == [
        f"{folder}/tests/one/test_it/test_get.yaml",
        f"{folder}/tests/two/test_it/test_get.yaml",
    ]
    project.go_offline()
    project.run(*arguments).assert_outcomes(passed=2)


def test_the_folder_of_the_command_line_is_meant_from_where_pytest_was_started(
    project, monkeypatch
):
    project.write("pytest.ini", "[pytest]")
    project.write("tests/test_it.py", SAVING)
    monkeypatch.chdir(project.path / "tests")
    project.run("--cassette-dir=tapes").assert_outcomes(passed=1)
    assert project.cassettes == ["tests/tapes/tests/test_it/test_get.yaml"]


def test_a_test_from_outside_the_project_stays_within_the_other_folder(project):
    project.write("project/pytest.ini", "[pytest]")
    project.write(
        "outside/test_it.py",
        f"""
        import urllib.request

        def test_get(cassette):
            urllib.request.urlopen("http://127.0.0.1:{project.server.server_port}").close()
        """,
    )
    arguments = ("--rootdir=project", "-cproject/pytest.ini", "outside", "--cassette-dir=tapes")
    project.run(*arguments).assert_outcomes(passed=1)
    assert project.cassettes == ["tapes/up/outside/test_it/test_get.yaml"]


def test_the_folder_of_the_ini_file_is_meant_from_there(project, monkeypatch):
    project.write("pytest.ini", "[pytest]\ncassette_dir = tapes")
    project.write("tests/test_it.py", SAVING)
    monkeypatch.chdir(project.path / "tests")
    project.run().assert_outcomes(passed=1)
    assert project.cassettes == ["tapes/tests/test_it/test_get.yaml"]


@pytest.mark.parametrize("scope", ["function", "class", "module", "package", "session"])
def test_the_folder_is_a_fixture_of_any_scope(project, scope):
    project.write(
        "conftest.py",
        f"""
        @pytest.fixture(scope={scope!r})
        def cassette_dir(tmp_path_factory, pytestconfig):
            return pytestconfig.rootpath / "tapes"
        """,
    )
    project.write("test_it.py", SAVING)
    project.run().assert_outcomes(passed=1)
    assert project.cassettes == ["tapes/test_it/test_get.yaml"]


def test_a_fixture_may_build_on_the_folder_and_the_name(project):
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.fixture
        def cassette_dir(cassette_dir):
            return cassette_dir / "v2"

        @pytest.fixture
        def cassette_name(cassette_name):
            return cassette_name + ".slow"

        def test_get(cassette, fetch): fetch()

        @pytest.mark.cassette("by-marker")
        def test_marked(fetch): fetch()
        """,
    )
    project.run().assert_outcomes(passed=2)
    assert project.cassettes == [
        "cassettes/v2/by-marker.yaml",
        "cassettes/v2/test_it/test_get.slow.yaml",
    ]


@pytest.mark.parametrize(
    ("fixture", "returned", "message"),
    [
        ("cassette_dir", None, ["expected the path of a folder, found None"]),
        ("cassette_name", None, ["the name of a cassette is a text, not None"]),
        (
            "cassette_name",
            "../out",
            [
                "'../out' is no name for a cassette below *cassettes",
                "A name is relative, ends in the name of a file, and has no part '..'.",
            ],
        ),
    ],
)
def test_a_fixture_that_returns_no_place_is_named(project, fixture, returned, message):
    project.write(
        "test_it.py",
        f"""
        import pytest

        @pytest.fixture
        def {fixture}():
            return {returned!r}

        def test_get(cassette): pass
        """,
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    first, *rest = message
    result.stdout.fnmatch_lines([f"OptionError: the fixture {fixture}: {first}", *rest])
    result.stdout.no_fnmatch_line("*places.py*")
