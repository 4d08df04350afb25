"""Fuzz cassette files or streams of responses, guided by the lines that each input reaches.

    python -m pip install --group fuzz
    python tests/reliability/fuzz.py files --seconds 1800 --seed 1
    python tests/reliability/fuzz.py streams --seconds 1800 --seed 1

An input that is not dealt with as ``verdicts.py`` says is kept in fixtures/findings/, where the
tests play it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
FINDINGS = ROOT / "fixtures" / "findings"
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "tests" / "differential")]

with atheris.instrument_imports(include=["cassette"]):
    import generate
    import verdicts

MOST = 20_000
"""Bytes of a seed; coverage grows slower with larger ones."""

TOKENS = [
    "\n- call: ", "\n  ended: open\n", "\n  ended: closed\n", "!!binary ", "&a ", "*a", "|2-\n",
    "|-\n      ", "|+\n      ", "%YAML 9\n", "---\n", "<<<<<<< HEAD\n", "\r\n", "\xc2\x85",
    "\xe2\x80\xa8", "99999999999999999999", "    json: |\n      {", "    style: compact\n",
    "    text: |\n      ", "    chunks: [1, 2]\n", "    raw: ", "    trailers: ", "    interim: ",
    "    arrived: [[0.1, 1], [0.2, 2]]\n", "  digest: 3f2a81bc-09ab44de\n", "  redacted: [a]\n",
    "  failure:\n    kind: OSError\n    message: x\n", "Transfer-Encoding: chunked\r\n",
    "Content-Length: 5\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\n", "0\r\n\r\n",
    "Content-Encoding: gzip\r\n", "Connection: close\r\n", "\r\n\r\n", "ffffffffffffffff\r\n",
]  # fmt: skip


def seeds(what: str, seed: int) -> list[bytes]:
    """Return the inputs to begin with."""
    if what == "files":
        corpus = sorted((ROOT / "fixtures" / "cassettes").rglob("*.yaml"))
        texts = [path.read_bytes() for path in corpus]
        return [text for text in texts if len(text) <= MOST]
    rng = random.Random(seed)
    return [rng.randbytes(4) + generate.answer(rng) for _ in range(2000)]


def main() -> None:
    """Fuzz for some time, and tell how often each verdict was met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["files", "streams"])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    judge = {"files": verdicts.of_file, "streams": verdicts.of_stream}[given.what]
    suffix = {"files": ".yaml", "streams": ".stream"}[given.what]
    folder = tempfile.TemporaryDirectory()
    inputs = Path(folder.name, "inputs")
    inputs.mkdir()
    for number, text in enumerate(seeds(given.what, given.seed)):
        (inputs / str(number)).write_bytes(text)
    tokens = Path(folder.name, "tokens")
    codes = ["".join(f"\\x{ord(char):02x}" for char in token) for token in TOKENS]
    tokens.write_text("".join(f'"{code}"\n' for code in codes))
    met: Counter[str] = Counter()
    end = time.monotonic() + given.seconds

    def once(data: bytes) -> None:
        verdict = judge(data)
        met[verdict] += 1
        if verdicts.is_finding(verdict) and met[verdict] <= 20:
            FINDINGS.mkdir(exist_ok=True)
            name = hashlib.sha256(data).hexdigest()[:12] + suffix
            (FINDINGS / name).write_bytes(data)
            sys.stdout.write(f"{name}: {verdict}\n")
            sys.stdout.flush()
        if time.monotonic() > end:
            kept = len(list(inputs.iterdir()))
            sys.stdout.write(f"{met.total():8} inputs, of which {kept} reach something new\n")
            for one, count in met.most_common():
                sys.stdout.write(f"{count:8} {one}\n")
            sys.stdout.flush()
            folder.cleanup()
            os._exit(any(map(verdicts.is_finding, met)))  # the fuzzer's own end tells nothing

    atheris.Setup(
        [
            sys.argv[0], str(inputs), f"-dict={tokens}", f"-seed={given.seed}", f"-max_len={MOST}",
            "-print_final_stats=0", "-verbosity=0", "-rss_limit_mb=0", "-timeout=600",
        ],
        once,
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    main()
