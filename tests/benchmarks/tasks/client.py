"""`cassette.client` beside `http.client`: the same calls on either module, named by `module`."""

import gc
import importlib
import io
import math
import time
from collections.abc import Callable
from http.client import HTTPResponse
from types import ModuleType

import traffic
from memory import peak_bytes

WARM_UP = 50
SLICES = 20
BUFFER_SIZE = 8192  # bytes asked for by the reads that take a size


class Source:
    """What a response needs of a socket: a file of received bytes."""

    def __init__(self, wire: bytes) -> None:
        self._wire = wire

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._wire)


def seconds_per_call(call: Callable[[], None], calls: int) -> float:
    """Return the mean of the fastest slice: what else the machine does can only slow one down."""
    for _ in range(min(WARM_UP, calls)):
        call()
    gc.collect()
    count = max(1, calls // SLICES)
    fastest = math.inf
    for _ in range(calls // count):
        start = time.perf_counter()  # not timeit, which switches the garbage collector off
        for _ in range(count):
            call()
        fastest = min(fastest, time.perf_counter() - start)
    return fastest / count


def parse(*, module: str, header_lines: int, size: int, chunk_size: int = 0, **_where) -> float:
    """Return seconds for one response out of memory: head parsed, body read."""
    response_class = importlib.import_module(module).HTTPResponse
    body = traffic.json_body(1, size)
    if chunk_size:
        framing, sent = "Transfer-Encoding: chunked", traffic.chunked(body, chunk_size)
    else:
        framing, sent = f"Content-Length: {size}", body
    source = Source(traffic.response_head("application/json", framing, header_lines) + sent)

    def read_response() -> None:
        response = response_class(source, method="GET")
        response.begin()
        if response.read() != body:
            raise AssertionError("the body is another one")

    return seconds_per_call(read_response, calls=4000 * traffic.KIB // size)


def read_all(response: HTTPResponse) -> int:
    return len(response.read())


def read_sized(response: HTTPResponse) -> int:
    received = 0
    while piece := response.read(BUFFER_SIZE):
        received += len(piece)
    return received


def readinto(response: HTTPResponse) -> int:
    received = 0
    buffer = bytearray(BUFFER_SIZE)
    while count := response.readinto(buffer):
        received += count
    return received


def read1(response: HTTPResponse) -> int:
    received = 0
    while piece := response.read1():
        received += len(piece)
    return received


def iterate(response: HTTPResponse) -> int:
    return sum(map(len, response))


READS = {
    "read": read_all,
    "read-n": read_sized,
    "readinto": readinto,
    "read1": read1,
    "iteration": iterate,
}


def _live(module: ModuleType, port: int, target: str, size: int, read: str) -> Callable[[], None]:
    connection = module.HTTPConnection("127.0.0.1", port)

    def get() -> None:
        connection.request("GET", target)
        received = READS[read](connection.getresponse())
        if received != size:
            raise AssertionError(f"{received} bytes of {size}")

    return get


def live(*, module: str, port: int, **_where) -> float:
    """Return seconds for one GET of 1 KiB, keep-alive."""
    get = _live(importlib.import_module(module), port, "/items/1", traffic.KIB, "read")
    return seconds_per_call(get, calls=2000)


def stream(*, module: str, port: int, chunk_size: int, read: str, **_where) -> float:
    """Return seconds for one GET of 1 MiB in small chunks."""
    target = f"/stream/{chunk_size}"
    get = _live(importlib.import_module(module), port, target, traffic.MIB, read)
    return seconds_per_call(get, calls=25)


def download(*, module: str, port: int, chunk_size: int, **_where) -> float:
    """Return seconds for one GET of 100 MiB, read in one piece; a chunk size of 0 means none."""
    target = f"/download/{chunk_size}"
    get = _live(importlib.import_module(module), port, target, 100 * traffic.MIB, "read")
    return seconds_per_call(get, calls=3)


def download_peak(*, module: str, **what) -> float:
    """Return by how much it raises the peak memory of a process that is ready to go, in bytes."""
    importlib.import_module(module)
    before = peak_bytes()
    download(module=module, **what)
    return peak_bytes() - before
