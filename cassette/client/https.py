"""``HTTPSConnection``: the same conversation inside TLS. Imported only where ``ssl`` exists."""

from __future__ import annotations

import http.client as stock
import socket
import ssl
import sys
from typing import TYPE_CHECKING, Any, overload

from cassette.client import compat
from cassette.client.connection import HTTPS_PORT, HTTPConnection, _own_connect

if TYPE_CHECKING:
    from _typeshed import StrOrBytesPath

    from cassette.transport.base import Connector


def _create_https_context(http_version: int) -> ssl.SSLContext:
    """Return the TLS context of a connection that brings none.

    Args:
        http_version: 11 where HTTP/1.1 shall be announced (RFC 7301).
    """
    context = ssl._create_default_https_context()  # noqa: SLF001 - the hook that users override
    if http_version == 11:  # noqa: PLR2004
        context.set_alpn_protocols(["http/1.1"])
    _allow_post_handshake_auth(context)
    return context


def _allow_post_handshake_auth(context: ssl.SSLContext) -> None:
    """Let a TLS 1.3 server ask for a certificate after the handshake, where TLS can do that."""
    if context.post_handshake_auth is not None:
        context.post_handshake_auth = True


class HTTPSConnection(HTTPConnection, stock.HTTPSConnection):
    """A connection to one server inside TLS.

    Args:
        host: As for `HTTPConnection`, and so are port, timeout, source_address and blocksize.
        port: See there.
        *old: What Python 3.11 allows without keywords: key_file, cert_file, timeout,
            source_address.
        timeout: See there.
        source_address: See there.
        context: TLS settings; without it, the default ones.
        blocksize: See there.
        transport: See there; TLS lies below it, and is started by ``dial``.
        key_file: Deprecated: private key of the client certificate; use ``context``.
        cert_file: Deprecated: client certificate; use ``context``.
        check_hostname: Deprecated: whether the certificate must name the host; use ``context``.
        strict: Deprecated, and ignored.

    Raises:
        InvalidURL: The host has control characters or blanks, or its port is no number.
        ValueError: The host name shall be checked, and the context verifies nothing.
        TypeError: More arguments without keywords than this Python's own class allows.
    """

    default_port = HTTPS_PORT
    key_file: StrOrBytesPath | None
    cert_file: StrOrBytesPath | None

    # As type checkers see it: first what every version has, then what is deprecated, last what
    # only Python 3.11 allows without keywords.
    @overload
    def __init__(
        self,
        host: str,
        port: int | None = None,
        *,
        timeout: float | None = ...,
        source_address: tuple[str, int] | None = None,
        context: ssl.SSLContext | None = None,
        blocksize: int = 8192,
        transport: Connector | None = None,
    ) -> None: ...
    @overload
    def __init__(
        self,
        host: str,
        port: int | None = None,
        *,
        timeout: float | None = ...,
        source_address: tuple[str, int] | None = None,
        context: ssl.SSLContext | None = None,
        blocksize: int = 8192,
        transport: Connector | None = None,
        key_file: StrOrBytesPath | None = None,
        cert_file: StrOrBytesPath | None = None,
        check_hostname: bool | None = None,
        strict: object = None,
    ) -> None: ...

    if sys.version_info < (3, 12):

        @overload
        def __init__(
            self,
            host: str,
            port: int | None = None,
            key_file: StrOrBytesPath | None = None,
            cert_file: StrOrBytesPath | None = None,
            timeout: float | None = ...,
            source_address: tuple[str, int] | None = None,
            *,
            context: ssl.SSLContext | None = None,
            check_hostname: bool | None = None,
            blocksize: int = 8192,
            transport: Connector | None = None,
            strict: object = None,
        ) -> None: ...

    def __init__(  # noqa: PLR0913 - the signature is http.client's, old and new
        self,
        host: str,
        port: int | None = None,
        *old: Any,
        timeout: float | None = socket._GLOBAL_DEFAULT_TIMEOUT,  # type: ignore[attr-defined]  # noqa: SLF001
        source_address: tuple[str, int] | None = None,
        context: ssl.SSLContext | None = None,
        blocksize: int = 8192,
        transport: Connector | None = None,
        key_file: StrOrBytesPath | None = None,
        cert_file: StrOrBytesPath | None = None,
        check_hostname: bool | None = None,
        strict: object = None,
    ) -> None:
        if old:
            key_file, cert_file, timeout, source_address = compat.positional(
                old, (key_file, cert_file, timeout, source_address)
            )
        super().__init__(host, port, timeout, source_address, blocksize)
        if transport is not None:
            self.connect = _own_connect(self, transport)  # type: ignore[method-assign]
        if strict is not None:
            compat.warn_old_keyword("strict", "it is ignored, leave it out")
        if key_file is not None or cert_file is not None or check_hostname is not None:
            compat.warn_old_keyword("key_file, cert_file and check_hostname", "use context")
        self.key_file = key_file
        self.cert_file = cert_file
        if context is None:
            context = _create_https_context(self._http_vsn)
        check = context.check_hostname if check_hostname is None else check_hostname
        if check and context.verify_mode == ssl.CERT_NONE:
            raise ValueError(
                "check_hostname needs a SSL context with either CERT_OPTIONAL or CERT_REQUIRED"
            )
        if key_file or cert_file:
            context.load_cert_chain(cert_file, key_file)  # type: ignore[arg-type]  # None is refused
            _allow_post_handshake_auth(context)
        self._context = context
        if check_hostname is not None:
            context.check_hostname = check_hostname

    def connect(self) -> None:
        """Connect, through the tunnel where one is set, and start TLS.

        Raises:
            ssl.SSLError: The handshake failed.
        """
        super().connect()
        self.sock = self._context.wrap_socket(
            self.sock, server_hostname=self._tunnel_host or self.host
        )
