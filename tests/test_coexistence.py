"""The plugin beside others that are installed with it: each keeps its names and its meaning.

Every plugin is installed into a folder of its own, since some cannot be loaded together, and a
miniature project runs twice with that folder on its path: while the server answers, and after it
has gone. Of the plugins in this environment it loads ours alone.
"""

import functools
import http.server
import os
import subprocess
import sys
import threading
from importlib.metadata import entry_points

import pytest

REQUIRED = os.environ.get("CASSETTE_REQUIRE_SERVERS") == "1"


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
        if done.returncode and not REQUIRED:
            pytest.skip(f"pip cannot install {names[0]}: {done.stderr.strip()[-300:]}")
        assert done.returncode == 0, done.stderr
        return str(folder)

    return install


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/broken":
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *args):
        pass


class Project:
    """A miniature project, and the server that its tests record from."""

    def __init__(self, pytester, server):
        self.pytester = pytester
        self.path = pytester.path
        self.server = server
        self.entry = ""

    def run(self, *arguments, passed, errors=0):
        blocked = {entry.name for entry in entry_points(group="pytest11")}
        blocked -= {"cassette", self.entry}
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
    """Return a function that gives a project in which one more plugin is installed."""
    monkeypatch.delenv("CI", raising=False)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
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

        def test_fixture(cassette, url):
            assert urlopen(url).read() == b"hello"
            assert cassette.recorded + cassette.played == 1

        @pytest.mark.cassette
        def test_marker(url):
            assert urlopen(url).read() == b"hello"
        """
    )
    project = Project(pytester, server)

    def start(entry, *distributions):
        project.entry = entry
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(install(*d) for d in distributions))
        return project

    yield start
    project.stop()


OURS = ["test_fixture.yaml", "test_marker.yaml"]
VCRPY = ("vcrpy", "wrapt")


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
        assert type(ours).__module__ == "cassette.deck"

    @pytest.mark.usefixtures("cassette")
    def test_used(url):
        assert requests.get(url, timeout=5).text == "hello"

    def test_plain(request):
        assert request.getfixturevalue("cassette") is None
    """


@pytest.mark.parametrize("first", ["cassette", "cassetter"])
def test_every_test_has_the_fixture_of_the_plugin_that_it_is_for(beside, first):
    project = beside("cassetter", ("cassetter",))
    project.pytester.makepyfile(test_theirs=CASSETTER)
    project.run_twice(f"-p{first}", "--record-mode=once", passed=6)
    assert project.cassettes == OURS
    theirs = sorted(path.name for path in project.path.rglob("cassettes/test_theirs/*.yaml"))
    assert theirs == ["test_through_a_fixture.yaml", "test_used.yaml", "test_vcr.yaml"]


def test_a_test_that_is_marked_for_cassetter_too_is_told_what_to_do(beside):
    project = beside("cassetter", ("cassetter",))
    project.pytester.makepyfile(
        test_theirs="""
        import pytest

        @pytest.mark.vcr
        @pytest.mark.cassette
        def test_both(): pass
        """
    )
    result = project.run("test_theirs.py", passed=0, errors=1)
    result.stdout.fnmatch_lines(
        [
            (
                "OptionError: test_theirs.py::test_both is marked 'cassette', for pytest-cassette, "
                "and 'vcr', for cassetter: both plugins have a fixture 'cassette', and a test can "
                "have one of them only"
            ),
            "Take one of the marks away, or switch cassetter off: pytest -p no:cassetter",
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


def test_async_tests_of_pytest_asyncio_have_their_cassette(beside):
    project = beside("asyncio", ("pytest-asyncio",))
    project.pytester.makepyfile(
        test_theirs="""
        import asyncio, pytest, pytest_asyncio
        from urllib.request import urlopen

        def fetch(url):
            return urlopen(url).read()

        @pytest_asyncio.fixture
        async def prepared(cassette, url):
            return await asyncio.to_thread(fetch, url)

        @pytest.mark.asyncio
        async def test_tape(cassette, prepared, url):
            both = await asyncio.gather(*[asyncio.to_thread(fetch, url)] * 1, asyncio.sleep(0))
            assert both[0] == prepared == b"hello"
            assert cassette.recorded + cassette.played == 2
        """
    )
    project.run_twice("--asyncio-mode=strict", passed=3)


def test_workers_of_xdist_record_and_replay(beside):
    project = beside("xdist", ("pytest-xdist", "execnet"))
    project.run_twice("-n2", passed=2)
    assert project.cassettes == OURS


def test_in_the_order_of_pytest_randomly_the_cassettes_are_the_same(beside):
    project = beside("randomly", ("pytest-randomly",))
    project.run("-p", "randomly", "--randomly-seed=1", passed=2)
    project.stop()
    project.run("--randomly-seed=2", passed=2)
    assert project.cassettes == OURS


def test_a_rerun_of_pytest_rerunfailures_starts_the_cassette_over(beside):
    project = beside("rerunfailures", ("pytest-rerunfailures",))
    project.pytester.makepyfile(
        test_theirs="""
        from urllib.request import urlopen

        attempts = []

        def test_flaky(cassette, url):
            attempts.append(urlopen(url).read())
            assert cassette.recorded + cassette.played == 1
            assert len(attempts) == 2
        """
    )
    recording = project.run("--reruns=1", passed=3)
    recording.stdout.fnmatch_lines(["*3 passed, 1 rerun*"])
    text = (project.path / "cassettes" / "test_theirs" / "test_flaky.yaml").read_text()
    assert text.count("- call: ") == 1
    project.stop()
    project.run("--reruns=1", passed=3).stdout.fnmatch_lines(["*3 passed, 1 rerun*"])
