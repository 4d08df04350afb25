"""``cassette redact``."""

from __future__ import annotations

from pathlib import Path

import click

from cassette.checking.mending import redact as redact_files
from cassette.redaction import Redactor
from cassette.wording import counted


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option("--name", "names", multiple=True, help="Another name of a secret field; repeatable.")
@click.option("--keep", multiple=True, help="A name that is not secret after all; repeatable.")
def redact(*, paths: tuple[Path, ...], names: tuple[str, ...], keep: tuple[str, ...]) -> int:
    """Mask the secrets that stand in files, in place.

    A PATH is as for check. Interactions without a secret keep every byte, comments stay. What is in
    version control already has leaked: revoke it too.
    """
    done = 0
    for fault in redact_files(paths, Redactor(names, keep=keep)):
        click.echo(str(fault))
        done += 1
    click.echo(counted(done, "place") + " masked" if done else "nothing to mask")
    return 0
