"""What the processes of one use tell each other: the one that began it, and those it has forked.

A forked child has a copy of everything: of what was played, of the journal that is open. So each
of them tells what it does, and reads what the others told before it does something itself. They
tell it in a file without a name, made at the first fork; before that, nothing here costs anything.
"""

from __future__ import annotations

import base64
import contextlib
import os
import pickle
import sys
import tempfile
import weakref
from typing import TYPE_CHECKING, Any, Final

from cassette.locks import make_rlock
from cassette.system import System

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

_living: Final[weakref.WeakSet[Family]] = weakref.WeakSet()
_NO_TURN: Final = contextlib.nullcontext()


class Family:
    """The processes that share one use. It may be used from several threads.

    An object keeps its ``id`` in a forked child: with it in the topic, an object hears its copies.
    """

    def __init__(self) -> None:
        self._owner = System.getpid()
        self._descriptor = -1
        self._read = 0  # bytes of what was told that are known here
        self._turns = 0
        self._lock = make_rlock()
        self._listeners: dict[str, Callable[..., object]] = {}
        self._born: list[Callable[[], object]] = []
        _living.add(self)

    @property
    def is_owner(self) -> bool:
        """Whether this process is the one that began the use."""
        return System.getpid() == self._owner

    def hear(self, topic: str, listener: Callable[..., object]) -> None:
        """Have a function called with what other processes tell about a topic."""
        self._listeners[topic] = listener

    def in_child(self, function: Callable[[], object]) -> None:
        """Have a function called in each child, before anything else happens there."""
        self._born.append(function)

    def turn(self) -> AbstractContextManager[None]:
        """Return a context in which no other process has its turn; what they told is known in it.

        It may be entered within itself. A listener must take no lock that is held around it.
        """
        return self._turn() if self._descriptor >= 0 else _NO_TURN

    def tell(self, topic: str, *facts: object) -> None:
        """Tell all other processes something that pickle can write."""
        if self._descriptor < 0:
            return
        with self._turn():
            # On lines of its own: a killed process may leave a torn one before it.
            rest = memoryview(b"\n%b\n" % base64.b64encode(pickle.dumps((topic, *facts))))
            System.lseek(self._descriptor, 0, os.SEEK_END)
            while rest:
                rest = rest[System.write(self._descriptor, rest) :]
            self._read = System.lseek(self._descriptor, 0, os.SEEK_END)

    def catch_up(self) -> None:
        """Get to know what other processes have told."""
        with self.turn():
            pass

    def end(self) -> None:
        """Hear nothing more."""
        _living.discard(self)
        self._listeners.clear()
        self._born.clear()
        with self._lock:
            if self._descriptor >= 0:
                System.close(self._descriptor)
                self._descriptor = -1

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        with self._lock:
            self._turns += 1
            try:
                if self._turns == 1:
                    System.hold(self._descriptor)
                    self._listen()
                yield
            finally:
                self._turns -= 1
                if not self._turns and self._descriptor >= 0:
                    System.let_go(self._descriptor)

    def _listen(self) -> None:
        size = System.fstat(self._descriptor).st_size - self._read
        if not size:
            return
        told = System.pread(self._descriptor, size, self._read)
        self._read += len(told)
        for line in told.split():
            note = _read(line)
            if note is not None:
                topic, *facts = note
                listener = self._listeners.get(topic)
                if listener is not None:
                    listener(*facts)

    def prepare(self) -> None:
        """Make the file that a child which is about to be forked shares with this process."""
        if self._descriptor < 0:
            name = f"cassette-{os.urandom(8).hex()}"
            path = os.path.join(tempfile.gettempdir(), name)  # noqa: PTH118 - in every fork
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._descriptor = System.open(path, flags, 0o600)
            System.unlink(path)

    def begin(self) -> None:
        """Begin as a child."""
        self._turns = 0
        for function in self._born:
            function()


def _read(line: bytes) -> tuple[Any, ...] | None:
    """Return a note; None for a torn one, and for one that only its own process understands."""
    try:
        note: tuple[Any, ...] = pickle.loads(base64.b64decode(line))  # noqa: S301 - of a child
    except Exception:  # noqa: BLE001 - an error of the program may raise anything here
        return None
    return note


def _prepare() -> None:
    for family in list(_living):
        family.prepare()


def _begin() -> None:
    for family in list(_living):
        family.begin()


if sys.platform != "win32":
    os.register_at_fork(before=_prepare, after_in_child=_begin)
