"""The layers that give the options of a test, and which of them wins."""

import inspect

import pytest

import cassette

MODES = ["all", "new_episodes", "none", "once", "rewrite", "off", "none"]
"""What each layer gives, from the farthest to the nearest."""


@pytest.mark.parametrize("layers", range(len(MODES) + 1))
def test_the_nearest_layer_that_gives_an_option_wins(project, layers):
    ini, package, file, module, klass, function, command_line = (
        {"mode": mode} if at < layers else {} for at, mode in enumerate(MODES)
    )
    project.write("pytest.ini", "[pytest]\n" + (f"cassette_mode = {ini['mode']}" if ini else ""))
    project.write(
        "conftest.py",
        f"""
        @pytest.fixture(scope="session")
        def cassette_config():
            return dict(repeat=True, **{package})
        """,
    )
    project.write(
        "test_it.py",
        f"""
        import pytest

        pytestmark = pytest.mark.cassette(ignore=["header:Date"], **{module})

        @pytest.fixture
        def cassette_config(cassette_config):
            return dict(cassette_config, **{file})

        @pytest.mark.cassette(decode=True, **{klass})
        class TestIt:
            @pytest.mark.cassette(on_unplayed="warn", **{function})
            def test_get(self, cassette):
                assert cassette.mode == {["once", *MODES][layers]!r}
        """,
    )
    arguments = [f"--cassette-mode={command_line['mode']}"] if command_line else []
    project.run(*arguments).assert_outcomes(passed=1)


def test_the_fixture_of_a_package_holds_there_and_below(project):
    project.write(
        "shop/conftest.py",
        """
        import pytest

        @pytest.fixture(scope="package")
        def cassette_config():
            return {"mode": "off"}
        """,
    )
    for folder, mode in ((".", "once"), ("shop", "off"), ("shop/deep", "off")):
        project.write(f"{folder}/__init__.py", "")
        project.write(
            f"{folder}/test_it.py",
            f"""
            def test_get(cassette):
                assert cassette.mode == {mode!r}
            """,
        )
    project.run().assert_outcomes(passed=3)


def test_the_nearer_marker_wins_field_by_field(project):
    project.write(
        "test_it.py",
        """
        import pytest
        pytestmark = pytest.mark.cassette("shared", mode="none", repeat=True)

        @pytest.mark.cassette(mode="once")
        def test_get(cassette, fetch):
            fetch()
            assert cassette.path.name == "shared.yaml"
            assert cassette.mode == "once"
        """,
    )
    project.run().assert_outcomes(passed=1)


WRONG_MODE = [
    "there is no record mode 'nones'; did you mean 'none'?",
    f"Modes: {', '.join(cassette.RecordMode)}",
]
WRONG_NAME = [
    "there is no option 'match_one'; did you mean 'match_on'?",
    "Options: " + ", ".join(["name", *list(inspect.signature(cassette.use).parameters)[1:]]),
]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("mode='nones'", WRONG_MODE),
        ("match_one=['uri']", WRONG_NAME),
        ("extra=['../a']", ["'../a' is no name for a cassette below *", "A name is relative, *"]),
    ],
    ids=["value", "name", "extra"],
)
@pytest.mark.parametrize(
    ("where", "source"),
    [
        ("test_it.py", "pytestmark = {}\ndef test_get(): pass"),
        ("test_it.py::TestIt", "@{}\nclass TestIt:\n    def test_get(self): pass"),
        ("test_it.py::test_get", "@{}\ndef test_get(): pass"),
    ],
    ids=["module", "class", "function"],
)
def test_a_wrong_option_of_a_marker_is_a_usage_error(project, where, source, options, message):
    marker = f"pytest.mark.cassette({options})"
    project.write("test_it.py", f"import pytest\n{source.format(marker)}")
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    first, *rest = message
    lines = [f"ERROR: {where}: @pytest.mark.cassette: {first}", *rest]
    result.stderr.fnmatch_lines(lines, consecutive=True)


def test_a_wrong_option_of_a_marker_fails_its_test_where_workers_run_it(project):
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.mark.cassette(match_one=["uri"])
        def test_get(): pass

        def test_other(): pass
        """,
    )
    result = project.run("-n1", plugins=["xdist.plugin"])
    result.assert_outcomes(passed=1, errors=1)
    first, *rest = WRONG_NAME
    result.stdout.fnmatch_lines(
        [f"OptionError: test_it.py::test_get: @pytest.mark.cassette: {first}", *rest],
        consecutive=True,
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("'a', 'b'", [" takes one name, not 2: ('a', 'b')", WRONG_NAME[1]]),
        ("'a', name='b'", [" takes one name, not 2: ('a', 'b')", WRONG_NAME[1]]),
        ("3", [": the name of a cassette is a text, not 3"]),
        ("name='../a'", [": '../a' is no name for a cassette below *"]),
    ],
)
def test_a_marker_takes_one_name(project, arguments, message):
    project.write(
        "test_it.py",
        f"""
        import pytest

        @pytest.mark.cassette({arguments})
        def test_get(): pass
        """,
    )
    first, *rest = message
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: test_it.py::test_get: @pytest.mark.cassette{first}", *rest], consecutive=True
    )


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ("{'mode': 'nones'}", WRONG_MODE),
        ("{'match_one': ['uri']}", WRONG_NAME),
        ("['mode']", ["expected a dict of options, found ['mode']", WRONG_NAME[1]]),
        ("None", ["expected a dict of options, found None", WRONG_NAME[1]]),
    ],
)
def test_a_wrong_option_of_the_fixture_fails_the_tests_that_use_it(project, returned, message):
    project.write(
        "test_it.py",
        f"""
        import pytest

        @pytest.fixture(scope="module")
        def cassette_config():
            return {returned}

        def test_get(cassette): pass
        """,
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    first, *rest = (line.replace("[", "[[]") for line in message)
    result.stdout.fnmatch_lines(
        [f"OptionError: test_it.py::test_get: the fixture cassette_config: {first}", *rest],
        consecutive=True,
    )
    result.stdout.no_fnmatch_line("*settings.py*")


def test_hosts_of_the_command_line_are_added_to_those_of_the_test(project):
    project.write("pytest.ini", "[pytest]\ncassette_allow_hosts = elsewhere.example")
    project.write(
        "test_it.py",
        """
        import pytest

        @pytest.mark.cassette(mode="none", allow_hosts="127.0.0.1")
        def test_get(cassette, fetch):
            fetch()

        @pytest.mark.cassette(mode="none", allow_hosts="127.0.0.1")
        def test_single(cassette, fetch):
            fetch()

        @pytest.mark.cassette(mode="none", allow_hosts=["other.example"])
        def test_other(cassette, fetch):
            fetch()
        """,
    )
    project.run("--cassette-allow-hosts=a.example").assert_outcomes(passed=2, failed=1)
    project.run("--cassette-allow-hosts=a.example,127.0.0.*").assert_outcomes(passed=3)
    project.run("--cassette-allow-hosts=a.example", "--cassette-allow-hosts=127.*").assert_outcomes(
        passed=3
    )
