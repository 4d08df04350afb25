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
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.errors import OptionError
from cassette.model import Request, Response
from cassette.redaction import rules as made
from cassette.redaction.hits import KNOWN, NAME
from cassette.redaction.judging import Court, Judge
from cassette.redaction.masks import (
    has_mask,
    has_mask_bytes,
    old_masks_in,
    without_masks,
    without_masks_bytes,
)
from cassette.redaction.memory import SecretMemory
from cassette.redaction.names import Tier, normal_name

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Mapping

    from cassette.model import Interaction, Message
    from cassette.redaction.masking import Finds, MaskedMessage, Spot

__all__ = [
    "Finding",
    "Redactor",
    "has_mask",
    "has_mask_bytes",
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


class Redactor:
    """Hides credentials: by the names of their fields, by their shape, and by rules of the user's.

    A redactor remembers, in memory only, which secret got which mask; it lasts for one use of a
    cassette. ``fresh`` gives another with the same options and an empty memory.

    Args:
        names: What else is secret, or all of it where ``defaults`` is False. Names of fields, which
            are compared whole, without regard to case, ``-``, ``_`` and ``.``; patterns; functions
            of a text that give the secrets in it; and rules that ``name``, ``shape``, ``value`` and
            ``function`` make, which say where they apply and what is to stand instead.
        keep: Names that are not secret after all.
        defaults: Whether the names of ``DEFAULT_NAMES`` are secret.

    Raises:
        OptionError: A name is empty, or something is no rule.
    """

    def __init__(
        self,
        names: Iterable[str | re.Pattern[str] | made.Rule | Callable[[str], Iterable[str]]] = (),
        *,
        keep: Iterable[str] = (),
        defaults: bool = True,
    ) -> None:
        if isinstance(names, str):
            raise OptionError(f"names: expected a list of names, found the string {names!r}")
        rules = [made.rule_of(given) for given in names]
        own = _normal_names("names", (rule.name for rule in rules if rule.label == "name"))
        self._judge: Final = Judge(own, _normal_names("keep", keep), defaults=defaults)
        self._rules: Final = made.Rules(rules)
        self._memory = SecretMemory()
        self._rules.prepare(self._memory)
        self._masked_names: set[str] = set()
        self._knows_environment = False
        self.unsearched = False

    name = staticmethod(made.name)
    shape = staticmethod(made.shape)
    value = staticmethod(made.value)
    function = staticmethod(made.function)

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
        self._rules.prepare(fresh._memory)  # noqa: SLF001 - as above
        fresh._masked_names = set()  # noqa: SLF001 - as above
        fresh._knows_environment = fresh.unsearched = False  # noqa: SLF001 - as above
        return fresh

    def __bool__(self) -> bool:
        """Whether it hides anything."""
        return self._judge.defaults or bool(self._judge.own) or bool(self._rules)

    def __repr__(self) -> str:
        words = [*sorted(self._judge.own), *(["secrets"] if self._judge.defaults else [])]
        return f"<Redactor of {', '.join(words) or 'nothing'}>"

    # -- what is recorded

    def redact(self, interaction: Interaction) -> Interaction:
        """Return an interaction without its secrets.

        Args:
            interaction: One interaction as it came; it is not changed.

        Returns:
            The same object where it holds no secret. Else a copy whose ``redacted``, ``rules`` and
            ``masks`` say what was hidden, and whose bytes outside of the secrets are the same.
            Where a compressed body held a secret its length and framing differ, and ``arrived`` is
            empty.
        """
        if not self:
            return interaction
        self._know_masks_of(interaction)
        sides = {
            role: self._taken_apart(message, role)
            for role, message in (
                ("request", interaction.request),
                ("response", interaction.response),
            )
            if message.raw
        }
        # All secrets first: one of the response may stand in the request.
        for side in sides.values():
            side.find()
        for side in sides.values():
            side.find_known()
        if "@" in interaction.call or "request" not in sides:
            return self._masked(interaction, sides)
        if any(side.is_touched or side.unsearched for side in sides.values()):
            return self._masked(interaction, sides)
        return interaction

    def _know_masks_of(self, interaction: Interaction) -> None:
        """Take what stands in the place of secrets in an interaction for masks."""
        memory = self._learned_memory()
        if interaction.masks:
            memory.adopt(text.encode("utf-8", "surrogateescape") for text in interaction.masks)
        elif interaction.redacted:
            for message in (interaction.request, interaction.response):
                memory.adopt(old_masks_in(message.raw))

    def _masked(self, interaction: Interaction, sides: Mapping[str, MaskedMessage]) -> Interaction:
        """Return an interaction with the masks that its two sides have found."""
        from cassette.redaction.masking import Finds  # noqa: PLC0415 - a replay masks nothing

        call, in_call = interaction.call, Finds(self._memory, "request")
        if "@" in call or "request" not in sides or sides["request"].is_touched:
            method, blank, url = call.partition(" ")
            call = f"{method}{blank}{self._masked_url(url, in_call)}"
        unsearched = tuple(role for role, side in sides.items() if side.unsearched)
        self.unsearched |= bool(unsearched)
        sent, received = (
            sides[role].masked() if role in sides else b"" for role in ("request", "response")
        )
        request, response = interaction.request, interaction.response
        if sent is not request.raw and sent:
            request = Request(sent, call.partition(" ")[2])
        if received is not response.raw and received:
            response = Response(received, response.parsed_response.method.decode("latin-1"))
        same = request is interaction.request and response is interaction.response
        if same and (call, unsearched) == (interaction.call, interaction.unsearched):
            return interaction
        known = zip_longest(interaction.redacted, interaction.rules, fillvalue=NAME)
        rules = dict(known)
        masks = dict.fromkeys(interaction.masks)
        for finds in (in_call, *(side.finds for side in sides.values())):
            for place, rule in finds.rules.items():
                rules.setdefault(place, rule)
            masks.update(dict.fromkeys(map(_text_of, finds.masks)))
        return replace(
            interaction,
            call=call,
            request=request,
            response=response,
            arrived=interaction.arrived
            if len(response.raw) == len(interaction.response.raw)
            else (),
            redacted=tuple(rules),
            rules=tuple(rules.values()),
            masks=tuple(masks),
            unsearched=unsearched,
        )

    def _taken_apart(self, message: Message, role: str) -> MaskedMessage:
        from cassette.redaction.masking import MaskedMessage  # noqa: PLC0415 - a replay masks nothing

        return MaskedMessage(
            message, role, self._court(sent=role == "request"), self._memory, self._rules
        )

    def _court(self, *, sent: bool) -> Court:
        return Court(self._judge, self._memory.is_mask, sent=sent)

    def _learned_memory(self) -> SecretMemory:
        """Return the memory, which knows what the environment holds from the first look on."""
        if not self._knows_environment and self._judge.defaults:
            from cassette.redaction.environment import (  # noqa: PLC0415 - a replay masks nothing
                secrets_of_environment,
            )

            self._knows_environment = True
            for secret in secrets_of_environment(self._court(sent=True)):
                self._memory.learn(secret)
        return self._memory

    # -- asking

    def secrets_in(self, interaction: Interaction) -> list[Finding]:
        """Return the secrets that stand in an interaction, masks left out, each place once."""
        before = frozenset(interaction.redacted)
        done = self.fresh().redact(interaction)
        found = zip(done.redacted, done.rules, strict=True) if done is not interaction else ()
        return [Finding(place, rule) for place, rule in found if place not in before]

    def secrets_in_text(self, data: bytes, kind: str = "") -> list[Finding]:
        """Return the secrets that stand in any text, such as a body or a file.

        Args:
            data: The text, not compressed.
            kind: Its media type with parameters, where it is known.
        """
        from cassette.redaction.contents import content_hits, packed_texts  # noqa: PLC0415 - a replay masks nothing
        from cassette.redaction.masking import Finds  # noqa: PLC0415 - a replay masks nothing

        memory = self._learned_memory()
        finds = Finds(memory, "")
        court = self._court(sent=False)
        spots: list[Spot] = []
        media = kind.encode("latin-1", "replace")
        finds.take(content_hits(data, 0, len(data), media, court), data, spots)
        finds.take(packed_texts(data, 0, len(data), court, memory), data, spots)
        found = [Finding(place, rule) for place, rule in finds.rules.items()]
        if any(True for _ in memory.known.sightings(data)) and not found:
            found.append(Finding("body", KNOWN))
        return found

    # -- what is looked up

    def is_secret(self, name: str) -> bool:
        """Return whether what stands under a name is compared as a secret whatever it is."""
        return self._judge.tier(name) >= Tier.CERTAIN or normal_name(name) in self._masked_names

    def hides(self, name: str, value: str) -> bool:
        """Return whether the value of a parameter or a field is compared as a secret.

        Under names that say it all, any value is. Under others a value that looks like one is, and
        a mask, so that what is sent with other credentials agrees with what was recorded.
        """
        tier = self._judge.tier(name)
        if tier is Tier.NONE:
            return False
        if tier >= Tier.CERTAIN or normal_name(name) in self._masked_names or has_mask(value):
            return True
        data = value.encode("utf-8", "surrogateescape")
        return self._memory.is_mask(data) or self._court(sent=True).hides(name, data, "query")

    def recall(self, interaction: Interaction) -> bool:
        """Take what is masked in a recorded interaction for masks, and names under which it is.

        Returns:
            Whether there are names that were not known: what is compared under them may be a dummy,
            and agrees with any mask from now on.
        """
        masks = (text.encode("utf-8", "surrogateescape") for text in interaction.masks)
        self._memory.adopt(masks, everywhere=True)
        before = len(self._masked_names)
        for place in interaction.redacted:
            role, _, rest = place.partition(".")
            kind, _, name = rest.partition(".")
            if role == "request" and kind in ("query", "form", "json") and name:
                self._masked_names.add(normal_name(name))
        return len(self._masked_names) > before

    def mask_request(self, request: Request) -> Request:
        """Return a request as it would be recorded; the same object where it holds no secret."""
        if not self:
            return request
        self._learned_memory()
        message = self._taken_apart(request, "request")
        message.find()
        message.find_known()
        masked = message.masked()
        return request if masked is request.raw else Request(masked, self.mask_url(request.url))

    def learn(self, request: Request) -> bool:
        """Look for the secrets of a request elsewhere too; return whether there were new ones."""
        before = len(self._memory.known)
        self.mask_request(request)
        return len(self._memory.known) > before

    def mask_call(self, call: str) -> str:
        """Return a call line without its secrets."""
        method, blank, url = call.partition(" ")
        return f"{method}{blank}{self.mask_url(url)}"

    def mask_url(self, url: str) -> str:
        """Return a URL, or any text that starts with one, without its secrets."""
        from cassette.redaction.masking import Finds  # noqa: PLC0415 - a replay masks nothing

        return self._masked_url(url, Finds(self._memory, "")) if self else url

    def _masked_url(self, url: str, finds: Finds) -> str:
        from cassette.redaction.tokens import in_tokens  # noqa: PLC0415 - a replay masks nothing
        from cassette.redaction.urls import in_target  # noqa: PLC0415 - a replay masks nothing

        data = url.encode("utf-8", "surrogateescape")
        court = self._court(sent=True)
        spots: list[Spot] = []
        finds.take(in_target(data, 0, len(data), court), data, spots)
        if court.defaults:
            finds.take(in_tokens(data, 0, len(data), "target"), data, spots)
        return self._covered(data, spots).decode("utf-8", "surrogateescape")

    def cover(self, text: bytes) -> bytes:
        """Return a text with the secrets that were learned so far masked."""
        return self._covered(text, []) if len(self._memory.known) else text

    def cover_text(self, text: str) -> str:
        """Return a text that is shown to people without any secret: known ones, and tokens."""
        from cassette.redaction.masking import Finds  # noqa: PLC0415 - a replay masks nothing
        from cassette.redaction.tokens import in_tokens  # noqa: PLC0415 - a replay masks nothing

        if not self:
            return text
        data = text.encode("utf-8", "surrogateescape")
        spots: list[Spot] = []
        if self._judge.defaults:
            finds = Finds(self._memory, "")
            finds.take(in_tokens(data, 0, len(data), ""), data, spots)
        return self._covered(data, spots).decode("utf-8", "surrogateescape")

    def _covered(self, data: bytes, spots: list[Spot]) -> bytes:
        from cassette.redaction.masking import Spot, apart  # noqa: PLC0415 - a replay masks nothing

        memory = self._memory
        for start, stop, secret, _ in memory.known.sightings(data):
            spots.append(Spot(start, stop, memory.mask(secret, stop - start)))
        if not spots:
            return data
        out = bytearray(data)
        for spot in apart(spots):
            out[spot.start : spot.stop] = spot.mask
        return bytes(out)

    def reserve(self, data: bytes) -> None:
        """Take the masks in the text of a cassette for what they are.

        For recording into a cassette that has interactions: two secrets with one mask would look
        like one.
        """
        self._memory.reserve(data)

    @property
    def has_learned(self) -> bool:
        """Whether there are secrets that are looked for everywhere."""
        return bool(len(self._memory.known))

    def may_hold(self, content: bytes) -> bool:
        """Return whether a secret may stand in some content; False is certain."""
        return bool(self) and bool(content)

    def blanked(self, content: bytes, kind: str) -> bytes:
        """Return a body in which all secrets, masked or not, are the same.

        Args:
            content: A body, decompressed.
            kind: Its media type with parameters.
        """
        from cassette.redaction.contents import content_hits  # noqa: PLC0415 - a replay masks nothing
        from cassette.redaction.masking import kind_of  # noqa: PLC0415 - a replay masks nothing

        if not self:
            return content
        out: list[bytes] = []
        at = 0
        media = kind.encode("latin-1", "replace")
        is_mask = self._memory.is_mask
        court = Court(self._judge, is_mask, sent=True, whatever=self.is_secret)
        # What a mask keeps of a token stays here as well.
        hits = [
            (hit.start, -hit.stop, b"0" if hit.number else hit.secret[: hit.keep] + b"REDACTED")
            for hit in content_hits(content, 0, len(content), media, court)
        ]
        for start, stop, secret, _ in self._memory.known.sightings(content):
            keep = kind_of(secret)[1] if stop - start == len(secret) else 0
            hits.append((start, -stop, secret[:keep] + b"REDACTED"))
        if self._rules:
            found = self._rules.hits(
                content, 0, len(content), lambda _: "request.body", self._memory
            )
            hits += [(hit.start, -hit.stop, b"REDACTED") for hit in found]
        for start, end, hidden in sorted(hits):
            if at <= start < -end:
                out += (content[at:start], hidden)
                at = -end
        return b"".join([*out, content[at:]])


def _text_of(mask: bytes) -> str:
    return mask.decode("utf-8", "surrogateescape")


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
