"""What urllib3 has beyond the connections of ``http.client``."""

from __future__ import annotations

import ssl
from typing import Any

_UNVERIFIED = ("CERT_NONE", "NONE", ssl.CERT_NONE)


def settle(connection: Any) -> None:
    """Leave a connection as urllib3's own ``connect`` would have.

    urllib3 1.26 and 2 warn before a request that HTTPS goes unverified unless ``is_verified`` is
    set, which their ``connect`` does (held by tests/patching/test_http_client.py). A program that
    had switched the verification off still gets that warning, as it did when it was recorded.
    """
    if not hasattr(connection, "is_verified"):
        return
    connection.is_verified = getattr(connection, "cert_reqs", None) not in _UNVERIFIED
    proxy = getattr(connection, "proxy", None)
    if hasattr(connection, "_has_connected_to_proxy"):
        connection._has_connected_to_proxy = proxy is not None  # noqa: SLF001
        connection.proxy_is_verified = (
            connection.is_verified if proxy is not None and proxy.scheme == "https" else None
        )


def speaks_http2(connection: Any) -> bool:
    """Return whether a connection is one that ``urllib3.http2.inject_into_urllib3`` has brought.

    urllib3 2 sends the preface of HTTP/2 in ``connect``, whatever the server has agreed to (held by
    tests/patching/test_alpn.py).
    """
    return any(cls.__module__ == "urllib3.http2.connection" for cls in type(connection).__mro__)
