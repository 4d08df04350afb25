"""The cassette of a test, from its first fixture to the end of its teardown."""


def test_a_test_records_once_and_then_replays_offline(project):
    project.write(
        "test_it.py",
        """
        def test_get(cassette, fetch):
            assert fetch() == b"hello"
        """,
    )
    project.run().assert_outcomes(passed=1)
    assert (project.path / "cassettes" / "test_it" / "test_get.yaml").exists()
    project.go_offline()
    project.run().assert_outcomes(passed=1)


def test_nothing_is_loaded_before_a_test_asks_for_a_cassette(project):
    project.write(
        "test_it.py",
        """
        import sys

        def test_nothing():
            assert "cassette.pytest_plugin" in sys.modules
            for name in ("api", "tape", "store", "patching", "plugin.settings", "plugin.tape"):
                assert f"cassette.{name}" not in sys.modules
        """,
    )
    result = project.pytester.runpytest_subprocess("-pcassette.pytest_plugin")
    result.assert_outcomes(passed=1)


def test_in_ci_nothing_is_recorded_and_a_missing_recording_fails(project, monkeypatch):
    monkeypatch.setenv("CI", "true")
    project.write(
        "test_it.py",
        """
        def test_get(cassette, fetch):
            fetch()
        """,
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*no interaction in *test_get.yaml answers this request (record mode: none)",
            "*GET http://127.0.0.1:*/",
            "*There is no such file yet.",
            "*Nothing is recorded here, since CI is set in the environment.",
            "*To record it: pytest --cassette-mode=new_episodes test_it.py::test_get",
        ]
    )
    assert not (project.path / "cassettes").exists()


def test_the_cassette_of_a_test_that_was_renamed_is_named_unless_another_one_has_it(project):
    project.write(
        "test_it.py",
        """
        def test_page(cassette, fetch): fetch()
        def test_pages(cassette, fetch): fetch()
        """,
    )
    project.run().assert_outcomes(passed=2)
    project.edit("test_it.py", "test_page(", "test_first(")
    result = project.run("--cassette-mode=none")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*There is no such file yet.",
            "*Nearby, cassettes/test_it/test_page.yaml holds this request.",
            "*If its test was renamed, rename it too: git mv *test_page.yaml *test_first.yaml",
        ]
    )


def test_a_swallowed_mismatch_fails_the_test(project):
    project.write(
        "test_it.py",
        """
        def test_get(cassette, fetch):
            try:
                fetch()
            except Exception:
                pass
        """,
    )
    result = project.run("--cassette-mode=none")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["UnmatchedRequestError: no interaction in *"])


def test_unplayed_interactions_fail_a_test_that_says_so(project, monkeypatch):
    project.write(
        "test_it.py",
        """
        import os
        import pytest

        @pytest.mark.cassette(on_unplayed="fail")
        def test_get(fetch):
            fetch()
            if "ONLY_ONE" not in os.environ:
                fetch("/more")
        """,
    )
    project.run().assert_outcomes(passed=1)
    monkeypatch.setenv("ONLY_ONE", "1")
    result = project.run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "UnplayedInteractionsError: 1 of 2 interactions in *test_get.yaml were not played:",
            "  GET http://127.0.0.1:*/more",
            "To record it anew: pytest --cassette-mode=rewrite test_it.py::test_get",
            "Or delete them from the file, or allow them with on_unplayed='ignore'.",
        ],
        consecutive=True,
    )


def test_a_recording_that_did_not_become_a_cassette_is_pointed_at(project):
    project.write("test_it.py", "def test_get(cassette, fetch): assert fetch() == b'bye'")
    project.run().assert_outcomes(failed=1)
    result = project.run("--cassette-mode=none")
    result.stdout.fnmatch_lines(
        [
            "*There is no such file yet: its recording was interrupted, or did not end well.",
            "*Recorded until then: cassettes/test_it/test_get.yaml.partial",
            "*The next recording starts afresh.",
            "*To record it: pytest --cassette-mode=new_episodes test_it.py::test_get",
        ]
    )


def test_unplayed_interactions_are_warned_about_where_that_is_said(project):
    source = "def test_get(cassette, fetch):\n    for path in {paths}: fetch(path)"
    project.write("test_it.py", source.format(paths=["/one", "/two"]))
    project.run().assert_outcomes(passed=1)
    project.path.joinpath("test_it.py").write_text(source.format(paths=["/one"]))
    message = [
        "*UnplayedWarning: 1 of 2 interactions in *test_get.yaml were not played:",
        "    GET http://127.0.0.1:*/two",
    ]
    result = project.run("--cassette-on-unplayed=warn", "-Wdefault")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*warnings summary*", "test_it.py::test_get", *message])
    result = project.run("--cassette-on-unplayed=warn", "-Werror")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([message[0], message[1][2:]], consecutive=True)
    result.stdout.no_fnmatch_line("*tapes/*.py:*")


def test_a_damaged_cassette_is_told_without_code_of_ours(project):
    project.write(
        "test_it.py",
        """
        def test_get(cassette, fetch):
            fetch()
        """,
    )
    project.run().assert_outcomes(passed=1)
    path = project.path / "cassettes" / "test_it" / "test_get.yaml"
    path.write_text(path.read_text().replace("recorded:", "recorder:"))
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["CassetteFormatError: *test_get.yaml:*recorder*"])
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_a_failing_test_leaves_no_cassette(project):
    project.write(
        "test_it.py",
        """
        def test_get(cassette, fetch):
            assert fetch() == b"something else"
        """,
    )
    project.run().assert_outcomes(failed=1)
    (left,) = (project.path / "cassettes" / "test_it").iterdir()
    assert left.name == "test_get.yaml.partial"


def test_hooks_of_the_marker_and_of_the_fixture_run_and_an_edit_is_told(project):
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.fixture(scope="session")
        def cassette_config():
            return {"before_record": lambda one: None if one.request.path == "/no" else one}

        @pytest.mark.cassette
        def test_left_out(fetch):
            fetch("/no")
            assert fetch("/yes")

        @pytest.mark.cassette(before_record=lambda one: one.with_response(text="changed"))
        def test_changed(fetch, tape):
            assert fetch() == (b"edited by hand" if tape.existed else b"hello")
        """,
    )
    project.run().assert_outcomes(passed=2)
    left_out = (project.path / "cassettes/test_it/test_left_out.yaml").read_text(encoding="utf-8")
    assert left_out.count("- call: ") == 1
    project.go_offline()
    project.edit("cassettes/test_it/test_changed.yaml", "      changed", "      edited by hand")
    run = project.run("-k", "changed", "-Wdefault")
    run.assert_outcomes(passed=1, deselected=1, warnings=1)
    run.stdout.fnmatch_lines(
        [
            "*EditedWarning: 1 of 1 interaction in *test_changed.yaml was edited by hand*",
            "Edited by hand, and played as edited:",
            "  cassettes/test_it/test_changed.yaml #0 GET http://127.0.0.1:*/",
            "  To make that the recording: cassette fix cassettes/test_it/test_changed.yaml",
        ]
    )
