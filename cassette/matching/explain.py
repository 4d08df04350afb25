"""Why no recording answered: the nearest ones, and what they differ in."""

from __future__ import annotations

import heapq
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from cassette.matching.calls import Call, origin_of, split_call
from cassette.matching.contents import body_part, raw_part
from cassette.matching.differences import (
    Change,
    Difference,
    change,
    cut,
    ignorable,
    pair_changes,
    rendered,
)
from cassette.matching.options import CALL_MATCHERS
from cassette.matching.variants import choosing, decisive
from cassette.model import CONNECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cassette.matching.options import Matching
    from cassette.model import Interaction, Request

_LOOKED_INTO: Final = 20
"""Recordings whose requests are read: enough for any cassette a person can overlook."""

_MUCH: Final = 1 << 20
"""Bytes of the request, times the recordings it was compared with, from which on no further one is
looked into: that would take seconds."""

_CONNECT_MATCHERS: Final = ("method", "scheme", "host", "port")
"""What there is to compare where no connection came about."""

_RANKED: Final = 2000
"""Calls that are compared with the one that found nothing."""

_LINES: Final = (16, 6, 6)
"""Lines that are shown of the nearest recording, the second, and so on: what makes a message of 40
lines together with all that stands around them."""

_FAR: Final = 4
"""How much more than in the nearest recording may differ in one that is shown; see ``_weight``."""

_CALL: Final = 300
"""Characters of a call line: a URL is of use whole, unless somebody put a document into it."""

_OBJECTION: Final = 6
"""Lines that are shown of what a function said."""

_ENTRIES: Final = 3
"""Entries of ``ignore`` that are proposed; where more is needed, the request is another one."""


class Recordings(NamedTuple):
    """What a request that nothing answers is compared with.

    Attributes:
        place: The cassette, as texts name it; empty for the one that they are about.
        calls: The call line of each interaction.
        fetch: Gives an interaction by its number.
    """

    place: str
    calls: Sequence[str]
    fetch: Callable[[int], Interaction]


class Explanation(NamedTuple):
    """Why nothing answered a request.

    Attributes:
        nearest: A text of several lines for each of the nearest recordings, best first: number and
            call, with the file where it is one beside the cassette, and what differs.
        spent: Numbers of the recordings that match, and have been played already.
        ignore: What would make the nearest recording answer if it did not count, as entries of
            ``ignore``; empty where that would not help, or be too much.
        origins: The origins that the cassette knows, where nothing is near.
    """

    nearest: tuple[str, ...] = ()
    spent: tuple[int, ...] = ()
    ignore: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


def explain(
    call: str, request: Request, known: Sequence[Recordings], matching: Matching
) -> Explanation:
    """Return what the nearest recordings differ in; see ``Index.explain``.

    Args:
        call: The call line that found no answer.
        request: The request.
        known: The recordings of the cassette, and then those of the cassettes beside it.
        matching: What requests must have in common.
    """
    wanted = split_call(call)
    ranked = heapq.nlargest(
        _LOOKED_INTO,
        (
            (_likeness(wanted, split_call(calls[i])), -which, -i)
            for which, (_, calls, _) in enumerate(known)
            for i in _worth_a_look(call, calls)
        ),
    )
    spent: list[int] = []
    found: list[tuple[float, int, int, int, list[Difference]]] = []
    for at, (likeness, minus_which, minus_i) in enumerate(ranked):
        if likeness <= 0 or at * len(request.raw) > _MUCH:
            break
        which, i = -minus_which, -minus_i
        _, calls, fetch = known[which]
        parts = list(_differences(call, request, calls[i], partial(fetch, i), matching))
        if parts:
            found.append((_weight(parts), -likeness, which, i, parts))
        elif which == 0:
            spent.append(i)
    if spent:
        return Explanation(spent=tuple(sorted(spent)))
    if not found:
        return Explanation(
            origins=tuple(dict.fromkeys(map(origin_of, filter(None, known[0].calls))))
        )
    found.sort(key=lambda one: one[:4])
    first = found[0]
    entries = ignorable(first[4])
    near = [first, *(one for one in found[1:] if one[0] < first[0] + _FAR)]
    return Explanation(
        nearest=tuple(
            _block(known[which], i, parts if at == 0 else _brief(parts), _LINES[at], matching)
            for at, (*_, which, i, parts) in enumerate(near[: len(_LINES)])
        ),
        ignore=tuple(entries) if len(entries) <= _ENTRIES else (),
    )


def _worth_a_look(call: str, calls: Sequence[str]) -> Sequence[int]:
    """Return which calls to rank: all, or in a huge cassette those of the same path, if any.

    Ranking costs 4 microseconds a call, and a program may miss a thousand times.
    """
    if len(calls) <= _RANKED:
        return range(len(calls))
    for start in (call.partition("?")[0], origin_of(call)):
        near = [i for i, known in enumerate(calls) if start in known]
        if near:
            return near[:_RANKED]
    return range(_RANKED)


def _likeness(wanted: Call, known: Call) -> int:
    """Return how near two calls are; nothing above zero means: not worth showing."""
    same_origin = wanted[1:4] == known[1:4]
    same_path = wanted.path == known.path
    if not same_origin and not same_path:
        return 0
    score = 8 * same_origin + 8 * same_path + 2 * (wanted.method == known.method)
    if same_origin and not same_path:
        pairs = zip(wanted.path.split("/"), known.path.split("/"), strict=False)
        score += min(sum(a == b for a, b in pairs), 4)
    return 4 * score + 3 * (wanted.query == known.query)


def _brief(parts: list[Difference]) -> list[Difference]:
    """Return what differs with no word about the body of a request to another place."""
    if all(part.title for part in parts):
        return parts
    kept = [part for part in parts if not part.title.startswith(("body", "raw_body"))]
    return (
        kept if len(kept) == len(parts) else [*kept, Difference("", [Change(("  the body too",))])]
    )


def _weight(parts: list[Difference]) -> float:
    """Return how much differs: first by how many matchers, and by those of the call line most.

    A request to the same place with another body is nearer than one to another place.
    """
    return sum((1 if part.title else 3) + min(len(part.changes), 9) / 10 for part in parts)


def _block(
    known: Recordings, i: int, parts: list[Difference], limit: int, matching: Matching
) -> str:
    call = cut(matching.redactor.mask_call(known.calls[i]), _CALL)
    which = f"#{i} in {known.place}:" if known.place else f"#{i}"
    return "\n  ".join([f"{which} {call}", *rendered(parts, limit)])


def _differences(
    call: str,
    request: Request,
    known_call: str,
    fetch: Callable[[], Interaction],
    matching: Matching,
) -> Iterator[Difference]:
    """Yield what each matcher sees that tells two requests apart."""
    call = matching.redactor.mask_call(call)
    if call.startswith(CONNECT) or known_call.startswith(CONNECT):
        for name in _CONNECT_MATCHERS:
            yield from _call_difference(name, call, known_call, matching)
        return
    for name in matching.names:
        if name in CALL_MATCHERS:
            yield from _call_difference(name, call, known_call, matching)
        else:
            yield from _request_difference(name, request, fetch(), matching)
    if matching.custom:
        incoming = matching.redactor.mask_request(request)
        for matcher in matching.custom:
            objection = matching.objection(matcher, fetch().request, incoming)
            if objection is not None:
                # Before anything is cut, since half a secret is found no more.
                said = matching.redactor.cover_text(objection)
                lines = [f"  {cut(line)}" for line in said.splitlines()[:_OBJECTION]]
                name = getattr(matcher, "__name__", repr(matcher))
                yield Difference(name, [Change(tuple(lines))])


def _call_difference(name: str, call: str, known: str, matching: Matching) -> Iterator[Difference]:
    sent, recorded = matching.call_value(name, call), matching.call_value(name, known)
    if sent == recorded:
        return
    if name == "query":
        pairs = matching.keys.pairs
        old, new = pairs(split_call(known).query), pairs(split_call(call).query)
        yield Difference("query", list(pair_changes("query", old, new)))
    else:
        yield Difference("", [change(name, recorded, sent)])


def _request_difference(
    name: str, request: Request, known: Interaction, matching: Matching
) -> Iterator[Difference]:
    recorded = known.request
    if name == "variant":
        names = choosing(recorded) | choosing(request) | decisive(known.response)
        old, new = matching.variant(recorded, names), matching.variant(request, names)
        if old != new:
            yield Difference("variant", list(pair_changes("header", old, new)))
        return
    if matching.request_value(name, request) == matching.request_value(name, recorded):
        return
    if name == "headers":
        old, new = matching.header_pairs(recorded), matching.header_pairs(request)
        yield Difference("headers", list(pair_changes("header", old, new)))
    elif name == "raw_body":
        yield raw_part("raw_body", matching.raw_body(recorded), matching.raw_body(request))
    else:
        yield body_part(matching.bodies, recorded, request)
