"""Test modules whose packages are not all installed are skipped, with the reason.

The package itself needs few others, and its tests need many: client libraries, servers, plugins.
"""

import importlib.util
import os

import pytest

REQUIRED = os.environ.get("CASSETTE_REQUIRE_SERVERS") == "1"

GROUPS = {
    "clients": (
        "aiohttp",
        "anyio",
        "boto3",
        "botocore",
        "httpcore",
        "httpcore2",
        "httplib2",
        "httpx",
        "httpx2",
        "jwt",
        "moto",
        "requests",
        "responses",
        "socks",
        "tomli_w",
        "trio",
        "urllib3",
        "uvloop",
        "uvicorn",
    ),
    "plugins": (
        "pyfakefs",
        "pytest_asyncio",
        "pytest_jsonreport",
        "pytest_rerunfailures",
        "time_machine",
        "xdist",
    ),
    "tests": ("click", "hypothesis", "jinja2", "jsonschema", "rich", "trustme"),
    "types": ("mypy",),
}
"""The packages that tests import, by the dependency group in ``pyproject.toml`` that has them."""


def missing(name: str) -> str:
    """Return why a module cannot be imported; empty where it is none of an optional package."""
    package = name.partition(".")[0]
    for group, packages in GROUPS.items():
        if package in packages:
            return f"{package} is not installed: python -m pip install --group {group}"
    return ""


def need(*names: str) -> None:
    """Skip, or fail, the running test where one of these packages is not installed."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            give_up(missing(name) or f"{name} is not installed")


def give_up(reason: str) -> None:
    """Skip for a reason; where nothing may be missing, fail for it."""
    if REQUIRED:
        pytest.fail(f"{reason}, and CASSETTE_REQUIRE_SERVERS=1 asks for it", pytrace=False)
    pytest.skip(reason, allow_module_level=True)


class Module(pytest.Module):
    """A test module that is skipped where a package that it imports is not installed."""

    def collect(self):
        try:
            return super().collect()
        except self.CollectError as error:
            cause = error.__cause__
            reason = missing(cause.name or "") if isinstance(cause, ModuleNotFoundError) else ""
            if not reason:
                raise
        return give_up(f"{self.nodeid}: {reason}")
