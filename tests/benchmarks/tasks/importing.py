"""Processor time of imports, in interpreters that have imported nothing else."""

import statistics
import subprocess
import sys
import time

from tasks.tape import Run

SAMPLES = 7
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


def first_use(*, by: str, kind: str, n: int, **where) -> float:
    """Return what the first replay of a process takes longer than a later one.

    The client has been imported and used; so what is left is importing the contestant and whatever
    it makes once.
    """
    floor, run = (Run(by=who, stack="requests", kind=kind, n=n, **where) for who in ("floor", by))
    for _ in range(3):
        floor.play(floor.path(0))
    seconds = []
    for copy in range(SAMPLES):
        start = time.process_time()
        run.play(run.path(copy))
        seconds.append(time.process_time() - start)
    return seconds[0] - statistics.median(seconds[1:])
