"""``cassette check``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cassette.checking.check import check as check_files
from cassette.checking.check import files_at, masked_places
from cassette.commands.screen import Screen
from cassette.redaction import Redactor
from cassette.tapes.expiry import Expiry
from cassette.wording import counted, from_here

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cassette.checking.check import Masked
    from cassette.checking.faults import Fault


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option("--max-age", metavar="AGE", help="How old a cassette may be, such as 30d or 12w.")
@click.option("--name", "names", multiple=True, help="Another name of a secret field; repeatable.")
@click.option("--keep", multiple=True, help="A name that is not secret after all; repeatable.")
@click.option("--masked", is_flag=True, help="Tell as well what was masked, and by which rule.")
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
def check(  # noqa: PLR0913 - the options of a command
    *,
    paths: tuple[Path, ...],
    max_age: str | None,
    names: tuple[str, ...],
    keep: tuple[str, ...],
    masked: bool,
    as_json: bool,
) -> int:
    """Look for secrets, damage and edits, before a file is committed.

    A PATH is a cassette, a recording of VCR.py, any other text, or a folder that holds some. The
    exit status is 1 where something is wrong. docs/check.md tells the rules.
    """
    expiry = Expiry.parse(max_age, "fail")
    redactor = Redactor(names, keep=keep)
    oldest = expiry.max_age if expiry is not None else None
    faults = list(check_files(paths, redactor, oldest, Screen().track))
    places = list(masked_places(paths)) if masked else []
    if as_json:
        click.echo(_as_json(faults, places))
    else:
        for place in places:
            click.echo(
                f"{from_here(place.path)}: masked: #{place.number} {place.place} ({place.rule})"
            )
        for fault in faults:
            click.echo(str(fault))
        files = counted(len(files_at(paths)), "file")
        click.echo(
            f"{counted(len(faults), 'fault')} in {files}" if faults else f"{files}, no fault"
        )
    return 1 if faults else 0


def _as_json(faults: Sequence[Fault], places: Sequence[Masked]) -> str:
    masked = [
        {"path": Path(from_here(path)).as_posix(), "interaction": n, "place": place, "rule": rule}
        for path, n, place, rule in places
    ]
    return json.dumps({"faults": [one.as_json() for one in faults], "masked": masked}, indent=2)
