"""Cassettes that no test uses: which, and when nothing is claimed."""

import pytest

from cassette.plugin.orphans import Orphans, find_orphans

CASSETTE = "cassette: 1\nrecorded: 2026-11-23T01:26:42Z\ninteractions: []\n"
TESTS = """
    import pytest

    @pytest.mark.cassette
    @pytest.mark.parametrize("path", ["a", "b"])
    def test_get(fetch, path):
        fetch("/" + path)

    @pytest.mark.cassette("named", extra=["login"])
    def test_named(fetch):
        fetch("/named")

    def test_nothing():
        pass
"""
USED = ["test_it/test_get[a].yaml", "test_it/test_get[b].yaml", "named.yaml", "login.yaml"]


def lines(result):
    """What is said about orphans, of the lines of the section."""
    said = result.outlines
    start = [i for i, line in enumerate(said) if line.startswith(("Used by no", "No orph", "What"))]
    return [line for line in said[start[0] :] if line and not line.startswith("=")] if start else []


@pytest.fixture
def suite(project):
    """Cassettes for all tests, and two that nobody uses, one of them in an abandoned folder."""
    project.write("tests/test_it.py", TESTS)
    for name in (*USED, "test_it/test_get[c].yaml"):
        project.write(f"tests/cassettes/{name}", CASSETTE)
    project.write("tests/gone/cassettes/old.yaml", "# Kept by hand.\n" + CASSETTE)
    return project


FILES = ["  tests/cassettes/test_it/test_get[c].yaml", "  tests/gone/cassettes/old.yaml"]
ORPHANS = ["Used by no test that was collected:", *FILES]


def unless(counts):
    """What is said where so many tests may open an orphan by themselves."""
    exception = f"unless cassette.use() opens it in one that has not passed ({counts})"
    return [f"Used by no test that was collected, {exception}:", *FILES]


@pytest.mark.parametrize("arguments", [(), (".",)], ids=" ".join)
def test_a_cassette_that_no_collected_test_uses_is_an_orphan(suite, arguments):
    result = suite.run("--cassette-orphans", "--cassette-mode=off", *arguments)
    result.assert_outcomes(passed=4)
    assert lines(result) == ORPHANS


@pytest.mark.parametrize(
    ("arguments", "counts"),
    [
        (("--collect-only",), "4 of 4"),
        (("-k", "nothing"), "3 of 4"),
        (("-m", "not cassette"), "3 of 4"),
        (("--deselect", "tests/test_it.py::test_named"), "1 of 4"),
    ],
    ids=str,
)
def test_a_test_that_was_left_out_may_open_what_is_none_of_its_own(suite, arguments, counts):
    result = suite.run("--cassette-orphans", "--cassette-mode=off", *arguments)
    assert result.ret == pytest.ExitCode.OK
    assert lines(result) == unless(counts)


@pytest.mark.parametrize("source", ["pytest.skip()", "pytest.fail()", "pytest.xfail()"])
def test_a_test_that_broke_off_may_have_been_about_to_open_it(suite, source):
    suite.edit("tests/test_it.py", "pass", source)
    result = suite.run("--cassette-orphans", "--cassette-mode=off")
    assert lines(result)[:3] == unless("1 of 4")


def test_workers_of_xdist_tell_the_same(suite, run):
    result = run("--cassette-orphans", "--cassette-mode=off", "-k", "not named", workers=2)
    result.assert_outcomes(passed=3)
    assert lines(result) == unless("1 of 4")


@pytest.mark.parametrize(
    ("arguments", "doubt"),
    [
        (("tests/test_it.py::test_named",), "only tests/test_it.py::test_named was collected"),
        (("tests/test_it.py",), "only tests/test_it.py was collected"),
        (("tests",), "only tests was collected"),
        (("--lf",), "--lf passes over the files without a failed test"),
        (("--ignore=tests/gone",), "--ignore leaves tests out"),
        (("--ignore-glob=*gone*",), "--ignore-glob leaves tests out"),
    ],
    ids=str,
)
def test_nothing_is_claimed_unless_every_test_was_collected(suite, arguments, doubt):
    result = suite.run("--cassette-orphans", "--cassette-mode=off", *arguments)
    assert lines(result) == [f"What no test uses cannot be told: {doubt}."]


def test_nothing_is_claimed_where_a_file_cannot_be_collected(suite):
    suite.write("tests/test_bad.py", "1 / 0")
    result = suite.run("--cassette-orphans", "--cassette-mode=off")
    (line, *_) = lines(result)
    assert line == "What no test uses cannot be told: tests/test_bad.py could not be collected."


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize(
    ("files", "doubt"),
    [
        (
            {"test_more.py": "import pytest\npytest.importorskip('nothing_of_this_name')"},
            "was skipped before its tests were collected",
        ),
        ({"test_more.py": "", "conftest.py": "collect_ignore = ['test_more.py']"}, "was ignored"),
    ],
    ids=["skipped", "ignored"],
)
def test_nothing_is_claimed_where_a_test_file_is_left_out(suite, run, files, doubt, workers):
    for name, source in files.items():
        suite.write(f"tests/{name}", source)
    result = run("--cassette-orphans", "--cassette-mode=off", workers=workers)
    assert lines(result) == [f"What no test uses cannot be told: tests/test_more.py {doubt}."]


def test_a_file_that_would_hold_no_tests_may_be_ignored(suite):
    suite.write("setup.py", "")
    suite.write("conftest.py", "collect_ignore = ['setup.py']")
    assert lines(suite.run("--cassette-orphans", "--cassette-mode=off")) == ORPHANS


def test_nothing_is_claimed_where_every_worker_has_died(suite, run):
    suite.write("tests/test_bad.py", "def test_dead(): __import__('os')._exit(1)")
    arguments = ("--cassette-orphans", "--max-worker-restart=0", "-k", "dead")
    (line, *_) = lines(run(*arguments, workers=1))
    assert line == "What no test uses cannot be told: no worker has lived to tell its tests."


def test_the_configured_paths_are_the_whole_suite(suite):
    suite.write("pytest.ini", "[pytest]\ntestpaths = tests\ncassette_orphans = true")
    for arguments in ((), ("tests",), ("tests/",)):
        assert lines(suite.run("--cassette-mode=off", *arguments)) == ORPHANS


def test_what_a_test_opens_by_itself_is_used(suite):
    suite.write(
        "tests/test_own.py",
        """
        import cassette as tapes

        def test_own(cassette_dir):
            with tapes.use(cassette_dir / "test_it" / "test_get[c].yaml"):
                pass
            with tapes.use(cassette_dir.parent / "gone" / "cassettes" / "old.yaml"):
                pass
        """,
    )
    result = suite.run("--cassette-orphans", "-k", "own")
    assert lines(result) == ["No orphans: tests use each of the 6 cassettes."]


OVERRIDES = {
    "name": "@pytest.fixture\ndef cassette_name(): return 'login'",
    "folder": "@pytest.fixture\ndef cassette_dir(cassette_dir): return cassette_dir",
    "config": "@pytest.fixture\ndef cassette_config(): return {'name': 'login'}",
}


@pytest.mark.parametrize("override", OVERRIDES.values(), ids=OVERRIDES)
@pytest.mark.parametrize("name", ["tape", "cassette"])
def test_a_cassette_that_a_fixture_names_is_known_when_its_test_has_run(suite, override, name):
    suite.write("tests/test_own.py", f"import pytest\n\n{override}\n\ndef test_own({name}): pass")
    assert lines(suite.run("--cassette-orphans", "-k", "own")) == unless("4 of 5")
    (doubt,) = lines(suite.run("--cassette-orphans", "-k", "nothing"))
    assert doubt == (
        "What no test uses cannot be told: a fixture names the cassette of "
        "tests/test_own.py::test_own, which did not come to use it."
    )


def test_another_folder_is_looked_into(suite):
    suite.write("tapes/tests/test_it/test_get[d].yaml", CASSETTE)
    suite.write("tapes/tests/named.yaml", CASSETTE)
    result = suite.run("--cassette-orphans", "--cassette-mode=off", "--cassette-dir=tapes", "-v")
    assert "  tapes/tests/test_it/test_get[d].yaml" in lines(result)
    assert "  tests/cassettes/named.yaml" in lines(result)
    assert "  tapes/tests/named.yaml" not in lines(result)


def test_files_of_others_are_none_of_ours_and_dead_journals_are_listed(tmp_path):
    for name, text in {
        "a.yaml": CASSETTE,
        "deep/b.yml": "# by hand\n\n'cassette' : 1\n",
        "vcr.yaml": "interactions:\n- request: {}\nversion: 1\n",
        "c.json": "{}",
        "d.yaml.partial": CASSETTE,
        "d.yaml.4711.partial": CASSETTE,
        "e.partial": "",
        "used.yaml": CASSETTE,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    found = find_orphans([str(tmp_path), str(tmp_path / "none")], [str(link / "used.yaml")])
    assert found == Orphans(
        [f"{tmp_path}/a.yaml", f"{tmp_path}/deep/b.yml"],
        [f"{tmp_path}/d.yaml.4711.partial", f"{tmp_path}/d.yaml.partial"],
        total=3,
    )
    (tmp_path / "aside").mkdir()
    (tmp_path / "aside" / "cassettes").symlink_to(tmp_path / "deep")
    assert find_orphans([str(tmp_path / "aside" / "cassettes")], []).cassettes == [
        f"{tmp_path}/deep/b.yml"
    ]


def test_a_fixture_tape_of_the_project_leaves_no_doubt(suite):
    suite.write(
        "tests/test_own.py",
        """
        import pytest

        @pytest.fixture
        def tape():
            return "measure"

        def test_own(tape):
            pass

        @pytest.mark.cassette("test_it/test_get[c]")
        def test_marked(tape):
            pass
        """,
    )
    result = suite.run("--cassette-orphans", "--cassette-mode=off")
    assert lines(result) == ["Used by no test that was collected:", FILES[1]]
