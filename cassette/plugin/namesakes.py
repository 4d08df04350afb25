"""Other distributions with names of ours: seen, and told in one message each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

from cassette.errors import OptionError

if TYPE_CHECKING:
    from cassette.errors import CassetteError


def refuse_package() -> NoReturn:
    """Refuse to run with a package that is not ours.

    Raises:
        UsageError: Always.
    """
    import cassette  # noqa: PLC0415 - whatever has that name now

    raise pytest.UsageError(
        f"{cassette.__file__} is not of pytest-cassette: another distribution, such as "
        "cassette-sdk, has a package 'cassette' too, and was installed over it\n"
        "Keep one of them: python -m pip uninstall -y cassette-sdk, and then install "
        "pytest-cassette once more with --force-reinstall --no-deps"
    )


def refuse(config: pytest.Config) -> None:
    """Say before the first test runs that none of them may have a cassette.

    A worker of pytest-xdist would end without a word; there each test fails.

    Raises:
        UsageError: llm-cassette would take the tests too.
    """
    if not hasattr(config, "workerinput"):
        raise pytest.UsageError(two_of_a_name().told())


def two_of_a_name() -> CassetteError:
    """Return why no test may have a cassette while llm-cassette is there."""
    return OptionError(
        "llm-cassette is installed too, and has the marker and the fixture 'cassette' as well: "
        "each would record and replay the tests of the other\n"
        "Switch one of them off: pytest -p no:llm_cassette, or pytest -p no:cassette"
    )
