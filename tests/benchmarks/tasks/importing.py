"""Processor time of imports, in interpreters that have imported nothing else."""

import importlib
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tasks.tape import Run

SAMPLES = 7
FIRST_USE = "first-use.txt"
TIMED = """
import sys
from time import process_time
before, timed = (names.split() for names in sys.argv[1:])
for name in before:
    __import__(name)
start = process_time()
for name in timed:
    __import__(name)
print(process_time() - start)
"""


def seconds(*, modules: str, after: str = "", **_where) -> float:
    """Return the median seconds for some modules, after others."""
    command = [sys.executable, "-c", TIMED, after, modules]
    return statistics.median(
        float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
        for _ in range(SAMPLES)
    )


def _ready(by: str, kind: str, n: int, where: dict) -> Run:
    """Return a run through requests, in a process that has imported and used it already."""
    floor, run = (Run(by=who, stack="requests", kind=kind, n=n, **where) for who in ("floor", by))
    for _ in range(3):
        floor.play(floor.path(0))
    return run


def note_first_use(*, by: str, kind: str, n: int, **where) -> float:
    """Write down which modules the first replay of a process imports, and count them."""
    run = _ready(by, kind, n, where)
    before = set(sys.modules)
    run.play(run.path(0))
    names = [name for name in sys.modules if name not in before]
    Path(run.folder, by, FIRST_USE).write_text(" ".join(names))
    return len(names)


def first_use_imports(*, by: str, kind: str, n: int, **where) -> float:
    """Return seconds for importing the modules that were written down."""
    run = _ready(by, kind, n, where)
    # Not the path of the run, which would import the contestant to learn how its files are called.
    names = Path(run.folder, by, FIRST_USE).read_text().split()
    start = time.process_time()
    for name in names:
        importlib.import_module(name)
    return time.process_time() - start


def first_use(*, by: str, kind: str, n: int, **where) -> float:
    """Return what the first replay of a process takes longer than a later one: imports and more."""
    run = _ready(by, kind, n, where)
    seconds = []
    for copy in range(SAMPLES):
        start = time.process_time()
        run.play(run.path(copy))
        seconds.append(time.process_time() - start)
    return seconds[0] - statistics.median(seconds[1:])
