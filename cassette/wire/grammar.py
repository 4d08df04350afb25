"""Patterns and limits of HTTP/1.1, each with its source.

Where the RFC is stricter than what clients accept, the pattern follows the clients: a recorder
that refused what the program accepted would cut the conversation in another place.
"""

from __future__ import annotations

import re
from typing import Final

MAX_HEAD: Final = 1 << 20
"""Bytes after which a head without an end is taken for something else than HTTP.

``http.client`` gives up after 100 lines of 65,536 bytes, nginx after 32 KiB, Apache httpd after
100 lines of 8,190; whatever is longer than a mebibyte was never meant as a head.
"""

MAX_LINE: Final = 65536
"""Longest chunk-size line or trailer line in bytes: the limit of ``http.client``."""

MAX_BESIDE: Final = 1000
"""Interim responses and trailer lines from which on a response is taken for one without an end.

``http.client`` gives up after 100 of either; before that was so it read past them for ever.
"""

HEAD_END: Final = re.compile(rb"\n\r?\n")
"""The empty line after a head. RFC 9112, section 2.2 lets a recipient accept a bare LF."""

REQUEST_LINE: Final = re.compile(rb"([^\s]+)[ ]+(\S*)(?:[ ]+(HTTP/\d\.\d))?[ ]*\r?\n")
"""Method, request target and version. RFC 9112, section 3."""

_TOKEN: Final = rb"[!#-'*+\-.0-9A-Z^-z|~]++"
_CERTAIN_FIELD: Final = rb"%b:[^\r\n\0]*+\r\n" % _TOKEN
_CERTAIN_FIELDS: Final = rb"\n(?:%b)*+\r\n" % _CERTAIN_FIELD

CERTAIN_RESPONSE: Final = re.compile(
    rb"(HTTP/1\.[01]) (\d{3})(?: ([^\r\n\0]*+))?\r(%b)" % _CERTAIN_FIELDS
)
"""A response head without any fault, so that all clients see the same fields in it.

The groups are version, status code, reason phrase, and the field section from the newline before
it on. RFC 9112, sections 4 and 5. Clients differ over the others: ``http.client`` drops every field
from a line without a colon on, h11 refuses the whole response.
"""

_CERTAIN_LINE: Final = rb"(%b) ([^\s\0]++) HTTP/1\.[01]\r" % _TOKEN

CERTAIN_REQUEST: Final = re.compile(rb"%b(%b)" % (_CERTAIN_LINE, _CERTAIN_FIELDS))
"""A request head without any fault: method, request target, and the field section as above.

RFC 9112, sections 3 and 5.
"""

BARE_REQUEST: Final = re.compile(
    rb"%b(\n(?:(?!(?i:content-length|transfer-encoding):)%b)*+\r\n)"
    % (_CERTAIN_LINE, _CERTAIN_FIELD)
)
"""A whole request that is a head without any fault, and no body; the groups are as above."""

CERTAIN_CHUNK_SIZE: Final = re.compile(rb"[0-9A-Fa-f]+(?:;[^\r\n]*)?\r\n")
"""A chunk-size line without any fault. RFC 9112, section 7.1."""

NAME_LIST: Final = re.compile(
    rb"\n(?:vary|access-control-(?:allow|expose|request)-headers):[ \t\w,*-]*+(?=\r)", re.IGNORECASE
)
"""A field line that only lists names of fields: RFC 9110, section 12.5.5; Fetch, section 3.3."""
