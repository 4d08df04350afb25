"""How a use ends: well, or with what the code under test may have swallowed."""

from __future__ import annotations

import shlex
import warnings
from typing import TYPE_CHECKING

from cassette.errors import UnplayedInteractionsError
from cassette.wording import counted, from_here

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cassette.errors import CassetteError
    from cassette.tapes.options import TapeOptions
    from cassette.tapes.source import Source


class UnplayedWarning(UserWarning):
    """Interactions were left when the use of a cassette ended.

    Unintended: the code under test no longer makes these requests; delete the interactions.
    Intended: say so with ``on_unplayed="ignore"``.
    """


class EditedWarning(UserWarning):
    """Interactions were played that somebody has edited in the file.

    Unintended: take the file back from version control, or record it anew. Intended:
    ``cassette fix`` makes what stands there the recording.
    """


class UnrecordedWarning(UserWarning):
    """Something reached the network past a cassette that recorded, and is missing in it.

    Unintended: use a client that cassettes record, since the replay refuses this one. Intended: let
    the host through with ``allow_hosts``, on the replay too.
    """


def objection(errors: Sequence[CassetteError], bypassed: Iterable[str]) -> Exception | None:
    """Return why a use does not end well after all; warn of what is missing in the cassette.

    It is asked before the cassette is written: where a filter makes the warning an error, there
    is no cassette.

    Args:
        errors: What the code under test was told, and may have swallowed.
        bypassed: What went past the cassette while it recorded, in a sentence each.
    """
    if errors:
        return errors[0]
    try:
        for said in bypassed:
            # The line that leaves the use, behind three frames of this package.
            warnings.warn(said, UnrecordedWarning, stacklevel=4)
    except UnrecordedWarning as error:
        return error
    return None


def mind_edited(sources: Iterable[Source]) -> None:
    """Tell which interactions were played that somebody has edited in the file."""
    for source in sources:
        if not source.edited:
            continue
        path, total = from_here(source.path), len(source)
        lines = [f"  #{number} {call}" for number, call in sorted(source.edited.items())]
        count = f"{len(lines)} of {counted(total, 'interaction')} in {path}"
        title = f"{count} {'was' if len(lines) == 1 else 'were'} edited by hand, and played so:"
        remedy = f"To make that the recording: cassette fix {shlex.quote(path)}"
        warnings.warn("\n".join([title, *lines, remedy]), EditedWarning, stacklevel=4)


def mind_unplayed(options: TapeOptions, calls: Sequence[str], total: int) -> None:
    """Do what was asked for about interactions that were left.

    Args:
        options: What the use was asked for.
        calls: The calls of these interactions.
        total: How many interactions the cassette holds.

    Raises:
        UnplayedInteractionsError: There are some, and that was to fail.
    """
    if not calls or options.on_unplayed == "ignore":
        return
    error = UnplayedInteractionsError(
        calls, path=options.path, total=total, remedy=options.how_to_record_anew
    )
    if options.on_unplayed == "fail":
        raise error
    warnings.warn(str(error), UnplayedWarning, stacklevel=4)
