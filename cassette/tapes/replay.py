"""What answers on replay: the sources in their order, while a frozen clock moves along."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from cassette.clock import Clock
from cassette.errors import CassetteError, RecordingEndedError, UnmatchedRequestError
from cassette.tapes import telling
from cassette.tapes.refusal import refuse_what_is_no_interaction
from cassette.transport.pace import Pace
from cassette.wording import from_here

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cassette.model import Interaction, Request
    from cassette.tapes.freezing import Timeline
    from cassette.tapes.options import TapeOptions
    from cassette.tapes.source import Source
    from cassette.tapes.terms import Terms


class Replay:
    """Finds the recorded interactions for players. It may be used from several threads.

    Args:
        options: What the use was asked for.
        terms: How things stand.
        sources: The cassette itself, and then those beside it.
        timeline: Moves a frozen clock along the recording.
        note_error: Keeps what the client is told instead of bytes, for the end of the use.
    """

    def __init__(
        self,
        options: TapeOptions,
        terms: Terms,
        sources: Sequence[Source],
        timeline: Timeline | None,
        note_error: Callable[[CassetteError], None],
    ) -> None:
        self._options = options
        self._terms = terms
        self._sources = tuple(sources)
        self._own = sources[0]
        self._timeline = timeline
        self._note_error = note_error

    def new_pace(self) -> Pace | None:
        """Return the pace of a new connection; None where all comes at once and no clock moves."""
        timeline, factor = self._timeline, self._options.timing
        if timeline is not None:
            return Pace(self, timeline.clock, factor=factor, finished=timeline.finish)
        return Pace(self, Clock, factor=factor) if factor else None

    def take_failure(self, origin: str) -> Interaction | None:
        """Return the recorded failure to connect to an origin if it is due, counted as played."""
        for source in self._sources:
            failed = source.next_failure(origin)
            if failed is not None:
                self._play(source, failed)
                if self._timeline is not None:
                    self._timeline.finish()
                return failed
        return None

    def answer(self, call: str, request: Request) -> Interaction | None:
        """Return the interaction that answers, now counted as played.

        Returns:
            The interaction; None where there is none and the mode lets the request go live.

        Raises:
            UnmatchedRequestError: There is none, and nothing may go live.
            UninterceptedClientError: It is the beginning of a connection in HTTP/2.
            CassetteFormatError: The interaction that answers is damaged, or one that nearly does.
        """
        try:
            refuse_what_is_no_interaction(request, self._options.path)
            for source in self._sources:
                found = source.find(call, request)
                if found is not None:
                    return self._play(source, found)
            if self._terms.policy.record:
                self.thaw()
                return None
            raise self._unmatched(call, request)
        except CassetteError as error:
            self._note_error(error)
            raise

    def foresee(self, call: str) -> Interaction | None:
        """Return the interaction that would answer this call, judged without the body."""
        for source in self._sources:
            foreseen = source.foresee(call)
            if foreseen is not None:
                if self._timeline is not None and source is self._own:
                    self._timeline.send(foreseen)
                return foreseen
        return None

    def refuse_more(self, interaction: Interaction | None) -> NoReturn:
        """Refuse a client that reads where the recording has stopped.

        Args:
            interaction: What it reads; None where no request was sent.

        Raises:
            RecordingEndedError: Always.
        """
        call, received, websocket = "a request that was never sent", 0, False
        if interaction is not None:
            call, received = interaction.call, len(interaction.response.raw)
            websocket = interaction.response.parsed_response.opens_websocket
        error = RecordingEndedError(
            call,
            path=self._options.path,
            received=received,
            remedy=self._options.how_to_record_anew,
            websocket=websocket,
        )
        self._note_error(error)
        raise error

    def freeze(self) -> None:
        """Show the program the time of the recording, where that was asked for."""
        if self._timeline is not None:
            self._timeline.clock.freeze()

    def thaw(self) -> None:
        """Show the program the real time again."""
        if self._timeline is not None:
            self._timeline.clock.release()

    def _play(self, source: Source, interaction: Interaction) -> Interaction:
        source.play(interaction)
        if self._timeline is not None and source is self._own:
            self._timeline.play(interaction.number, interaction)
        if telling.listeners:
            call, number = interaction.call, interaction.number
            telling.tell(telling.Told("played", source.path, call, number))
        return interaction

    def _unmatched(self, call: str, request: Request) -> UnmatchedRequestError:
        from cassette.store.names import journal_of  # noqa: PLC0415 - only failures pay for it

        options, beside = self._options, self._sources[1:]
        explanation = self._own.explain(
            call, request, *[source.recordings(from_here(source.path)) for source in beside]
        )
        journal = journal_of(options.path)
        unrecorded = not self._terms.existed
        advice = [options.how_to_record, *([] if unrecorded else [options.how_to_replace])]
        if options.why_mode:
            advice.insert(0, f"Nothing is recorded here{options.why_mode}.")
        return UnmatchedRequestError(
            options.redactor.mask_call(call),
            path=options.path,
            mode=self._terms.mode.value,
            total=None if unrecorded else len(self._own),
            journal=journal if journal.exists() else None,
            nearby=self._nearby(call) if unrecorded else None,
            remedy="\n".join(advice),
            beside=sum(map(len, beside)),
            **explanation._asdict(),
        )

    def _nearby(self, call: str) -> Path | None:
        from cassette.tapes.nearby import renamed_from  # noqa: PLC0415 - as above

        options = self._options
        call = options.redactor.mask_call(call)
        return renamed_from(options.path, call, options.matching, options.taken)
