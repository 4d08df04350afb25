"""Rules of the user's: what else is a secret, where, and what is to stand in its place.

A rule is a name, a pattern, a value or a function. Names are judged with those that are known here;
all others give values, found in the head and in the decompressed body of each message.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.errors import HookError, OptionError
from cassette.redaction.hits import Hit
from cassette.redaction.names import normal_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cassette.redaction.memory import SecretMemory

    Find = Callable[[str], Iterable[str]]
    """Gives the secrets in a text."""

_LEAST: Final = 4
"""Shortest value that is looked for: a shorter one stands everywhere by chance."""

_GIVEN: Final = "the text of a message"

_PLACE: Final = re.compile(r"(?:request|response)(?:\.[\w.$\[\]-]+)?")
_MASK: Final = re.compile(r"[A-Za-z0-9._-]+")


class Rule(NamedTuple):
    """What is a secret, and where.

    Made by ``Redactor.name``, ``Redactor.shape``, ``Redactor.value`` and ``Redactor.function``.

    Attributes:
        label: What it is called in the list of an interaction's rules.
        name: The name of a field; empty for another kind of rule.
        value: The secret itself; empty for another kind of rule.
        find: Gives the secrets in a text; None for a name or a value.
        where: Places to which it is limited, such as ``request.headers``; empty for everywhere.
        mask: What is to stand in place of the secret; empty for a mask of ours.
    """

    label: str
    name: str = ""
    value: str = ""
    find: Find | None = None
    where: tuple[str, ...] = ()
    mask: str = ""

    def __repr__(self) -> str:
        """Tell what kind of rule it is; never the value."""
        return f"<Rule {self.label}>"

    def applies(self, place: str) -> bool:
        """Return whether it is meant for a place, such as ``request.headers.x-token``."""
        return not self.where or any(
            place == one or place.startswith(f"{one}.") for one in self.where
        )

    def secrets_in(self, data: bytes) -> list[bytes]:
        """Return the secrets that a text holds, each once.

        Raises:
            HookError: The function of a rule failed, or gave something else than texts.
        """
        if self.value:
            found: Iterable[str] = (self.value,)
        elif self.find is None:
            return []
        else:
            text = data.decode("utf-8", "surrogateescape")
            try:
                found = list(self.find(text))
            except Exception as error:
                problem = f"{type(error).__name__}: {error}"
                raise HookError(self.label, call=_GIVEN, problem=problem) from error
            given: Iterable[object] = found  # a function may give anything
            wrong = [type(one).__name__ for one in given if not isinstance(one, str)]
            if wrong:
                problem = f"it gave {wrong[0]}, where texts are wanted"
                raise HookError(self.label, call=_GIVEN, problem=problem)
        secrets = dict.fromkeys(one.encode("utf-8", "surrogateescape") for one in found if one)
        return sorted(secrets, key=len, reverse=True)


def rule_of(given: object) -> Rule:
    """Return what stands in the list of a redactor as a rule.

    Raises:
        OptionError: It is none.
    """
    if isinstance(given, Rule):
        return given
    if isinstance(given, str):
        return Rule("name", name=given)
    if isinstance(given, re.Pattern):
        return shape(given)
    if callable(given):
        return function(given)
    raise OptionError(
        f"names: expected names of fields, patterns, values or functions, found {given!r}"
    )


def shape(
    pattern: str | re.Pattern[str], *, where: str | Sequence[str] = (), mask: str = ""
) -> Rule:
    """Return the rule that what a pattern matches is a secret: its first group where it has one.

    Raises:
        OptionError: It is no pattern, or matches the empty text; or as for ``where_of``.
    """
    try:
        compiled = re.compile(pattern)
        if not isinstance(compiled.pattern, str):
            raise OptionError(f"a pattern of texts is wanted, not of bytes: {compiled.pattern!r}")
    except (re.error, TypeError) as error:
        raise OptionError(f"{pattern!r} is no pattern: {error}") from None
    if compiled.match(""):
        raise OptionError(f"the pattern {compiled.pattern!r} matches the empty text")

    def find(text: str) -> Iterator[str]:
        group = min(compiled.groups, 1)
        return (one[group] for one in compiled.finditer(text) if one[group])

    return Rule("shape", find=find, where=where_of(where), mask=mask_of(mask))


def value(secret: str, *, where: str | Sequence[str] = (), mask: str = "") -> Rule:
    """Return the rule that a value is a secret wherever it stands, in any of the usual spellings.

    Raises:
        OptionError: It is no text of four characters or more; or as for ``where_of``.
    """
    given: object = secret
    text = given if isinstance(given, str) else ""
    if len(text) < _LEAST or not re.search(r"\w", text):
        # What it is must not be told.
        kind = f"one of {len(text)}" if isinstance(given, str) else f"a {type(given).__name__}"
        raise OptionError(f"a value is a text of {_LEAST} characters or more, not {kind}")
    return Rule("value", value=secret, where=where_of(where), mask=mask_of(mask))


def name(field: str, *, where: str | Sequence[str] = ()) -> Rule:
    """Return the rule that what stands under a name is a secret.

    Raises:
        OptionError: As for ``where_of``.
    """
    return Rule("name", name=field, where=where_of(where))


def function(find: Find, *, where: str | Sequence[str] = (), mask: str = "") -> Rule:
    """Return the rule that what a function finds in a text is a secret.

    Args:
        find: Is given the head of a message, and its body where that is a text; gives the secrets
            that it holds.
        where: As for ``where_of``.
        mask: As for ``mask_of``.

    Raises:
        OptionError: It cannot be called; or as for ``where_of``.
    """
    if not callable(find):
        raise OptionError(f"{find!r} is no function of a text")
    label = getattr(find, "__name__", "function").strip("<>")
    return Rule(f"function {label}", find=find, where=where_of(where), mask=mask_of(mask))


def where_of(where: str | Sequence[str]) -> tuple[str, ...]:
    """Return the places to which a rule is limited.

    Raises:
        OptionError: One is none: it starts with ``request`` or ``response``.
    """
    places = (where,) if isinstance(where, str) else tuple(where)
    for place in places:
        if not _PLACE.fullmatch(str(place)):
            raise OptionError(
                f"where: {place!r} is no place\nA place is request, response.headers, "
                "request.headers.x-token, response.body and the like."
            )
    return tuple(place.lower() for place in places)


def mask_of(mask: str) -> str:
    """Return what is to stand in the place of a secret.

    Raises:
        OptionError: It is more than letters, digits, ``.``, ``_`` and ``-``.
    """
    if mask != "" and not _MASK.fullmatch(str(mask)):
        raise OptionError(f"mask: {mask!r} is more than letters, digits, '.', '_' and '-'")
    return mask


class Rules:
    """The rules of a redactor that give values.

    Args:
        rules: Rules of any kind.
    """

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        rules = tuple(rules)
        self._valued = tuple(rule for rule in rules if not rule.name)
        self._limits = {normal_name(rule.name): rule for rule in rules if rule.name and rule.where}

    def __bool__(self) -> bool:
        return bool(self._valued)

    def prepare(self, memory: SecretMemory) -> None:
        """Let a memory know the values that are secret, and the names that are so in places."""
        memory.limits = {name: rule.applies for name, rule in self._limits.items()}
        for rule in self._valued:
            if rule.value:
                secret = rule.value.encode()
                memory.wish(secret, rule.mask)
                if not rule.where:
                    memory.known.add(secret)

    def hits(
        self,
        data: bytes,
        start: int,
        stop: int,
        place_at: Callable[[int], str],
        memory: SecretMemory,
    ) -> Iterator[Hit]:
        """Yield what the rules find in some bytes.

        Args:
            data: The bytes.
            start: Where to begin.
            stop: Where to end.
            place_at: Gives the place at an offset, role and all; empty where nothing is masked.
            memory: Is told what is to be looked for everywhere, and what stands in its place.

        Raises:
            HookError: As for ``Rule.secrets_in``.
        """
        text = data[start:stop]
        for rule in self._valued:
            for secret in rule.secrets_in(text):
                memory.wish(secret, rule.mask)
                if not rule.where and len(secret) >= _LEAST:
                    memory.known.add(secret)
                at = data.find(secret, start, stop)
                while at >= 0:
                    place = place_at(at)
                    if place and rule.applies(place):
                        end = at + len(secret)
                        inside = place.partition(".")[2]
                        yield Hit(at, end, secret, inside, rule.label, learn=False)
                    at = data.find(secret, at + len(secret), stop)
