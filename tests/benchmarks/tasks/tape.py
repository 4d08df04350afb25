"""Recording and replaying: the same requests through a client stack and a contestant.

Every task takes where it runs (`folder`, `port`) and what runs: `by`, the contestant; `stack`, the
client; `kind` and `n`, the traffic. Seconds are those of the processor for this process, so that
neither the server nor what else the machine does is counted.
"""

import gc
import importlib
import math
import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import traffic
from contestants.tape import Tape
from memory import peak_bytes

WARM_UP = 20  # requests; the interpreter has specialised its byte code after fewer
# Of small cassettes several make one sample, each opened once: so many requests, or so many bytes.
REQUESTS = 2000
PAYLOAD = 150 * traffic.MIB
SLICES = 5


@dataclass(frozen=True, kw_only=True)
class Run:
    """One contestant, one client stack, one kind of traffic."""

    folder: str
    port: int
    by: str
    stack: str
    kind: str
    n: int

    @cached_property
    def tape(self) -> Tape:
        return importlib.import_module(f"contestants.{self.by}").Contestant(self.requests)

    @cached_property
    def client(self) -> type:
        return importlib.import_module(f"stacks.through_{self.stack}").Client

    @cached_property
    def requests(self) -> list[traffic.Request]:
        return traffic.requests(self.kind, self.n)

    def path(self, copy: int, edition: str = "") -> Path:
        name = f"{self.kind}-{self.n}{edition}-{copy}{self.tape.suffix}"
        return Path(self.folder, self.by, name)

    def record(self, path: Path) -> None:
        self._send(self.tape.record, path, self.requests)

    def play(self, path: Path) -> None:
        self._send(self.tape.play, path, self.requests)

    def play_one(self, path: Path) -> None:
        """Open a cassette of which only one interaction, in the middle, is wanted."""
        middle = len(self.requests) // 2
        self._send(self.tape.play, path, self.requests[middle : middle + 1])

    def _send(
        self,
        tape: Callable[..., AbstractContextManager],
        path: Path,
        requests: list[traffic.Request],
    ) -> None:
        received = 0
        with tape(path, self.client, self.port) as client:
            for request in requests:
                received += len(client.send(request))
            client.close()
        expected = traffic.BODY_SIZES[self.kind] * len(requests)
        if received != expected and self.tape.exact:
            raise AssertionError(f"{received} bytes of body, not {expected}")


def copies(kind: str, n: int) -> int:
    """Return how many cassettes of n interactions make one sample."""
    return max(1, min(REQUESTS, PAYLOAD // traffic.BODY_SIZES[kind]) // n)


def seconds_per_path(action: Callable[[Path], None], paths: list[Path]) -> float:
    """Return the mean of the fastest slice: what else the machine does can only slow one down."""
    gc.collect()
    size = math.ceil(len(paths) / SLICES)
    fastest = math.inf
    for first in range(0, len(paths), size):
        chosen = paths[first : first + size]
        start = time.process_time()
        for path in chosen:
            action(path)
        fastest = min(fastest, (time.process_time() - start) / len(chosen))
    return fastest


def make(*, by: str, kind: str, n: int, **where) -> float:
    """Record a cassette, through requests because every contestant knows it, and copy it."""
    run = Run(by=by, stack="requests", kind=kind, n=n, **where)
    first = run.path(0)
    first.parent.mkdir(exist_ok=True)
    run.record(first)
    for copy in range(1, copies(kind, n)):
        shutil.copy(first, run.path(copy))
    return first.stat().st_size


def _warm_up(by: str, stack: str, where: dict) -> None:
    run = Run(by=by, stack=stack, kind="items", n=WARM_UP, **where)
    for copy in range(3):
        run.play(run.path(copy))


def replay(*, by: str, stack: str, kind: str, n: int, edition: str = "", **where) -> float:
    """Return seconds per request, opening and closing the cassette included."""
    _warm_up(by, stack, where)
    run = Run(by=by, stack=stack, kind=kind, n=n, **where)
    paths = [run.path(copy, edition) for copy in range(copies(kind, n))]
    return seconds_per_path(run.play, paths) / n


def play_one(*, by: str, stack: str, kind: str, n: int, **where) -> float:
    """Return seconds for opening a cassette and playing a single interaction of it."""
    _warm_up(by, stack, where)
    run = Run(by=by, stack=stack, kind=kind, n=n, **where)
    paths = [run.path(copy) for copy in range(copies(kind, n))]
    return seconds_per_path(run.play_one, paths)


def opening(*, n: int, **what) -> float:
    """Return seconds per interaction in the file; one is played, for opening may be put off."""
    return play_one(n=n, **what) / n


def record(*, by: str, stack: str, kind: str, n: int, recordings: int = SLICES, **where) -> float:
    """Return seconds per request while recording, opening and closing the cassette included."""
    warm_up = Run(by=by, stack=stack, kind="items", n=WARM_UP, **where)
    run = Run(by=by, stack=stack, kind=kind, n=n, **where)
    paths = [run.path(-copy) for copy in range(1, recordings + 1)]
    paths[0].parent.mkdir(exist_ok=True)
    for stale in (warm_up.path(-1), *paths):
        stale.unlink(missing_ok=True)
    warm_up.record(warm_up.path(-1))
    return seconds_per_path(run.record, paths) / n


def record_peak(**what) -> float:
    """Return the peak memory of recording, in bytes."""
    record(recordings=1, **what)
    return peak_bytes()


def opening_peak(*, by: str, stack: str, kind: str, n: int, **where) -> float:
    """Return by how much opening a cassette and playing one interaction raises the peak memory."""
    _warm_up(by, stack, where)
    run = Run(by=by, stack=stack, kind=kind, n=n, **where)
    before = peak_bytes()
    run.play_one(run.path(0))
    return peak_bytes() - before


def file_size(*, by: str, kind: str, n: int, **where) -> float:
    """Return the bytes of a cassette that was made."""
    return Run(by=by, stack="requests", kind=kind, n=n, **where).path(0).stat().st_size


def payload_size(*, kind: str, n: int, **_where) -> float:
    """Return the bytes of the bodies in a cassette."""
    return traffic.BODY_SIZES[kind] * n
