"""Print the table of SDKs that docs/clients.md has: ``python tests/sdks/table.py``."""

import sys

from sdks.programs import PROGRAMS


def table() -> str:
    """Return a line for each SDK: what is tried of it, and what it needs to be told."""
    lines = ["| SDK | recorded and replayed | |", "| --- | --- | --- |"]
    for package in dict.fromkeys(program.package for program in PROGRAMS):
        tried = [program for program in PROGRAMS if program.package == package]
        hints = [f"{one.what}: `timing={one.timing!r}`" for one in tried if one.timing]
        kept = ["pieces of streams kept"] if any(one.pieces for one in tried) else []
        said = "; ".join([*kept, *hints])
        what = "; ".join(one.what for one in tried)
        lines.append(f"| {package} | {what} | {said} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table())
