"""The words of the command line: one module for each command, imported when it is asked for.

A module here declares arguments with click, calls what computes, and prints. What computes stands
in ``cassette.commands`` and knows neither click nor the terminal.
"""

from __future__ import annotations

import importlib
from typing import Final

import click

COMMANDS: Final = {
    "check": "check",
    "completion": "completion",
    "convert": "convert",
    "demo": "demo",
    "diff": "diff",
    "fix": "fix",
    "list": "listing",
    "redact": "redact",
    "report": "report",
    "show": "show",
}
"""The module here of each command, in which it has the name of that module."""


class _Commands(click.Group):
    """Imports a command when it is run, or when the help wants its first line."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        name = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"{__name__}.{name}"), name)
        return command


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="pytest-cassette", message="cassette %(version)s")
@click.pass_context
def cassette(context: click.Context) -> None:
    """Record real HTTP once, byte for byte, and replay it offline."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
