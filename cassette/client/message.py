"""Header sections: reading their lines, and turning them into an ``HTTPMessage``.

A well-formed section, and nearly every one is, is cut by one regular expression. Anything odd
(a folded line, a line without a colon, a lone CR, a content type that makes the e-mail package
look for parts) goes through ``email.parser``, so that defects and payload are what clients of the
stock module see, on whatever interpreter this runs.
"""

# ruff: noqa: SLF001 - these private names are http.client's and the e-mail package's

from __future__ import annotations

import email.message
import email.parser
import http.client as stock
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from cassette.client.compat import limits
from cassette.client.errors import HTTPException, LineTooLong
from cassette.wire.lenient import split_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from _typeshed import SupportsReadline


_END_OF_SECTION: Final = (b"\r\n", b"\n", b"")

_MessageT = TypeVar("_MessageT", bound="email.message.Message[Any, Any]")


class HTTPMessage(stock.HTTPMessage):
    """A header section as an ``email.message.Message``."""

    def getallmatchingheaders(self, name: str) -> list[str]:
        """Return the field names that match; kept for its name, use ``get_all`` instead.

        A key that ends in a colon matches, and so do the keys after it that start with a blank.
        Field names can have neither, so the list is empty for whatever came off the wire.
        """
        wanted = name.lower() + ":"
        found: list[str] = []
        inside = False
        for key in self.keys():
            if key[: len(wanted)].lower() == wanted:
                inside = True
            elif not key[:1].isspace():
                inside = False
            if inside:
                found.append(key)
        return found


_FAST_CLASSES: Final = frozenset((HTTPMessage, stock.HTTPMessage))
"""Classes whose constructor is known to do nothing that a shortcut could miss."""


def _read_headers(fp: SupportsReadline[bytes]) -> list[bytes]:
    """Return the lines of a header section, the empty line that ends it included.

    Args:
        fp: Read line by line and not one byte further.

    Raises:
        LineTooLong: A line has more than ``_MAXLINE`` bytes.
        HTTPException: There are more than ``_MAXHEADERS`` lines.
    """
    limit = limits._MAXLINE
    most = limits._MAXHEADERS
    readline = fp.readline
    size = limit + 1
    lines: list[bytes] = []
    append = lines.append
    for _ in range(most):
        line = readline(size)
        append(line)
        # One comparison for all but two kinds of line: a twentieth of a small response.
        if not 2 < len(line) <= limit:  # noqa: PLR2004 - the length of CRLF
            if len(line) > limit:
                raise LineTooLong("header line")
            if line in _END_OF_SECTION:
                return lines
    if len(readline(size)) > limit:
        raise LineTooLong("header line")
    raise HTTPException(f"got more than {most} headers")


def _read_any_headers(fp: SupportsReadline[bytes]) -> list[bytes]:
    """Return the lines of a header section of any number; none of more than ``_MAXHEADERS``.

    Raises:
        LineTooLong: A line has more than ``_MAXLINE`` bytes.
    """
    size = limits._MAXLINE + 1
    lines: list[bytes] = []
    count = 0
    while True:
        line = fp.readline(size)
        count += 1
        if len(line) == size:
            raise LineTooLong("header line")
        lines.append(line)
        if count > limits._MAXHEADERS:
            lines.clear()  # there may be no end of them
        if line in _END_OF_SECTION:
            return lines


def message_of(fields: list[tuple[str, str]], _class: type[_MessageT]) -> _MessageT:
    """Return a message with these fields, as the e-mail parser would leave it."""
    message: Any = _class()
    message._headers = fields
    message._payload = ""
    return message  # type: ignore[no-any-return]  # Any for the sake of its private fields


def parse_odd(section: str, _class: type[_MessageT]) -> _MessageT:
    """Return the message that the e-mail parser makes of a section, defects and all."""
    return email.parser.Parser(_class=_class).parsestr(section)


def _parse_header_lines(
    header_lines: Sequence[bytes], _class: type[_MessageT | HTTPMessage] = HTTPMessage
) -> Any:  # noqa: ANN401 - what the class says
    """Return the message that these lines make; their bytes are read as ISO-8859-1."""
    section = b"".join(header_lines).decode("iso-8859-1")
    if _class in _FAST_CLASSES:
        fields = split_fields(section, section.count("\n"), "\n" + section.lower())
        if fields is not None:
            return message_of(fields, _class)
    return parse_odd(section, _class)


@overload
def parse_headers(fp: SupportsReadline[bytes], _class: Callable[[], _MessageT]) -> _MessageT: ...
@overload
def parse_headers(fp: SupportsReadline[bytes]) -> HTTPMessage: ...
def parse_headers(fp: SupportsReadline[bytes], _class: Any = HTTPMessage) -> Any:
    """Read a header section and return it as a message.

    Args:
        fp: A binary file that stands at the first field line; afterwards it stands right behind
            the empty line.
        _class: What to make; a subclass of ``email.message.Message``.

    Raises:
        LineTooLong: A line has more than ``_MAXLINE`` bytes.
        HTTPException: There are more than ``_MAXHEADERS`` lines.
    """
    return _parse_header_lines(_read_headers(fp), _class)
