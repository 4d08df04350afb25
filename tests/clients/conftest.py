"""What every test of a client library needs."""

import importlib.util
import logging
import os

import pytest

REQUIRED = os.environ.get("CASSETTE_REQUIRE_SERVERS") == "1"


@pytest.fixture(autouse=True)
def client_is_installed(request: pytest.FixtureRequest) -> None:
    """Skip a test whose client library is missing, or fail it where everything must be there."""
    call = getattr(request.node, "callspec", None)
    driver = call.params.get("driver") if call else None
    for module in driver.needs if driver else ():
        if importlib.util.find_spec(module) is None:
            if REQUIRED:
                pytest.fail(
                    f"{module} is not installed, and CASSETTE_REQUIRE_SERVERS=1 asks for it"
                )
            pytest.skip(f"{module} is not installed")


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a proxy of the machine out of the way between a client and loopback."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(autouse=True)
def no_log_of_urllib3(caplog: pytest.LogCaptureFixture) -> None:
    """Keep urllib3 from logging its troubles.

    A record holds the traceback, that holds the pool, and urllib3 closes a pool's connections when
    nobody holds it any more.
    """
    caplog.set_level(logging.CRITICAL, "urllib3")
