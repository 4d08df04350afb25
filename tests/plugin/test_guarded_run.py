"""The network guard of a run, and that of a replay, as a test meets them."""

import optional
import pytest

REACHING = """
import contextlib
import socket

import pytest

def reach(host="127.0.0.1", port={port}):
    socket.create_connection((host, port)).close()
"""

ADVICE = (
    "Record it into a cassette with @pytest.mark.cassette, or let the host through: "
    "--cassette-allow-hosts=127.0.0.1"
)


@pytest.fixture
def reaching(project):
    """A project whose tests can reach the server past every cassette."""
    project.write("test_it.py", REACHING.format(port=project.server.server_port))
    return project


def blocked(project, what):
    """The first line of an error about a connection to the server."""
    return (
        f"BlockedNetworkError: a connection to 127.0.0.1:{project.server.server_port} was blocked: "
        f"{what} may not reach the network (--cassette-block-network)"
    )


def test_every_phase_of_a_test_is_guarded(reaching):
    reaching.write(
        "test_it.py",
        """
        @pytest.fixture
        def early():
            reach()

        @pytest.fixture
        def late():
            yield
            reach()

        def test_setup(early): pass
        def test_call(): reach()
        def test_teardown(late): pass
        """,
    )
    result = reaching.run("--cassette-block-network")
    result.assert_outcomes(failed=1, passed=1, errors=2)
    for phase in ("setup", "call", "teardown"):
        result.stdout.fnmatch_lines(
            [
                f"E   *cassette.errors.{blocked(reaching, f'test_it.py::test_{phase}')}",
                "E   *  by test_it.reach (test_it.py:7)",
                f"E   *{ADVICE}",
            ],
            consecutive=True,
        )
    result.stdout.no_fnmatch_line("*patching/network/guard.py*")
    reaching.run().assert_outcomes(passed=3)


def test_a_swallowed_attempt_fails_the_phase_in_which_it_was_made(reaching):
    reaching.write(
        "test_it.py",
        """
        def quietly():
            with contextlib.suppress(Exception):
                reach()

        @pytest.fixture
        def early():
            quietly()

        @pytest.fixture
        def late():
            yield
            quietly()

        def test_setup(early): pass
        def test_call(): quietly()
        def test_teardown(late): pass
        """,
    )
    result = reaching.run("--cassette-block-network")
    result.assert_outcomes(failed=1, passed=1, errors=2)
    for phase, header in (
        ("setup", "*ERROR at setup of test_setup*"),
        ("teardown", "*ERROR at teardown of test_teardown*"),
        ("call", "*_ test_call _*"),
    ):
        result.stdout.fnmatch_lines(
            [
                header,
                blocked(reaching, f"test_it.py::test_{phase}"),
                "  by test_it.reach (test_it.py:7)",
                ADVICE,
            ],
            consecutive=True,
        )


@pytest.mark.parametrize("source", ["reach()", "with contextlib.suppress(Exception): reach()"])
def test_the_collection_is_guarded(reaching, source):
    reaching.write("test_it.py", f"{source}\ndef test_it(): pass")
    result = reaching.run("--cassette-block-network")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*ERROR collecting test_it.py*", f"*{blocked(reaching, 'the collection of test_it.py')}"]
    )
    reaching.run().assert_outcomes(passed=1)


def test_what_a_test_records_is_let_through_and_what_goes_past_it_is_not(reaching):
    reaching.write(
        "test_it.py",
        """
        def test_recorded(cassette, fetch):
            assert fetch() == b"hello"

        def test_both(cassette, fetch):
            fetch()
            reach()
        """,
    )
    result = reaching.run("--cassette-block-network")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"E   *{blocked(reaching, 'test_it.py::test_both')}"])
    assert reaching.cassettes == [
        "cassettes/test_it/test_both.yaml.partial",
        "cassettes/test_it/test_recorded.yaml",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--cassette-allow-hosts=elsewhere.example,127.0.0.0/8"],
        ["--cassette-allow-hosts=elsewhere.example", "--cassette-allow-hosts=localhost"],
        ["-o", "cassette_allow_hosts=127.0.0.1"],
        ["-o", "cassette_allow_hosts=127.0.0.1", "--cassette-allow-hosts=elsewhere.example"],
    ],
)
def test_allowed_hosts_are_let_through(reaching, arguments):
    reaching.write("test_it.py", "def test_it(): reach()")
    reaching.run("--cassette-block-network", *arguments).assert_outcomes(passed=1)


def test_the_ini_file_can_block_the_network(reaching):
    reaching.write("pytest.ini", "[pytest]\ncassette_block_network = true")
    reaching.write("test_it.py", "def test_it(): reach()")
    reaching.run().assert_outcomes(failed=1)
    reaching.run("-o", "cassette_block_network=false").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (["--cassette-allow-hosts=10.0.0.0/99"], "--cassette-allow-hosts"),
        (["-o", "cassette_allow_hosts=10.0.0.0/99"], "cassette_allow_hosts in the ini options"),
    ],
)
def test_a_wrong_host_is_a_usage_error(reaching, arguments, where):
    result = reaching.run("--cassette-block-network", *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [
            f"ERROR: {where}: '10.0.0.0/99' in allow_hosts is no network",
            (
                "A host is a name, an address or a pattern, with a port or without, or a network: "
                "localhost, [*].local, 127.0.0.1:8080, [[]::1[]]:8080, 10.0.0.0/8"
            ),
        ],
        consecutive=True,
    )


def test_on_replay_what_goes_past_the_cassette_is_refused_by_default(reaching):
    reaching.write(
        "test_it.py",
        """
        def test_it(cassette, fetch):
            fetch()
            with contextlib.suppress(Exception):
                reach()
        """,
    )
    reaching.run("-Wignore").assert_outcomes(passed=1)
    result = reaching.run()
    result.assert_outcomes(failed=1)
    path = "cassettes/test_it/test_it.yaml"
    result.stdout.fnmatch_lines(
        [
            (
                f"BlockedNetworkError: a connection to 127.0.0.1:{reaching.server.server_port} "
                f"was blocked: {path} is in use and only replays (record mode: once)"
            ),
            "  by test_it.reach (test_it.py:7)",
            (
                "Use a client that cassettes replay (all that is built on http.client, such as "
                "requests, urllib3 and boto3, httpx, aiohttp), or let the host through: "
                "allow_hosts=[[]'127.0.0.1'[]]."
            ),
        ],
        consecutive=True,
    )
    reaching.run("--cassette-allow-hosts=localhost").assert_outcomes(passed=1)


@pytest.fixture
def passing_by(reaching):
    """A test that records, and reaches the server past its cassette too."""
    reaching.write("test_it.py", "def test_it(cassette, fetch): fetch(), reach()")
    reaching.told = (
        f"a connection to 127.0.0.1:{reaching.server.server_port} went past "
        "cassettes/test_it/test_it.yaml: "
        "it is not in the cassette, and a replay will refuse it"
    )
    return reaching


def test_what_goes_past_a_recording_is_among_the_warnings(passing_by):
    result = passing_by.run("-Wdefault")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(
        [
            f"*UnrecordedWarning: {passing_by.told}",
            "    by test_it.reach (test_it.py:7)",
            "  Use a client that cassettes replay (*, or let the host through: *",
        ]
    )
    assert passing_by.cassettes == ["cassettes/test_it/test_it.yaml"]
    passing_by.run("-Werror", "--cassette-mode=rewrite", "--cassette-allow-hosts=localhost")


def test_a_project_may_fail_what_goes_past_a_recording(passing_by):
    result = passing_by.run("-Werror::cassette.UnrecordedWarning")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_it*",
            f"UnrecordedWarning: {passing_by.told}",
            "  by test_it.reach (test_it.py:7)",
            "Use a client that cassettes replay *",
            "*the recording*",
            "*test_it.yaml was not written, since the test did not end well.",
        ],
        consecutive=True,
    )
    assert passing_by.cassettes == ["cassettes/test_it/test_it.yaml.partial"]


def test_a_test_that_expects_to_be_refused_has_a_block_of_its_own(reaching):
    reaching.write(
        "test_it.py",
        """
        import cassette as cassettes

        def test_it():
            with cassettes.block_network() as guard:
                with pytest.raises(cassettes.BlockedNetworkError):
                    reach()
                guard.errors.clear()
        """,
    )
    reaching.run("--cassette-block-network").assert_outcomes(passed=1)


def test_unittest_classes_coroutines_and_doctests_are_guarded(reaching):
    reaching.write(
        "test_it.py",
        '''
        import asyncio
        import unittest

        class TestIt(unittest.TestCase):
            def test_it(self): reach()

        @pytest.mark.anyio
        async def test_async(): await asyncio.open_connection("127.0.0.1", 1)

        @pytest.fixture
        def anyio_backend(): return "asyncio"

        def documented():
            """
            >>> reach()
            """
        ''',
    )
    arguments = ("--doctest-modules", "--cassette-block-network")
    result = reaching.run(*arguments, plugins=["anyio.pytest_plugin"])
    result.assert_outcomes(failed=3)
    for name in ("TestIt::test_it", "test_async", "test_it.documented"):
        result.stdout.fnmatch_lines([f"*test_it.py::{name} may not reach the network*"])


def test_workers_and_reruns_do_their_own_business(reaching):
    optional.need("xdist", "pytest_rerunfailures")
    reaching.write(
        "test_it.py",
        """
        @pytest.mark.parametrize("n", range(4))
        def test_good(n): pass

        def test_bad(): reach()
        """,
    )
    arguments = ("-n2", "--reruns=1", "--cassette-block-network")
    result = reaching.pytester.runpytest_subprocess(
        "-pcassette.pytest_plugin", "-pxdist", "-ppytest_rerunfailures", *arguments
    )
    result.stdout.fnmatch_lines([f"E   *{blocked(reaching, 'test_it.py::test_bad')}"])
    assert result.parseoutcomes() == {"passed": 4, "failed": 1, "rerun": 1}


def test_the_option_is_in_the_help(project):
    result = project.run("--help")
    result.stdout.fnmatch_lines(["*--cassette-block-network", "*cassette_block_network (bool)*"])
