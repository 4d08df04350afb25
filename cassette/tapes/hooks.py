"""Functions of the user that see each interaction once: before it is recorded, before it is played.

What they are given cannot be changed in place; they return it, another one, or None to leave it
out. An error in one is told as ``HookError``.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, NoReturn

from cassette.errors import HookError, OptionError
from cassette.model import Interaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cassette.redaction import Redactor
    from cassette.store.reader import CassetteReader

    Hook = Callable[[Interaction], Interaction | None]

_NAMES: Final = tuple(field.name for field in fields(Interaction))


class Hooks:
    """The hooks of a use.

    Args:
        before_record: Called with what is about to be recorded, secrets and all; None for none.
        before_playback: Called with what a cassette holds, before it is matched; None for none.

    Raises:
        OptionError: One cannot be called.
    """

    def __init__(
        self, before_record: Hook | None = None, before_playback: Hook | None = None
    ) -> None:
        self.before_record = _checked("before_record", before_record)
        self.before_playback = _checked("before_playback", before_playback)

    def to_record(self, interaction: Interaction, redactor: Redactor) -> Interaction | None:
        """Return what to record in place of an interaction; None to leave it out.

        Args:
            interaction: What has been exchanged.
            redactor: Masks what an error says. It learns the secrets of what is left out, since
                others may repeat them.

        Raises:
            HookError: The hook failed, or returned something else.
        """
        if self.before_record is None:
            return interaction
        chosen = _run("before_record", self.before_record, interaction, redactor)
        if chosen is None:
            redactor.redact(interaction)
        return chosen

    def to_play(self, reader: CassetteReader, redactor: Redactor) -> CassetteReader | ChosenReader:
        """Return a cassette as it is to be played.

        Raises:
            HookError: The hook failed, or returned something else.
            CassetteFormatError: An interaction is damaged: the hook has to see all of them.
        """
        if self.before_playback is None:
            return reader
        hook = self.before_playback
        chosen = [
            _run("before_playback", hook, reader.interaction(number), redactor)
            for number in range(len(reader))
        ]
        return ChosenReader(reader, chosen)


class ChosenReader:
    """The interactions of a cassette as ``before_playback`` has left them.

    Attributes:
        path: The file.
        calls: The call of each interaction in the file, so that numbers stay; empty for one that
            is left out.
    """

    def __init__(self, reader: CassetteReader, chosen: list[Interaction | None]) -> None:
        self.path: Path = reader.path
        self.calls = ["" if one is None else one.call for one in chosen]
        self._reader = reader
        self._chosen = chosen

    def __len__(self) -> int:
        return len(self.calls)

    def interaction(self, number: int) -> Interaction:
        """Return an interaction that is not left out."""
        found = self._chosen[number]
        return self._reader.interaction(number) if found is None else found

    latest = interaction

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()


class _Handed(Interaction):
    """An interaction in the hands of a hook."""

    __slots__ = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of its base
        made = Interaction(*args, **kwargs)
        for name in _NAMES:
            object.__setattr__(self, name, getattr(made, name))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(
            f"an interaction is not changed in place, its {name!r} neither: return another one, "
            "made with interaction.with_request(...) or interaction.with_response(...), "
            "or with dataclasses.replace"
        )


def _parts(interaction: Interaction) -> dict[str, Any]:
    return {name: getattr(interaction, name) for name in _NAMES}


def _run(name: str, hook: Hook, interaction: Interaction, redactor: Redactor) -> Interaction | None:
    try:
        given = hook(_Handed(**_parts(interaction)))
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        raise _error(name, interaction, redactor, problem, _where(error)) from error
    if given is None:
        return None
    returned: object = given
    if not isinstance(returned, Interaction):
        problem = f"it returned {given!r}, which is neither an interaction nor None"
        raise _error(name, interaction, redactor, problem, "")
    return Interaction(**_parts(returned))


def _where(error: Exception) -> str:
    """Return the file and line at which a hook failed; where it could not even be called, none."""
    inside = error.__traceback__.tb_next if error.__traceback__ is not None else None
    return f"{inside.tb_frame.f_code.co_filename}:{inside.tb_lineno}" if inside else ""


def _error(
    name: str, interaction: Interaction, redactor: Redactor, problem: str, where: str
) -> HookError:
    call = redactor.redact(interaction).call
    shown = redactor.cover(problem.encode("utf-8", "surrogateescape"))
    return HookError(name, call=call, problem=shown.decode("utf-8", "replace"), where=where)


def _checked(name: str, hook: Hook | None) -> Hook | None:
    if hook is not None and not callable(hook):
        raise OptionError(
            f"{name} is {hook!r}\nIt may be: a function of an interaction that returns it, "
            "another one, or None to leave it out"
        )
    return hook
