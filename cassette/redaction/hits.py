"""What a search gives: where a secret stands, what it is, and which rule found it."""

from __future__ import annotations

import re
from bisect import bisect
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAME: Final = "name"
"""The rule of what was found by the name of its field."""

KNOWN: Final = "known"
"""The rule of a value that was found elsewhere, or that the environment holds."""


class Hit(NamedTuple):
    """A secret that was found.

    Attributes:
        start: Offset of its first byte as it is spelt.
        stop: Offset after its last byte; that of the first where the secret is only learned.
        secret: The secret itself, any encoding undone: what its other spellings have in common.
        place: Where it stands, such as ``headers.authorization``.
        rule: What found it.
        learn: Whether to look for it elsewhere too.
        number: Whether it must stay a number.
        keep: Bytes at its start that stay, because they say what kind of token it is.
        packed: How a text that is itself base64 is spelt once its inner secrets are masked; else
            empty.
    """

    start: int
    stop: int
    secret: bytes
    place: str
    rule: str = NAME
    learn: bool = True
    number: bool = False
    keep: int = 0
    packed: bytes = b""


PERCENT: Final = re.compile(rb"%[0-9A-Fa-f]{2}|\+")
BACKSLASH: Final = re.compile(rb'\\u00[0-7][0-9A-Fa-f]|\\["\\/bfnrt]|"')
LONG_VALUE: Final = 512
"""Bytes from which on a value is not searched for further names, or each would be read again."""

OUTSIDE: Final = b"\0"
"""Stands for the quotation marks that are not inside of a JSON string, but around it."""

_UNDONE: Final = {
    rb"\b": b"\b",
    rb"\f": b"\f",
    rb"\n": b"\n",
    rb"\r": b"\r",
    rb"\t": b"\t",
    rb"\/": b"/",
    rb"\"": b'"',
    rb"\\": b"\\",
    b'"': OUTSIDE,
    b"+": b" ",
}


class View:
    """A text with one level of escapes undone, in which finders look.

    Args:
        data: What holds the text.
        start: Where it begins.
        stop: Where it ends.
        escape: What is undone.
    """

    def __init__(self, data: bytes, start: int, stop: int, escape: re.Pattern[bytes]) -> None:
        # Behind each escape: the offset in the view, and that in the data.
        self._here = [0]
        self._there = [start]
        out = bytearray()
        for found in escape.finditer(data, start, stop):
            out += data[self._there[-1] : found.start()]
            spelt = found[0]
            out += _UNDONE.get(spelt) or bytes([int(spelt[-2:], 16)])
            self._here.append(len(out))
            self._there.append(found.end())
        out += data[self._there[-1] : stop]
        self.text = bytes(out)

    def placed(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        """Yield hits in the view as what they are in the data."""
        for hit in hits:
            end = self.text.find(OUTSIDE, hit.start, hit.stop)
            if end >= 0:  # the JSON is cut short where the string around it ends
                secret = hit.secret.partition(OUTSIDE)[0]
                hit = hit._replace(stop=end, secret=secret, learn=False)  # noqa: PLW2901
            if hit.start < hit.stop:
                start, stop = self._there_of(hit.start), self._there_of(hit.stop)
                yield hit._replace(start=start, stop=stop)

    def _there_of(self, offset: int) -> int:
        at = bisect(self._here, offset) - 1
        return self._there[at] + offset - self._here[at]
