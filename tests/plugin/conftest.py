"""Miniature projects whose tests talk to a server on loopback."""

import http.server
import textwrap

import optional
import pytest
from servers.threads import Hello, serving

import cassette
import cassette.api  # libyaml cannot be loaded anew by each run in process
import cassette.verify.verification  # nor may its class, which the face keeps, be made anew


class Project:
    """A miniature project; its fixture ``fetch`` gets a path from the server."""

    def __init__(self, pytester, server):
        self.pytester = pytester
        self.server = server
        self.path = pytester.path
        self.write(
            "conftest.py",
            f"""
            import urllib.request
            import pytest

            def get(path="/"):
                url = "http://127.0.0.1:{server.server_port}" + path
                with urllib.request.urlopen(url) as answer:
                    return answer.read()

            @pytest.fixture(scope="session")
            def fetch():
                return get
            """,
        )

    def write(self, name, source):
        """Write a file, or more of it."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(textwrap.dedent(source).strip("\n") + "\n\n")

    def run(self, *arguments, plugins=(), **how):
        """Run pytest in this process with our plugin, and those asked for, and no other."""
        optional.need(*(plugin.partition(".")[0] for plugin in plugins))
        names = ("cassette.pytest_plugin", *plugins)
        return self.pytester.runpytest(*(f"-p{name}" for name in names), *arguments, **how)

    def edit(self, name, old, new):
        """Replace a text in a file."""
        path = self.path / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    @property
    def cassettes(self):
        """What stands in folders called cassettes, by path from the root."""
        files = (path for path in self.path.rglob("*") if path.is_file())
        return sorted(
            path.relative_to(self.path).as_posix()
            for path in files
            if path.suffix in (".yaml", ".partial")
        )

    def calls(self, name):
        """The targets of the requests in a cassette."""
        interactions = cassette.load(self.path / name).interactions
        return [interaction.request.target.decode() for interaction in interactions]

    def go_offline(self):
        """Let the server go."""
        self.server.server_close()


@pytest.fixture
def server():
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hello)) as server:
        yield server


@pytest.fixture
def project(pytester, monkeypatch, server):
    monkeypatch.delenv("CI", raising=False)
    # Each run in process imports its plugins anew: hypothesis alone would take a second.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Project(pytester, server)


@pytest.fixture
def run(project):
    """Run the project in this process, or by so many workers."""

    def run(*arguments, workers=0):
        if not workers:
            return project.run(*arguments)
        optional.need("xdist")
        plugins = ("-p", "cassette.pytest_plugin", "-p", "xdist", "-n", str(workers))
        return project.pytester.runpytest_subprocess(*plugins, *arguments)

    return run
