"""The memory of one use: which secret got which mask, and what is looked for everywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cassette.locks import make_rlock
from cassette.redaction.jwt import header_of, masked_token
from cassette.redaction.known import KnownValues
from cassette.redaction.masks import mask_of, number_mask, numbers_in, old_masks_in
from cassette.redaction.values import is_placeholder, is_plain_fact, looks_random

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


_TRIES: Final = 100
"""Masks that are tried for a short secret before two of them have to share one."""

_GLOBAL: Final = 6
"""Shortest mask, in bytes, that is known for one beyond the interaction that lists it."""

_LISTED: Final = re.compile(rb"\n  masks: \[([^\n]*)\]")
_RUN: Final = re.compile(rb"[A-Za-z0-9_-]{4}")
_AROUND: Final = "!\"#$%&'()*+,-./:;=?@[\\]^_`{|}~ "
_SEPARATOR: Final = re.compile(r"[-_ .+]")
_ITEM: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"|([^",\s][^",]*)')


_WORDS: Final = re.compile(r"[^\W\d_]*(?:[-_ .:/+][^\W\d_]+)*")


def is_learnable(secret: bytes) -> bool:
    """Return whether a secret is so long and rare that it may be looked for everywhere.

    Words are not: a password that is one stands in innocent places. Nor is what has no run of
    letters and digits by which it could be found.
    """
    if len(secret) < 8 or secret.isspace() or not _RUN.search(secret):  # noqa: PLR2004 - as a PIN is
        return False
    text = secret.decode("utf-8", "replace")
    if is_placeholder(text):
        return False
    if looks_random(text, 8):
        return True
    if "<" in text or ">" in text:
        return False  # it could be a tag somewhere else
    if _WORDS.fullmatch(text.strip(_AROUND)):
        # A phrase; what has only slashes in it may be the name of a zone.
        least = 12 if _SEPARATOR.search(text) else 16
        return len(text) >= least and not text.isalpha()
    return not is_plain_fact(text) and re.search(r"[^\W\d_]", text) is not None


class SecretMemory:
    """The secrets of one use and their masks; safe to share between threads.

    It lives in memory only. Numbers are given in the order in which secrets are met, so recording
    again gives the same masks and a small difference.

    Attributes:
        known: What is looked for everywhere.
        limits: For names that are secret in some places only, what says so of a place.
    """

    def __init__(self) -> None:
        self.known: Final = KnownValues()
        self._lock = make_rlock()
        self._numbers: dict[bytes, int] = {}
        self._given: dict[tuple[bytes, int, int, bool], bytes] = {}
        self._masks: dict[bytes, bytes] = {}  # of each the secret, where that is known
        self._last = 0
        self._wishes: dict[bytes, bytes] = {}
        self.limits: Mapping[str, Callable[[str], bool]] = {}

    def wish(self, secret: bytes, mask: str) -> None:
        """Let a mask of the user's stand in place of a secret, cut or filled up to its length."""
        if mask:
            self._wishes[secret] = mask.encode()

    def reserve(self, data: bytes) -> None:
        """Take the masks in the text of a cassette for masks, and their numbers for taken."""
        listed = [line[1] for line in _LISTED.finditer(data)]
        for line in listed:
            found = (item[1] or item[2] for item in _ITEM.finditer(line))
            self.adopt(found, everywhere=True)
        if not listed:
            self.adopt(old_masks_in(data), everywhere=True)
        with self._lock:
            self._last = max(self._last, max(numbers_in(data), default=0))

    def adopt(self, masks: Iterable[bytes], *, everywhere: bool = False) -> None:
        """Take values for masks.

        Args:
            masks: The values.
            everywhere: They come from another interaction: short ones may be secrets in this one.
        """
        with self._lock:
            for mask in masks:
                if len(mask) >= _GLOBAL or not everywhere:
                    self._masks.setdefault(mask, b"")

    def is_mask(self, value: bytes) -> bool:
        """Return whether a value is a mask of this use, or of the cassette."""
        return value in self._masks

    def mask(self, secret: bytes, size: int, *, keep: int = 0, number: bool = False) -> bytes:
        """Return the mask of a secret.

        Args:
            secret: The secret, escapes undone.
            size: Bytes that its place asks for.
            keep: Bytes at its start that stay.
            number: It is a number, and stays one.
        """
        key = (secret, size, keep, number)
        known = self._given.get(key)
        if known is None:
            with self._lock:
                known = self._given.get(key)
                if known is None:
                    known = self._given[key] = self._new_mask(secret, size, keep, number=number)
        return known

    def _new_mask(self, secret: bytes, size: int, keep: int, *, number: bool) -> bytes:
        wished = self._wishes.get(secret)
        if wished is not None:
            candidate = wished[:size].ljust(size, b"x")
            self._masks.setdefault(candidate, secret)
            return candidate
        if size == len(secret) and secret.count(b".") >= 2 and header_of(secret) is not None:  # noqa: PLR2004
            masked = masked_token(secret, self.mask)
            self._masks.setdefault(masked, secret)
            return masked
        first = self._numbers.get(secret)
        if first is None:
            first = self._numbers[secret] = self._last = self._last + 1
        candidate = b""
        for count in range(first, first + _TRIES):
            candidate = number_mask(secret, count) if number else mask_of(secret, count, size, keep)
            if self._masks.get(candidate, secret) == secret and candidate != secret:
                break
        self._masks.setdefault(candidate, secret)
        return candidate

    def learn(self, secret: bytes) -> None:
        """Look for this secret everywhere from now on, if it is long and rare enough."""
        if not self.is_mask(secret) and is_learnable(secret):
            self.known.add(secret)
