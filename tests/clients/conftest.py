"""What every test of a client library needs."""

import logging

import optional
import pytest


@pytest.fixture(autouse=True)
def client_is_installed(request: pytest.FixtureRequest) -> None:
    """Skip a test whose client library is missing, or fail it where everything must be there."""
    call = getattr(request.node, "callspec", None)
    driver = call.params.get("driver") if call else None
    optional.need(*(driver.needs if driver else ()))


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
