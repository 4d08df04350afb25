"""A use of a cassette the way of VCR.py: what ``use_cassette`` returns."""

from __future__ import annotations

import contextlib
import functools
import inspect
from typing import TYPE_CHECKING, Any, cast

from cassette.tapes.use import Use
from cassette.vcr.cassette import Cassette
from cassette.vcr.opening import open_tape

if TYPE_CHECKING:
    from collections.abc import Callable

    from cassette.tapes.options import TapeOptions
    from cassette.tapes.tape import Tape
    from cassette.tapes.use import Patchers
    from cassette.vcr.filters import Filters
    from cassette.vcr.opening import Loader, VcrTape


class VcrUse(Use):
    """A use of one cassette.

    Args:
        options: Which cassette, and how.
        patchers: Makes clients use it.
        filters: See ``Filters``.
        load: Reads the file.
        on_exception: What was recorded becomes the cassette also where the code under test fails.
    """

    def __init__(
        self,
        options: TapeOptions,
        patchers: Patchers,
        filters: Filters,
        load: Loader,
        *,
        on_exception: bool,
    ) -> None:
        super().__init__(options, patchers)
        self._filters = filters
        self._load = load
        self._on_exception = on_exception

    def _open(self) -> Tape:
        return open_tape(self._options.fresh(), self._filters, self._load)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None = None, *rest: object
    ) -> None:
        if kind is None or not self._on_exception:
            super().__exit__(kind, error, *rest)
            return
        tape = self.withdraw()
        # What made the code fail is told by its own error.
        tape.errors.clear()
        with contextlib.suppress(Warning):
            tape.close(good=True)


class Context:
    """A context manager, sync and async, and a decorator of functions and classes.

    Args:
        make: Makes the use; it is given the function that is decorated, or None.
        inject: The cassette is the first argument of a decorated function.
    """

    def __init__(
        self, make: Callable[[Callable[..., Any] | None], VcrUse], *, inject: bool
    ) -> None:
        self._make = make
        self._inject = inject
        self._entered: list[VcrUse] = []

    def __enter__(self) -> Cassette:
        use = self._make(None)
        tape = use.__enter__()
        self._entered.append(use)
        return Cassette(cast("VcrTape", tape))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, *rest: object
    ) -> None:
        self._entered.pop().__exit__(kind, error, *rest)

    async def __aenter__(self) -> Cassette:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, *rest: object
    ) -> None:
        self.__exit__(kind, error, *rest)

    def __call__(self, function: Any) -> Any:
        """Wrap a function of any kind, or every test method of a class."""
        if isinstance(function, type):
            for name, member in [*vars(function).items()]:
                if name.startswith("test") and inspect.isfunction(member):
                    setattr(function, name, self(member))
            return function
        if self._inject:
            return self._injecting(function)
        return _Decorating(self._make, function)(function)

    def _injecting(self, function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)
        own = [*signature.parameters]
        at = 1 if own[:1] in (["self"], ["cls"]) else 0

        if inspect.iscoroutinefunction(function):

            async def wrapper(*args: Any, **kwargs: Any) -> Any:
                with self._make(function) as tape:
                    given = (*args[:at], Cassette(cast("VcrTape", tape)), *args[at:])
                    return await function(*given, **kwargs)

        else:

            def wrapper(*args: Any, **kwargs: Any) -> Any:  # type: ignore[misc]
                with self._make(function) as tape:
                    given = (*args[:at], Cassette(cast("VcrTape", tape)), *args[at:])
                    return function(*given, **kwargs)

        functools.update_wrapper(wrapper, function)
        parameters = [p for n, p in signature.parameters.items() if n != own[at]]
        wrapper.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        return wrapper


class _Decorating(Use):
    """Wraps a function by the means of ``Use``; each call is a use of its own."""

    def __init__(
        self, make: Callable[[Callable[..., Any] | None], VcrUse], function: Callable[..., Any]
    ) -> None:
        self._again = functools.partial(make, function)  # type: ignore[method-assign]
