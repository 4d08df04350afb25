"""What a request body means: the value that two bodies are compared by.

Two bodies with equal keys mean the same to a server, although their bytes may differ: JSON by
value, forms by pairs, multipart without its random boundary, anything else by its bytes; content
coding and chunk framing undone. Secrets and masks are equal to each other.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final

from cassette.matching.calls import SECRET, canonical_query, pairs_of
from cassette.redaction import has_mask_bytes, without_masks_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from cassette.matching.paths import JsonPath
    from cassette.model import Message
    from cassette.redaction import Redactor

BodyKey = tuple[str, bytes | str]
"""Kind of body, and its canonical form or a digest of that."""

NO_BODY: Final[BodyKey] = ("none", b"")

_LONG: Final = 1024
"""Characters of a canonical form from which on its digest is kept instead: 16 bytes are enough
to tell bodies apart, and a cassette of large uploads must not be held in memory."""

_DEEP: Final = 200
"""Levels of JSON from which on it is compared by its bytes: Python gives up at about 1,000 calls,
of which the program that sends has used some."""

_BRACKET: Final = re.compile(rb"[\[{\]}]")

_HIDDEN: Final = {SECRET: None}
"""Stands for a secret in JSON: equal to no value that a body can hold without trying hard."""


class BodyReader:
    """Reads bodies by meaning.

    Args:
        redactor: Says which fields are secret.
        form_fields: Names of form fields that do not count.
        json_paths: Places in JSON that do not count.
    """

    def __init__(
        self,
        redactor: Redactor,
        form_fields: frozenset[str] = frozenset(),
        json_paths: tuple[JsonPath, ...] = (),
    ) -> None:
        self._redactor = redactor
        self._form_fields = form_fields
        self._json_paths = json_paths

    def over(self, redactor: Redactor) -> BodyReader:
        """Return the same reader with another redactor."""
        return BodyReader(redactor, self._form_fields, self._json_paths)

    def content(self, message: Message) -> tuple[bytes, str]:
        """Return the content that counts, secrets and masks made equal, and its media type."""
        content, kind = message.content, message.kind
        if not content:
            return b"", kind
        content = self._redactor.blanked(content, kind)
        if has_mask_bytes(content):
            content = without_masks_bytes(content)
        return content, kind

    def key(self, message: Message) -> BodyKey:
        """Return what the body of a message means, as a key."""
        content, kind = self.content(message)
        if not content:
            return NO_BODY
        key = self._canonical(content, kind)
        if len(key[1]) > _LONG:
            data = key[1].encode() if isinstance(key[1], str) else key[1]
            key = key[0], hashlib.blake2b(data, digest_size=16).digest()
        return key

    def _canonical(self, content: bytes, kind: str) -> BodyKey:
        what, value = self.meaning(content, kind)
        if what == "multipart":
            return what, repr(value)
        if what == "JSON":
            return what, _ENCODER.encode(value)
        return what, canonical_query(value) if what == "form" else content

    def meaning(self, content: bytes, kind: str) -> tuple[str, Any]:
        """Return what a body is, and its value as far as it counts.

        Args:
            content: A body as ``content`` gives it.
            kind: Its media type with parameters.

        Returns:
            ``multipart`` and its parts, ``JSON`` and its value, ``form`` and its pairs, or
            ``bytes`` and these.
        """
        media = kind.lower()
        if media.startswith("multipart/"):
            parts = self.parts(content, kind)
            if parts is not None:
                return "multipart", parts
        if may_be_json(content, media):
            value = self.json_value(content)
            if value is not NOT_JSON:
                return "JSON", value
        if "x-www-form-urlencoded" in media:
            pairs = self.form_pairs(content)
            if pairs is not None:
                return "form", pairs
        return "bytes", content

    def json_value(self, content: bytes) -> Any:  # noqa: ANN401 - JSON is any value
        """Return content read as JSON without what does not count, or ``NOT_JSON``.

        Numbers are equal by value, so ``1.0`` is read as ``1``: JSON knows one kind of number
        (RFC 8259, section 6), and libraries write whole floats either way.
        """
        if max(content.count(b"["), content.count(b"{")) > _DEEP:
            # Perhaps nested deeper than Python can follow; to know that takes one more look.
            depth = deepest = 0
            for bracket in _BRACKET.findall(content):
                depth += 1 if bracket in b"[{" else -1
                deepest = max(deepest, depth)
            if deepest > _DEEP:
                return NOT_JSON
        try:
            value = _DECODER.decode(content.decode(json.detect_encoding(content)))
            if self._redactor.may_hold(content):
                value = _without_secrets(value, self._redactor.is_secret)
            for path in self._json_paths:
                value = path.removed_from(value)
        except ValueError:
            return NOT_JSON
        return value

    def form_pairs(self, content: bytes) -> list[tuple[str, str]] | None:
        """Return the pairs of a form that count; None where it is none in spite of its label."""
        if not _FORM.fullmatch(content):
            return None
        return pairs_of(content.decode("ascii"), self._redactor.hides, self._form_fields)

    def parts(self, content: bytes, kind: str) -> list[tuple[str, list[str], bytes]] | None:
        """Return name, head and body of each part that counts; None where there are no parts."""
        from cassette.redaction.multipart import boundary_of, part_name, parts_of  # noqa: PLC0415 - seldom

        boundary = boundary_of(kind.encode("latin-1", "replace"))
        parts = list(parts_of(content, boundary)) if boundary is not None else []
        if not parts:
            return None
        found = []
        for part in parts:
            head = content[part.start : part.body]
            name = part_name(head)
            if name in self._form_fields:
                continue
            lines = sorted(line.strip().decode("latin-1") for line in head.split(b"\n"))
            secret = self._redactor.is_secret(name)
            body = SECRET.encode() if secret else content[part.body : part.stop]
            found.append((name, [line for line in lines if line], body))
        return found


NOT_JSON: Final = object()

_FORM: Final = re.compile(rb"[!-~]*")


def may_be_json(content: bytes, media: str) -> bool:
    """Return whether to try to read a body as JSON: by its type, or by its first byte.

    Many programs send JSON as a form, because that is what their library says where they are
    silent.
    """
    return "json" in media or content.lstrip()[:1] in (b"{", b"[")


_EXACT: Final = 1 << 53
"""Where floats begin to leave integers out: ``1e23`` is none of them."""


def _number(text: str) -> int | float:
    value = float(text)
    if not value.is_integer():
        return value
    if abs(value) < _EXACT:
        return int(value)
    from decimal import Decimal  # noqa: PLC0415 - hardly any number is so large

    return int(Decimal(text))


_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_DECODER: Final = json.JSONDecoder(parse_float=_number)


def _without_secrets(
    value: Any,  # noqa: ANN401 - JSON is any value
    is_secret: Callable[[str], bool],
) -> Any:  # noqa: ANN401 - JSON is any value
    if isinstance(value, dict):
        return {
            name: _HIDDEN if is_secret(name) else _without_secrets(member, is_secret)
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(item, is_secret) for item in value]
    return value
