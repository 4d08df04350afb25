"""The stock classes of ``http.client`` while a cassette is in use: what we lend them.

Every client of the family, whoever wrote it, is a subclass of ``http.client.HTTPConnection``, and
Python knows them all. So what is set on the stock classes counts in their instances and in those
of every subclass, whenever and by whatever name they were imported:

- every ``connect`` that a class of the family defines asks the cassette first,
- all methods of our connection classes are lent to the stock ones, so the code that runs is ours,
- ``response_class`` leads to our response.

Tools that trace requests put wrappers of their own in these very places. Where one of them was here
first, no method is lent: its wrappers stay, and so do the stock methods that they call. Where its
wrappers stand on the stock response, the responses are stock ones. What a tool puts over a lent
method stays when the use ends, and goes on calling the method, which works as the stock one does.

No object changes its class and no class its bases.
"""

from __future__ import annotations

import functools
import types
from operator import is_
from typing import TYPE_CHECKING, Any, Final

from cassette import client as ours
from cassette.client import compat
from cassette.patching.undo import UndoLog, take_back_uncovered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Connect = Callable[..., None]


def _stock(mine: type) -> Any:
    """The stock class that one of ours derives from, also where ours has taken its name."""
    return next(base for base in mine.__mro__[1:] if base.__name__ == mine.__name__)


def _lent(mine: type) -> dict[str, Any]:
    """The methods of one of our classes, fit to stand in its stock class."""
    stock = _stock(mine)
    return {
        name: _at_home(value, stock) if isinstance(value, types.FunctionType) else value
        for name, value in vars(mine).items()
        if isinstance(value, types.FunctionType | staticmethod)
    }


def _at_home(method: types.FunctionType, stock: type) -> types.FunctionType:
    """A method whose ``super()``, where it has one, goes on from the stock class."""
    if method.__code__.co_freevars != ("__class__",):
        return method
    closure = (types.CellType(stock),)
    moved = types.FunctionType(
        method.__code__, method.__globals__, method.__name__, method.__defaults__, closure
    )
    moved.__kwdefaults__ = method.__kwdefaults__
    return moved


_STOCK_GLOBALS: Final = vars(compat.limits)
"""What functions that the interpreter's own ``http.client`` has defined see as their globals."""


class _Stock:
    """One stock class, and whether it still is as the interpreter has defined it."""

    def __init__(self, mine: type) -> None:
        self.cls = _stock(mine)
        self.methods: Final[Mapping[str, Any]] = _lent(mine)
        self._seen: list[object] = []  # what stood in the class when it was pristine

    def is_pristine(self) -> bool:
        """Whether no method of the class is anybody else's; data such as a debug level may be."""
        now = vars(self.cls)
        # By identity: a wrapper of wrapt says that it equals what it wraps.
        if len(now) == len(self._seen) and all(map(is_, now.values(), self._seen)):
            return True
        if not all(self._is_stock(name, value) for name, value in now.items()):
            return False
        self._seen = list(now.values())
        return True

    def _is_stock(self, name: str, value: object) -> bool:
        if type(value) is staticmethod:
            value = value.__func__
        if type(value) is types.FunctionType:
            # Neither the name nor __module__ tells: functools.wraps copies them.
            return value.__globals__ is _STOCK_GLOBALS
        return name not in self.methods and (
            type(value) is types.GetSetDescriptorType or not hasattr(value, "__get__")
        )


_CONNECTIONS: Final = [
    _Stock(mine)
    for mine in (ours.HTTPConnection, getattr(ours, "HTTPSConnection", None))
    if mine is not None  # an interpreter without TLS
]
_RESPONSE: Final = _Stock(ours.HTTPResponse)
_ROOT: Final[Any] = _CONNECTIONS[0].cls


class _ResponseClass:
    """The ``response_class`` of the family: ours, or stock's where a tool has come to it.

    Asked for each response, so that a tool that comes while a connection is open is met, too.
    """

    def __get__(self, connection: object, owner: type) -> type:
        return ours.HTTPResponse if _RESPONSE.is_pristine() else _RESPONSE.cls


class Lending:
    """What the family has of ours, from the first cassette that comes into use to the last.

    Args:
        connect: What to do instead of a ``connect``; called with the connection and a function
            that does what the ``connect`` would have done.
    """

    def __init__(self, connect: Callable[[Any, Callable[[], None]], None]) -> None:
        self._connect = connect
        self._log = UndoLog()

    def apply(self) -> None:
        """Lend what can be lent, and intercept every ``connect``."""
        take_back_uncovered()
        if all(stock.is_pristine() for stock in _CONNECTIONS):
            for stock in _CONNECTIONS:
                connect = self._asking(stock.methods["connect"])
                self._log.set_all(stock.cls, {**stock.methods, "connect": connect})
        else:
            for stock in _CONNECTIONS:
                self._intercept(stock.cls)
        if _ROOT.response_class is _RESPONSE.cls:
            self._log.set(_ROOT, "response_class", _ResponseClass())
        done = [stock.cls for stock in _CONNECTIONS]
        for cls in _family(_ROOT):
            if cls not in done:
                self._intercept(cls)
        # A classmethod over a bound method is called with the new class after its own self.
        hook: Any = classmethod(self._new_class)  # type: ignore[arg-type]
        self._log.set(_ROOT, "__init_subclass__", hook)

    def undo(self) -> None:
        """Take back what is still ours, from classes that came meanwhile, too."""
        self._connect = _only_dial  # a wrapper of ours that a tool has kept has no effect now
        self._log.undo()

    def _new_class(self, cls: Any, **kwargs: Any) -> None:
        super(_ROOT, cls).__init_subclass__(**kwargs)
        self._intercept(cls)

    def _intercept(self, cls: type) -> None:
        own = vars(cls).get("connect")
        if own is not None:
            self._log.set(cls, "connect", self._asking(own))
        elif not issubclass(_home_of_connect(cls), _ROOT):
            # A mixin's, which is no class of the family and stays as it is.
            self._log.set(cls, "connect", self._asking(_inherited_connect(cls)))

    def _asking(self, original: Any) -> Connect:
        """A ``connect`` that leaves the connecting to the cassette.

        Without functools.wraps: a tool that undoes its own wrapping would take ours for it.

        Args:
            original: What stands in the class: a function, or any other descriptor.
        """
        bind = original.__get__

        def connect(connection: Any, *args: Any, **kwargs: Any) -> None:
            dial = bind(connection, type(connection))
            if args or kwargs:
                dial = functools.partial(dial, *args, **kwargs)
            self._connect(connection, dial)

        return connect


def _only_dial(_connection: object, dial: Callable[[], None]) -> None:
    dial()


def _family(base: type) -> Iterator[type]:
    """Every class below a base, each once, parents first."""
    seen: set[type] = set()
    waiting: list[type] = list(base.__subclasses__())
    while waiting:
        cls = waiting.pop(0)
        if cls not in seen:
            seen.add(cls)
            waiting.extend(cls.__subclasses__())
            yield cls


def _home_of_connect(cls: type) -> type:
    """The class whose ``connect`` the instances of a class have."""
    return next(base for base in cls.__mro__ if "connect" in vars(base))


def _inherited_connect(cls: Any) -> Connect:
    def connect(connection: Any, *args: Any, **kwargs: Any) -> None:
        super(cls, connection).connect(*args, **kwargs)

    return connect
