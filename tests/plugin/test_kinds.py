"""Every kind of test that pytest runs can have a cassette."""

import pytest

QUIET = ("-o", "asyncio_default_fixture_loop_scope=function")
"""Some versions of pytest-asyncio warn where this is not said."""


@pytest.mark.parametrize(
    ("plugin", "arguments", "mark"),
    [
        ("pytest_asyncio.plugin", QUIET, "asyncio"),
        ("anyio.pytest_plugin", (), "anyio"),
    ],
    ids=["pytest-asyncio", "anyio"],
)
def test_a_coroutine_has_a_cassette(project, plugin, arguments, mark):
    project.write(
        "test_it.py",
        f"""
        import asyncio
        import pytest

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.{mark}
        @pytest.mark.cassette
        async def test_get(fetch):
            assert await asyncio.to_thread(fetch) == b"hello"

        @pytest.mark.{mark}
        async def test_argument(tape, fetch):
            assert fetch() == b"hello"
            assert tape.played + tape.recorded == 1
        """,
    )
    project.run(*arguments, plugins=[plugin]).assert_outcomes(passed=2)
    assert project.cassettes == [
        "cassettes/test_it/test_argument.yaml",
        "cassettes/test_it/test_get.yaml",
    ]
    project.go_offline()
    project.run(*arguments, "--cassette-on-unplayed=fail", plugins=[plugin]).assert_outcomes(
        passed=2
    )


def test_requests_of_an_async_fixture_are_in_the_cassette(project):
    project.write(
        "test_it.py",
        """
        import pytest
        import pytest_asyncio

        @pytest_asyncio.fixture
        async def token(fetch):
            yield fetch("/token")
            fetch("/logout")

        @pytest.mark.asyncio
        async def test_get(token, fetch, tape):
            assert fetch() == b"hello"
        """,
    )
    project.run(*QUIET, plugins=["pytest_asyncio.plugin"]).assert_outcomes(passed=1)
    assert project.calls("cassettes/test_it/test_get.yaml") == ["/token", "/", "/logout"]
    project.go_offline()
    project.run(
        *QUIET, "--cassette-on-unplayed=fail", plugins=["pytest_asyncio.plugin"]
    ).assert_outcomes(passed=1)


def test_a_unittest_class_has_cassettes_for_its_tests_with_what_set_up_asks_for(project):
    project.write(
        "test_it.py",
        """
        import unittest
        import pytest
        from conftest import get

        @pytest.mark.cassette(on_unplayed="fail")
        class TestIt(unittest.TestCase):
            def setUp(self):
                get("/login")

            def tearDown(self):
                get("/logout")

            def test_get(self):
                assert get("/one") == b"hello"

            @pytest.mark.cassette("named")
            def test_other(self):
                assert get("/two") == b"hello"

        class TestOne(unittest.IsolatedAsyncioTestCase):
            @pytest.mark.cassette
            async def test_get(self):
                assert get("/three") == b"hello"
        """,
    )
    project.run().assert_outcomes(passed=3)
    assert {name: project.calls(name) for name in project.cassettes} == {
        "cassettes/named.yaml": ["/login", "/two", "/logout"],
        "cassettes/test_it/TestIt.test_get.yaml": ["/login", "/one", "/logout"],
        "cassettes/test_it/TestOne.test_get.yaml": ["/three"],
    }
    project.go_offline()
    project.run().assert_outcomes(passed=3)


def test_a_doctest_asks_for_the_fixture(project):
    project.write(
        "shop.py",
        '''
        from conftest import get

        def price():
            """Return the price.

            >>> tape = getfixture("tape")
            >>> price()
            b'hello'
            """
            return get("/price")
        ''',
    )
    project.write(
        "guide.rst",
        """
        Prices::

            >>> tape = getfixture("tape")
            >>> from shop import price
            >>> price()
            b'hello'
        """,
    )
    arguments = ("--doctest-modules", "--doctest-glob=*.rst")
    project.run(*arguments).assert_outcomes(passed=2)
    assert project.cassettes == [
        "cassettes/guide/guide.rst.yaml",
        "cassettes/shop/shop.price.yaml",
    ]
    project.go_offline()
    project.run(*arguments).assert_outcomes(passed=2)


def test_an_autouse_fixture_gives_every_doctest_of_a_folder_a_cassette(project):
    project.write(
        "docs/conftest.py",
        """
        import pytest

        @pytest.fixture(autouse=True)
        def everywhere(tape):
            pass
        """,
    )
    project.write(
        "docs/guide.rst",
        """
        >>> getfixture("fetch")("/price")
        b'hello'
        """,
    )
    project.run("--doctest-glob=*.rst").assert_outcomes(passed=1)
    assert project.cassettes == ["docs/cassettes/guide/guide.rst.yaml"]


def test_the_marker_of_a_module_holds_for_its_doctests(project):
    project.write(
        "shop.py",
        '''
        """The shop.

        >>> get("/price")
        b'hello'
        """
        import pytest
        from conftest import get

        pytestmark = pytest.mark.cassette(on_unplayed="fail")
        ''',
    )
    project.run("--doctest-modules").assert_outcomes(passed=1)
    assert project.cassettes == ["cassettes/shop/shop.yaml"]


def test_cassettes_nest_and_the_inner_one_wins(project):
    project.write(
        "test_it.py",
        """
        import cassette

        def test_get(tape, cassette_dir, fetch):
            fetch("/outer")
            with cassette.use(cassette_dir / "inner.yaml"):
                fetch("/inner")
            fetch("/outer")
        """,
    )
    project.run().assert_outcomes(passed=1)
    assert {name: project.calls(name) for name in project.cassettes} == {
        "cassettes/inner.yaml": ["/inner"],
        "cassettes/test_it/test_get.yaml": ["/outer", "/outer"],
    }
    project.go_offline()
    project.run().assert_outcomes(passed=1)


def test_a_shared_cassette_answers_beside_that_of_the_test(project):
    project.write(
        "test_it.py",
        """
        from pathlib import Path
        import pytest

        @pytest.mark.cassette("auth")
        def test_login(fetch):
            fetch("/login")

        @pytest.mark.cassette(extra=["auth"])
        def test_get(fetch):
            fetch("/login")
            fetch("/users")

        @pytest.mark.cassette(extra=[Path(__file__).parent / "cassettes" / "auth.yaml"])
        def test_by_path(fetch):
            fetch("/users")
            fetch("/login")

        @pytest.mark.cassette(extra=["missing.yaml"])
        def test_missing(fetch):
            fetch("/users")
        """,
    )
    result = project.run()
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(
        [
            "CassetteNotFoundError: there is no cassette at cassettes/missing.yaml",
            "An extra cassette is only read: record it by itself, or leave it out.",
        ],
        consecutive=True,
    )
    assert {name: project.calls(name) for name in project.cassettes} == {
        "cassettes/auth.yaml": ["/login"],
        "cassettes/test_it/test_by_path.yaml": ["/users"],
        "cassettes/test_it/test_get.yaml": ["/users"],
    }
    project.go_offline()
    project.run("--cassette-on-unplayed=fail", "-k", "not missing").assert_outcomes(
        passed=3, deselected=1
    )
