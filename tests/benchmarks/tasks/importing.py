"""Import time, in interpreters that have imported nothing else."""

import os
import statistics
import subprocess
import sys

SAMPLES = 7
TIMED = """
import sys
from time import perf_counter
before, timed = (names.split() for names in sys.argv[1:])
for name in before:
    __import__(name)
start = perf_counter()
for name in timed:
    __import__(name)
print(perf_counter() - start)
"""


def seconds(*, modules: str, after: str = "", **_where) -> float:
    """Return the median seconds for some modules, after others."""
    command = [sys.executable, "-c", TIMED, after, modules]
    # An installed package has its byte code; a checkout shall have it too.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    return statistics.median(
        float(
            subprocess.run(
                command, capture_output=True, check=True, text=True, env=environment
            ).stdout
        )
        for _ in range(SAMPLES)
    )
