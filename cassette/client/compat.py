"""Where interpreters differ, and what clients may change while the program runs.

Each constant names one difference between the ``http.client`` of this interpreter and the others;
the code asks the constant, never the version. Each is decided by what the running stock module
looks like where that can be seen, since patch releases carried some of these back.
"""

# ruff: noqa: SLF001 - the private names are what this package is about

from __future__ import annotations

import http.client as stock
import sys
import types
import warnings
from typing import Any, Final

HAS_TLS: Final = hasattr(stock, "HTTPSConnection")
"""Programs take the absence of ``HTTPSConnection`` for an interpreter without ``ssl``."""

TUNNEL_IN_HTTP_11: Final = hasattr(stock, "_create_https_context")
"""CONNECT is sent in the connection's own version with a Host field, the host in IDNA, and the
answer's fields are kept for ``get_proxy_response_headers`` (3.12). Before: HTTP/1.0, ASCII, no
Host."""

BRACKETS: Final = hasattr(stock.HTTPConnection, "_wrap_ipv6")
"""IPv6 literals are bracketed in CONNECT, and ``[::1]`` loses its brackets although a port is
given apart (3.13; carried back to 3.11.9 and 3.12.3)."""

CLOSES_AT_LAST_BYTE: Final = sys.version_info >= (3, 12, 2) or (
    (3, 11, 8) <= sys.version_info < (3, 12)
)
"""``read1`` and ``readline`` close the response with the last byte of a body of known length, as
``read`` does (3.13; carried back to 3.11.8 and 3.12.2)."""

POSITIONAL_KEY_FILE: Final = sys.version_info < (3, 12)
"""``HTTPSConnection(host, port, key_file, cert_file, timeout, source_address)`` may be written
without keywords (until 3.11); from 3.12 on only host and port may."""

MAX_INTERIM: Final = 99
"""Interim responses before the final one, which is the hundredth then. Older interpreters wait for
ever for a server that sends 100 (Continue) for ever; newer ones give up here."""

limits: Final[Any] = stock
"""Where ``_MAXLINE`` and ``_MAXHEADERS`` are looked up, every time anew.

Programs set them while they run, on whatever module they find under the name ``http.client``. So
that one value counts whichever it is, ``cassette.client`` keeps none of its own: see `Face`.
"""


class Face(types.ModuleType):
    """The class of the module ``cassette.client``: its limits are those of the stock module."""

    @property
    def _MAXLINE(self) -> int:  # noqa: N802 - the name is http.client's
        """Longest line to accept, in bytes."""
        return limits._MAXLINE  # type: ignore[no-any-return]

    @_MAXLINE.setter
    def _MAXLINE(self, value: int) -> None:  # noqa: N802
        limits._MAXLINE = value

    @_MAXLINE.deleter
    def _MAXLINE(self) -> None:  # noqa: N802 - `unittest.mock` deletes and sets again
        del limits._MAXLINE

    @property
    def _MAXHEADERS(self) -> int:  # noqa: N802
        """How many lines a head may have, its empty line included."""
        return limits._MAXHEADERS  # type: ignore[no-any-return]

    @_MAXHEADERS.setter
    def _MAXHEADERS(self, value: int) -> None:  # noqa: N802
        limits._MAXHEADERS = value

    @_MAXHEADERS.deleter
    def _MAXHEADERS(self) -> None:  # noqa: N802
        del limits._MAXHEADERS


def warn_old_keyword(names: str, remedy: str) -> None:
    """Warn that keywords of old were given, at the line that called the class."""
    warnings.warn(f"{names}: deprecated, {remedy}", DeprecationWarning, stacklevel=3)


def positional(old: tuple[Any, ...], named: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what ``HTTPSConnection`` was given, where Python 3.11 allows it without keywords.

    Args:
        old: What was given without keywords, host and port aside.
        named: key_file, cert_file, timeout and source_address as given with keywords.

    Raises:
        TypeError: This Python does not allow it, or there are too many.
    """
    most = len(named) if POSITIONAL_KEY_FILE else 0
    if len(old) > most:
        raise TypeError(
            f"HTTPSConnection takes up to {3 + most} arguments without keywords, self included, "
            f"but {3 + len(old)} were given"
        )
    return (*old, *named[len(old) :])
