"""Which elements of two sequences belong together."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ALIGNED: Final = 1000
"""Lines or elements, beyond a common start and end, that are aligned with one another; more are
compared one by one, since aligning takes up to the square of their number."""

_PAIRED: Final = 4096
"""Pairs of elements in one place that are weighed against one another."""

_CANONICAL: Final = json.JSONEncoder(sort_keys=True)


def _canonical(value: Any) -> str:  # noqa: ANN401 - JSON is any value
    return _CANONICAL.encode(value)


def aligned(old: list[Any], new: list[Any]) -> Iterator[tuple[int | None, int | None]]:
    """Yield which elements of two arrays belong together; one of a pair may be missing."""
    olds, news = [_canonical(item) for item in old], [_canonical(item) for item in new]
    for tag, i, i_end, j, j_end in opcodes(olds, news):
        if tag != "equal":
            for one, other in _paired(old[i:i_end], new[j:j_end]):
                yield (None if one is None else i + one), (None if other is None else j + other)


def opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Return which parts of two sequences are equal and which are not, as ``difflib`` puts it."""
    shorter = min(len(old), len(new))
    start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - start
    end = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    i_end, j_end = len(old) - end, len(new) - end
    codes = [("equal", 0, start, 0, start)] if start else []
    if max(i_end - start, j_end - start) > _ALIGNED:
        codes.append(("replace", start, i_end, start, j_end))
    else:
        matcher = difflib.SequenceMatcher(None, old[start:i_end], new[start:j_end])
        codes += [
            (tag, i + start, i_stop + start, j + start, j_stop + start)
            for tag, i, i_stop, j, j_stop in matcher.get_opcodes()
        ]
    return [*codes, ("equal", i_end, len(old), j_end, len(new))] if end else codes


def _paired(old: list[Any], new: list[Any]) -> list[tuple[int | None, int | None]]:
    """Return elements that are not equal in pairs of those that are alike.

    To leave an element without a partner costs 1; to pair two, the share in which they differ,
    doubled: so nothing is won by pairing two that share nothing. The cheapest way through is found
    backwards.
    """
    rows, columns = len(old), len(new)
    if rows * columns > _PAIRED:
        longer = max(rows, columns)
        return [(i if i < rows else None, i if i < columns else None) for i in range(longer)]
    cost = [[float(rows - i + columns - j) for j in range(columns + 1)] for i in range(rows + 1)]
    pairing = [[2 * _unlikeness(one, other) for other in new] for one in old]
    for i in reversed(range(rows)):
        for j in reversed(range(columns)):
            cost[i][j] = min(
                cost[i + 1][j] + 1, cost[i][j + 1] + 1, cost[i + 1][j + 1] + pairing[i][j]
            )
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < rows or j < columns:
        if i < rows and j < columns and cost[i][j] == cost[i + 1][j + 1] + pairing[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif i < rows and cost[i][j] == cost[i + 1][j] + 1:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs


def _unlikeness(one: Any, other: Any) -> float:  # noqa: ANN401 - JSON is any value
    """Return the share in which two elements differ, judged at a glance."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = one.keys() | other.keys()
        equal = sum(name in one and name in other and one[name] == other[name] for name in names)
        return 1 - equal / len(names) if names else 0
    return 0.5 if isinstance(one, list) and isinstance(other, list) else 0.75
