"""An ``http.client`` of cassette's own: the same names, the same behaviour, less time.

Every class here derives from its stock namesake, so that code which knows only the stock module
catches these exceptions and recognises these connections; but the code that does the work is
this package's. It knows nothing about recording: bytes go through ``sock``.

``docs/client.md`` tells how it is built and what it promises.
"""

# ruff: noqa: F401, F403, F405 - all of this is imported to be found under `http.client`; a
# redundant alias tells type checkers so where `__all__`, which is the stock module's, does not.

# These modules stand here because programs reach for them through `http.client`, to patch
# `http.client.socket.create_connection` for instance.
import collections
import email.message
import email.parser
import errno
import http
import io
import re
import socket
import sys
from urllib.parse import urlsplit

from cassette.client import compat
from cassette.client.connection import (
    _CS_IDLE,
    _CS_REQ_SENT,
    _CS_REQ_STARTED,
    _METHODS_EXPECTING_BODY,
    HTTPConnection,
)
from cassette.client.connection import (
    HTTP_PORT as HTTP_PORT,
)
from cassette.client.connection import (
    HTTPS_PORT as HTTPS_PORT,
)
from cassette.client.encoding import (
    _contains_disallowed_method_pchar_re,
    _contains_disallowed_url_pchar_re,
    _encode,
    _is_illegal_header_value,
    _is_legal_header_name,
    _strip_ipv6_iface,
)
from cassette.client.errors import (
    BadStatusLine,
    CannotSendHeader,
    CannotSendRequest,
    HTTPException,
    ImproperConnectionState,
    IncompleteRead,
    InvalidURL,
    LineTooLong,
    NotConnected,
    RemoteDisconnected,
    ResponseNotReady,
    UnimplementedFileMode,
    UnknownProtocol,
    UnknownTransferEncoding,
    error,
)
from cassette.client.message import (
    HTTPMessage as HTTPMessage,
)
from cassette.client.message import (
    _parse_header_lines,
    _read_headers,
)
from cassette.client.message import (
    parse_headers as parse_headers,
)
from cassette.client.response import (
    _UNKNOWN,
    HTTPResponse,
)
from cassette.client.status import *

__all__ = [
    "BadStatusLine",
    "CannotSendHeader",
    "CannotSendRequest",
    "HTTPConnection",
    "HTTPException",
    "HTTPResponse",
    "ImproperConnectionState",
    "IncompleteRead",
    "InvalidURL",
    "LineTooLong",
    "NotConnected",
    "RemoteDisconnected",
    "ResponseNotReady",
    "UnimplementedFileMode",
    "UnknownProtocol",
    "UnknownTransferEncoding",
    "error",
    "responses",
]

if compat.HAS_TLS:
    import ssl

    from cassette.client.https import HTTPSConnection, _create_https_context

    __all__ += ["HTTPSConnection"]

sys.modules[__name__].__class__ = compat.Face
