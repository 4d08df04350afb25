"""What is promised about any file and any stream, judged for one input.

A finding is a verdict in capital letters: a promise that was not kept.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import cassette
from cassette.model import Interaction, Request, Response
from cassette.store.parsing import parse_file
from cassette.store.parts import CHANGE_LISTS
from cassette.store.writer import encode_entry, encode_header

sys.path.insert(0, str(Path(__file__).parents[1] / "differential"))

import generate
import outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SLOW = 5.0
"""Seconds of CPU after which a file of some kilobytes is a finding."""

CONTROLS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
"""What no YAML parser takes; an entry in own shape is read as it stands all the same."""

WHEN = datetime(2026, 11, 28, tzinfo=UTC)


def is_finding(verdict: str) -> bool:
    """Return whether a verdict says that a promise was not kept."""
    return verdict.split(maxsplit=1)[0].isupper()


def of_file(text: bytes, name: str = "a.yaml") -> str:
    """Return what comes of a file: it loads or is refused, fast, and means one thing only."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(text)
        began = time.process_time()
        try:
            found = cassette.load(path)
            verdict = "loads"
        except cassette.CassetteError:
            verdict = "an error of ours"
        except BaseException as error:  # noqa: BLE001 - that is what is looked for
            verdict = f"STRAY {type(error).__name__}: {str(error)[:60]}"
        if time.process_time() - began > SLOW:
            return "SLOW"
        if verdict != "loads":
            return verdict
        return _read_twice(text, found, name) or _written_again(found, path) or "loads"


def _read_twice(text: bytes, found: cassette.Cassette, name: str) -> str | None:
    """Return a finding unless a YAML parser reads the same from a file as we did without one."""
    if name.endswith(".partial") or CONTROLS.search(text):
        return None
    try:
        _, parsed = parse_file(text, "a.yaml")
        interactions = [entry.interaction() for entry in parsed]
    except cassette.CassetteError as error:
        return f"TWO readings: {error.problem[:60]}"
    return None if _facts(interactions) == _facts(found.interactions) else "TWO readings"


def _written_again(found: cassette.Cassette, path: Path) -> str | None:
    """Return a finding unless what was loaded, written and loaded again is the same."""
    text = _written(found.interactions)
    path.write_bytes(text)
    try:
        again = cassette.load(path)
    except BaseException as error:  # noqa: BLE001 - as above
        return f"UNREADABLE when written again: {str(error)[:100]}"
    same = _facts(again.interactions) == _facts(found.interactions)
    return None if same else "CHANGED when written again"


def _facts(interactions: Iterable[Interaction]) -> list[Sequence[object]]:
    return [
        (one.call, one.request.raw, one.request.url, one.response.raw, one.at, one.took,
         one.arrived, one.ended, one.failure, *(getattr(one, key) for key in CHANGE_LISTS))
        for one in interactions
    ]  # fmt: skip


def _written(interactions: Iterable[Interaction]) -> bytes:
    text = encode_header(WHEN)
    for one in interactions:
        entry = encode_entry(one)
        text += entry if isinstance(entry, bytes) else b"".join(entry)
    return text


def of_stream(data: bytes) -> str:
    """Return what comes of a response: both clients read the same, and a cassette keeps it.

    Args:
        data: Four bytes that choose how it arrives and how it is read, and the response.
    """
    rng, raw = random.Random(data[:4]), data[4:]
    case = outcomes.Case(
        generate.pieces_of(rng, raw),
        generate.read_calls(rng),
        rng.choice(["GET", "GET", "HEAD", "POST", "CONNECT"]),
    )
    stock = outcomes.response_outcome(outcomes.STOCK, case)
    ours = outcomes.response_outcome(outcomes.OURS, case)
    if not outcomes.agree(stock, ours):
        return "DIFFERENT from the stock client"
    url = "http://a.example/"
    request = Request(f"{case.method} / HTTP/1.1\r\nHost: a.example\r\n\r\n".encode(), url)
    sent = Interaction(f"{case.method} {url}", request, Response(raw, case.method), WHEN)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.yaml")
        path.write_bytes(_written([sent]))
        try:
            (kept,) = cassette.load(path).interactions
        except BaseException as error:  # noqa: BLE001 - that is what is looked for
            return f"UNREADABLE: {str(error)[:100]}"
    if _facts([kept]) != _facts([sent]):
        return "CHANGED by a cassette"
    return "an error of both" if "raised" in repr(ours) else "read"
