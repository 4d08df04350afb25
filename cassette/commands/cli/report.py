"""``cassette report``."""

from __future__ import annotations

from pathlib import Path

import click

from cassette.commands.screen import Screen
from cassette.report.comparison import comparison_data
from cassette.report.data import traffic_data
from cassette.report.page import write_page
from cassette.traffic.before import in_git, in_two_places
from cassette.traffic.comparing import LeftOut
from cassette.traffic.gathering import gather
from cassette.wording import counted, from_here


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
def report(
    *, paths: tuple[Path, ...], output: Path, against: str | None, ignore: tuple[str, ...]
) -> int:
    """Write a page that shows what cassettes hold: one file that loads nothing.

    The page holds what the cassettes hold: whoever gets it reads all of it.
    """
    screen = Screen()
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
