"""A comparison as the page shows it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from cassette.matching.differences import rendered
from cassette.traffic.comparing import compare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cassette.traffic.before import Twins
    from cassette.traffic.comparing import LeftOut, Pair
    from cassette.traffic.entries import FiledInteraction


def comparison_data(
    twins: Iterable[Twins], left_out: LeftOut, names: tuple[str, str]
) -> dict[str, Any]:
    """Return what has become of the interactions of some cassettes.

    Args:
        twins: The cassettes, before and after.
        left_out: What does not count.
        names: What both sources are called.
    """
    groups = ", ".join(sorted(left_out.groups))
    return {
        "names": list(names),
        "leftOut": f"left out: {groups}" if groups else "",
        "diff": [
            {"file": name, **_pair(pair)}
            for name, old, new in twins
            for pair in compare(old, new, left_out)
        ],
    }


def _pair(pair: Pair) -> dict[str, Any]:
    entry = pair.entry
    host, path, query = entry.place
    results = list(dict.fromkeys(one.result for one in (pair.old, pair.new) if one))
    return {
        "sign": pair.sign,
        "leftOut": pair.left_out,
        "m": entry.method,
        "host": host,
        "target": path + query,
        "result": " → ".join(results),
        "lines": rendered(pair.parts, sys.maxsize),
        "old": _side(pair.old),
        "new": _side(pair.new),
    }


def _side(one: FiledInteraction | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "n": one.number,
        "result": one.result,
        "took": one.interaction.took,
        "pieces": one.pieces,
        "size": len(one.interaction.response.raw),
    }
