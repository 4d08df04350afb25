"""Compare the two clients over seeded random cases, as many as asked for.

    python tests/differential/fuzz.py --cases 1000000 --seed 1

Prints every case on which they differ, and ends with status 1 if there is one. A case is named by
its seed: ``--only N`` runs that one alone and prints both outcomes.
"""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import generate
import outcomes


def outcome(module: Any, seed: int) -> list[Any]:
    """Return what a module makes of the case with this seed; every fourth is about requests."""
    rng = random.Random(seed)
    if seed % 4 == 0:
        return outcomes.request_outcome(module, generate.script(rng))
    return outcomes.response_outcome(module, generate.case(rng))


def differ(seed: int) -> tuple[list[Any], list[Any]] | None:
    """Return the two outcomes of a case where they differ in what has to agree."""
    stock, ours = outcome(outcomes.STOCK, seed), outcome(outcomes.OURS, seed)
    return None if outcomes.agree(stock, ours) else (stock, ours)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0, help="the first case")
    parser.add_argument("--only", type=int, help="run one case and show it")
    options = parser.parse_args()
    if options.only is not None:
        for name, module in (("stock", outcomes.STOCK), ("ours", outcomes.OURS)):
            print(name)
            for part in outcome(module, options.only):
                print("   ", part)
        return 0
    began = time.monotonic()
    found = 0
    for seed in range(options.seed, options.seed + options.cases):
        pair = differ(seed)
        if pair is not None:
            found += 1
            index = next((i for i, (a, b) in enumerate(zip(*pair, strict=False)) if a != b), -1)
            print(f"case {seed}: stock {pair[0][index]!r:.300}\n    ours {pair[1][index]!r:.300}")
            if found > 20:
                break
    took = time.monotonic() - began
    print(f"{options.cases} cases from {options.seed}: {found} differ ({took:.0f} s)")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
