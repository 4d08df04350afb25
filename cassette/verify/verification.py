"""What counts as drift: the option ``verify`` of a use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cassette.errors import OptionError
from cassette.matching import Matching
from cassette.wording import suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

ASPECTS: Final = ("status", "headers", "shape", "body")
"""What may be compared."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What counts as drift.

    Attributes:
        compare: ``status``, ``headers``, ``shape`` (the types and names in JSON) and ``body`` (the
            values, which include the shape; bodies that are no JSON by meaning, as in matching).
        ignore: What does not count: ``header:NAME`` or ``json:$.PATH``.
        tolerance: Two numbers in a body count as equal where they differ by no more than this
            share of the larger one, such as 0.01.

    Raises:
        OptionError: One of them has a wrong value.
    """

    compare: Sequence[str] = ("status", "headers", "shape")
    ignore: Sequence[str] = ()
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if isinstance(self.compare, str):
            raise OptionError(
                f"compare: expected a list, found the string {self.compare!r}\n"
                f"Write compare=({self.compare!r},) for a single one."
            )
        for aspect in self.compare:
            if aspect not in ASPECTS:
                raise OptionError(
                    f"compare: {aspect!r} cannot be compared{suggestion(aspect, ASPECTS)}\n"
                    f"It may be: {', '.join(ASPECTS)}"
                )
        if not 0 <= self.tolerance < 1:
            raise OptionError(
                f"tolerance is {self.tolerance!r}\nIt is a share from 0 up to 1, such as 0.01."
            )
        Matching((), self.ignore)
        for entry in self.ignore:
            if not entry.startswith(("header:", "json:")):
                raise OptionError(
                    f"ignore: {entry!r} stands in no response\nWrite header:NAME or json:$.PATH"
                )
