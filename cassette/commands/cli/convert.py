"""``cassette convert``."""

from __future__ import annotations

from pathlib import Path

import click

from cassette.commands import convert as work
from cassette.redaction import Redactor


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option(
    "--from", "kind", type=click.Choice(list(work.READERS)), help="What has recorded the files."
)
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    metavar="har|curl|DIR",
    help="A format in which cassettes are written; or, with --from, the folder where cassettes go: "
    "without it, to where the files are.",
)
@click.option(
    "--overwrite",
    is_flag=True,
    help="Replace the files that are there, those that are converted among them.",
)
@click.option(
    "--redact",
    multiple=True,
    metavar="NAME",
    help="Mask this header, parameter or field too; may be repeated.",
)
@click.option(
    "--keep", multiple=True, metavar="NAME", help="Leave this one as it is; may be repeated."
)
@click.option("--no-redact", is_flag=True, help="Mask nothing at all.")
def convert(  # noqa: PLR0913 - the options of a command
    *,
    paths: tuple[Path, ...],
    kind: str | None,
    to: Path | None,
    overwrite: bool,
    redact: tuple[str, ...],
    keep: tuple[str, ...],
    no_redact: bool,
) -> int:
    """Make cassettes of what another tool recorded, or archives and commands of cassettes.

    A PATH is a file, or a folder with all below it that may be meant. Secrets are masked.
    docs/migrating.md says what to do with the tests.
    """
    if kind is None:
        if to == Path("har"):
            return work.to_archives(paths, overwrite=overwrite)
        if to == Path("curl"):
            return work.to_commands(paths)
        known = ", ".join(work.READERS)
        raise click.UsageError(
            f"say what has recorded the files: --from, with one of {known}; "
            "or what cassettes are to become: --to har, or --to curl"
        )
    redactor = Redactor(redact, keep=keep, defaults=not no_redact)
    return work.run(kind, paths, to=to, overwrite=overwrite, redactor=redactor)
