"""Count what one replayed GET and one recorded POST cost in calls, on a kept connection.

    python tests/benchmarks/calls.py

Counted are the calls of Python functions of this package, resumed generators included, and the
modules that these functions are in. Every request is counted, since some do work ahead for the
others; printed are the median and the largest.
"""

import statistics
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

import traffic
from harness import bench
from stacks.through_http_client import Client

import cassette

PACKAGE = str(Path(cassette.__file__).parent)
WARM_UP = 20  # requests; the first ones import and compile


def counted(client: Client, request: traffic.Request) -> Counter[str]:
    """Send a request, and return how often functions of each module were called."""
    calls: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(PACKAGE):
            calls[name.removeprefix(PACKAGE)] += 1

    sys.setprofile(note)
    try:
        client.send(request)
    finally:
        sys.setprofile(None)
    return calls


def report(title: str, method: str, path: Path, mode: str, port: int) -> None:
    """Send all requests over one connection, and print what those of one method cost."""
    requests = traffic.requests("items", 200)
    with cassette.use(path, mode=mode):
        client = Client(port)
        calls = [counted(client, request) for request in requests]
        client.close()
    chosen = [
        count
        for request, count in list(zip(requests, calls, strict=True))[WARM_UP:]
        if request.method == method
    ]
    sizes = [count.total() for count in chosen]
    middle = statistics.median_low(sizes)
    modules = chosen[sizes.index(middle)]
    sys.stdout.write(f"{title}: {middle} calls through {len(modules)} modules ({max(sizes)})\n")
    sys.stdout.writelines(f"  {count:4} {name}\n" for name, count in modules.most_common())


if __name__ == "__main__":
    with bench({}) as running:
        path = running.folder / "calls.yaml"
        report("recorded POST", "POST", path, "once", running.port)
        report("replayed GET", "GET", path, "none", running.port)
        report("replayed POST", "POST", path, "none", running.port)
