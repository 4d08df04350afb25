"""The command line: ``cassette demo``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cassette.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: Words of the command line; by default those that the program was started with.

    Returns:
        Exit status: 0 when all is well, 1 after an error.
    """
    parser = argparse.ArgumentParser(
        prog="cassette", description="Record real HTTP once, byte for byte, and replay it offline."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo = commands.add_parser(
        "demo", help="record some exchanges with a server on loopback, and replay them without it"
    )
    demo.add_argument(
        "path",
        nargs="?",
        type=Path,
        default=Path("cassette-demo.yaml"),
        help="the cassette to write (default: %(default)s)",
    )
    chosen = parser.parse_args(arguments)

    from cassette import demo as demonstration  # noqa: PLC0415 - only this command needs it

    try:
        return demonstration.run(chosen.path)
    except CassetteError as error:
        print(f"cassette: {error}")  # noqa: T201 - this is a command
        return 1
