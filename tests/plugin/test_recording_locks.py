"""Tests that share a cassette, one after the other and in several processes."""

import re

import pytest

SHARING = """
    import pytest

    pytestmark = pytest.mark.cassette("shared")

    def test_a(fetch):
        fetch("/common"), fetch("/a")

    def test_b(fetch):
        fetch("/common"), fetch("/b")

    def test_c(fetch):
        fetch("/c"), fetch("/common"), fetch("/common")
"""
MODES = pytest.mark.parametrize("mode", ["once", "rewrite", "new_episodes"])
PROCESSES = pytest.mark.parametrize("workers", [0, 2], ids=["one process", "two workers"])


@MODES
def test_tests_that_share_a_cassette_complete_it_and_replay_in_any_order(project, run, mode):
    project.write("test_it.py", SHARING)
    run(f"--cassette-mode={mode}").assert_outcomes(passed=3)
    assert project.calls("cassettes/shared.yaml") == ["/common", "/a", "/b", "/c", "/common"]
    project.go_offline()
    for order in (["test_c", "test_b", "test_a"], ["test_b"], ["test_a", "test_c"]):
        names = [f"test_it.py::{name}" for name in order]
        run("--cassette-mode=none", *names).assert_outcomes(passed=len(names))
    assert project.cassettes == ["cassettes/shared.yaml"]


def test_workers_that_share_a_cassette_complete_it(project, run):
    project.write("test_it.py", SHARING)
    run(workers=2).assert_outcomes(passed=3)
    calls = project.calls("cassettes/shared.yaml")
    assert sorted(calls) == ["/a", "/b", "/c", "/common", "/common"]
    project.go_offline()
    run("--cassette-mode=none").assert_outcomes(passed=3)
    assert project.cassettes == ["cassettes/shared.yaml"]


@PROCESSES
def test_rewriting_keeps_nothing_of_before(project, run, workers):
    project.write("test_it.py", SHARING)
    run().assert_outcomes(passed=3)
    text = (project.path / "test_it.py").read_text().replace("/c", "/d")
    (project.path / "test_it.py").write_text(text)
    run("--cassette-mode=rewrite", workers=workers).assert_outcomes(passed=3)
    assert sorted(set(project.calls("cassettes/shared.yaml"))) == ["/a", "/b", "/d", "/dommon"]


@PROCESSES
def test_a_shared_cassette_that_says_the_same_stays_but_for_its_time(project, run, workers):
    project.write("test_it.py", SHARING)
    run().assert_outcomes(passed=3)
    path = project.path / "cassettes" / "shared.yaml"
    path.write_bytes(re.sub(rb"(?<=recorded: ).*", b"2020-01-01T00:00:00Z", path.read_bytes()))
    old = path.read_text().splitlines()
    result = run("--cassette-mode=rewrite", workers=workers)
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["Recorded anew, and nothing has changed but the time of the*"])
    assert "To commit" not in result.stdout.str()
    new = path.read_text().splitlines()
    assert [line for line, was in zip(new, old, strict=True) if line != was] == [new[1]]
    assert new[1] > "recorded: 2026"
    assert project.cassettes == ["cassettes/shared.yaml"]


def test_a_shared_cassette_that_one_test_changes_is_written_anew(project, run):
    project.write("test_it.py", SHARING)
    run().assert_outcomes(passed=3)
    old = (project.path / "cassettes" / "shared.yaml").read_bytes()
    project.edit("test_it.py", 'fetch("/c")', 'fetch("/d")')
    result = run("--cassette-mode=rewrite")
    result.stdout.fnmatch_lines(["To commit, once you have looked at it:"])
    moments = re.compile(rb"^  at: (.*)$", re.MULTILINE)
    new = (project.path / "cassettes" / "shared.yaml").read_bytes()
    assert not set(moments.findall(old)) & set(moments.findall(new))


def test_a_cassette_from_before_is_only_replayed_in_mode_once(project, run):
    project.write("test_it.py", SHARING)
    run("test_it.py::test_a").assert_outcomes(passed=1)
    run().assert_outcomes(passed=1, failed=2)
    assert project.calls("cassettes/shared.yaml") == ["/common", "/a"]


def test_a_failed_test_adds_nothing_and_those_after_it_do(project, run):
    project.write("test_it.py", SHARING.replace('fetch("/b")', 'fetch("/b"), 1 / 0'))
    run().assert_outcomes(passed=2, failed=1)
    assert sorted(set(project.calls("cassettes/shared.yaml"))) == ["/a", "/c", "/common"]


def test_what_is_added_does_not_count_what_was_there_as_left(project, run):
    project.write("test_it.py", SHARING)
    run("--cassette-on-unplayed=fail").assert_outcomes(passed=3)


def test_many_tests_record_and_replay_in_two_processes(project, run):
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.mark.parametrize("number", range(60))
        def test_three(cassette, fetch, number):
            assert [fetch(f"/{number}/{step}") for step in range(3)] == [b"hello"] * 3
        """,
    )
    run(workers=2).assert_outcomes(passed=60)
    assert len(project.cassettes) == 60
    assert project.calls("cassettes/test_it/test_three[7].yaml") == ["/7/0", "/7/1", "/7/2"]
    project.go_offline()
    run("--cassette-mode=none", workers=2).assert_outcomes(passed=60)


@pytest.mark.parametrize("dist", ["each", "loadfile", "worksteal"])
def test_workers_share_tests_in_whatever_way_and_lose_nothing(project, run, dist):
    project.write("test_it.py", SHARING)
    more = 'def test_own(fetch):\n        fetch("/common"), fetch("/own")\n'
    project.write("test_more.py", SHARING[: SHARING.index("def test_a")] + more)
    run(f"--dist={dist}", workers=2).assert_outcomes(passed=8 if dist == "each" else 4)
    calls = project.calls("cassettes/shared.yaml")
    assert {"/a", "/b", "/c", "/common", "/own"} == set(calls)
    project.go_offline()
    run("--cassette-mode=none").assert_outcomes(passed=4)
    assert project.cassettes == ["cassettes/shared.yaml"]
