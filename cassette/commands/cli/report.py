"""``cassette report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cassette.checking.check import check_file
from cassette.checking.faults import Rule
from cassette.commands.screen import Screen
from cassette.errors import CassetteError
from cassette.redaction import Redactor
from cassette.report.comparison import comparison_data
from cassette.report.data import traffic_data
from cassette.report.page import write_page
from cassette.traffic.before import in_git, in_two_places
from cassette.traffic.comparing import LeftOut
from cassette.traffic.gathering import cassettes_at, gather
from cassette.wording import counted, from_here

if TYPE_CHECKING:
    from collections.abc import Sequence


_SECRETS: Final = 5
"""What looks like a secret, as far as it is told here."""


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("traffic.html"),
    help="The page to write [traffic.html].",
)
@click.option(
    "--against",
    metavar="OLD",
    help="Compare with it too: a cassette or a folder, or a revision of git as git:HEAD. There "
    "must be a single PATH then.",
)
@click.option(
    "--ignore", multiple=True, metavar="WHAT", help="What a comparison leaves out, as for diff."
)
@click.option("--with-secrets", is_flag=True, help="Also where something looks like a secret.")
def report(
    *,
    paths: tuple[Path, ...],
    output: Path,
    against: str | None,
    ignore: tuple[str, ...],
    with_secrets: bool,
) -> int:
    """Write a page that shows what cassettes hold: one file that loads nothing.

    The page holds what the cassettes hold: whoever gets it reads all of it. So it is refused
    where something in them looks like a secret.
    """
    screen = Screen()
    if not with_secrets:
        _refuse_secrets(screen, paths)
    gathered = gather(paths, screen.track)
    data = traffic_data(gathered.cassettes)
    if against is not None:
        if len(paths) != 1:
            raise click.UsageError(f"--against needs one path, and these are {len(paths)}")
        left_out = LeftOut.parse(ignore or ("times", "dates"))
        kind, _, revision = against.partition(":")
        of_git = kind == "git" and bool(revision)
        twins = in_git(paths[0], revision) if of_git else in_two_places(Path(against), paths[0])
        names = (revision if of_git else against, from_here(paths[0]))
        data |= comparison_data(twins, left_out, names)
    count = len(data["items"])
    write_page(output, data, f"cassette: {', '.join(map(from_here, paths[:3]))}")
    click.echo(f"{output}: {counted(count, 'interaction')}")
    return screen.complain(gathered.errors)


def _refuse_secrets(screen: Screen, paths: Sequence[Path]) -> None:
    """Refuse cassettes in which something looks like a secret.

    Raises:
        CassetteError: There are some.
    """
    redactor = Redactor()
    secrets = [
        fault
        for path in screen.track(cassettes_at(paths))
        for fault in check_file(path, redactor)
        if fault.rule is Rule.SECRET
    ]
    if secrets:
        more = f"\n... {len(secrets) - _SECRETS} more" if len(secrets) > _SECRETS else ""
        told = "\n".join(map(str, secrets[:_SECRETS])) + more
        raise CassetteError(
            f"no report is written of what looks like a secret\n{told}\n"
            "Mask it (cassette redact), or write it all the same: --with-secrets"
        )
