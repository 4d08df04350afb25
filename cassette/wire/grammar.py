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

HEAD_END: Final = re.compile(rb"\n\r?\n")
"""The empty line after a head. RFC 9112, section 2.2 lets a recipient accept a bare LF."""

REQUEST_LINE: Final = re.compile(rb"([^\s]+)[ ]+(\S*)(?:[ ]+(HTTP/\d\.\d))?[ ]*\r?\n")
"""Method, request target and version. RFC 9112, section 3."""

_CERTAIN_FIELDS: Final = rb"\n(?:[!#-'*+\-.0-9A-Z^-z|~]++:[^\r\n\0]*+\r\n)*+\r\n"

CERTAIN_RESPONSE: Final = re.compile(
    rb"(HTTP/1\.[01]) (\d{3})(?: ([^\r\n\0]*+))?\r(%b)" % _CERTAIN_FIELDS
)
"""A response head without any fault, so that all clients see the same fields in it.

The groups are version, status code, reason phrase, and the field section from the newline before
it on. RFC 9112, sections 4 and 5. Clients differ over the others: ``http.client`` drops every field
from a line without a colon on, h11 refuses the whole response.
"""

CERTAIN_REQUEST: Final = re.compile(
    rb"([!#-'*+\-.0-9A-Z^-z|~]++) ([^\s\0]++) HTTP/1\.[01]\r(%b)" % _CERTAIN_FIELDS
)
"""A request head without any fault: method, request target, and the field section as above.

RFC 9112, sections 3 and 5.
"""

BARE_REQUEST: Final = re.compile(
    rb"([!#-'*+\-.0-9A-Z^-z|~]++) ([^\s\0]++) HTTP/1\.[01]\r"
    rb"(\n(?:(?!(?i:content-length|transfer-encoding):)[!#-'*+\-.0-9A-Z^-z|~]++:[^\r\n\0]*+\r\n)*+"
    rb"\r\n)"
)
"""A request that is nothing but a head without any fault; the groups are those of a certain one.

The one shortcut around the parser, which all users of ``RequestParser`` share.
"""

CERTAIN_CHUNK_SIZE: Final = re.compile(rb"[0-9A-Fa-f]+(?:;[^\r\n]*)?\r\n")
"""A chunk-size line without any fault. RFC 9112, section 7.1."""
