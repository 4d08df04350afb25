"""Opening a cassette for a use: the files are read, and the parts of a tape put together."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from cassette.errors import CassetteNotFoundError
from cassette.store.file_text import read_text
from cassette.store.places import Stamp
from cassette.store.reader import CassetteReader
from cassette.tapes.expiry import CassetteExpiredWarning, OnExpiry
from cassette.tapes.family import Family
from cassette.tapes.hooks import Hooks
from cassette.tapes.modes import ADDING, RecordMode, policy
from cassette.tapes.source import Source
from cassette.tapes.tape import Tape
from cassette.tapes.terms import Terms
from cassette.tapes.writer import Writer

if TYPE_CHECKING:
    from pathlib import Path

    from cassette.tapes.freezing import Timeline
    from cassette.tapes.options import TapeOptions
    from cassette.verify.verifier import Verifier


def open_tape(options: TapeOptions) -> Tape:
    """Return a tape; whoever asked for it closes it.

    Args:
        options: What the use is asked for.

    Raises:
        CassetteFormatError: The cassette, or one of ``extra``, is damaged.
        CassetteNotFoundError: One of ``extra`` is not there.
        CassetteExpiredError: The cassette is too old, and that was to fail.
        HookError: ``before_playback`` failed.
    """
    path, matching = options.path, options.matching
    before = Stamp.of(path)
    # Where a test fakes the file system, it may have put a cassette there for itself.
    existed = before is not None or path.exists()
    terms = Terms(
        options.mode, ADDING if options.adds else policy(options.mode, exists=existed), existed
    )
    file = CassetteReader.open(path) if existed and terms.policy.keep else None
    if file is not None and terms.policy.play:
        terms = _aged(options, terms, file)
        file = file if terms.policy.keep else None
    hooks = options.hooks if terms.policy.play else Hooks()
    # Of a use without a file nothing is ever fetched.
    known = hooks.to_play(file or CassetteReader(path), options.redactor)
    family = Family()
    own = Source(known, matching, family, repeat=options.repeat)
    # A test may record the very cassette that its neighbours read beside theirs.
    beside = options.extra if terms.mode is not RecordMode.OFF else ()
    extra = [_beside(one, options, hooks, family) for one in beside if one != path]
    if terms.policy.record:
        # No new secret shares a mask with one that stands in a file already. A secret gets its
        # mask when it is first looked for, which is before it is recorded.
        for read in (own, *extra) if file is not None else extra:
            options.redactor.reserve(read_text(read.path)[:])
    return Tape(
        options,
        terms,
        [own, *extra],
        writer=Writer(
            options,
            file,
            family,
            before=before,
            anew=terms.mode is RecordMode.ALL and not options.adds,
        ),
        verifier=_verifier(options, own, extra, file, family) if terms.policy.compare else None,
        timeline=_timeline(file, terms) if file and options.freeze and terms.policy.play else None,
    )


def _beside(path: Path, options: TapeOptions, hooks: Hooks, family: Family) -> Source:
    """Return the source of a cassette that answers beside the one in use, and is never written.

    It is shared, so that it cannot know how often each of its users makes a request: its last
    answer repeats.

    Raises:
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: The file is no cassette, or a damaged one.
    """
    if Stamp.of(path) is None and not path.exists():
        raise CassetteNotFoundError(
            path, "An extra cassette is only read: record it by itself, or leave it out."
        )
    known = hooks.to_play(CassetteReader.open(path), options.redactor)
    return Source(known, options.matching, family, repeat=True)


def _aged(options: TapeOptions, terms: Terms, file: CassetteReader) -> Terms:
    """Return the terms for a cassette that may be too old; warn of it where it is played.

    Raises:
        CassetteExpiredError: It is, and that was to fail.
    """
    expiry, mode = options.expiry, terms.mode
    if expiry is None:
        return terms
    error = expiry.objection(
        options.path, file.oldest, mode, options.how_to_record_anew, options.why_mode
    )
    if error is None:
        return terms
    consequence = expiry.consequence(mode)
    if consequence is OnExpiry.FAIL:
        raise error
    if consequence is OnExpiry.WARN:
        # The line that enters the use, behind four frames of this package.
        warnings.warn(str(error), CassetteExpiredWarning, stacklevel=5)
        return terms._replace(expired=error.age)
    mode = RecordMode.REWRITE
    return Terms(mode, policy(mode, exists=True), terms.existed, error.age)


def _verifier(
    options: TapeOptions,
    own: Source,
    extra: list[Source],
    file: CassetteReader | None,
    family: Family,
) -> Verifier:
    from cassette.verify.drift import DriftError  # noqa: PLC0415 - others need not pay for it
    from cassette.verify.verification import Verification  # noqa: PLC0415 - as above
    from cassette.verify.verifier import Verifier  # noqa: PLC0415 - as above

    error = DriftError(
        options.path,
        recorded=file.recorded if file is not None else None,
        remedy=options.how_to_record_anew,
    )
    verification = options.verification or Verification()
    return Verifier(own, extra, options.redactor, verification, error=error, family=family)


def _timeline(file: CassetteReader, terms: Terms) -> Timeline:
    from cassette.tapes.freezing import Timeline  # noqa: PLC0415 - others need not pay for it

    return Timeline(file.latest, len(file), recorded=file.recorded, returns=terms.policy.record)
