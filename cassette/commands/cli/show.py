"""``cassette show``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cassette.commands.screen import Screen
from cassette.traffic.curl import curl_command
from cassette.traffic.data import cassette_data, full_data
from cassette.traffic.gathering import gather
from cassette.traffic.letter import ROLES, bytes_letter, joined_lines, letter
from cassette.traffic.pieces import line
from cassette.traffic.table import column_lines, table_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cassette.traffic.entries import FiledInteraction, Traffic


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option(
    "-n", "--number", "numbers", type=int, multiple=True, help="One in full; may be repeated."
)
@click.option("--request", "roles", flag_value="request", help="Of these, the request alone.")
@click.option("--response", "roles", flag_value="response", help="Of these, the response alone.")
@click.option("--bytes", "form", flag_value="bytes", help="Byte by byte, with framing and pieces.")
@click.option("--raw", "form", flag_value="raw", help="The very bytes, for a file or a program.")
@click.option("--curl", "form", flag_value="curl", help="The request as a command.")
@click.option("--json", "form", flag_value="json", help="Everything as JSON, for programs.")
@click.option("--all", "whole", is_flag=True, help="Leave nothing out of what is no text.")
@click.option("--no-pager", is_flag=True, help="Write everything at once.")
def show(  # noqa: PLR0913 - the options of a command
    *,
    paths: tuple[Path, ...],
    numbers: tuple[int, ...],
    roles: str | None,
    form: str | None,
    whole: bool,
    no_pager: bool,
) -> int:
    """Show what cassettes hold: a table, or some interactions in full.

    A PATH is a cassette, a journal, or a folder with all cassettes below it.
    """
    screen = Screen()
    gathered = gather(paths, screen.track)
    cassettes = gathered.cassettes
    if form == "json" and not numbers:
        _print_json([cassette_data(one) for one in cassettes])
    elif numbers or form:
        chosen = _chosen(cassettes, numbers)
        _show_entries(
            screen, chosen, form, (roles,) if roles else ROLES, whole=whole, pager=not no_pager
        )
    elif screen.is_terminal:
        screen.show(table_lines(cassettes, screen.width), pager=not no_pager)
    else:
        screen.show(column_lines(cassettes))
    return screen.complain(gathered.errors)


def _chosen(cassettes: Sequence[Traffic], numbers: Sequence[int]) -> list[FiledInteraction]:
    """Return the interactions that are meant; all of them where no number is given.

    Raises:
        UsageError: A number could be meant of several cassettes, or there is no such interaction.
    """
    if not numbers:
        return [entry for one in cassettes for entry in one.entries]
    if len(cassettes) != 1:
        raise click.UsageError(f"-n needs one cassette, and these are {len(cassettes)}")
    entries = cassettes[0].entries
    for number in numbers:
        if not 0 <= number < len(entries):
            last = f"its numbers are 0 to {len(entries) - 1}" if entries else "it is empty"
            raise click.UsageError(
                f"there is no interaction {number} in {cassettes[0].path}: {last}"
            )
    return [entries[number] for number in numbers]


def _show_entries(  # noqa: PLR0913 - the options of a command
    screen: Screen,
    entries: Sequence[FiledInteraction],
    form: str | None,
    roles: Sequence[str],
    *,
    whole: bool,
    pager: bool,
) -> None:
    if form == "json":
        data = [full_data(one) for one in entries]
        _print_json(data[0] if len(data) == 1 else data)
    elif form == "raw":
        _write_raw(
            screen,
            b"".join(getattr(one.interaction, role).raw for one in entries for role in roles),
        )
    elif form == "curl":
        commands = [curl_command(one.interaction) for one in entries if one.interaction.request.raw]
        screen.show((line(text) for one in commands for text in one.split("\n")), pager=pager)
    else:
        made = bytes_letter if form == "bytes" else letter
        screen.show(joined_lines(made(one, roles, whole=whole) for one in entries), pager=pager)


def _write_raw(screen: Screen, raw: bytes) -> None:
    """Write bytes as they are; a terminal, which they might steer, gets them with marks."""
    if screen.is_terminal:
        screen.show(line(text) for text in raw.decode("utf-8", "backslashreplace").split("\n"))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)


def _print_json(data: object) -> None:
    click.echo(json.dumps(data, indent=2))
