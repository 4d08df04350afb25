"""``cassette demo``."""

from __future__ import annotations

from pathlib import Path

import click

from cassette.commands import demo as work


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
def demo(path: Path | None) -> int:
    """Record some exchanges with a server on loopback, and replay them without it.

    PATH is the cassette to write, which must not be there yet. Without one the cassette goes to a
    folder of its own, among the temporary files.
    """
    return work.run(path)
