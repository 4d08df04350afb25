"""``cassette diff``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cassette.commands.screen import Screen
from cassette.errors import CassetteError
from cassette.traffic.before import in_git, in_two_places
from cassette.traffic.comparing import LeftOut, compare
from cassette.traffic.difference_lines import LINES, conclusion, difference_lines
from cassette.traffic.pieces import Piece, line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cassette.traffic.before import Twins
    from cassette.traffic.comparing import Pair
    from cassette.traffic.pieces import Line


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", required=False, type=click.Path(path_type=Path))
@click.option(
    "--ignore",
    multiple=True,
    metavar="WHAT",
    help="Leave out times, dates, ids, or an entry such as header:NAME or json:$.PATH; may be "
    "repeated. Without it: times,dates.",
)
@click.option("--exact", is_flag=True, help="Leave nothing out.")
@click.option("--rev", default="HEAD", metavar="REV", help="What of git to compare with [HEAD].")
@click.option("--all", "whole", is_flag=True, help="Show every line that differs.")
@click.option("--no-pager", is_flag=True, help="Write everything at once.")
def diff(  # noqa: PLR0913 - the options of a command
    *,
    old: Path,
    new: Path | None,
    ignore: tuple[str, ...],
    exact: bool,
    rev: str,
    whole: bool,
    no_pager: bool,
) -> int:
    """Tell which interactions came, went and changed between OLD and NEW.

    OLD and NEW are two cassettes, or two folders. A single path is compared with what git has
    there. The exit status is 0 where nothing differs, 1 where something does, 2 after an error.
    """
    screen = Screen()
    try:
        left_out = LeftOut.parse(() if exact else ignore or ("times", "dates"))
        twins = in_git(old, rev) if new is None else in_two_places(old, new)
        pairs, lines = _compared(twins, left_out, sys.maxsize if whole else LINES)
    except CassetteError as error:
        screen.complain([error])
        return 2
    screen.show([*lines, line(Piece(conclusion(pairs, left_out), "quiet"))], pager=not no_pager)
    return 1 if any(pair.sign != "=" for pair in pairs) else 0


def _compared(
    twins: Iterable[Twins], left_out: LeftOut, limit: int
) -> tuple[list[Pair], list[Line]]:
    pairs: list[Pair] = []
    lines: list[Line] = []
    for name, old, new in twins:
        some = compare(old, new, left_out)
        pairs += some
        lines += difference_lines(name, some, limit)
    return pairs, lines
