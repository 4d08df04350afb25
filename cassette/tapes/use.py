"""A use of a cassette: a context manager, sync and async, and a decorator."""

from __future__ import annotations

import functools
import inspect
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from cassette.errors import OptionError
from cassette.tapes.in_force import UseInForce, current
from cassette.tapes.opening import open_tape

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cassette.tapes.in_force import Patcher
    from cassette.tapes.options import TapeOptions
    from cassette.tapes.tape import Tape

    Function = TypeVar("Function", bound=Callable[..., Any])
    Patchers = Callable[[], list[Patcher]]


class Use:
    """A use of a cassette; entering it opens the file, and puts the tape in force.

    It can be entered again, each time as a use of its own. Entering raises ``CassetteFormatError``
    where the file is damaged, and ``CassetteExpiredError`` where it is too old and that was to
    fail. Leaving raises ``UnmatchedRequestError`` where a request had no
    recording, even if the code under test swallowed the error, and ``UnplayedInteractionsError``
    where that was asked for.

    Args:
        options: Which cassette, and how.
        patchers: Gives what makes clients use the tape; None for a tape that is handed around.
    """

    def __init__(self, options: TapeOptions, patchers: Patchers | None) -> None:
        self._options = options
        self._patchers = patchers
        self._entered: list[tuple[Tape, UseInForce | None]] = []

    def of_run(
        self, command: Callable[[str], str], root: Path, taken: Callable[[Path], bool]
    ) -> Use:
        """Return the same use as part of a run of tests.

        Args:
            command: Gives the exact command that runs the same code under a record mode.
            root: The folder of the project, out of which no link may lead.
            taken: Tells whether a cassette is known to belong to another test.
        """
        options = replace(self._options, command=command, root=root, taken=taken)
        return Use(options, self._patchers)

    def adding(self, before: Path | None = None) -> Use:
        """Return the same use of a cassette that was just recorded and is not complete yet.

        Everything goes live, and what the cassette does not answer is added to it.

        Args:
            before: A copy of what stood there before. Where the cassette comes to say the same, it
                is that again.
        """
        return Use(replace(self._options, adds=True, before=before), self._patchers)

    def unpatched(self) -> Use:
        """Return the same use, for which no client is patched."""
        return Use(self._options, None)

    def _open(self) -> Tape:
        return open_tape(self._options.fresh())

    def _again(self) -> Use:
        """Return another use of the same cassette."""
        return Use(self._options, self._patchers)

    def __enter__(self) -> Tape:
        tape = self._open()
        use = None if self._patchers is None else UseInForce(tape, self._patchers)
        if use is not None:
            use.enter()
        tape.freeze()
        self._entered.append((tape, use))
        return tape

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None = None, *rest: object
    ) -> None:
        tape = self.withdraw()
        if error is not None:
            # What made the code fail may be what it was told, or what has drifted.
            # A client that tries again is told the same again, and a child has sent a copy.
            notes = {f"{type(told).__name__}: {told}": str(told) for told in tape.errors}
            for note, said in notes.items():
                if said != str(error):
                    error.add_note(note)
        tape.close(good=kind is None)

    def withdraw(self) -> Tape:
        """Take the tape out of use and return it; the caller closes it.

        For whoever learns later than the code under test ends whether all went well.
        """
        # One use may be entered by several threads or tasks: each leaves what is in force for it.
        here = current()
        number = next((n for n, (tape, _) in enumerate(self._entered) if tape is here), -1)
        tape, use = self._entered.pop(number)
        if use is not None:
            use.leave()
        else:
            tape.settle()
        tape.thaw()
        return tape

    async def __aenter__(self) -> Tape:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None = None, *rest: object
    ) -> None:
        self.__exit__(kind, error, *rest)

    def __call__(self, function: Function) -> Function:
        """Wrap a function, coroutine function or generator function; each call is a use.

        Raises:
            OptionError: It is a class, which would no longer be one.
        """
        if isinstance(function, type):
            raise OptionError(
                f"a cassette cannot be used on the class {function.__qualname__}\n"
                "Decorate its methods, or enter the use in a fixture or in setUp: "
                "self.enterContext(cassette.use(...))"
            )
        again = self._again
        called = getattr(function, "__call__", None)  # noqa: B004 - an object is called by it

        def is_one(kind: Callable[[object], bool]) -> bool:
            return kind(function) or kind(called)

        # One name for four kinds of function, of which mypy accepts only the first.
        if is_one(inspect.iscoroutinefunction):

            async def wrapper(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
                with again():
                    return await function(*args, **kwargs)

        elif is_one(inspect.isasyncgenfunction):
            wrapper = _in_use(again, function)

        elif is_one(inspect.isgeneratorfunction):

            def wrapper(*args: Any, **kwargs: Any) -> Any:  # type: ignore[misc]  # noqa: ANN401
                with again():
                    return (yield from function(*args, **kwargs))

        else:

            def wrapper(*args: Any, **kwargs: Any) -> Any:  # type: ignore[misc]  # noqa: ANN401
                with again():
                    return function(*args, **kwargs)

        return cast("Function", functools.wraps(function)(wrapper))


def _in_use(again: Callable[[], Use], function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap an async generator function, for which there is no ``yield from``."""

    async def wrapper(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        with again():
            steps = function(*args, **kwargs)
            try:
                item = await anext(steps)
                while True:
                    try:
                        answer = yield item
                    except GeneratorExit:
                        await steps.aclose()
                        raise
                    except BaseException as error:  # noqa: BLE001 - for the function to handle
                        item = await steps.athrow(error)
                    else:
                        item = await steps.asend(answer)
            except StopAsyncIteration:
                return

    return wrapper
