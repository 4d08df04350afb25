"""Which tests have a cassette, by which name, and what a project's own fixtures change in it."""

import pytest

CALLS = {"cassettes/test_it/test_get.yaml": ["/"]}


def calls(project):
    return {name: project.calls(name) for name in project.cassettes}


@pytest.mark.parametrize("names", ["tape", "cassette", "tape, cassette", "cassette, tape"])
@pytest.mark.parametrize("mark", ["", "@pytest.mark.cassette"])
def test_both_names_are_one_object(project, names, mark):
    project.write(
        "test_it.py",
        f"""
        import pytest

        {mark}
        def test_get({names}, fetch, request):
            fetch()
            one, other = map(request.getfixturevalue, ["tape", "cassette"])
            assert one is other is {names.partition(",")[0]}
            assert (one.played, one.recorded) in [(0, 1), (1, 0)]
        """,
    )
    project.run().assert_outcomes(passed=1)
    assert calls(project) == CALLS
    project.go_offline()
    project.run("--cassette-on-unplayed=fail").assert_outcomes(passed=1)


@pytest.mark.parametrize("name", ["tape", "cassette"])
@pytest.mark.parametrize("scope", ["function", "session"])
def test_a_fixture_of_the_project_with_one_of_our_names_is_its_own(project, name, scope):
    other = {"tape": "cassette", "cassette": "tape"}[name]
    project.write(
        "conftest.py",
        f"""
        @pytest.fixture(scope={scope!r})
        def {name}():
            return "measure"
        """,
    )
    project.write(
        "test_it.py",
        f"""
        import pytest

        def test_own({name}, fetch):
            assert {name} == "measure"
            fetch("/live")

        @pytest.mark.cassette
        def test_marked({name}, fetch):
            assert {name} == "measure"
            fetch("/marked")

        @pytest.mark.cassette
        def test_only_marked(fetch):
            fetch("/only")

        def test_other({name}, {other}, fetch):
            assert {name} == "measure"
            fetch("/other")
            assert {other}.recorded + {other}.played == 1

        @pytest.mark.parametrize({other!r}, ["measure"])
        def test_parameter({other}, fetch):
            assert {other} == "measure"
            fetch("/live")
        """,
    )
    project.run().assert_outcomes(passed=5)
    assert calls(project) == {
        "cassettes/test_it/test_marked.yaml": ["/marked"],
        "cassettes/test_it/test_only_marked.yaml": ["/only"],
        "cassettes/test_it/test_other.yaml": ["/other"],
    }
    project.go_offline()
    project.run("-k", "marked or other").assert_outcomes(passed=3, deselected=2)


@pytest.mark.parametrize("name", ["tape", "cassette"])
def test_a_fixture_that_builds_on_ours_has_the_cassette_in_force_before_all_others(project, name):
    project.write(
        "conftest.py",
        f"""
        @pytest.fixture
        def token(fetch):
            fetch("/token")

        @pytest.fixture
        def {name}(token, {name}):
            return {name}
        """,
    )
    project.write("test_it.py", f"def test_get(token, {name}, fetch): fetch()")
    project.run().assert_outcomes(passed=1)
    assert calls(project) == {"cassettes/test_it/test_get.yaml": ["/token", "/"]}


def test_the_marker_stands_for_a_fixture_cassette_of_the_project_that_uses_another_path(project):
    project.write(
        "conftest.py",
        """
        import cassette as tapes

        @pytest.fixture
        def cassette(cassette_dir):
            with tapes.use(cassette_dir / "own.yaml") as tape:
                yield tape
        """,
    )
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.mark.cassette
        def test_get(fetch):
            fetch()
        """,
    )
    project.run().assert_outcomes(passed=1)
    assert calls(project) == {"cassettes/own.yaml": ["/"]}


@pytest.mark.parametrize("name", ["tape", "cassette"])
def test_a_fixture_of_the_test_is_made_while_the_cassette_is_in_force(project, name):
    project.write(
        "test_it.py",
        f"""
        import pytest

        @pytest.fixture
        def token(fetch):
            fetch("/token")
            yield
            fetch("/logout")

        @pytest.fixture(autouse=True)
        def always(fetch):
            fetch("/always")

        def test_argument(token, {name}, fetch):
            fetch()

        @pytest.mark.cassette
        def test_marker(token, fetch):
            fetch()
        """,
    )
    project.run().assert_outcomes(passed=2)
    expected = ["/always", "/token", "/", "/logout"]
    assert calls(project) == {
        "cassettes/test_it/test_argument.yaml": expected,
        "cassettes/test_it/test_marker.yaml": expected,
    }


@pytest.mark.parametrize("scope", ["class", "module", "package", "session"])
@pytest.mark.parametrize("name", ["tape", "cassette"])
def test_a_fixture_that_lives_longer_is_made_outside_the_cassette_of_the_first_test(
    project, name, scope
):
    project.write(
        "test_it.py",
        f"""
        import pytest
        import cassette as tapes

        @pytest.fixture(scope={scope!r})
        def token(fetch, pytestconfig):
            with tapes.use(
                pytestconfig.rootpath / "token.yaml", mode=pytestconfig.getoption("cassette_mode")
            ):
                yield fetch("/token")
                fetch("/logout")

        class TestIt:
            @pytest.mark.cassette
            def test_one(self, token, fetch):
                fetch("/one")

            def test_two(self, token, {name}, fetch):
                fetch("/two")
        """,
    )
    project.run().assert_outcomes(passed=2)
    assert calls(project) == {
        "cassettes/test_it/TestIt.test_one.yaml": ["/one"],
        "cassettes/test_it/TestIt.test_two.yaml": ["/two"],
        "token.yaml": ["/token", "/logout"],
    }
    project.go_offline()
    project.run("--cassette-mode=none", "-k", "test_two").assert_outcomes(passed=1, deselected=1)


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.cassette\ndef test_get(fetch): fetch()",
        "@pytest.mark.cassette\nclass TestIt:\n    def test_get(self, fetch): fetch()",
        "pytestmark = pytest.mark.cassette\ndef test_get(fetch): fetch()",
    ],
    ids=["function", "class", "module"],
)
def test_the_marker_alone_is_enough(project, source):
    project.write("test_it.py", f"import pytest\n{source}")
    project.run().assert_outcomes(passed=1)
    assert len(list((project.path / "cassettes").rglob("*.yaml"))) == 1


def test_a_project_may_mark_its_tests_when_they_are_collected(project):
    project.write(
        "conftest.py",
        """
        def pytest_collection_modifyitems(items):
            for item in items:
                item.add_marker(pytest.mark.cassette("all-of-them"))
        """,
    )
    project.write("test_it.py", "def test_get(fetch): fetch()")
    project.run().assert_outcomes(passed=1)
    assert project.cassettes == ["cassettes/all-of-them.yaml"]
