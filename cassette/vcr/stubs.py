"""The connections of VCR.py by name, for projects that patch them while they record.

No connection passes through them here: all are taken at the bottom, and a stream is recorded as it
comes. So what is put into them has no effect.
"""

from __future__ import annotations

from http.client import HTTPConnection, HTTPSConnection


class VCRHTTPConnection(HTTPConnection):
    """A name to patch."""


class VCRHTTPSConnection(HTTPSConnection):
    """A name to patch."""


VCRConnection = VCRHTTPConnection
