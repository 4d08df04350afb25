"""What a use does with what went live: it is compared, written, or known already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cassette.errors import CassetteError, UninterceptedClientError
from cassette.tapes import telling
from cassette.tapes.refusal import refuse_what_is_no_interaction, told_of_websocket

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cassette.model import Interaction
    from cassette.tapes.options import TapeOptions
    from cassette.tapes.source import Source
    from cassette.tapes.writer import Writer
    from cassette.verify.verifier import Verifier


class Intake:
    """Takes what recorders have cut out of the streams. It may be used from several threads.

    Args:
        options: What the use was asked for.
        known: Cassettes of which nothing is recorded again.
        writer: Writes what is recorded.
        verifier: Compares what is live with the recording, in place of the writer.
        note_error: Keeps an error for the end of the use.
        bypass: Takes a call, and what is told of its connection, which goes on past the cassette.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - its parts
        self,
        options: TapeOptions,
        known: Sequence[Source],
        writer: Writer,
        verifier: Verifier | None,
        note_error: Callable[[CassetteError], None],
        bypass: Callable[[str, str], None],
    ) -> None:
        self._options = options
        self._known = known
        self._writer = writer
        self._verifier = verifier
        self._note_error = note_error
        self._bypass = bypass

    def take(self, interaction: Interaction) -> None:
        """Compare an interaction, or write it unless it is recorded already.

        What a cassette beside this one answers, or this one while it is added to, went live all the
        same: what the server gave out, such as a token, is good for the requests that follow, which
        what was recorded is not.

        Raises:
            CassetteError: It cannot be written, or is none that may be.
        """
        call, request, options = interaction.call, interaction.request, self._options
        try:
            refuse_what_is_no_interaction(request, options.path)
            if self._verifier is None and any(source.find(call, request) for source in self._known):
                return
            chosen = options.hooks.to_record(interaction, options.redactor)
            if chosen is None:
                return
            if self._verifier is not None:
                self._verifier.compare(chosen)
            else:
                self._writer.write(chosen)
                if interaction.response.parsed_response.opens_websocket:
                    self._bypass(chosen.call, told_of_websocket(chosen, options.path))
            if telling.listeners:
                how = "recorded" if self._verifier is None else "verified"
                told = telling.Told(how, options.path, options.redactor.mask_call(chosen.call))
                telling.tell(told)
        except CassetteError as error:
            self._note_error(error)
            # A verified client reads what is live, and whole, whatever has drifted.
            if self._verifier is None or isinstance(error, UninterceptedClientError):
                raise
