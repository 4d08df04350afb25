"""The peak of memory of this process."""

import resource
import sys
from pathlib import Path


def peak_bytes() -> int:
    """Return the largest resident size this process ever had.

    Linux passes `ru_maxrss` on from the parent when a program is started, so its own record is
    read there.
    """
    if sys.platform == "linux":
        status = dict(
            line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines()
        )
        return int(status["VmHWM"].split()[0]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
