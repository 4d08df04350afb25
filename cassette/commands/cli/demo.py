"""``cassette demo``."""

from __future__ import annotations

from pathlib import Path

import click

from cassette.commands import demo as work


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("cassette-demo.yaml"))
def demo(path: Path) -> int:
    """Record some exchanges with a server on loopback, and replay them without it.

    PATH is the cassette to write, cassette-demo.yaml where none is given.
    """
    return work.run(path)
