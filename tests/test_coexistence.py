"""The plugin beside others that are installed with it: each keeps its names and its meaning.

Every plugin is installed into a folder of its own, since some cannot be loaded together, and a
miniature project runs twice with that folder on its path: while the server answers, and after it
has gone. Of the plugins in this environment it loads ours alone.
"""

import functools
import http.server
import os
import re
import subprocess
import sys
from importlib.metadata import entry_points

import optional
import pytest
from servers.threads import Hello, serving


@pytest.fixture(scope="session")
def install(tmp_path_factory):
    """Return a function that installs distributions, and nothing that they depend on."""

    @functools.cache
    def install(*names):
        folder = tmp_path_factory.mktemp("installed")
        pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps"]
        done = subprocess.run(
            [*pip, "--quiet", "--target", folder, *names],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            optional.give_up(f"pip cannot install {names[0]}: {done.stderr.strip()[-300:]}")
        return str(folder)

    return install


class Project:
    """A miniature project, and the server that its tests record from."""

    def __init__(self, pytester, server):
        self.pytester = pytester
        self.path = pytester.path
        self.server = server
        self.entries = set()

    def run(self, *arguments, passed, errors=0):
        blocked = {entry.name for entry in entry_points(group="pytest11")}
        blocked -= {"cassette", *self.entries}
        result = self.pytester.runpytest_subprocess(
            *[f"-pno:{name}" for name in blocked], *arguments
        )
        result.assert_outcomes(passed=passed, errors=errors)
        return result

    def run_twice(self, *arguments, passed):
        """Record, and replay without the server."""
        self.run(*arguments, passed=passed)
        self.stop()
        return self.run(*arguments, passed=passed)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def cassettes(self):
        return sorted(path.name for path in self.path.rglob("cassettes/test_ours/*.yaml"))


@pytest.fixture
def beside(pytester, install, monkeypatch):
    """Return a function that gives a project with one more plugin.

    It installs the distributions for it, each tuple of them into one folder.
    """
    monkeypatch.delenv("CI", raising=False)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    pytester.makeconftest(
        f"""
        import pytest

        @pytest.fixture
        def url():
            return "http://127.0.0.1:{server.server_port}"
        """
    )
    pytester.makepyfile(
        test_ours="""
        import pytest
        from urllib.request import urlopen

        def test_fixture(tape, url):
            assert urlopen(url).read() == b"hello"
            assert tape.recorded + tape.played == 1

        @pytest.mark.cassette
        def test_marker(url):
            assert urlopen(url).read() == b"hello"
        """
    )
    project = Project(pytester, server)

    def start(entry, *distributions):
        project.entries = {entry}
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(install(*d) for d in distributions))
        return project

    with serving(server):
        yield start


OURS = ["test_fixture.yaml", "test_marker.yaml"]
VCRPY = ("vcrpy", "wrapt")


NAMES = re.compile(
    r"^  (--[\w-]+)"  # an option of the command line
    r"|^  (\w+) \((?:string|bool|linelist|args|paths)\)"  # of the ini file
    r"|^@pytest\.mark\.(\w+)"
    r"|^(\w+)(?: \[\w+ scope\])? -- ",  # a fixture
    re.MULTILINE,
)


@pytest.mark.parametrize("listing", ["--help", "--markers", "--fixtures"])
def test_every_name_that_we_add_but_one_starts_with_our_word(listing, pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def names(*plugins):
        said = pytester.runpytest(*plugins, listing).stdout.str()
        return {name for found in NAMES.findall(said) for name in found if name}

    added = names("-pcassette.pytest_plugin") - names()
    assert added
    added.remove("tape") if listing == "--fixtures" else None
    assert {name.removeprefix("--")[:8] for name in added} == {"cassette"}


@pytest.mark.parametrize(
    ("entry", "distribution", "options"),
    [("recording", "pytest-recording", "--record-mode"), ("vcr", "pytest-vcr", "--vcr-record")],
    ids=["pytest-recording", "pytest-vcr"],
)
def test_plugins_on_vcrpy_keep_their_marker_and_options(beside, entry, distribution, options):
    project = beside(entry, (distribution,), VCRPY)
    project.pytester.makepyfile(
        test_theirs="""
        import pytest
        from urllib.request import urlopen

        @pytest.mark.vcr
        def test_vcr(url):
            assert urlopen(url).read() == b"hello"
        """
    )
    project.run_twice(f"{options}=once", passed=3)
    assert project.cassettes == OURS
    text = next(project.path.rglob("test_vcr.yaml")).read_text()
    assert text.startswith("interactions:\n- request:\n")


def test_under_block_network_of_pytest_recording_a_cassette_still_replays(beside):
    project = beside("recording", ("pytest-recording",), VCRPY)
    project.run(passed=2)
    project.run("--block-network", passed=2)


CASSETTER = """
    import pytest, requests

    @pytest.fixture
    def ours(cassette):
        return cassette

    @pytest.mark.vcr
    def test_vcr(cassette, vcr, url):
        assert requests.get(url, timeout=5).text == "hello"
        assert cassette is vcr
        assert type(cassette).__module__.partition(".")[0] == "cassetter"

    def test_through_a_fixture(ours, url):
        assert requests.get(url, timeout=5).text == "hello"
        assert type(ours).__module__ == "cassette.tapes.tape"

    @pytest.mark.usefixtures("cassette")
    def test_used(url):
        assert requests.get(url, timeout=5).text == "hello"

    def test_by_our_name(tape, request, url):
        assert requests.get(url, timeout=5).text == "hello"
        assert request.getfixturevalue("cassette") is tape

    @pytest.mark.cassette
    def test_marked(url, request):
        assert requests.get(url, timeout=5).text == "hello"
        assert request.getfixturevalue("cassette") is request.getfixturevalue("tape")

    def test_plain(request):
        assert request.getfixturevalue("cassette") is None
    """


@pytest.mark.parametrize("first", ["cassette", "cassetter"])
def test_every_test_has_the_fixture_of_the_plugin_that_it_is_for(beside, first):
    project = beside("cassetter", ("cassetter",))
    project.pytester.makepyfile(test_theirs=CASSETTER)
    project.run_twice(f"-p{first}", "--record-mode=once", passed=8)
    assert project.cassettes == OURS
    theirs = sorted(path.name for path in project.path.rglob("cassettes/test_theirs/*.yaml"))
    names = ["by_our_name", "marked", "through_a_fixture", "used", "vcr"]
    assert theirs == [f"test_{name}.yaml" for name in names]


@pytest.mark.parametrize(
    ("test", "clash", "remedy"),
    [
        (
            "@pytest.mark.cassette\ndef test_both(): pass",
            "is marked 'cassette', for pytest-cassette, and 'vcr', for cassetter",
            "Take one of the marks away",
        ),
        (
            "def test_both(tape): pass",
            "asks for 'tape', of pytest-cassette, and is marked 'vcr', for cassetter",
            "Take the fixture or the mark away",
        ),
    ],
    ids=["marker", "fixture"],
)
def test_a_test_that_is_marked_for_cassetter_too_is_told_what_to_do(beside, test, clash, remedy):
    project = beside("cassetter", ("cassetter",))
    project.pytester.makepyfile(test_theirs=f"import pytest\n\n@pytest.mark.vcr\n{test}")
    result = project.run("test_theirs.py", passed=0, errors=1)
    result.stdout.fnmatch_lines(
        [
            (
                f"OptionError: test_theirs.py::test_both {clash}: "
                "a test can have a cassette of one of them only"
            ),
            f"{remedy}, or switch cassetter off: pytest -p no:cassetter",
        ],
        consecutive=True,
    )


def test_without_cassetter_or_without_us_the_other_is_as_if_alone(beside):
    project = beside("cassetter", ("cassetter",))
    project.run("-pno:cassetter", passed=2)
    project.pytester.makepyfile(
        test_ours="""
        import pytest

        @pytest.mark.vcr
        def test_vcr(cassette):
            assert type(cassette).__module__.partition(".")[0] == "cassetter"
        """
    )
    project.run("-pno:cassette", passed=1)


def test_httpx_mock_answers_httpx_and_the_cassette_the_rest(beside):
    project = beside("pytest_httpx", ("pytest-httpx",))
    project.pytester.makepyfile(
        test_theirs="""
        import httpx
        from urllib.request import urlopen

        def test_mock(httpx_mock, url):
            httpx_mock.add_response(text="mocked")
            assert httpx.get(url).text == "mocked"

        def test_tape(cassette, url):
            assert httpx.get(url).text == "hello"

        def test_both(httpx_mock, cassette, url):
            httpx_mock.add_response(text="mocked")
            assert httpx.get(url).text == "mocked"
            assert urlopen(url).read() == b"hello"
            assert cassette.recorded + cassette.played == 1
        """
    )
    project.run_twice(passed=5)
    assert project.cassettes == OURS


def test_stubs_of_responses_answer_their_calls_and_the_cassette_the_rest(beside):
    project = beside("responses")
    project.pytester.makepyfile(
        test_theirs="""
        import requests, responses

        @responses.activate(assert_all_requests_are_fired=True)
        def test_both(cassette, url):
            responses.get(url + "/stub", body="stub")
            assert requests.get(url + "/stub", timeout=5).text == "stub"
            assert requests.get(url, timeout=5).text == "hello"
            assert cassette.recorded + cassette.played == 1
        """
    )
    project.run_twice(passed=3)


def test_with_sockets_disabled_by_pytest_socket_a_cassette_replays(beside):
    project = beside("socket", ("pytest-socket",))
    project.pytester.makepyfile(
        test_theirs="""
        import pytest, pytest_socket, requests, socket
        from urllib.request import urlopen

        def test_requests(cassette, url):
            with requests.Session() as session:
                assert session.get(url, timeout=5).text == "hello"
                assert session.get(url + "/2", timeout=5).text == "hello"

        def test_blocked(socket_disabled):
            with pytest.raises(pytest_socket.SocketBlockedError):
                socket.socket()
        """
    )
    project.run(passed=4)
    project.run("--disable-socket", passed=4)


def test_what_pytest_socket_refuses_is_not_recorded(beside):
    project = beside("socket", ("pytest-socket",))
    project.pytester.makepyfile(
        test_ours="""
        import contextlib, pytest_socket
        from urllib.request import urlopen

        def test_swallowed(cassette, url):
            with contextlib.suppress(pytest_socket.SocketBlockedError):
                urlopen(url)
        """
    )
    project.run("--disable-socket", passed=1)
    assert project.cassettes == []


ASYNC = """
    import asyncio, pytest
    from urllib.request import urlopen

    @pytest.mark.asyncio
    async def test_theirs(cassette, url):
        assert await asyncio.to_thread(lambda: urlopen(url).read()) == b"hello"
    """

FLAKY = """
    from urllib.request import urlopen

    attempts = []

    def test_theirs(cassette, url):
        attempts.append(urlopen(url).read())
        assert cassette.recorded + cassette.played == 1
        assert len(attempts) == 2
    """

SEEDED = """
    def test_theirs(request):
        assert request.config.getoption("randomly_seed") == 1
    """


@pytest.mark.parametrize(
    ("entry", "distributions", "options", "theirs"),
    [
        ("asyncio", (), ("--asyncio-mode=strict",), ASYNC),
        ("xdist", (), ("-n2",), "def test_theirs(worker_id): assert worker_id != 'master'"),
        ("rerunfailures", (), ("--reruns=1",), FLAKY),
        ("randomly", [("pytest-randomly",)], ("--randomly-seed=1",), SEEDED),
    ],
    ids=["pytest-asyncio", "pytest-xdist", "pytest-rerunfailures", "pytest-randomly"],
)
def test_what_runs_tests_in_other_ways_runs_ours(beside, entry, distributions, options, theirs):
    project = beside(entry, *distributions)
    project.pytester.makepyfile(test_theirs=theirs)
    project.run_twice(*options, passed=3)
    assert project.cassettes == OURS


def test_those_that_do_not_clash_go_all_together(beside):
    names = ("pytest-randomly", "pytest-socket", "pytest-httpx")
    project = beside("", *[(name,) for name in names])
    project.entries = {"asyncio", "xdist", "rerunfailures"}
    project.pytester.makepyfile(test_async=ASYNC, test_flaky=FLAKY)
    options = ("-n2", "--reruns=1", "--asyncio-mode=strict")
    project.run(*options, passed=4)
    project.stop()
    project.run(*options, "--disable-socket", "--allow-unix-socket", passed=4)
