"""Tests marked ``vcr``: each has the cassette that pytest-recording or pytest-vcr gives it."""

from __future__ import annotations

import os
import re
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from cassette.patching.network.guard import block_network as refuse_network
from cassette.vcr.config import VCR
from cassette.vcr.loading import Combined

if TYPE_CHECKING:
    from collections.abc import Generator

    from cassette.vcr.cassette import Cassette

_UNSAFE: Final = re.compile(r"[<>?%*:|\"'/\\]")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks."""
    for line in (
        "vcr(*paths, **options): the test has a cassette, and these answer beside it",
        "default_cassette(path): the name of the cassette of this test",
        "block_network(allowed_hosts=None): the test reaches no host but these",
    ):
        config.addinivalue_line("markers", line)


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    """The options of the cassettes of these tests; for overriding."""
    return {}


@pytest.fixture(scope="module")
def vcr_cassette_dir(request: pytest.FixtureRequest) -> str:
    """The folder of the cassettes of these tests; for overriding."""
    return str(request.path.parent / "cassettes" / request.path.stem)


@pytest.fixture(scope="session")
def record_mode(request: pytest.FixtureRequest) -> str | None:
    """The record mode of the command line."""
    given: str | None = request.config.getoption("record_mode")
    return given


@pytest.fixture(scope="session")
def disable_recording(request: pytest.FixtureRequest) -> bool:
    """Whether no test has a cassette."""
    return bool(request.config.getoption("disable_recording"))


@pytest.fixture
def default_cassette_name(request: pytest.FixtureRequest) -> str:
    """The name of this test's cassette, without ending; for overriding."""
    marker = request.node.get_closest_marker("default_cassette")
    if marker is not None and marker.args:
        name: str = marker.args[0]
        return name.removesuffix(".yaml")
    name = request.node.name
    if request.cls is not None:
        name = f"{request.cls.__name__}.{name}"
    return _UNSAFE.sub("-", name)


@pytest.fixture
def vcr_cassette_name(default_cassette_name: str) -> str:
    """The same, as pytest-vcr calls it."""
    return default_cassette_name


@pytest.fixture
def vcr(  # noqa: PLR0913, PLR0917 - fixtures
    request: pytest.FixtureRequest,
    vcr_config: dict[str, Any],
    vcr_cassette_dir: str,
    vcr_cassette_name: str,
    record_mode: str | None,
    disable_recording: bool,  # noqa: FBT001 - a fixture
) -> Generator[Cassette | None, None, None]:
    """The cassette of a test that is marked; None where no test has one."""
    if disable_recording:
        yield None
        return
    markers = [*request.node.iter_markers("vcr")]
    options: dict[str, Any] = {"record_mode": "none"}
    for said in (vcr_config, *(marker.kwargs for marker in reversed(markers))):
        options.update(said)
    if record_mode is not None:
        options["record_mode"] = record_mode
    folder = options.setdefault("cassette_library_dir", vcr_cassette_dir)
    path = _place(folder, vcr_cassette_name)
    beside = [name for marker in markers for name in marker.args]
    if beside:
        options["persister"] = Combined(beside)
    # A place that was found elsewhere is not to be looked for in the folder.
    options["cassette_library_dir"] = None
    with VCR(**options).use_cassette(path) as tape:
        yield tape


@pytest.fixture
def vcr_cassette(vcr: Cassette | None) -> Cassette | None:
    """The same, as pytest-vcr calls it."""
    return vcr


@pytest.fixture(autouse=True)
def _vcr_marked(request: pytest.FixtureRequest) -> Generator[None, None, None]:
    """Put the cassette in force, and block the network, where the test is marked."""
    guard: Any = nullcontext()
    marker = request.node.get_closest_marker("block_network")
    if marker is not None or request.config.getoption("block_network"):
        hosts = request.config.getoption("allowed_hosts").split(",")
        if marker is not None:
            hosts = [*hosts, *(marker.kwargs.get("allowed_hosts") or ())]
        guard = refuse_network([_pattern(host.strip()) for host in hosts if host.strip()])
    with guard:
        if request.node.get_closest_marker("vcr") is not None:
            request.getfixturevalue("vcr")
        yield


def _place(folder: str, name: str) -> str:
    """Return the cassette of a test: where pytest-recording has it, else where pytest-vcr has it.

    Where there is none it is to be recorded where pytest-recording would.
    """
    plain = os.fspath(Path(folder) / f"{name}.yaml")
    for path in (plain, plain.removesuffix(".yaml") + ".json"):
        if Path(path).is_file():
            return path
    beside = Path(folder).parent / f"{name}.yaml"
    return str(beside) if beside.is_file() else plain


def _pattern(host: str) -> str:
    """Return a regular expression for hosts as a pattern of ours, where it is one name."""
    return host.replace("\\.", ".").replace(".*", "*")
