"""Reading what a project's own serializers and persisters have written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from cassette.bridges import vcrpy
from cassette.errors import CassetteNotFoundError
from cassette.model import Ended, Interaction
from cassette.vcr.opening import read_any
from cassette.vcr.request import encoded_response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cassette.vcr.opening import Loader


class Combined:
    """A persister that reads a cassette, and those that answer beside it, as if they were one.

    Args:
        beside: These others; one that is missing holds nothing.
    """

    def __init__(self, beside: Sequence[str]) -> None:
        self._beside = [Path(name) for name in beside]

    def load(self, path: Path) -> Sequence[Interaction] | None:
        """Return what all of them hold; None where there is none of them."""
        found = [held for one in (path, *self._beside) if (held := read_any(one)) is not None]
        return [interaction for held in found for interaction in held] if found else None


def loader(given: str, serializer: Any, persister: Any) -> Loader:
    """Return what reads a file.

    Args:
        given: The path as the project has given it, which may mean another place to a persister.
        serializer: Has ``deserialize(text)``; None for YAML and JSON, ours and those of VCR.py.
        persister: Has ``load_cassette(path, serializer)``; None for files.
    """
    if isinstance(persister, Combined):
        return persister.load
    if persister is not None:
        return lambda _: _persisted(given, persister, serializer)
    if serializer is not None:
        return lambda path: _deserialized(path, serializer)
    return read_any


def _persisted(given: str, persister: Any, serializer: Any) -> Sequence[Interaction] | None:
    try:
        return _of_pairs(*persister.load_cassette(given, serializer))
    except (CassetteNotFoundError, FileNotFoundError, ValueError):  # as its version has it
        return None


def _deserialized(path: Path, serializer: Any) -> Sequence[Interaction] | None:
    if not path.is_file():
        return None
    text = path.read_bytes()
    if text.startswith(b"cassette:"):
        return read_any(path)
    data = serializer.deserialize(text.decode())
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return vcrpy.read_text(yaml.safe_dump(data).encode(), path, at).interactions


def _of_pairs(requests: Sequence[Any], responses: Sequence[Any]) -> list[Interaction]:
    at = datetime.now(UTC)
    found = []
    for one, response in zip(requests, responses, strict=True):
        request = one.encoded()
        call = f"{request.method} {request.url}"
        answer = encoded_response(response, request.method)
        found.append(Interaction(call, request, answer, at, ended=Ended.OPEN))
    return found
