"""What is lost, and what lies, in six situations, tried with several that record HTTP.

    python -m pip install requests vcrpy cassetter
    python tests/reliability/rivals.py cassette vcrpy cassetter

Prints one line for each situation and contestant. What is kept is counted by a search for its path
in all files of the folder, so no contestant's format is favoured.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import json
import multiprocessing
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

KILLS = 20
THREADS, EACH = 16, 80


class Handler(BaseHTTPRequestHandler):
    """Answers with JSON that has the path in it, padded to as many bytes as the path ends with."""

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, "price": 10.5}).encode()
        body += b" " * int(self.path.rpartition("/")[2] or 0)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


def serve(port: int = 0) -> Server:
    server = Server(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def recording(contestant: str, path: Path | str, mode: str = "once") -> AbstractContextManager:
    """Let a contestant record where there is no cassette, or anew, or else replay."""
    if contestant == "cassette":
        return importlib.import_module("cassette").use(path, mode=mode)
    if contestant == "vcrpy":
        mode = {"rewrite": "all"}.get(mode, mode)
        return importlib.import_module("vcr").use_cassette(str(path), record_mode=mode)
    return importlib.import_module("cassetter").use_cassette(str(path), record_mode=mode)


def get(port: int, path: str) -> str:
    return requests.get(f"http://127.0.0.1:{port}{path}", timeout=30).text


def fetch_job(job: tuple[int, str]) -> str:
    return get(*job)


def kept(folder: Path) -> set[str]:
    """Return the paths of requests that stand in any file."""
    texts = [file.read_text(errors="replace") for file in folder.rglob("*") if file.is_file()]
    return set(re.findall(r"/k\d+/\d+", "\n".join(texts)))


def record_for_long(contestant: str, path: str) -> None:
    """Be the program that is killed: tell each path that was read."""
    port = serve().server_port
    with recording(contestant, path):
        for number in range(1000):
            get(port, f"/k{number}/2000")
            os.write(1, f"/k{number}/2000\n".encode())


def killed(contestant: str, folder: Path) -> str:
    seed = random.Random(1)
    told_of = found = 0
    for number in range(KILLS):
        place = folder / str(number)
        place.mkdir()
        command = [sys.executable, __file__, contestant, "--killed", str(place / "a.yaml")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            told = [child.stdout.readline()]
            time.sleep(seed.uniform(0.05, 0.5))
            child.send_signal(signal.SIGKILL)
            told += child.stdout.readlines()
        paths = {line.strip() for line in told if line.endswith("\n")}
        told_of, found = told_of + len(paths), found + len(paths & kept(place))
    return f"{found} of {told_of} read before the kill are kept"


def threads(contestant: str, folder: Path) -> str:
    server = serve()

    def work(me: int) -> None:
        for number in range(EACH):
            get(server.server_port, f"/k{me * EACH + number}/20")

    with recording(contestant, folder / "a.yaml"):
        workers = [threading.Thread(target=work, args=[me]) for me in range(THREADS)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
    return f"{len(kept(folder))} of {THREADS * EACH} kept"


def forks(contestant: str, folder: Path) -> str:
    jobs = [(serve().server_port, f"/k{number}/200000") for number in range(12)]
    fork = multiprocessing.get_context("fork")
    with recording(contestant, folder / "a.yaml"), fork.Pool(4) as pool:
        pool.map(fetch_job, jobs, chunksize=1)
        pool.close()
        pool.join()
    return f"{len(kept(folder))} of {len(jobs)} kept"


def edited(contestant: str, folder: Path) -> str:
    server, path = serve(), folder / "a.yaml"
    with recording(contestant, path):
        get(server.server_port, "/")
    text = path.read_text()
    path.write_text(text.replace("10.5", "10.599"))
    server.shutdown()
    server.server_close()
    with recording(contestant, path):
        return f"10.599 is played as {json.loads(get(server.server_port, '/'))['price']}"


def again(contestant: str, folder: Path) -> str:
    port, path = serve().server_port, folder / "a.yaml"
    texts = []
    for mode in ("once", "rewrite"):
        with recording(contestant, path, mode):
            for number in range(12):
                get(port, f"/k{number}/20")
        texts.append(path.read_text().splitlines())
        time.sleep(1.1)  # fields with seconds have other values then
    diff = list(difflib.unified_diff(*texts, n=0, lineterm=""))[2:]
    more, fewer = (sum(line.startswith(sign) for line in diff) for sign in "+-")
    return f"+{more} -{fewer} lines"


def moved(contestant: str, folder: Path) -> str:
    (folder / "elsewhere").mkdir()
    os.chdir(folder)
    port = serve().server_port
    with recording(contestant, "a.yaml"):
        os.chdir("elsewhere")
        get(port, "/k1/1")
    files = [file.relative_to(folder).as_posix() for file in folder.rglob("*.yaml")]
    os.chdir("/")
    return f"the cassette is {', '.join(files) or 'nowhere'}"


def outage(contestant: str, folder: Path) -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = []
    for _ in range(2):
        with recording(contestant, folder / "a.yaml"):
            try:
                told.append("an answer" if get(port, "/k1/1") else "")
            except requests.ConnectionError:
                told.append("the outage")
        if len(told) == 1:
            serve(port)
    return f"with the server up again, the program meets {told[1]}"


SITUATIONS: dict[str, Callable[[str, Path], str]] = {
    f"killed at {KILLS} random instants": killed,
    f"{THREADS} threads": threads,
    "a pool of 4 forked processes": forks,
    "a body made longer by hand": edited,
    "recorded again, same answers": again,
    "os.chdir in a use": moved,
    "recorded during an outage": outage,
}


def attempt(contestant: str, situation: str, answer: multiprocessing.Queue) -> None:
    """Try one situation in a process of its own."""
    warnings.simplefilter("ignore")
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            answer.put(SITUATIONS[situation](contestant, Path(folder)))
    except Exception as error:  # noqa: BLE001 - whatever a contestant raises is its outcome
        answer.put(f"{type(error).__name__}: {str(error).partition(chr(10))[0][:80]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contestants", nargs="+", choices=["cassette", "vcrpy", "cassetter"])
    parser.add_argument("--killed", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.killed:
        record_for_long(given.contestants[0], given.killed)
        return
    context = multiprocessing.get_context("spawn")
    for situation in SITUATIONS:
        for contestant in given.contestants:
            answer = context.Queue()
            child = context.Process(target=attempt, args=(contestant, situation, answer))
            child.start()
            child.join(120)
            hung = child.is_alive()
            child.kill()
            outcome = "hangs" if hung else answer.get() if child.exitcode == 0 else "dies"
            sys.stdout.write(f"{situation} | {contestant} | {outcome}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
