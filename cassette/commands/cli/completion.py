"""``cassette completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what completes words of this command in a shell.

    For bash, put this into ~/.bashrc: eval "$(cassette completion bash)"
    """
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click has all three
    click.echo(kind(context.find_root().command, {}, "cassette", "_CASSETTE_COMPLETE").source())
