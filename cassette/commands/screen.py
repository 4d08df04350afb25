"""Where a command writes: a terminal with colours and a pager, or a pipe that gets plain lines."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

import click
from rich.color import ColorSystem
from rich.console import Console
from rich.progress import Progress
from rich.style import Style

from cassette.matching.differences import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from cassette.errors import CassetteError
    from cassette.traffic.pieces import Line

_STYLES: Final = {
    "strong": Style(bold=True),
    "quiet": Style(dim=True),
    "bad": Style(color="red", bold=True),
    "mask": Style(color="magenta"),
    "edit": Style(color="yellow"),
    "piece": Style(color="blue"),
    "old": Style(color="red"),
    "new": Style(color="green"),
}
_MANY: Final = 200
"""Files from which on reading them takes about a second, so that progress is shown."""


class Screen:
    """The output of a command.

    Attributes:
        is_terminal: A person reads it: rows are cut to ``width``. Else nothing is cut.
        width: Columns of the terminal.
    """

    def __init__(self) -> None:
        console = Console(file=sys.stdout)
        self.is_terminal = console.is_terminal and not console.is_dumb_terminal
        self.width = console.width
        self._height = console.height
        # An empty NO_COLOR says nothing (no-color.org).
        self._colours = self.is_terminal and not os.environ.get("NO_COLOR")

    def show(self, lines: Iterable[Line], *, pager: bool = True) -> None:
        r"""Write lines; on a terminal, more than fit on it go through a pager.

        Args:
            lines: The lines. What would steer a terminal is written as a mark, such as ``\x1b``.
            pager: A pager is wanted.
        """
        rendered = [self._rendered(line) for line in lines]
        text = "".join(f"{line}\n" for line in rendered)
        if pager and self.is_terminal and sys.stdout.isatty() and len(rendered) >= self._height:
            # As git has it: colours pass, and a text that fits is left on the screen.
            os.environ.setdefault("LESS", "FRX")
            click.echo_via_pager(text, color=self._colours)
        else:
            click.echo(text, nl=False, color=self._colours)

    def complain(self, errors: Iterable[CassetteError]) -> int:
        """Write errors beside the output; return the exit status."""
        status = 0
        for error in errors:
            click.echo(f"cassette: {error.told()}", err=True)
            status = 1
        return status

    def track(self, paths: Sequence[Path]) -> Iterator[Path]:
        """Give paths one after the other; of many, a person sees how far that has come."""
        if len(paths) < _MANY:
            yield from paths
            return
        with Progress(console=Console(stderr=True), transient=True) as progress:
            yield from progress.track(paths, description="reading")

    def _rendered(self, line: Line) -> str:
        if not self._colours:
            return visible("".join(text for text, _ in line)).rstrip(" ")
        return "".join(
            _STYLES[style].render(visible(text), color_system=ColorSystem.STANDARD)
            if style
            else visible(text)
            for text, style in line
        )
