"""What only a YAML parser understands: entries, headers and whole files that are not in own shape.

Such a file was edited by hand, merged, or written by another tool.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cassette.errors import CassetteFormatError, CassetteVersionError
from cassette.store.document import compose
from cassette.store.schema import LocatedNode, read_call, read_entry, read_header
from cassette.store.split import MARK, SplitError

if TYPE_CHECKING:
    from datetime import datetime

    from cassette.model import Interaction

_OPEN_LIST: Final = re.compile(
    rb"^interactions:[ \t]*(?:#.*)?(?:\n[ \t]*(?:#.*)?)*\Z", re.MULTILINE
)
"""How a header ends before the first interaction; comments may stand there."""


class ParsedEntry:
    """An interaction that went through a YAML parser, checked when it is read.

    Attributes:
        size: Characters of its texts.
        line: The line of the file at which it starts, counted from 1.

    Args:
        place: Its node in the file.
    """

    def __init__(self, place: LocatedNode) -> None:
        self.size = place.node.size
        self.line = place.node.line
        self._place = place

    @property
    def call(self) -> str:
        """Its call.

        Raises:
            CassetteFormatError: It has none, or lacks another key that must be there.
        """
        return read_call(self._place)

    def interaction(self) -> Interaction:
        """Return what stands there, made anew at each call.

        Raises:
            CassetteFormatError: Something in it is not as ``docs/format.md`` says.
        """
        return read_entry(self._place)


def parse_file(text: bytes, path: str) -> tuple[datetime, list[ParsedEntry]]:
    """Return when a cassette was recorded, and its interactions.

    Raises:
        CassetteFormatError: The text is no cassette.
    """
    root = compose(text, path=path)
    if root is None:
        raise CassetteFormatError(
            "the file is empty",
            path=path,
            remedy="Delete it and record the cassette again.",
        )
    recorded, places = read_header(LocatedNode(root, path))
    return recorded, [ParsedEntry(place) for place in places]


def parse_header(header: bytes, path: str) -> datetime:
    """Return when a cassette was recorded.

    Args:
        header: The text before the first mark.
        path: The file.

    Raises:
        CassetteVersionError: It was written by a newer version of this package.
        SplitError: The text is more, or less, than a header.
    """
    try:
        root = compose(header + b"\n", path=path)
        if root is None:
            raise SplitError
        recorded, interactions = read_header(LocatedNode(root, path))
    except CassetteVersionError:
        raise
    except CassetteFormatError:
        raise SplitError from None
    if interactions or not _OPEN_LIST.search(header):
        raise SplitError
    return recorded


def parse_entry(entry: bytes, path: str, index: int, first_line: int) -> ParsedEntry:
    """Return an interaction as a YAML parser reads it by itself.

    Args:
        entry: The text behind its mark.
        path: The file.
        index: Its number in the file, counted from 0.
        first_line: The line at which it starts.

    Raises:
        SplitError: It cannot stand for itself.
    """
    try:
        root = compose(MARK[1:] + entry + b"\n", path=path, first_line=first_line)
    except CassetteFormatError:
        raise SplitError from None
    if root is None or not isinstance(root.value, list) or len(root.value) != 1:
        raise SplitError
    return ParsedEntry(LocatedNode(root.value[0], path, f"interactions[{index}]"))
