"""The judge: whether what stands under a name is a secret. Name, value and context decide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from cassette.redaction.names import Tier, is_checksum, normal_name, tier_of, words_in
from cassette.redaction.values import (
    is_for_people,
    is_placeholder,
    is_plain_fact,
    is_template,
    looks_random,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Where = Literal["headers", "query", "form", "json", "xml", "text"]
"""Kind of place: what a name means differs."""

CHECKSUM_FIELDS: Final = words_in(
    "digest content-digest repr-digest want-digest x-goog-hash etag content-md5"
)
_DIGITS: Final = re.compile(r"\d{3,10}")
_CODE: Final = re.compile(
    r"[a-zA-Z_$][\w$]*(?:\.[a-zA-Z_$][\w$]*)+|.*[()$\[\]{}].*|[A-Z]+(?:_[A-Z0-9]+)+|\$\w+"
)
"""An expression of a program, where a value could stand."""

_REMEMBERED: Final = 10_000
"""Names whose tier is remembered: a bound, so that odd input fills no memory."""


class Judge:
    """Judges names and values.

    Args:
        own: Names that the user gives, in their normal form.
        kept: Names that are no secrets after all, in their normal form.
        defaults: Whether other names are judged by their words.
    """

    def __init__(self, own: frozenset[str], kept: frozenset[str], *, defaults: bool) -> None:
        self.own: Final = own - kept
        self.kept: Final = kept
        self.defaults: Final = defaults
        self._tiers: dict[str, Tier] = {}
        self.spelt_names: Final[dict[bytes, tuple[str, Tier]]] = {}  # as they stand in JSON
        self.harmless_names: Final[set[bytes]] = set()  # those that say nothing
        self.harmless: Final[set[bytes]] = set()  # lines of heads that hold nothing

    def tier(self, name: str) -> Tier:
        """Return what a name says."""
        known = self._tiers.get(name)
        if known is None:
            normal = normal_name(name)
            if normal in self.own:
                known = Tier.OWN
            elif normal in self.kept or not self.defaults:
                known = Tier.NONE
            else:
                known = tier_of(name)
            if len(self._tiers) < _REMEMBERED:
                self._tiers[name] = known
        return known


class Court:
    """Judges the fields of one message.

    Args:
        judge: What names say.
        is_mask: Whether a value is a mask of ours.
        sent: Whether the message is a request: what a program sends under the name of a secret is
            one, what a server says may be a label.
        whatever: Of which names any value is a secret, where messages are compared: a dummy that is
            sent in a test agrees with the mask of what was recorded.
    """

    def __init__(
        self,
        judge: Judge,
        is_mask: Callable[[bytes], bool],
        *,
        sent: bool,
        whatever: Callable[[str], bool] | None = None,
    ) -> None:
        self.tier: Final = judge.tier
        self.own: Final = judge.own
        self.defaults: Final = judge.defaults
        self.spelt_names: Final = judge.spelt_names
        self.harmless_names: Final = judge.harmless_names
        self.harmless: Final = judge.harmless
        self.is_mask: Final = is_mask
        self.sent: Final = sent
        self._whatever: Final = whatever

    def hides(self, name: str, value: bytes, where: Where, *, number: bool = False) -> bool:
        """Return whether the value of a field is a secret.

        Args:
            name: Name of the field, escapes undone.
            value: Its value, escapes undone.
            where: Where it stands.
            number: It is a number of JSON.
        """
        tier = self.tier(name)
        if tier is Tier.NONE or not value:
            return False
        if self._whatever is not None and self._whatever(name):
            return True
        return tier is Tier.OWN or self._is_secret(name, tier, value, where, number=number)

    def _is_secret(
        self, name: str, tier: Tier, value: bytes, where: Where, *, number: bool
    ) -> bool:
        text = value.decode("utf-8", "replace").strip()
        if number:
            return self._is_secret_number(name, tier, text)
        if is_template(text) or (is_placeholder(text) and not self.sent):
            return False
        if tier is Tier.CERTAIN:
            return self._is_password(text, where)
        if tier is Tier.NUMERIC:
            return _DIGITS.fullmatch(text) is not None and (self.sent or _is_one_time(name, text))
        return self._is_token(name, tier, text, where)

    def _is_token(self, name: str, tier: Tier, text: str, where: Where) -> bool:
        if where in ("json", "xml", "text") and is_checksum(name):
            return False
        if tier is Tier.LIKELY:
            is_code = where == "text" and _CODE.fullmatch(text)
            return not is_code and (looks_random(text, 8) or _is_words_in_disguise(text))
        if name in CHECKSUM_FIELDS or where in ("xml", "text"):
            return False
        return (self.sent or where != "json") and looks_random(text, 16)

    def _is_password(self, text: str, where: Where) -> bool:
        if where == "text":
            if _CODE.fullmatch(text) and not looks_random(text, 12):
                return False
            return looks_random(text, 6) or bool(re.search(r"\d", text) and len(text) > 5)  # noqa: PLR2004
        if self.sent or where == "query":
            return len(text) > 2  # noqa: PLR2004 - a switch, a count
        return not (is_for_people(text) or is_plain_fact(text))

    def _is_secret_number(self, name: str, tier: Tier, text: str) -> bool:
        digits = len(re.sub(r"\D", "", text))
        if tier is Tier.NUMERIC:
            return 3 <= digits <= 10 and (self.sent or _is_one_time(name, text))  # noqa: PLR2004
        if tier is Tier.CERTAIN:
            return self.sent or digits >= 6  # noqa: PLR2004
        # Counts of tokens are numbers too.
        is_count = name.lower().endswith("s")
        return tier is Tier.LIKELY and digits >= 6 and not is_count  # noqa: PLR2004


def _is_one_time(name: str, text: str) -> bool:
    return "otp" in name.lower() and len(text) >= 6  # noqa: PLR2004


def _is_words_in_disguise(text: str) -> bool:
    """Return whether words carry a part that a machine made: ``dev-3f9c21ab``."""
    parts = [part for part in re.split(r"[-_.:]", text) if part.isalnum()]
    return len(parts) > 1 and any(part == "secret" or looks_random(part, 8) for part in parts)
