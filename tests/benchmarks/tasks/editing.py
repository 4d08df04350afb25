"""Cassettes as they look after somebody else wrote in them.

Apart from the other tasks, because no rival should need PyYAML to be measured.
"""

import re

import yaml
from tasks.tape import Run, copies


def by_hand(text: str) -> str:
    """Return the text with every entry edited: a remark, and a value put in quotes."""
    edited, calls = re.subn(r"^- call: (.*)$", r'- call: "\1"  # seen', text, flags=re.MULTILINE)
    edited, ends = re.subn(r"^  ended: (.*)$", r"  ended: '\1'  # fine", edited, flags=re.MULTILINE)
    if not calls == ends > 0:
        raise AssertionError(f"{calls} entries, {ends} of them edited")
    return edited


def by_pyyaml(text: str) -> str:
    """Return what another YAML tool makes of the text: other quotes, order and line breaks."""
    return yaml.dump(yaml.load(text, Loader=yaml.CSafeLoader), Dumper=yaml.CSafeDumper)


EDITIONS = {"by-hand": by_hand, "by-PyYAML": by_pyyaml}


def edit(*, by: str, kind: str, n: int, edition: str, **where) -> float:
    """Change every entry of a cassette that was made, by the function named `edition`."""
    run = Run(by=by, stack="requests", kind=kind, n=n, **where)
    edited = EDITIONS[edition](run.path(0).read_text("utf-8"))
    for copy in range(copies(kind, n)):
        run.path(copy, edition).write_text(edited, "utf-8", newline="")
    return len(edited)
