"""Redaction: no secret reaches the disk.

``Redactor.redact`` takes an interaction and returns one without secrets: the same object where
there were none. Names of fields decide (``names``), and where a quick look
(``alarms``) leaves open that there is one, spans in the raw bytes are found (``finders``) and
overwritten with masks of equal length (``masks``), message by message (``masking``).

Who only wants to know asks ``Redactor.secrets_in(interaction)`` or
``Redactor.secrets_in_text(data, kind)``: both give ``Finding``s, each a place, such as
``response.json.access_token``, and the rule that found the secret there, such as ``name`` or
``github token``. A redacted interaction lists the same of itself as ``redacted``, ``rules`` and
``masks``; a value in ``masks`` is no secret, and is never found again.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.errors import OptionError
from cassette.model import Request, Response
from cassette.redaction.alarms import has_name, has_userinfo, words_of
from cassette.redaction.masks import (
    MASK_MARK,
    SecretMemory,
    Spot,
    mask_number,
    mask_numbers,
    without_masks,
    without_masks_bytes,
)
from cassette.redaction.names import CODING_NAMES, DEFAULT_NAMES, normal_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cassette.model import Interaction, Message
    from cassette.redaction.masking import MaskedMessage

__all__ = [
    "DEFAULT_NAMES",
    "MASK_MARK",
    "Finding",
    "Redactor",
    "without_masks",
    "without_masks_bytes",
]


class Finding(NamedTuple):
    """A secret that was found.

    Attributes:
        place: Where it stands, such as ``request.headers.authorization``, ``response.json.token``,
            or for a text ``json.token``.
        rule: What found it: ``name``, ``known``, or the name of a shape.
    """

    place: str
    rule: str


_SMALL: Final = 1 << 16
"""Bytes up to which a message is tested in one go, before it is taken apart."""


class Redactor:
    """Hides credentials by the names of their fields.

    A redactor remembers, in memory only, which secret got which mask; it lasts for one use of a
    cassette. ``fresh`` gives another with the same options and an empty memory.

    Args:
        names: Further names of secret fields, or all of them where ``defaults`` is False. They are
            compared whole, without regard to case, ``-``, ``_`` and ``.``.
        keep: Names that are not secret after all.
        defaults: Whether the names of ``DEFAULT_NAMES`` are secret.

    Raises:
        OptionError: A name is not a string, or is empty.
    """

    def __init__(
        self, names: Iterable[str] = (), *, keep: Iterable[str] = (), defaults: bool = True
    ) -> None:
        own = _normal_names("names", names)
        kept = _normal_names("keep", keep)
        self.names: Final = (own | (DEFAULT_NAMES if defaults else frozenset())) - kept
        self._words = words_of(self.names)
        self._alarms = words_of(self.names | CODING_NAMES)
        self._cache: dict[str, bool] = {}
        self._memory = SecretMemory()

    @classmethod
    def of(cls, option: Redactor | bool) -> Redactor:  # noqa: FBT001 - an option is what it is
        """Return what the option ``redact`` stands for: True for the default, False for none.

        Raises:
            OptionError: It is neither a redactor nor one of these. A list of names, say, must not
                be taken for a mere yes: what it names would be written as it came.
        """
        if isinstance(option, Redactor):
            return option
        if not isinstance(option, bool):
            raise OptionError(
                f"redact is {option!r}\n"
                "It may be: True, False, or a redactor: cassette.Redactor(['X-Shoe-Size'])"
            )
        return _DEFAULT if option else cls.off()

    @classmethod
    def off(cls) -> Redactor:
        """Return a redactor that hides nothing."""
        return cls(defaults=False)

    def fresh(self) -> Redactor:
        """Return a redactor with the same options that remembers no secret."""
        fresh = copy.copy(self)
        fresh._memory = SecretMemory()  # noqa: SLF001 - our own
        return fresh

    def __bool__(self) -> bool:
        """Whether it hides anything."""
        return bool(self.names)

    def __repr__(self) -> str:
        return f"<Redactor of {len(self.names)} names>"

    def is_secret(self, name: str) -> bool:
        """Return whether a header, parameter, form field or JSON member of this name is secret."""
        known = self._cache.get(name)
        if known is None:
            known = normal_name(name) in self.names
            if len(self._cache) < 10_000:  # noqa: PLR2004 - a bound, so that odd input fills no memory
                self._cache[name] = known
        return known

    def redact(self, interaction: Interaction) -> Interaction:
        """Return an interaction without its secrets.

        Args:
            interaction: One interaction as it came; it is not changed.

        Returns:
            The same object where it holds no secret. Else a copy whose ``redacted`` lists the
            places, and whose bytes outside of the secrets are the same. Where a compressed body
            held a secret its length and framing differ, and ``arrived`` is empty.
        """
        if not self.names:
            return interaction
        request, response, memory = interaction.request, interaction.response, self._memory
        messages = (("request", request), ("response", response))
        maskings = {
            role: _taken_apart(message, role)
            for role, message in messages
            if self._is_suspect(message)
        }
        for masking in maskings.values():
            masking.find(self.is_secret, self._words, memory)
        if memory:
            for role, message in messages:
                if role not in maskings and memory.occurs(message.raw):
                    maskings[role] = _taken_apart(message, role)
            for masking in maskings.values():
                masking.find_learned(memory)
        # The call says nothing that the request does not say, userinfo excepted.
        if not maskings and "@" not in interaction.call:
            return interaction
        method, blank, url = interaction.call.partition(" ")
        masked_url = self.mask_url(url)
        call = f"{method}{blank}{masked_url}"
        places = [
            place for role, _ in messages if role in maskings for place in maskings[role].places
        ]
        if not places and call == interaction.call:
            return interaction
        sent, received = (
            maskings[role].masked() if role in maskings else message.raw
            for role, message in messages
        )
        redacted = tuple(dict.fromkeys([*interaction.redacted, *places]))
        return replace(
            interaction,
            call=call,
            request=request if sent is request.raw else Request(sent, masked_url),
            response=response
            if received is response.raw
            else Response(received, response.parsed_response.method.decode("latin-1")),
            arrived=interaction.arrived if len(received) == len(response.raw) else (),
            redacted=redacted,
            rules=tuple("name" for _ in redacted),
        )

    def secrets_in(self, interaction: Interaction) -> list[Finding]:
        """Return the secrets that stand in an interaction, masks left out, each place once."""
        before = len(interaction.redacted)
        done = self.fresh().redact(interaction)
        return list(map(Finding, done.redacted[before:], done.rules[before:]))

    def secrets_in_text(self, data: bytes, kind: str = "") -> list[Finding]:
        """Return the secrets that stand in any text, such as a body or a file.

        Args:
            data: The text, not compressed.
            kind: Its media type with parameters, where it is known.
        """
        from cassette.redaction.masking import content_hits  # noqa: PLC0415 - as in ``_taken_apart``

        hits = content_hits(data, 0, len(data), kind.encode("latin-1", "replace"), self.is_secret)
        return [Finding(hit.place, "name") for hit in hits if mask_number(hit.secret) is None]

    def _is_suspect(self, message: Message) -> bool:
        """Return whether a cheap look at all bytes leaves open that a field holds a secret.

        Compressed and chunked bodies do not show their words, and large ones may be binary: what
        they are is found out by reading the head. ``Vary: Cookie`` is the name of a secret, and
        none: nearly every server says something of the kind.
        """
        raw = message.raw
        return (
            len(raw) > _SMALL
            or has_name(message.parsed.without_name_lists(raw), self._alarms)
            or (b"@" in raw and has_userinfo(raw))
        )

    def mask_request(self, request: Request) -> Request:
        """Return a request as it would be recorded; the same object where it holds no secret."""
        raw = request.raw
        if not self.names or not (self._is_suspect(request) or self._memory.occurs(raw)):
            return request
        message = _taken_apart(request, "request")
        message.find(self.is_secret, self._words, self._memory)
        if self._memory:
            message.find_learned(self._memory)
        masked = message.masked()
        return request if masked is raw else Request(masked, self.mask_url(request.url))

    def learn(self, request: Request) -> bool:
        """Look for the secrets of a request elsewhere too; return whether there were new ones."""
        before = len(self._memory)
        self.mask_request(request)
        return len(self._memory) > before

    def mask_call(self, call: str) -> str:
        """Return a call line without its secrets."""
        method, blank, url = call.partition(" ")
        return f"{method}{blank}{self.mask_url(url)}"

    def mask_url(self, url: str) -> str:
        """Return a URL, or any text that starts with one, without its secrets."""
        if not self.names or not ("@" in url or "?" in url or self._memory):
            return url
        from cassette.redaction import finders  # noqa: PLC0415 - as in ``_taken_apart``

        data = url.encode("utf-8", "surrogateescape")
        spots = [
            Spot(hit.start, hit.stop, self._memory.mask(hit.secret, hit.stop - hit.start))
            for hit in finders.in_target(data, 0, len(data), self.is_secret)
            if mask_number(hit.secret) is None
        ]
        out = _overwritten(data, spots)
        return _overwritten(out, self._memory.spots(out)).decode("utf-8", "surrogateescape")

    def cover(self, text: bytes) -> bytes:
        """Return a text with the secrets that were learned so far masked."""
        return _overwritten(text, self._memory.spots(text)) if self._memory else text

    def reserve(self, data: bytes) -> None:
        """Give the numbers of the masks in these bytes to no new secret.

        For recording into a cassette that has interactions: two secrets with one mask would look
        like one.
        """
        self._memory.reserve(max(mask_numbers(data), default=0))

    @property
    def has_learned(self) -> bool:
        """Whether there are secrets that are looked for everywhere."""
        return bool(self._memory)

    def may_hold(self, content: bytes) -> bool:
        """Return whether a secret may stand in some content; False is certain."""
        return bool(self.names) and (has_name(content, self._words) or has_userinfo(content))

    def blanked(self, content: bytes, kind: str) -> bytes:
        """Return a body in which all secrets of named fields, masked or not, are the same.

        Args:
            content: A body, decompressed.
            kind: Its media type with parameters.
        """
        if not self.may_hold(content):
            return content
        from cassette.redaction.masking import content_hits  # noqa: PLC0415 - as in ``_taken_apart``

        out: list[bytes] = []
        at = 0
        media = kind.encode("latin-1", "replace")
        hits = content_hits(content, 0, len(content), media, self.is_secret)
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.stop)):
            if at <= hit.start < hit.stop:
                out += (content[at : hit.start], b"0" if hit.number else b"REDACTED")
                at = hit.stop
        return b"".join([*out, content[at:]])


def _taken_apart(message: Message, role: str) -> MaskedMessage:
    # Of the cassettes that are replayed most hold nothing that has to be searched for.
    from cassette.redaction.masking import MaskedMessage  # noqa: PLC0415

    return MaskedMessage(message, role)


def _overwritten(data: bytes, spots: Iterable[Spot]) -> bytes:
    out = None
    for start, stop, hidden in spots:
        if out is None:
            out = bytearray(data)
        out[start:stop] = hidden
    return data if out is None else bytes(out)


def _normal_names(option: str, names: Iterable[object]) -> frozenset[str]:
    if isinstance(names, str):
        raise OptionError(f"{option}: expected a list of names, found the string {names!r}")
    normal = set()
    for name in names:
        if not isinstance(name, str) or not normal_name(name):
            raise OptionError(f"{option}: expected names of fields, found {name!r}")
        normal.add(normal_name(name))
    return frozenset(normal)


_DEFAULT: Final = Redactor()
