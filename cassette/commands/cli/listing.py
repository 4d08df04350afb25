"""``cassette list``."""

from __future__ import annotations

from pathlib import Path

import click

from cassette.commands.screen import Screen
from cassette.traffic.listing import list_files, listing_lines


@click.command("list")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
def listing(paths: tuple[Path, ...]) -> int:
    """List cassettes: interactions, size, age, hosts; and journals that recordings have left.

    A PATH is a file or a folder; without one, this folder is meant.
    """
    screen = Screen()
    files = list_files(paths or (Path(),), screen.track)
    screen.show(listing_lines(files))
    return 1 if any(one.error for one in files) else 0
