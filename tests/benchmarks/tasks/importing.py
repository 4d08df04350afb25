"""Import time, in interpreters that have imported nothing else."""

import statistics
import subprocess
import sys

SAMPLES = 7
TIMED = """
import sys
from time import perf_counter
*before, timed = sys.argv[1:]
for name in before:
    __import__(name)
start = perf_counter()
__import__(timed)
print(perf_counter() - start)
"""


def seconds(*, modules: str, **_where) -> float:
    """Return the median seconds for the last of the modules, after the others."""
    command = [sys.executable, "-c", TIMED, *modules.split()]
    return statistics.median(
        float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
        for _ in range(SAMPLES)
    )
