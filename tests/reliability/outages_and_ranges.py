"""Two ways in which a cassette may lie without an error, tried with what records HTTP.

    python tests/reliability/outages_and_ranges.py cassette
    python -m pip install vcrpy && python tests/reliability/outages_and_ranges.py vcrpy

Ten pieces of a download are recorded in order, and asked for in a hundred other orders. A program
that tolerates a server which is down is recorded while it is, and run again when it is not.
"""

# ruff: noqa: T201 - a program that prints its findings

import http.server
import importlib
import random
import socket
import sys
import tempfile
import warnings
from contextlib import AbstractContextManager, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import requests
from servers.threads import Hello, serving

ORDERS = 100
STARTS = tuple(range(0, 100, 10))


class Pieces(http.server.BaseHTTPRequestHandler):
    """Gives pieces of a content of 100 bytes."""

    def do_GET(self) -> None:
        start, stop = self.headers["Range"].removeprefix("bytes=").split("-")
        piece = bytes(range(int(start), int(stop) + 1))
        self.send_response(206)
        self.send_header("Content-Length", str(len(piece)))
        self.end_headers()
        self.wfile.write(piece)

    def log_message(self, *args: object) -> None:
        pass


def recording(contestant: str, path: Path) -> AbstractContextManager[object]:
    """Let a contestant record where there is no cassette, and else replay."""
    if contestant == "cassette":
        return importlib.import_module("cassette").use(path, mode="once")  # type: ignore[no-any-return]
    return importlib.import_module("vcr").use_cassette(str(path), record_mode="once")  # type: ignore[no-any-return]


def download(url: str, starts: list[int]) -> bytes:
    """Return the content, its pieces fetched in some order."""
    pieces = {}
    for start in starts:
        headers = {"Range": f"bytes={start}-{start + 9}"}
        pieces[start] = requests.get(url, headers=headers, timeout=5).content
    return b"".join(pieces[start] for start in sorted(pieces))


def ranges(contestant: str, path: Path) -> str:
    wrong = 0
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pieces)) as server:
        url = f"http://127.0.0.1:{server.server_port}/"
        with recording(contestant, path):
            download(url, list(STARTS))
    for seed in range(ORDERS):
        order = list(STARTS)
        random.Random(seed).shuffle(order)
        with recording(contestant, path):
            wrong += download(url, order) != bytes(range(100))
    return f"{wrong} of {ORDERS} downloads put together wrongly, without an error"


def outage(contestant: str, path: Path) -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    url = f"http://{address[0]}:{address[1]}/"

    def attempt() -> str:
        with recording(contestant, path):
            with suppress(requests.ConnectionError):
                return requests.get(url, timeout=5).text
            return "offline"

    attempt()
    with serving(http.server.ThreadingHTTPServer(address, Hello)):
        later = attempt()
    return f"recorded while the server was down; when it is up again the program gets {later!r}"


def main(contestant: str) -> None:
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        for trial in (ranges, outage):
            said = trial(contestant, Path(folder, f"{trial.__name__}.yaml"))
            print(f"{contestant}: {said}")


if __name__ == "__main__":
    main(*sys.argv[1:])
