"""What urllib3 notes on a connection besides its socket."""

import ssl
from types import SimpleNamespace

import pytest

from cassette.patching.urllib3 import settle


def test_a_connection_of_another_client_gets_no_attributes():
    connection = SimpleNamespace()
    settle(connection)
    assert vars(connection) == {}


@pytest.mark.parametrize(
    ("asked", "verified"),
    [
        (ssl.CERT_REQUIRED, True),
        ("CERT_REQUIRED", True),
        (None, True),
        (ssl.CERT_NONE, False),
        ("CERT_NONE", False),
        ("NONE", False),
    ],
)
def test_a_connection_is_verified_unless_that_was_switched_off(asked, verified):
    connection = SimpleNamespace(is_verified=False, cert_reqs=asked)
    settle(connection)
    assert connection.is_verified is verified


@pytest.mark.parametrize(
    ("proxy", "connected", "verified"),
    [(None, False, None), ("http", True, None), ("https", True, True)],
)
def test_a_proxy_is_verified_where_it_speaks_tls(proxy, connected, verified):
    connection = SimpleNamespace(
        is_verified=False,
        cert_reqs="CERT_REQUIRED",
        proxy=SimpleNamespace(scheme=proxy) if proxy else None,
        _has_connected_to_proxy=False,
        proxy_is_verified=None,
    )
    settle(connection)
    found = vars(connection)
    assert found["_has_connected_to_proxy"] is connected
    assert found["proxy_is_verified"] is verified
