"""Dropping what no test plays: what goes, and what stays when in doubt."""

import pytest

SHARING = """
    import pytest

    @pytest.mark.cassette("shared")
    @pytest.mark.parametrize("path", ["a", "b", "c"])
    def test_get(fetch, path):
        fetch("/" + path)
        fetch("/more/" + path)
"""
PROCESSES = pytest.mark.parametrize("workers", [0, 2], ids=["one process", "two workers"])
FILE = "cassettes/shared.yaml"
ALL = ["/a", "/more/a", "/b", "/more/b", "/c", "/more/c"]


@pytest.fixture
def shared(project):
    """Three tests that share a cassette, and no longer ask for half of it."""
    project.write("test_it.py", SHARING)
    project.run().assert_outcomes(passed=3)
    project.edit(FILE, "- call: ", "# What a hand has written stays.\n- call: ")
    project.edit("test_it.py", 'fetch("/more/" + path)', "")
    return project


def lines(result):
    """What is said about pruning."""
    said = result.outlines
    start = [i for i, line in enumerate(said) if line.startswith(("Pruned", "Not pruned", "What"))]
    return [line for line in said[start[0] :] if line and not line.startswith("=")] if start else []


@PROCESSES
def test_what_none_of_the_tests_has_played_is_dropped(shared, run, workers):
    result = run("--cassette-prune", workers=workers)
    result.assert_outcomes(passed=3)
    assert lines(result) == [
        "Pruned of what no test plays:",
        "  cassettes/shared.yaml (3 interactions)",
        "To commit, once you have looked at it:",
        "  git add cassettes/shared.yaml",
    ]
    assert shared.calls(FILE) == ["/a", "/b", "/c"]
    assert "# What a hand has written stays." in (shared.path / FILE).read_text()
    shared.go_offline()
    again = run("--cassette-prune", "--cassette-on-unplayed=ignore", workers=workers)
    again.assert_outcomes(passed=3)
    assert lines(again) == []


def test_the_ini_file_may_ask_for_it(shared):
    shared.write("pytest.ini", "[pytest]\ncassette_prune = true")
    shared.run().assert_outcomes(passed=3)
    assert shared.calls(FILE) == ["/a", "/b", "/c"]


@pytest.mark.parametrize(
    ("source", "arguments"),
    [
        ("pass", ("-k", "not [b]")),
        ("pytest.skip()", ()),
        ("assert False", ()),
        ("pytest.xfail()", ()),
    ],
    ids=["deselected", "skipped", "failed", "failed as expected"],
)
def test_nothing_is_dropped_unless_every_test_that_shares_it_has_passed(shared, source, arguments):
    get = 'fetch("/" + path)'
    shared.edit("test_it.py", get, f"{get}\n    if path == 'b': {source}")
    result = shared.run("--cassette-prune", *arguments)
    assert lines(result)[:2] == [
        "Not pruned:",
        f"  {FILE}: test_it.py::test_get[b] uses it too, and has not passed",
    ]
    assert shared.calls(FILE) == ALL


@PROCESSES
def test_nothing_is_dropped_where_a_test_that_might_open_it_was_left_out(shared, run, workers):
    shared.write("test_zz.py", "def test_own(): pass")
    result = run("--cassette-prune", "-k", "not own", workers=workers)
    result.assert_outcomes(passed=3)
    assert lines(result)[:2] == [
        "Not pruned:",
        f"  {FILE}: test_zz.py::test_own did not run, and cassette.use() may open it there",
    ]
    assert shared.calls(FILE) == ALL


def test_nothing_is_dropped_unless_every_test_was_collected(shared):
    result = shared.run("--cassette-prune", "test_it.py")
    assert lines(result) == ["What no test uses cannot be told: only test_it.py was collected."]
    assert shared.calls(FILE) == ALL


def test_nothing_is_dropped_where_a_test_file_was_skipped(shared):
    shared.write("test_zz.py", "import pytest\npytest.importorskip('nothing_of_this_name')")
    shared.run("--cassette-prune").assert_outcomes(passed=3, skipped=1)
    assert shared.calls(FILE) == ALL


def test_what_was_written_in_this_run_is_left_for_the_next(shared):
    shared.edit("test_it.py", 'fetch("/" + path)', 'fetch("/new/" + path)')
    result = shared.run("--cassette-prune", "--cassette-mode=new_episodes")
    result.assert_outcomes(passed=3)
    assert lines(result)[:2] == [
        "Not pruned:",
        "  cassettes/shared.yaml: it was written in this run, and only the next one can tell",
    ]
    shared.run("--cassette-prune").assert_outcomes(passed=3)
    assert shared.calls(FILE) == ["/new/a", "/new/b", "/new/c"]


def test_verifying_drops_nothing(shared):
    result = shared.run("--cassette-prune", "--cassette-mode=verify")
    result.assert_outcomes(passed=3)
    assert lines(result) == ["Not pruned:", f"  {FILE}: mode verify writes nothing"]
    assert shared.calls(FILE) == ALL


def test_what_a_test_plays_from_an_extra_cassette_stays(project):
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.mark.cassette("shared")
        def test_record(fetch):
            fetch("/a"), fetch("/b"), fetch("/c")

        @pytest.mark.cassette(extra=["shared"])
        def test_use(fetch):
            fetch("/b")
        """,
    )
    project.run().assert_outcomes(passed=2)
    project.edit("test_it.py", 'fetch("/a"), fetch("/b"), fetch("/c")', 'fetch("/a")')
    project.run("--cassette-prune").assert_outcomes(passed=2)
    assert project.calls(FILE) == ["/a", "/b"]


def test_a_cassette_of_calls_of_use_alone_is_left_alone(project):
    project.write(
        "test_it.py",
        """
        import cassette as tapes

        def test_own(cassette_dir, fetch):
            with tapes.use(cassette_dir / "shared.yaml"):
                fetch("/a"), fetch("/b")
        """,
    )
    project.run().assert_outcomes(passed=1)
    project.edit("test_it.py", ', fetch("/b")', "")
    assert lines(project.run("--cassette-prune")) == [
        "Not pruned:",
        f"  {FILE}: only calls of cassette.use() use it, and who else makes them is not known",
    ]
    assert project.calls(FILE) == ["/a", "/b"]


def test_a_file_that_only_a_parser_understands_is_left_alone(shared):
    shared.edit(FILE, "interactions:", "interactions: !!seq")
    result = shared.run("--cassette-prune")
    result.assert_outcomes(passed=3)
    assert lines(result)[:2] == [
        "Not pruned:",
        f"  {FILE}: it is written in a way that only a YAML parser understands",
    ]
    assert shared.calls(FILE) == ALL


def test_a_cassette_that_nothing_plays_any_more_is_deleted(project):
    project.write("test_it.py", "def test_get(cassette, fetch): fetch()")
    project.run().assert_outcomes(passed=1)
    project.edit("test_it.py", "fetch()", "pass")
    project.run("--cassette-prune").assert_outcomes(passed=1)
    assert project.cassettes == []
