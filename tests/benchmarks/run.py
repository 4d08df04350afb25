"""Measure, and print one line per contestant: work | contestant | ratio | smallest | limit.

    python tests/benchmarks/run.py                       everything
    python tests/benchmarks/run.py client 'replay-*'     works whose name begins so, or fits
    python tests/benchmarks/run.py --rival vcrpy=/path/to/python replay

A ratio is the median over the rounds, then the smallest and the largest; beside it stand the
smallest figures of the contestant and of the base. The exit status is 1 when a limit is missed.
`docs/benchmarks.md` says what each work means.
"""

import argparse
import fnmatch
import platform
import sys

import works
from harness import Work, bench


def named(interpreter: str) -> tuple[str, str]:
    """Return (package, interpreter) from `package=interpreter`."""
    package, _, path = interpreter.partition("=")
    if not path:
        raise argparse.ArgumentTypeError(f"{interpreter!r} is not PACKAGE=PYTHON")
    return package, path


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="works to do (default: all)")
    parser.add_argument("--list", action="store_true", help="only name the works")
    parser.add_argument("--rounds", type=int, help="instead of each work's own number")
    parser.add_argument(
        "--rival",
        action="append",
        default=[],
        type=named,
        metavar="PACKAGE=PYTHON",
        help="let a rival take part, with the interpreter it is installed for",
    )
    return parser.parse_args()


def chosen(names: list[str]) -> list[Work]:
    return [
        work
        for work in works.WORKS
        if not names
        or any(
            work.name.startswith(f"{name}-") or fnmatch.fnmatch(work.name, name) for name in names
        )
    ]


def row(*cells: str) -> None:
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()


def main() -> int:
    options = arguments()
    todo = chosen(options.names)
    if options.list:
        sys.stdout.writelines(f"{work.name:40} {work.title}\n" for work in todo)
        return 0
    missed = 0
    sys.stdout.write(f"{platform.python_implementation()} {platform.python_version()}\n\n")
    row("work", "contestant", "ratio: median (min-max)", "smallest: own / base", "limit")
    row(*["---"] * 5)
    with bench(dict(options.rival)) as running:
        for work in todo:
            for outcome in running.measure(work, options.rounds):
                limit = outcome.contestant.limit
                verdict = "" if limit is None else f"{limit:g}" + " MISSED" * outcome.missed
                smallest = outcome.smallest(work.unit)
                row(work.title, outcome.contestant.name, str(outcome), smallest, verdict)
                missed += outcome.missed
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
