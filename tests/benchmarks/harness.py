"""Run contestants in turns, each sample in a process of its own, and compare them by ratios.

A sample of every contestant is taken in each round (A B A B ...), so that a busy moment of the
machine meets all of them; the ratio is taken within the round, and the median over the rounds.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

HERE = Path(__file__).parent
UNITS = {"ms": 1e-3, "µs": 1e-6, "MiB": 1 << 20}  # of seconds and bytes, which tasks return
TIME_LIMIT = 3600  # seconds; the slowest rival takes half of it


class TaskFailedError(Exception):
    """A worker did not end well; the message is the error it named."""


def _complaint(said: str) -> str:
    """Return the last line that names an error, fit for a cell of a table."""
    lines = [line for line in said.splitlines() if line.strip()] or ["no message"]
    named = [line for line in lines if "Error" in line]
    return (named or lines)[-1].strip().replace("|", "\\|")


@dataclass(frozen=True)
class Task:
    """A function of `tasks` with its arguments, run by `worker.py`."""

    function: str  # "module:function"
    arguments: tuple[tuple[str, str | int], ...]

    @classmethod
    def of(cls, function: str, **arguments: str | int) -> Self:
        return cls(function, tuple(arguments.items()))


@dataclass(frozen=True)
class Contestant:
    """One way to do the work: how it is measured, and what it may cost over the base."""

    name: str
    task: Task
    before: tuple[Task, ...] = ()  # run once, untimed, in the contestant's environment
    limit: float | None = None  # ratio to the base
    rival: str = ""  # the package it needs, from an environment named on the command line


@dataclass(frozen=True)
class Work:
    """What is compared: the base has the ratio 1."""

    name: str
    title: str
    base: Contestant
    contestants: tuple[Contestant, ...]
    rounds: int = 9
    unit: str = "ms"  # of what is printed beside the ratio, a key of `UNITS`


@dataclass(frozen=True)
class Outcome:
    """The figures of one contestant in one work, in the order of the rounds."""

    contestant: Contestant
    figures: list[float]
    base_figures: list[float]
    failure: str = ""

    @property
    def ratios(self) -> list[float]:
        return [
            figure / base for figure, base in zip(self.figures, self.base_figures, strict=False)
        ]

    def smallest(self, unit: str) -> str:
        """Return the smallest figures of contestant and base, which only place the ratio."""
        if self.failure:
            return ""
        own, base = (min(figures) / UNITS[unit] for figures in (self.figures, self.base_figures))
        return f"{own:.4g} / {base:.4g} {unit}"

    @property
    def missed(self) -> bool:
        """Whether there is a limit that was not kept."""
        limit = self.contestant.limit
        return limit is not None and (bool(self.failure) or statistics.median(self.ratios) > limit)

    def __str__(self) -> str:
        if self.failure:
            return f"fails: {self.failure}"
        low, middle, high = min(self.ratios), statistics.median(self.ratios), max(self.ratios)
        return f"{middle:.3f} ({low:.3f}-{high:.3f})"


@dataclass
class Bench:
    """The surroundings of a run: folder for cassettes, live server, environments of rivals."""

    folder: Path
    port: int
    interpreters: Mapping[str, str]  # by package
    prepared: set[tuple[str, Task]] = field(default_factory=set)

    def takes_part(self, contestant: Contestant) -> bool:
        return not contestant.rival or contestant.rival in self.interpreters

    def run(self, task: Task, rival: str = "") -> float:
        """Run the task in a fresh process.

        Raises:
            TaskFailedError: The process failed or took longer than an hour.
        """
        arguments = {"folder": str(self.folder), "port": self.port, **dict(task.arguments)}
        command = [
            self.interpreters.get(rival, sys.executable),
            str(HERE / "worker.py"),
            task.function,
            json.dumps(arguments),
        ]
        # A cassette in CI would not record, and a proxy would change what is measured.
        environment = {
            name: value
            for name, value in os.environ.items()
            if name != "CI" and not name.lower().endswith("_proxy")
        }
        # An installed package has its byte code; a checkout shall have it too.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        try:
            ended = subprocess.run(
                command,
                capture_output=True,
                check=True,
                text=True,
                env=environment,
                timeout=TIME_LIMIT,
            )
        except subprocess.CalledProcessError as error:
            raise TaskFailedError(_complaint(error.stderr)) from None
        except subprocess.TimeoutExpired:
            raise TaskFailedError(f"no end after {TIME_LIMIT} seconds") from None
        return float(ended.stdout.split()[-1])

    def prepare(self, contestant: Contestant) -> None:
        """Run what must have been run before the contestant, once in the life of the bench."""
        for task in contestant.before:
            if (contestant.rival, task) not in self.prepared:
                self.run(task, contestant.rival)
                self.prepared.add((contestant.rival, task))

    def measure(self, work: Work, rounds: int | None = None) -> list[Outcome]:
        """Let the contestants take turns; rivals, whose figures only place ours, run once."""
        base_figures: list[float] = []
        outcomes = [
            Outcome(contestant, [], base_figures)
            for contestant in work.contestants
            if self.takes_part(contestant)
        ]
        self.prepare(work.base)
        for turn in range(rounds or work.rounds):
            base_figures.append(self.run(work.base.task))
            for place, outcome in enumerate(outcomes):
                if not outcome.failure and not (turn and outcome.contestant.rival):
                    outcomes[place] = self._sample(outcome)
        return outcomes

    def _sample(self, outcome: Outcome) -> Outcome:
        contestant = outcome.contestant
        try:
            self.prepare(contestant)
            outcome.figures.append(self.run(contestant.task, contestant.rival))
        except TaskFailedError as error:
            return Outcome(contestant, [], [], failure=str(error))
        return outcome


@contextmanager
def bench(interpreters: Mapping[str, str]) -> Iterator[Bench]:
    """Start the live server and make a folder; both are gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmarks-") as folder,
        subprocess.Popen(
            [sys.executable, str(HERE / "server.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as server,
    ):
        try:
            yield Bench(Path(folder), int(server.stdout.readline()), interpreters)
        finally:
            server.stdin.close()
