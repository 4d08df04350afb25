"""Two recordings held against one another: which interactions came, went and changed."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.errors import OptionError
from cassette.matching import Matching
from cassette.matching.calls import split_call
from cassette.matching.contents import body_part, raw_part
from cassette.matching.differences import Change, Difference, change, cut, opcodes, pair_changes
from cassette.redaction import without_masks_bytes
from cassette.traffic.amounts import time_text
from cassette.traffic.events import events_of
from cassette.traffic.kinds import Kind
from cassette.wording import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cassette.model import Message
    from cassette.traffic.entries import FiledInteraction

GROUPS: Final = ("times", "dates", "ids")
"""What can be left out as a whole."""

_DATE: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\w{3}, \d\d[ -]\w{3}[ -]\d{2,4} \d\d:\d\d:\d\d GMT"
    r"|1\d{9}(?:\d{3})?(?:\.\d+)?"  # seconds or milliseconds since 1970
)
_ID: Final = re.compile(r"(?=.*\d)[A-Za-z0-9_:/+=.-]{12,}")
_DATE_NAMES: Final = re.compile(r"(?i)header:(?:age|date|expires|last-modified)")
_ID_NAMES: Final = re.compile(r".*(?:[:._'\[-](?i:id|uuid|etag|nonce|ray)|[a-z]I[dD])'?\]?")


@dataclass(frozen=True)
class LeftOut:
    """What does not count in a comparison.

    Attributes:
        groups: Of ``GROUPS``.
        matching: Compares the rest; knows what else is ignored.
    """

    groups: frozenset[str]
    matching: Matching

    @classmethod
    def parse(cls, words: Iterable[str]) -> LeftOut:
        """Return what words of the command line leave out: groups, or entries of ``ignore``.

        Raises:
            OptionError: A word is neither.
        """
        given = [word.strip() for text in words for word in _split(text) if word.strip()]
        entries = [word for word in given if word not in GROUPS]
        for word in entries:
            if ":" not in word:
                raise OptionError(
                    f"ignore: there is no {word!r}{suggestion(word, GROUPS)}\n"
                    f"It may be: {', '.join(GROUPS)}, header:NAME, query:NAME, form:NAME, json:PATH"
                )
        return cls(frozenset(given) - frozenset(entries), Matching((), entries))

    def counts(self, one: Change) -> bool:
        """Return whether a change counts."""
        place, old, new = _values(one)
        if "dates" in self.groups and (
            _DATE_NAMES.fullmatch(place) or (_DATE.fullmatch(old) and _DATE.fullmatch(new))
        ):
            return False
        return "ids" not in self.groups or not (
            _ID_NAMES.fullmatch(place) or (_ID.fullmatch(old) and _ID.fullmatch(new))
        )


def _split(text: str) -> list[str]:
    """Return the words of an option; a path of JSON may hold a comma."""
    return [text] if text.startswith("json:") else text.split(",")


def _values(one: Change) -> tuple[str, str, str]:
    """Return the place of a change, and the value before and after, where it has just one each."""
    values = ["", ""]
    for at, mark in enumerate("-+"):
        lines = [text for text in one.lines if text.startswith(mark)]
        if len(lines) == 1:
            values[at] = lines[0].partition(": ")[2].strip("\"'")
    return one.ignored_by, values[0], values[1]


class Pair(NamedTuple):
    """One interaction in both recordings, or in one of them.

    Attributes:
        old: As it was; None where it is new.
        new: As it is; None where it is gone.
        parts: What differs and counts.
        left_out: Something else differs, that does not count.
    """

    old: FiledInteraction | None
    new: FiledInteraction | None
    parts: tuple[Difference, ...] = ()
    left_out: bool = False

    @property
    def sign(self) -> str:
        """``-`` gone, ``+`` new, ``~`` changed, ``=`` the same."""
        if self.new is None:
            return "-"
        if self.old is None:
            return "+"
        return "~" if self.parts else "="

    @property
    def entry(self) -> FiledInteraction:
        """As it is, or as it was where it is gone."""
        entry = self.new or self.old
        assert entry is not None  # noqa: S101 - a pair has one of them
        return entry


def compare(
    old: Sequence[FiledInteraction], new: Sequence[FiledInteraction], left_out: LeftOut
) -> list[Pair]:
    """Return the interactions of two recordings in pairs, in the order of the new one.

    What was asked for in the same way belongs together, in the order of the recordings; then what
    was asked of the same place.
    """
    partner = _partners(old, new, left_out.matching)
    paired = set(partner.values())
    gone = [one for at, one in enumerate(old) if at not in paired]
    pairs: list[Pair] = []
    for at, one in enumerate(new):
        before = partner.get(at)
        while before is not None and gone and gone[0].number < old[before].number:
            pairs.append(Pair(gone.pop(0), None))
        pairs.append(Pair(None, one) if before is None else _compared(old[before], one, left_out))
    return pairs + [Pair(one, None) for one in gone]


def _partners(
    old: Sequence[FiledInteraction], new: Sequence[FiledInteraction], matching: Matching
) -> dict[int, int]:
    """Return which of the old ones belongs to which of the new ones, by their places."""
    found: dict[int, int] = {}
    taken: set[int] = set()

    for key in _keys(matching):
        waiting: dict[object, list[int]] = defaultdict(list)
        for at, one in enumerate(old):
            if at not in taken:
                waiting[key(one)].append(at)
        for at, one in enumerate(new):
            some = waiting.get(key(one)) if at not in found else None
            if some:
                found[at] = some.pop(0)
                taken.add(found[at])
    return found


def _keys(matching: Matching) -> list[Callable[[FiledInteraction], object]]:
    """Return by what two interactions belong together, the surest sign first."""
    return [
        lambda one: (one.interaction.call, one.interaction.request.raw),
        lambda one: (one.interaction.call, matching.bodies.key(one.interaction.request)),
        lambda one: matching.keys.canonical(one.interaction.call),
        lambda one: (one.method, one.place[:2]),
        lambda one: (one.method, one.place[1]),
    ]


def _compared(old: FiledInteraction, new: FiledInteraction, left_out: LeftOut) -> Pair:
    if _is_same(old, new, left_out):
        return Pair(old, new)
    parts = []
    dropped = False
    for part in _parts(old, new, left_out):
        kept = [one for one in part.changes if left_out.counts(one)]
        dropped |= len(kept) < len(part.changes)
        if kept:
            parts.append(Difference(part.title, kept))
    if not parts and not dropped:
        parts += _spelling(old, new, left_out)
    differ = old.interaction.response.raw != new.interaction.response.raw
    differ |= old.interaction.request.raw != new.interaction.request.raw
    return Pair(old, new, tuple(parts), not parts and (dropped or differ))


def _is_same(old: FiledInteraction, new: FiledInteraction, left_out: LeftOut) -> bool:
    """Return whether two interactions have the same bytes, which need not be taken apart then."""
    one, other = old.interaction, new.interaction
    return (
        one.call == other.call
        and one.ended is other.ended
        and one.failure == other.failure
        and one.request.raw == other.request.raw
        and one.response.raw == other.response.raw
        and "times" in left_out.groups
    )


def _parts(old: FiledInteraction, new: FiledInteraction, left_out: LeftOut) -> Iterator[Difference]:
    matching = left_out.matching
    yield from _call_parts(old, new, matching)
    if old.interaction.request.raw or new.interaction.request.raw:
        for part in _message_parts(old.interaction.request, new.interaction.request, matching):
            yield Difference(f"request {part.title}", part.changes)
    before, after = _outcome(old), _outcome(new)
    if before != after:
        yield Difference("", [change("answer", before, after)])
    events = old.kind is new.kind is Kind.EVENTS
    one, other = old.interaction.response, new.interaction.response
    yield from _message_parts(one, other, matching, body=not events)
    if events:
        changes = list(_event_changes(old, new))
        if changes:
            yield Difference("events", changes)
    if "times" not in left_out.groups:
        facts = (("took", _took), ("pieces", _pieces))
        changes = [
            change(name, fact(old), fact(new)) for name, fact in facts if fact(old) != fact(new)
        ]
        if changes:
            yield Difference("times", changes)


def _call_parts(
    old: FiledInteraction, new: FiledInteraction, matching: Matching
) -> Iterator[Difference]:
    one, other = split_call(old.interaction.call), split_call(new.interaction.call)
    before, after = (f"{call.scheme}://{call.host}:{call.port}" for call in (one, other))
    if before != after:
        yield Difference("", [change("origin", before, after)])
    changes = list(
        pair_changes("query", matching.keys.pairs(one.query), matching.keys.pairs(other.query))
    )
    if changes:
        yield Difference("query", changes)


def _outcome(one: FiledInteraction) -> str:
    if one.failed or not one.status:
        return one.result
    return f"{one.status} {one.interaction.response.reason}".strip()


def _message_parts(
    old: Message, new: Message, matching: Matching, *, body: bool = True
) -> Iterator[Difference]:
    differ = body and matching.bodies.key(old) != matching.bodies.key(new)
    # Of another body nobody has to be told that it has another length.
    passed = "content-length" if differ else ""
    pairs = [
        [pair for pair in matching.header_pairs(message) if pair[0] != passed]
        for message in (old, new)
    ]
    changes = list(pair_changes("header", *pairs))
    if changes:
        yield Difference("headers", changes)
    if differ:
        part = body_part(matching.bodies, old, new)
        if part.changes:
            yield part
    for name, span in (("interim responses", _interim), ("trailers", _trailers)):
        before, after = span(old), span(new)
        if before != after:
            yield Difference("", [change(name, before or "none", after or "none")])


def _interim(message: Message) -> str:
    return message.raw[: message.parsed.head_start].decode("latin-1").strip()


def _trailers(message: Message) -> str:
    return message.raw[slice(*message.parsed.trailers)].decode("latin-1").strip()


def _event_changes(old: FiledInteraction, new: FiledInteraction) -> Iterator[Change]:
    olds, news = (
        [f"{event.name}  {event.data}".strip() for event in events_of(one.interaction)]
        for one in (old, new)
    )
    for tag, i, i_end, j, j_end in opcodes(olds, news):
        if tag != "equal":
            gone = [f"- #{at} {cut(olds[at])}" for at in range(i, i_end)]
            yield Change((*gone, *(f"+ #{at} {cut(news[at])}" for at in range(j, j_end))))


def _took(one: FiledInteraction) -> str:
    return time_text(one.interaction.took)


def _pieces(one: FiledInteraction) -> str:
    return str(one.pieces)


def _spelling(
    old: FiledInteraction, new: FiledInteraction, left_out: LeftOut
) -> Iterator[Difference]:
    """Yield where bytes differ that mean the same: order and case of fields, blanks, framing."""
    if left_out.matching.ignored_headers or left_out.groups & {"ids"}:
        return
    for role in ("request", "response"):
        one, other = (
            _counted_bytes(getattr(entry.interaction, role), left_out) for entry in (old, new)
        )
        if one != other:
            yield raw_part(f"bytes of the {role}, which mean the same", one, other)


def _counted_bytes(message: Message, left_out: LeftOut) -> bytes:
    """Return the bytes that count: where times do not, the sizes of chunks say nothing."""
    raw = message.raw
    if "times" in left_out.groups and message.parsed.chunked:
        raw = raw[: message.parsed.head_size] + message.body
    return without_masks_bytes(raw)
