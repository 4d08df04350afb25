"""The pytest plugin: a cassette per test.

This module is imported in every run of everyone who has the package installed, so it imports
nothing of the package until a test asks for a cassette.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from cassette.api import Use
    from cassette.deck import Deck

_MAX_NAME: Final = 120
"""Characters of a file name; most file systems stop at 255 bytes, and a character may take four."""

_deck_key: Final = pytest.StashKey["Deck"]()
_failed_key: Final = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("cassette", "record HTTP once, replay it offline")
    group.addoption(
        "--cassette-mode",
        dest="cassette_mode",
        metavar="MODE",
        help="none, once, new_episodes, all, rewrite or off; "
        "default: none where CI is set in the environment, else once",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker and check the options."""
    config.addinivalue_line(
        "markers",
        "cassette(name=None, *, mode, match_on, ignore, redact, repeat, on_unplayed, allow_hosts, "
        "decode): "
        "record the HTTP traffic of the test into a cassette, or replay it from there",
    )
    mode = config.getoption("cassette_mode")
    if mode is not None:
        from cassette.errors import OptionError  # noqa: PLC0415 - see the module docstring
        from cassette.modes import parse_mode  # noqa: PLC0415

        try:
            parse_mode(mode)
        except OptionError as error:
            raise pytest.UsageError(f"--cassette-mode: {error}") from None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the marker alone be enough to use the fixture."""
    names = getattr(item, "fixturenames", None)
    if names is not None and "cassette" not in names and item.get_closest_marker("cassette"):
        names.insert(0, "cassette")


@pytest.fixture
def cassette(request: pytest.FixtureRequest) -> Generator[Deck, None, None]:
    """The cassette of this test, in use until the test ends.

    It stands at ``cassettes/<test module>/<test name>.yaml`` beside the test file, unless the
    marker gives it another name.
    """
    node = request.node
    with _failing_plainly():
        use = _use_for(node)
        deck = use.__enter__()
    node.stash[_deck_key] = deck
    yield deck
    del node.stash[_deck_key]
    failure = _Failed() if node.stash.get(_failed_key, False) else None
    with _failing_plainly():
        use.__exit__(type(failure) if failure else None, failure, None)


@contextmanager
def _failing_plainly() -> Iterator[None]:
    """Turn an error of ours into a failure that shows its message, and no code of ours."""
    from cassette.errors import CassetteError  # noqa: PLC0415 - see the module docstring

    try:
        yield
    except CassetteError as error:
        failure = error
    else:
        return
    pytest.fail(f"{type(failure).__name__}: {failure}", pytrace=False)


class _Failed(Exception):  # noqa: N818 - a sign for the use of a cassette, never raised
    """The test has failed."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test whose requests could not be answered, also where it swallowed the error."""
    result = yield
    deck = item.stash.get(_deck_key, None)
    if deck is not None and deck.errors:
        error = deck.errors[0]
        pytest.fail(f"{type(error).__name__}: {error}", pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note whether the test has failed, since then what it recorded becomes no cassette."""
    report = yield
    if call.when in ("setup", "call") and report.failed:
        item.stash[_failed_key] = True
    return report


def _use_for(node: pytest.Item) -> Use:
    from cassette.api import use  # noqa: PLC0415 - see the module docstring

    options = _options(node)
    name = options.pop("name", None)
    folder = Path(node.path).parent / "cassettes"
    if name is None:
        path = folder / Path(node.path).stem / f"{file_name(_test_name(node))}.yaml"
    else:
        from cassette.store.files import resolve_name  # noqa: PLC0415

        path = resolve_name(folder, name if Path(name).suffix else f"{name}.yaml")
    mode = node.config.getoption("cassette_mode")
    if mode is not None:
        options["mode"] = mode
    return use(path, **options).advising(
        f"To record it: pytest --cassette-mode=new_episodes {shlex.quote(node.nodeid)}"
    )


def _options(node: pytest.Item) -> dict[str, Any]:
    """The options of all markers, the nearer one winning field by field."""
    from cassette.errors import OptionError  # noqa: PLC0415 - see the module docstring

    allowed = ("name", *_use_options())
    options: dict[str, Any] = {}
    for marker in node.iter_markers("cassette"):
        if len(marker.args) > 1:
            raise OptionError(
                f"@pytest.mark.cassette takes one name, not {len(marker.args)}: {marker.args!r}"
            )
        given = {**dict(zip(("name",), marker.args, strict=False)), **marker.kwargs}
        wrong = [key for key in given if key not in allowed]
        if wrong:
            raise OptionError(
                f"@pytest.mark.cassette has no option {wrong[0]!r}\n"
                f"Options: {', '.join(sorted(allowed))}"
            )
        options = {**given, **options}
    return options


def _use_options() -> tuple[str, ...]:
    import inspect  # noqa: PLC0415 - see the module docstring

    from cassette.api import use  # noqa: PLC0415

    return tuple(key for key in inspect.signature(use).parameters if key != "path")


def _test_name(node: pytest.Item) -> str:
    """The name of a test within its module, the classes around it included."""
    classes = [parent.name for parent in node.listchain() if isinstance(parent, pytest.Class)]
    return ".".join([*classes, node.name])


def file_name(test_name: str) -> str:
    """Return a file name for a test, without ending: readable, safe everywhere, unique.

    Args:
        test_name: Name of the test with its parameters, such as ``test_get[a/b]``.

    Returns:
        The name with every character but letters, digits, ``.``, ``_``, ``-``, ``[`` and ``]``
        replaced by ``-``, cut to 120 characters. A name that had to be changed ends in eight
        digits of a digest of the original, so that no two tests share a file.
    """
    safe = re.sub(r"[^\w.\[\]-]", "-", test_name)
    if safe == test_name and len(safe) <= _MAX_NAME:
        return safe
    digest = hashlib.sha256(test_name.encode()).hexdigest()[:8]
    return f"{safe[: _MAX_NAME - 9].rstrip('.-')}-{digest}"
