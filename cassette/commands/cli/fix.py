"""``cassette fix``."""

from __future__ import annotations

from pathlib import Path

import click

from cassette.checking.mending import fix as fix_files
from cassette.wording import counted


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
def fix(*, paths: tuple[Path, ...]) -> int:
    """Make what was edited by hand the recording: set lengths, sizes and digests right.

    A PATH is a cassette, or a folder that holds some.
    """
    done = 0
    for fault in fix_files(paths):
        click.echo(str(fault))
        done += 1
    click.echo(counted(done, "message") + " fixed" if done else "nothing to fix")
    return 0
