"""A long run of what must lose nothing: processes killed, and files changed, at random.

    python tests/reliability/run.py kill --seconds 1800 --seed 1
    python tests/reliability/run.py mutate --seconds 1800 --seed 1

A file that is not dealt with as promised is kept in fixtures/findings/, where the tests read it.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import cassette

sys.path.insert(0, str(Path(__file__).parent))

import verdicts

ROOT = Path(__file__).parents[2]
FINDINGS = ROOT / "fixtures" / "findings"
CHILD = """
import contextlib, http.client, http.server, os, sys, threading
import cassette

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.path.encode() + b" " * int(self.path.rpartition("/")[2])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

path, sizes, forks = sys.argv[1], [int(size) for size in sys.argv[2].split(",")], int(sys.argv[3])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
with cassette.use(path, mode="once"):
    me = sum(os.fork() == 0 for _ in range(forks))
    for number, size in enumerate(sizes):
        target = f"/{os.getpid()}-{number}/{size}"
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
        connection.request("GET", target)
        connection.getresponse().read()
        connection.close()
        os.write(1, target.encode() + bytes([10]))  # one call, since a family writes to one pipe
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()  # what a child asks behind the end is not recorded
    if me:
        os._exit(0)
"""


def kill(seed: random.Random) -> str:
    """Kill a recording, and all that it has forked, at a random instant; return the outcome."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.yaml")
        sizes = ",".join(str(int(10 ** seed.uniform(0, 6))) for _ in range(seed.randrange(1, 60)))
        forks = seed.choice([0, 0, 1, 2])
        with subprocess.Popen(
            [sys.executable, "-Wignore", "-c", CHILD, path, sizes, str(forks)],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as child:
            told = [child.stdout.readline().strip()]
            time.sleep(seed.uniform(0, 0.4))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            lines = child.stdout.read().splitlines(keepends=True)
            told += [line.strip() for line in lines if line.endswith("\n")]
        kept = set()
        for file in Path(folder).iterdir():
            kept |= {one.request.target.decode() for one in cassette.load(file).interactions}
        lost = {target for target in told if target} - kept
        if lost:
            return f"LOST {len(lost)} of {len(told)}"
        return "complete" if path.exists() else "journal" if kept else "nothing yet"


def mutated(text: bytes, seed: random.Random) -> bytes:
    """Return a text with some changes."""
    for _ in range(seed.randrange(1, 6)):
        start = seed.randrange(len(text) + 1)
        stop = min(len(text), start + int(10 ** seed.uniform(0, 3)))
        other = seed.randrange(len(text) + 1)
        piece = text[other : other + stop - start]
        text = seed.choice(
            [
                text[:start] + text[stop:],
                text[:start] + piece + text[start:],
                text[:start] + piece + text[stop:],
                text[:start] + seed.randbytes(seed.randrange(1, 5)) + text[start:],
                text[:start] + seed.choice(TOKENS) + text[start:],
            ]
        )
    return text


TOKENS = [
    b"\n- call: ", b"\n  ended: open\n", b"\n", b"!!binary ", b"!!python/object:os.system ", b"&a ",
    b"*a", b"[", b"{", b"|2-\n", b'"', b"'", b"# ", b": ", b"\r\n", b"\xef\xbb\xbf", b"\xc2\x85",
    b"<<<<<<< HEAD\n", b"99999999999999999999", b"- ", b"? ", b"%YAML 9\n", b"---\n", b"...\n",
]  # fmt: skip


def mutate(seed: random.Random) -> str:
    """Load a cassette that was changed at random; return the outcome."""
    corpus = sorted((ROOT / "fixtures" / "cassettes").rglob("*.yaml"))
    text = mutated(seed.choice(corpus).read_bytes()[:200_000], seed)
    name = seed.choice(["a.yaml", "a.yaml.partial"])
    verdict = verdicts.of_file(text, name)
    if verdicts.is_finding(verdict):
        FINDINGS.mkdir(exist_ok=True)
        (FINDINGS / f"{hashlib.sha256(text).hexdigest()[:12]}{name[1:]}").write_bytes(text)
    return verdict


def main() -> int:
    """Run one of them for some time, and tell how often each outcome was met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["kill", "mutate"])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    seed = random.Random(given.seed)
    once = {"kill": kill, "mutate": mutate}[given.what]
    met: Counter[str] = Counter()
    end = time.monotonic() + given.seconds
    while time.monotonic() < end:
        met[once(seed)] += 1
    for outcome, count in met.most_common():
        sys.stdout.write(f"{count:8} {outcome}\n")
    return any(map(verdicts.is_finding, met))


if __name__ == "__main__":
    sys.exit(main())
