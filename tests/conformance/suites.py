"""Run another project's own tests over ``http.client`` and over ``cassette.client``, and compare.

    python -m pip download --no-deps --no-binary :all: urllib3==2.7.0; tar xzf urllib3-2.7.0.tar.gz
    python tests/conformance/suites.py --python VENV/bin/python urllib3-2.7.0 test

VENV holds the release that is tested, what its tests need, PyYAML and freezegun. Arguments behind
the folder go to pytest. A test whose outcomes differ is run three more times over each module, and
differs only if no outcome of one module is among those of the other: many of these tests race.
Ends with status 1 if one does.
"""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import argparse
import collections
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

HERE = Path(__file__).parent
STOCK, OURS = "http.client", "cassette.client"
REPEATS = 3
WORST_FIRST = ("failure", "error", "skipped")


def outcomes(module: str, python: str, folder: Path, arguments: list[str]) -> dict[str, str]:
    """Return the outcome of each test, by the names of its class and itself."""
    environment = {
        name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")
    }
    environment["PYTHONPATH"] = f"{HERE.parent.parent}"
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "report.xml")
        command = [python, f"{HERE / 'swapped.py'}", module, "-q", "-p", "no:cacheprovider"]
        ran = subprocess.run(
            [*command, "-o", "junit_family=xunit1", f"--junitxml={report}", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            check=False,
            text=True,
        )
        if ran.returncode not in (0, 1) or not report.exists():
            sys.exit(f"the tests did not run over {module}:\n{ran.stdout[-3000:]}{ran.stderr}")
        found: dict[str, str] = {}
        for case in ET.parse(report).iter("testcase"):
            outcome = next((tag for tag in WORST_FIRST if case.find(tag) is not None), "passed")
            # A test that ends well and then fails to clean up has two entries.
            if outcome != "passed" or node_id(case) not in found:
                found[node_id(case)] = outcome
        return found


def node_id(case: ET.Element) -> str:
    """Return what pytest calls a test: its file, classes and name."""
    file, owner = case.get("file", ""), case.get("classname", "")
    classes = owner.removeprefix(file.removesuffix(".py").replace("/", ".")).split(".")
    return "::".join([file, *filter(None, classes), case.get("name", "")])


def tally(found: dict[str, str]) -> str:
    counts = collections.Counter(found.values())
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--python", default=sys.executable, help="an interpreter with the suite")
    parser.add_argument("folder", type=Path, help="the unpacked source distribution")
    parser.add_argument("arguments", nargs="*", default=[], help="for pytest")
    options = parser.parse_args()
    where = options.python, options.folder
    runs = {module: outcomes(module, *where, options.arguments) for module in (STOCK, OURS)}
    for module, found in runs.items():
        print(f"{module}: {tally(found)}", flush=True)
    differing = [
        name
        for name in sorted(runs[STOCK].keys() | runs[OURS].keys())
        if runs[STOCK].get(name) != runs[OURS].get(name)
    ]
    if not differing:
        return 0
    print(f"{len(differing)} differ at first", flush=True)
    again = {
        module: [outcomes(module, *where, differing) for _ in range(REPEATS)] for module in runs
    }
    differ = 0
    for name in differing:
        stock, ours = (
            {found.get(name, "missing") for found in (runs[module], *again[module])}
            for module in (STOCK, OURS)
        )
        differ += stock.isdisjoint(ours)
        print("differs" if stock.isdisjoint(ours) else "races", name, stock, ours)
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
