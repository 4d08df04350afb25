"""The command line: ``cassette demo``, ``cassette convert``."""

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
    convert = commands.add_parser(
        "convert",
        help="make cassettes of what another library recorded",
        description="Make cassettes of what another library recorded. Secrets are masked. "
        "docs/migrating.md says what to do with the tests.",
    )
    convert.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a file, or a folder with all below it that ends in .yaml, .yml or .json",
    )
    convert.add_argument(
        "--from", dest="kind", required=True, choices=["vcrpy"], help="the library"
    )
    convert.add_argument(
        "--to",
        type=Path,
        metavar="DIR",
        help="where the cassettes go (default: to where the files are)",
    )
    convert.add_argument(
        "--overwrite",
        action="store_true",
        help="replace the files that are there, those that are converted among them",
    )
    convert.add_argument(
        "--redact",
        action="append",
        default=[],
        metavar="NAME",
        help="mask this header, parameter or field too; may be repeated",
    )
    convert.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="NAME",
        help="leave this one as it is; may be repeated",
    )
    convert.add_argument("--no-redact", action="store_true", help="mask nothing at all")
    chosen = parser.parse_args(arguments)
    try:
        return _demo(chosen) if chosen.command == "demo" else _convert(chosen)
    except CassetteError as error:
        print(f"cassette: {error}")  # noqa: T201 - this is a command
        return 1


def _demo(chosen: argparse.Namespace) -> int:
    from cassette.commands import demo  # noqa: PLC0415 - only this command needs it

    return demo.run(chosen.path)


def _convert(chosen: argparse.Namespace) -> int:
    from cassette.commands import convert  # noqa: PLC0415 - only this command needs it
    from cassette.redaction import Redactor  # noqa: PLC0415 - as above

    redactor = Redactor(chosen.redact, keep=chosen.keep, defaults=not chosen.no_redact)
    return convert.run(
        chosen.kind, chosen.paths, to=chosen.to, overwrite=chosen.overwrite, redactor=redactor
    )
