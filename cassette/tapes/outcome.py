"""How a use ends: well, or with what the code under test may have swallowed."""

from __future__ import annotations

import shlex
import warnings
from typing import TYPE_CHECKING, Final, Protocol

from cassette.errors import CassetteError, UnplayedInteractionsError
from cassette.model import CONNECT
from cassette.store.reader import CassetteReader
from cassette.tapes.modes import RecordMode
from cassette.wording import counted, from_here

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from cassette.tapes.bypasses import Bypasses
    from cassette.tapes.options import TapeOptions
    from cassette.tapes.source import Source
    from cassette.tapes.terms import Terms
    from cassette.tapes.writer import Writer


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


class UnansweredWarning(UserWarning):
    """Nobody was there to connect to while a cassette was recorded.

    Unintended: the service was down, or its name is wrong; record again once it answers.
    Intended: say so with ``failures=True``.
    """


class UnsearchedWarning(UserWarning):
    """A body was recorded that could not be searched for secrets.

    Unintended: install what undoes its coding, and record again. Intended: the interaction says so
    in ``unsearched``, and a filter of warnings keeps this one quiet.
    """


def objection(errors: Sequence[CassetteError], remarks: Iterable[Warning]) -> Exception | None:
    """Return why a use does not end well after all; warn of what the cassette should not be like.

    It is asked before the cassette is written: where a filter makes a warning an error, there is
    no cassette.

    Args:
        errors: What the code under test was told, and may have swallowed.
        remarks: The warnings.
    """
    if errors:
        return errors[0]
    try:
        for remark in remarks:
            # The line that leaves the use, behind three frames of this package.
            warnings.warn(remark, stacklevel=4)
    except Warning as error:
        return error
    return None


def is_outage(options: TapeOptions, terms: Terms, writer: Writer) -> bool:
    """Return whether nothing was recorded but failures to connect, and no cassette is made of that.

    Code that tolerates them would pass with such a cassette for ever, and no request of it would
    ever be tested. So ``once`` makes none, and no mode lets it replace, or join, what answers.
    Where nothing does, whoever names another mode gets what came.
    """
    if options.failures or not 0 < writer.failed.total() == writer.recorded:
        return False
    return terms.mode is RecordMode.ONCE or (terms.existed and _answers(options.path))


def _answers(path: Path) -> bool:
    """Return whether a cassette holds more than failures to connect; a damaged one may."""
    try:
        return not all(call.startswith(CONNECT) for call in CassetteReader.open(path).calls)
    except CassetteError:
        return True


def remark_on_failures(
    options: TapeOptions, terms: Terms, writer: Writer, *, outage: bool
) -> list[Warning]:
    """Return a warning where connections failed while a cassette was recorded, and nobody asked."""
    failed = writer.failed.total()
    if not outage and (not failed or options.failures or terms.mode is not RecordMode.ONCE):
        return []
    path = from_here(options.path)
    if outage:
        said = (
            f"{path} {'stays as it was' if terms.existed else 'was not written'}: "
            f"nothing was recorded but {counted(failed, 'failure')} to connect, "
            f"kept in {from_here(str(writer.journal))}"
        )
    else:
        said = (
            f"{failed} of {counted(writer.recorded, 'interaction')} recorded in {path} "
            f"{'is a failure' if failed == 1 else 'are failures'} to connect, "
            "and every replay will meet the same"
        )
    which = [f"  {what}{f', {n} times' if n > 1 else ''}" for what, n in writer.failed.items()]
    advice = "Record again once the service is up; or, if nobody is meant to answer, say so with"
    return [UnansweredWarning("\n".join([said, *which, f"{advice} failures=True."]))]


_told_of: Final[list[Path]] = []
"""The first cassette of this run that has a body which could not be searched."""


def remark_on_unsearched(options: TapeOptions, writer: Writer) -> list[Warning]:
    """Return a warning, once in a run, where bodies could not be searched for secrets."""
    if not writer.unsearched or _told_of:
        return []
    _told_of.append(options.path)
    found = dict.fromkeys(writer.unsearched)
    count = counted(len(found), "message")
    title = f"{count} in {from_here(options.path)} could not be searched for secrets:"
    advice = (
        "Look at them before you commit. br and zstd are undone with: "
        "python -m pip install 'pytest-cassette[codings]'"
    )
    return [UnsearchedWarning("\n".join([title, *(f"  {one}" for one in found), advice]))]


class Ending(Protocol):
    """A use that is about to end; see ``cassette.Tape`` for each of its facts."""

    path: Path
    bypasses: Bypasses
    unfinished: list[str]

    def knows_port(self, names: Collection[str], port: int) -> bool:
        """Return whether there is a recording of a port of this machine."""


def missing(tape: Ending) -> Iterator[str]:
    """Yield what the cassette of a use lacks, and a replay will refuse, each in a sentence."""
    yield from tape.bypasses.hosts.values()
    for call in tape.unfinished:
        yield (
            f"the response to {call} was still being read when the use of {from_here(tape.path)} "
            "ended: what comes later is not in the cassette, and a replay ends there\n"
            "Read it to its end, or close it, while the cassette is in use."
        )
    for port, told in tape.bypasses.ports.items():
        if tape.knows_port(told, port):
            yield from told.values()


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
