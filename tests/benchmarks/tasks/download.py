"""A download of 100 MiB, recorded and replayed, to see how often it is held."""

import http.client
import importlib
from pathlib import Path

import traffic
from memory import peak_bytes

SIZE = 100 * traffic.MIB
PIECE = 64 * traffic.KIB


class Downloader:
    """A program that downloads, whole or in pieces that it drops."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def get(self, read: str) -> int:
        self._connection.request("GET", "/download/0")
        response = self._connection.getresponse()
        if read == "whole":
            return len(response.read())
        received = 0
        while piece := response.read(PIECE):
            received += len(piece)
        return received


def peak(*, by: str, mode: str, read: str, folder: str, port: int) -> float:
    """Return the peak memory, in bytes, of a process that does nothing else.

    The `mode` is `record` or `play`; the first recording is kept for playing.
    """
    tape = importlib.import_module(f"contestants.{by}").Contestant([])
    path = Path(folder, by, f"download-{read}{tape.suffix}")
    path.parent.mkdir(exist_ok=True)
    if mode == "record":
        path.unlink(missing_ok=True)
    with getattr(tape, mode)(path, Downloader, port) as downloader:
        received = downloader.get(read)
    if received != SIZE:
        raise AssertionError(f"{received} bytes of {SIZE}")
    return peak_bytes()
