"""One cassette, or the journal of one, held against every rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cassette.checking.faults import Fault, Rule
from cassette.checking.lines import line_of
from cassette.clock import Clock
from cassette.errors import CassetteFormatError
from cassette.store.reader import CassetteReader
from cassette.wire.framing import Framing
from cassette.wording import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta
    from pathlib import Path

    from cassette.model import Interaction, Message
    from cassette.redaction import Redactor

_MASK_LIKE: Final = re.compile(rb"REDACTED-\d+(?:-[A-Za-z0-9+/_=.-]+)?")
_MASK: Final = re.compile(rb"REDACTED-\d+(?:-x*)?")


def check_cassette(
    path: Path, redactor: Redactor, max_age: timedelta | None = None
) -> Iterator[Fault]:
    """Yield what is wrong in a cassette, in the order of the file."""
    try:
        with CassetteReader.open(path) as reader:
            yield from _expired(reader, max_age)
            for number in range(len(reader)):
                yield from _check(reader, number, redactor)
    except CassetteFormatError as error:
        key = f"{error.key}: " if error.key else ""
        yield Fault(path, error.line, Rule.FORMAT, f"{key}{error.problem}")


def _expired(reader: CassetteReader, max_age: timedelta | None) -> Iterator[Fault]:
    if max_age is None:
        return
    age = Clock.now() - reader.oldest
    if age > max_age:
        problem = f"recorded {in_words(age)} ago, and {in_words(max_age)} is the limit"
        yield Fault(reader.path, 1, Rule.EXPIRED, problem)


def _check(reader: CassetteReader, number: int, redactor: Redactor) -> Iterator[Fault]:
    first = reader.line(number)
    try:
        interaction = reader.interaction(number)
        interaction.edited  # noqa: B018 - a large body is decoded only now
    except CassetteFormatError as error:
        yield Fault(reader.path, error.line or first, Rule.FORMAT, error.problem, number, error.key)
        return
    text = reader.text(number)

    def fault(rule: Rule, problem: str, place: str = "") -> Fault:
        line = first + (line_of(text, place) if place else 0)
        return Fault(reader.path, line, rule, problem, number, place)

    for found in redactor.secrets_in(interaction):
        yield fault(Rule.SECRET, f"{found.place} holds a secret ({found.rule})", found.place)
    for role, message in (("request", interaction.request), ("response", interaction.response)):
        if message.edited:
            problem = f"the {role} was edited by hand; cassette fix makes it the recording"
            yield fault(Rule.EDITED, problem, f"{role}.body")
        elif "  digest: " not in text:
            yield from (
                fault(Rule.FRAMING, said, f"{role}.headers.length") for said in _misfit(message)
            )
        for said in _no_masks(message, interaction):
            yield fault(Rule.MASK, said, f"{role}.body")
    for role in interaction.unsearched:
        yield fault(
            Rule.UNSEARCHED, f"the body of the {role} could not be searched", f"{role}.body"
        )


def _misfit(message: Message) -> Iterator[str]:
    """Tell of a body that is longer than announced, where nothing says whether it was edited."""
    parser = message.parsed
    more = len(message.raw) - parser.size
    if parser.framing is Framing.LENGTH and more > 0:
        yield (
            f"{parser.length + more} bytes stand where Content-Length announces {parser.length}: "
            "clients read no more; if it was edited, set Content-Length"
        )


def _no_masks(message: Message, interaction: Interaction) -> Iterator[str]:
    """Tell of what looks like a mask and holds more, such as a mask with the secret behind it."""
    known = {mask.encode("utf-8", "surrogateescape") for mask in interaction.masks}
    for data in dict.fromkeys((message.raw, message.content)):
        for found in set(_MASK_LIKE.findall(data)):
            if not _MASK.fullmatch(found) and found not in known:
                start = _MASK.match(found)
                shown = "" if start is None else start[0].decode()
                yield f"what begins like the mask {shown} goes on as no mask does"
                return
