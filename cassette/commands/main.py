"""Entry of the command ``cassette``: what it needs, and how it ends."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import TYPE_CHECKING, Final, TextIO

from cassette.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEEDED: Final = ("click", "jinja2", "rich")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: Words of the command line; by default those that the program was started with.

    Returns:
        Exit status: 0 when all is well, 1 after an error, or where ``diff`` finds a difference, 2
        where the words are no command.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        return _complain(
            f"the command line needs {', '.join(missing)}\n"
            "Install what it needs: python -m pip install 'pytest-cassette[cli]'"
        )
    import click  # noqa: PLC0415 - an extra

    from cassette.commands.cli import cassette  # noqa: PLC0415 - as above

    for stream in (sys.stdout, sys.stderr):
        _take_every_character(stream)
    try:
        status = cassette.main(arguments, prog_name="cassette", standalone_mode=False)
    except CassetteError as error:
        return _complain(error.told())
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 130
    except BrokenPipeError:
        # Whoever read has seen enough. What is left in the buffer goes nowhere, not to an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status if isinstance(status, int) else 0


def _complain(text: str) -> int:
    print(f"cassette: {text}", file=sys.stderr)  # noqa: T201 - this is a command
    return 1


def _take_every_character(stream: TextIO) -> None:
    """Let a stream write what its encoding lacks as an escape, rather than fail."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
