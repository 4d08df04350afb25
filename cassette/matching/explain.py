"""Why no recording answered: the nearest ones, and what they differ in."""

from __future__ import annotations

import heapq
import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from cassette.matching.bodies import NOT_JSON, may_be_json
from cassette.matching.calls import SECRET, Call, origin_of, split_call
from cassette.matching.options import CALL_MATCHERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cassette.matching.options import Matching
    from cassette.model import Request

_LOOKED_INTO: Final = 20
"""Recordings whose requests are read: enough for any cassette a person can overlook."""

_CONNECT_MATCHERS: Final = ("method", "scheme", "host", "port")
"""What there is to compare where no connection came about."""

_RANKED: Final = 2000
"""Calls that are compared with the one that found nothing."""

_SHOWN: Final = 60
"""Characters of a value that are shown."""

_DIFFERENCES: Final = 4
"""Differences that are shown for one matcher."""


def explain(  # noqa: PLR0913 - what an index knows
    call: str,
    request: Request,
    *,
    calls: Sequence[str],
    fetch: Callable[[int], Request],
    matching: Matching,
    played: Sequence[int],
    limit: int,
) -> list[str]:
    """Return what the nearest recordings differ in; see ``Index.explain``."""
    wanted = split_call(call)
    ranked = heapq.nlargest(
        _LOOKED_INTO,
        ((_likeness(wanted, split_call(calls[i])), -i) for i in _worth_a_look(call, calls)),
    )
    found: list[tuple[int, int, int, str]] = []
    for likeness, minus_i in ranked:
        if likeness <= 0:
            continue
        i = -minus_i
        said = list(_differences(call, request, calls[i], partial(fetch, i), matching))
        if not said:
            said = ["matches, but was already played" if played[i] else "matches"]
            likeness += 1000  # noqa: PLW2901
        text = _line(i, matching.redactor.mask_call(calls[i]), said)
        text = matching.redactor.cover(text.encode("utf-8", "replace")).decode("utf-8", "replace")
        found.append((len(said), -likeness, i, text))
    return [text for *_, text in sorted(found)[:limit]]


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


def _line(i: int, call: str, said: list[str]) -> str:
    """Return what is said about one recording: in one line where that is enough."""
    if len(said) > 1:
        return "\n    ".join([f"#{i} {call}", *said])
    return f"#{i} {call}   {said[0]}"


def _differences(
    call: str,
    request: Request,
    known_call: str,
    fetch: Callable[[], Request],
    matching: Matching,
) -> Iterator[str]:
    """Yield a text for each matcher that tells two requests apart."""
    call = matching.redactor.mask_call(call)
    if call.startswith("connect ") or known_call.startswith("connect "):
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
            objection = matching.objection(matcher, fetch(), incoming)
            if objection is not None:
                yield f"{getattr(matcher, '__name__', repr(matcher))}: {objection}"


def _call_difference(name: str, call: str, known: str, matching: Matching) -> Iterator[str]:
    one, other = matching.call_value(name, call), matching.call_value(name, known)
    if one == other:
        return
    if name == "query":
        pairs = matching.keys.pairs
        sent, recorded = pairs(split_call(call).query), pairs(split_call(known).query)
        yield from _told("query", _pair_differences(sent, recorded))
    else:
        yield f"{name} is {_short(one)}, recorded {_short(other)}"


def _request_difference(
    name: str, request: Request, recorded: Request, matching: Matching
) -> Iterator[str]:
    if matching.request_value(name, request) == matching.request_value(name, recorded):
        return
    if name == "headers":
        pairs = matching.header_pairs(request), matching.header_pairs(recorded)
        yield from _told("headers", _pair_differences(*pairs))
    elif name == "raw_body":
        sent, known = matching.raw_body(request), matching.raw_body(recorded)
        yield f"raw_body is {_bytes_difference(sent, known)}"
    else:
        yield from _told("body", _body_differences(request, recorded, matching))


def _told(matcher: str, differences: Iterator[str]) -> Iterator[str]:
    """Yield the first few differences that one matcher sees, and how many more there are."""
    listed = list(differences)
    yield from (f"{matcher}: {difference}" for difference in listed[:_DIFFERENCES])
    if len(listed) > _DIFFERENCES:
        yield f"{matcher}: {len(listed) - _DIFFERENCES} more differences"


def _short(value: str) -> str:
    if value == SECRET:
        return "a secret"
    if len(value) > _SHOWN:
        return f"{value[:_SHOWN]!r}... ({len(value)} characters)"
    return repr(value)


def _pair_differences(
    sent: list[tuple[str, str]], recorded: list[tuple[str, str]]
) -> Iterator[str]:
    """Yield how the values of each name differ."""
    for name in dict.fromkeys(name for name, _ in [*sent, *recorded]):
        ours = [value for known, value in sent if known == name]
        theirs = [value for known, value in recorded if known == name]
        if ours == theirs:
            continue
        if not theirs:
            yield f"{name} is {_values(ours)}, not recorded"
        elif not ours:
            yield f"{name} is missing, recorded {_values(theirs)}"
        else:
            yield f"{name} is {_values(ours)}, recorded {_values(theirs)}"


def _values(values: list[str]) -> str:
    return ", ".join(map(_short, values))


def _body_differences(request: Request, recorded: Request, matching: Matching) -> Iterator[str]:
    """Yield where two bodies differ, in the terms of what they are."""
    reader = matching.bodies
    ours, our_kind = reader.content(request)
    theirs, their_kind = reader.content(recorded)
    if not theirs:
        yield f"is {_preview(ours)}, recorded none"
        return
    if not ours:
        yield f"is missing, recorded {_preview(theirs)}"
        return
    kinds = our_kind.lower(), their_kind.lower()
    if may_be_json(ours, kinds[0]) and may_be_json(theirs, kinds[1]):
        one, other = reader.json_value(ours), reader.json_value(theirs)
        if one is not NOT_JSON and other is not NOT_JSON:
            yield from _json_differences(one, other, "$")
            return
    if all("urlencoded" in kind for kind in kinds):
        pairs, known_pairs = reader.form_pairs(ours), reader.form_pairs(theirs)
        if pairs is not None and known_pairs is not None:
            yield from _pair_differences(pairs, known_pairs)
            return
    if all("multipart/" in kind for kind in kinds):
        parts, known_parts = reader.parts(ours, our_kind), reader.parts(theirs, their_kind)
        if parts is not None and known_parts is not None:
            yield from _part_differences(parts, known_parts)
            return
    yield f"is {_bytes_difference(ours, theirs)}"


def _json_differences(ours: Any, theirs: Any, path: str) -> Iterator[str]:  # noqa: ANN401
    """Yield where two JSON values differ, by path."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in dict.fromkeys([*ours, *theirs]):
            step = f"{path}.{name}" if name.isidentifier() else f"{path}[{name!r}]"
            if name not in theirs:
                yield f"{step} is {_json(ours[name])}, not recorded"
            elif name not in ours:
                yield f"{step} is missing, recorded {_json(theirs[name])}"
            else:
                yield from _json_differences(ours[name], theirs[name], step)
    elif isinstance(ours, list) and isinstance(theirs, list):
        for at in range(max(len(ours), len(theirs))):
            step = f"{path}[{at}]"
            if at >= len(theirs):
                yield f"{step} is {_json(ours[at])}, not recorded"
            elif at >= len(ours):
                yield f"{step} is missing, recorded {_json(theirs[at])}"
            else:
                yield from _json_differences(ours[at], theirs[at], step)
    elif json.dumps(ours) != json.dumps(theirs):
        yield f"{path} is {_json(ours)}, recorded {_json(theirs)}"


def _json(value: Any) -> str:  # noqa: ANN401 - JSON is any value
    if value == {SECRET: None}:
        return "a secret"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"


def _part_differences(
    ours: list[tuple[str, list[str], bytes]], theirs: list[tuple[str, list[str], bytes]]
) -> Iterator[str]:
    """Yield where the parts of two multipart bodies differ."""
    if len(ours) != len(theirs):
        yield f"has {len(ours)} parts, recorded {len(theirs)}"
    for at, (one, other) in enumerate(zip(ours, theirs, strict=False)):
        name = one[0] or other[0] or f"part {at}"
        if one[0] != other[0]:
            yield f"part {at} is {one[0]!r}, recorded {other[0]!r}"
        elif one[1] != other[1]:
            head, known = "; ".join(one[1]), "; ".join(other[1])
            yield f"head of {name} is {_short(head)}, recorded {_short(known)}"
        elif one[2] != other[2]:
            yield f"{name} is {_bytes_difference(one[2], other[2])}"


def _bytes_difference(ours: bytes, theirs: bytes) -> str:
    """Return where two bodies begin to differ."""
    at = _first_difference(ours, theirs)
    if _is_text(ours) and _is_text(theirs) and max(len(ours), len(theirs)) <= _SHOWN:
        return f"{_preview(ours)}, recorded {_preview(theirs)}"
    start = max(0, at - 8)
    return (
        f"{len(ours)} bytes, recorded {len(theirs)}, different from offset {at} on: "
        f"{_preview(ours[start : at + 24])}, recorded {_preview(theirs[start : at + 24])}"
    )


def _first_difference(ours: bytes, theirs: bytes) -> int:
    """Return the offset of the first difference, by halving: slices compare at memory speed."""
    low, high = 0, min(len(ours), len(theirs))
    while low < high:
        middle = (low + high + 1) // 2
        if ours[low:middle] == theirs[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _is_text(data: bytes) -> bool:
    try:
        return data.decode().isprintable()
    except UnicodeDecodeError:
        return False


def _preview(data: bytes) -> str:
    """Return bytes as a person wants to see them: text where they are text, else hexadecimal."""
    if _is_text(data):
        return _short(data.decode())
    shown = data[: _SHOWN // 3].hex(" ")
    return shown if len(data) <= _SHOWN // 3 else f"{shown}... ({len(data)} bytes)"
