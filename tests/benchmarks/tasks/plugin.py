"""A miniature project half of whose tests play a cassette each; the others do nothing at all."""

import importlib
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import traffic
from stacks.through_requests import Client

TESTS = 200  # of each kind
REQUESTS = traffic.requests("items", 3)
PAIR = """
def test_empty_{0}(empty): pass
def test_taped_{0}(taped): taped()
"""


class Surroundings:
    """What the tests ask for, and a stop-watch: a plugin of the pytest that runs them.

    A recorder that is a context manager is put into a fixture, as its users do.
    """

    def __init__(self, by: str, action: str, folder: Path, port: int) -> None:
        tape = importlib.import_module(f"contestants.{by}").Contestant(REQUESTS)
        self._use = getattr(tape, action)
        self._files = folder / f"tapes{tape.suffix}"
        self._port = port
        self.seconds: dict[str, list[float]] = defaultdict(list)

    @pytest.fixture
    def empty(self) -> None:
        return None

    @pytest.fixture
    def taped(self, request: pytest.FixtureRequest) -> Iterator:
        path = self._files.with_stem(request.node.name)
        with self._use(path, Client, self._port) as client:
            yield lambda: self.fetch(client)

    def fetch(self, client: Client) -> None:
        for request in REQUESTS:
            client.send(request)
        client.close()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator:
        start = time.process_time()
        result = yield
        self.seconds[item.name.split("_")[1]].append(time.process_time() - start)
        return result


class OurSurroundings(Surroundings):
    """The tests have the fixture of our plugin."""

    @pytest.fixture
    def taped(self, cassette: object) -> Callable[[], None]:
        return lambda: self.fetch(Client(self._port))


def run(by: str, action: str, folder: str, port: int) -> dict[str, list[float]]:
    """Run the project and return the seconds that each test took inside pytest, by its kind."""
    project = Path(folder, f"plugin-{by}")
    project.mkdir(exist_ok=True)
    (project / "test_it.py").write_text("".join(map(PAIR.format, range(TESTS))))
    ours = by == "cassette"
    watch = (OurSurroundings if ours else Surroundings)(by, action, project, port)
    arguments = [str(project), f"--rootdir={project}", "-c/dev/null", "-qq", "--color=no"]
    arguments += ["-pno:cacheprovider", "--disable-plugin-autoload"]
    if ours:
        mode = "none" if action == "play" else "once"
        arguments += ["-pcassette.pytest_plugin", f"--cassette-mode={mode}"]
    if pytest.main(arguments, plugins=[watch]):
        raise AssertionError("the project failed")
    return watch.seconds


def make(*, by: str, folder: str, port: int) -> float:
    """Record the cassettes, and say how long a test took for it."""
    return statistics.median(run(by, "record", folder, port)["taped"])


def seconds_over_empty(*, by: str, folder: str, port: int) -> float:
    """Return what a test with a cassette takes longer than one with an empty fixture."""
    seconds = run(by, "play", folder, port)
    return statistics.median(seconds["taped"]) - statistics.median(seconds["empty"])
