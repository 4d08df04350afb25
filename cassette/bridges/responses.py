"""Between cassettes and ``responses``: a cassette as stubs, and a recording of its as a cassette.

That both work side by side in one test needs nothing from here: see docs/responses.md.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cassette.bridges.recordings import ForeignNode, ReadCassette
from cassette.bridges.synthesis import encode_request, encode_response
from cassette.client.status import responses as phrases
from cassette.errors import CassetteError, CassetteFormatError, CassetteNotFoundError
from cassette.matching import DEFAULT, Matching
from cassette.model import Ended, Interaction, Request, Response, url_of
from cassette.redaction import Redactor
from cassette.store.document import Node, compose
from cassette.store.reader import load
from cassette.wire.headers import first_value
from cassette.wire.lenient import has_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike

    from responses import RequestsMock

    from cassette.bridges.stubs import Stub
    from cassette.bridges.synthesis import Synthesis
    from cassette.matching.options import CustomMatcher
    from cassette.wire.headers import Field
    from cassette.words import MatcherName

MATCH_ON: Final = ("method", "scheme", "host", "port", "path", "query")
"""What to match on where requests come from a recording of ``responses``: it has no bodies."""

_KEYS: Final = frozenset(
    ("method", "url", "body", "status", "headers", "content_type", "auto_calculate_content_length")
)
_STATUS: Final = re.compile(r"[2-9]\d\d", re.ASCII)
_CHARSET: Final = re.compile(r"(?i);\s*charset\s*=\s*[\"']?([^\s\"';]+)")
_INVENTED: Final = "text/plain; charset=utf-8"
"""What ``responses`` writes where the server has named no type and requests guessed a charset."""

_NEXT_COOKIE: Final = re.compile(rb",\s*(?=[!#-'*+\-.0-9A-Z^-z|~]+=)")


def register(
    path: str | PathLike[str],
    mock: RequestsMock | None = None,
    *,
    match_on: Sequence[MatcherName | CustomMatcher] = DEFAULT,
    ignore: Sequence[str] = (),
    redact: Redactor | bool = True,
) -> list[Stub]:
    """Register the interactions of a cassette as stubs, in recorded order.

    They match as they would in the cassette. Equal requests are answered as ``responses`` answers
    them: each stub once, in order, and the last one from then on.

    Args:
        path: The cassette.
        mock: Where to register them; without one, where ``responses.add`` does.
        match_on: As for ``cassette.use``.
        ignore: As for ``cassette.use``.
        redact: As for ``cassette.use``: which fields are secret, and so equal whatever they hold.

    Returns:
        The stubs.

    Raises:
        CassetteError: ``responses`` is not installed.
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: The file is no cassette, or a damaged one.
        OptionError: An option has a wrong value.
    """
    try:
        import responses  # noqa: PLC0415 - an extra

        from cassette.bridges.stubs import Desk, Stub  # noqa: PLC0415 - as above
    except ModuleNotFoundError as missing:
        raise CassetteError(
            f"a cassette becomes stubs of `responses`, but {missing.name} is not installed\n"
            "Install it: python -m pip install 'pytest-cassette[responses]'"
        ) from None
    desk = Desk(Matching(match_on, ignore, Redactor.of(redact).fresh()))
    place = Path(path)
    registry = responses.mock if mock is None else mock
    stubs = [Stub(each, desk, place) for each in load(place).interactions]
    for stub in stubs:
        registry.add(stub)
    return stubs


def read(path: str | PathLike[str]) -> ReadCassette:
    """Return what a file holds that the recorder of ``responses`` has written.

    What the file does not say is filled in: requests have a Host field and nothing else, reason
    phrases are the usual ones, all was answered at the time at which the file was changed, and
    bodies are framed by Content-Length, or as one chunk where Transfer-Encoding says chunked. A
    program that sends bodies finds its answers with ``match_on=MATCH_ON``.

    Args:
        path: The file: YAML, or TOML where its name ends in ``.toml``.

    Raises:
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: It is no such file, or something in it cannot stand in a message.
    """
    place = Path(path)
    try:
        data = place.read_bytes()
        at = datetime.fromtimestamp(int(place.stat().st_mtime), UTC)
    except FileNotFoundError:
        remedy = "Record it first: responses._recorder.record(file_path=...)."
        raise CassetteNotFoundError(path, remedy) from None
    root = _RecorderNode(_root(data, place), str(path))
    interactions: list[Interaction] = []
    doubts: list[str] = []
    for entry in root.mapping({"responses"}, {"responses"})["responses"].items():
        response = entry.mapping({"response"}, {"response"})["response"]
        interactions.append(_interaction(response, at, doubts))
    return ReadCassette(interactions, doubts)


class _RecorderNode(ForeignNode):
    __slots__ = ()

    remedy = "Repair it by hand, or record it again with `responses`."


def _root(data: bytes, path: Path) -> Node:
    if path.suffix != ".toml":
        return compose(data, path=str(path)) or Node("", None, 1)
    try:
        return _node(tomllib.loads(data.decode()))
    except ValueError as error:
        raise CassetteFormatError(f"not valid TOML: {error}", path=path) from None


def _node(value: object) -> Node:
    """Return what TOML says as a node of YAML; its lines are not known."""
    if isinstance(value, dict):
        return Node({key: _node(item) for key, item in value.items()}, None, 0)
    if isinstance(value, list):
        return Node([_node(item) for item in value], None, 0)
    return Node(str(value), None, 0)


def _interaction(place: _RecorderNode, at: datetime, doubts: list[str]) -> Interaction:
    places = place.mapping(_KEYS, {"method", "url"})
    method = places["method"].method()
    endpoint, target = places["url"].url()
    url = url_of(endpoint, target)
    sent = encode_request(method, endpoint, target, [], [])
    got = _answer(places, method, doubts)
    return Interaction(
        f"{method} {url}",
        Request(sent.raw, url),
        Response(got.raw, method),
        at=at,
        ended=Ended.CLOSED if got.closes else Ended.OPEN,
        decoded=("response",) if got.decoded else (),
    )


def _answer(places: dict[str, _RecorderNode], method: str, doubts: list[str]) -> Synthesis:
    status = int(places["status"].number(_STATUS, "a final status")) if "status" in places else 200
    fields = list(_fields(places))
    kind = (first_value(fields, b"content-type") or b"").decode("latin-1")
    body = _body(places["body"], kind, doubts) if "body" in places else b""
    # The recorder has decoded every body.
    kept = [field for field in fields if field[0].lower() != b"content-encoding"]
    if has_body(method, status):
        if first_value(kept, b"content-length") is None:
            # The recorder drops it, of a body that was whole. Its value is made true.
            kept.append((b"Content-Length", b"0"))
    elif body:
        raise places["body"].error(f"an answer {status} to {method} has no body")
    reason = phrases.get(status, "").encode()
    got = encode_response(method, (b"HTTP/1.1", status, reason), kept, body)
    return got._replace(decoded=bool(body) and len(kept) < len(fields))


def _fields(places: dict[str, _RecorderNode]) -> Iterator[Field]:
    """Yield the header fields as they were on the wire, as far as that is known."""
    if "content_type" in places:
        yield b"Content-Type", places["content_type"].line_data()
    if "headers" not in places:
        return
    for name, place in places["headers"].fields():
        value, folded = place.line_data(), name.lower()
        if folded == b"set-cookie":
            # The one field whose values may not be joined (RFC 9110, section 5.3): requests did.
            yield from ((name, each) for each in _NEXT_COOKIE.split(value))
        elif folded != b"content-type" or "content_type" not in places:
            yield name, value


def _body(place: _RecorderNode, kind: str, doubts: list[str]) -> bytes:
    """Return the bytes that requests has decoded to this text."""
    value = place.value()
    if value.binary:
        return value.data
    text = value.data.decode()
    charset = _CHARSET.search(kind)
    media = kind.partition(";")[0].strip().lower()
    # Without a charset, requests takes text for ISO-8859-1, JSON for UTF-8, and guesses the rest.
    name = charset[1] if charset else "latin-1" if "text" in media else "utf-8"
    certain = kind != _INVENTED and (name == "latin-1" or media == "application/json" or charset)
    try:
        body = text.encode(name)
    except (LookupError, UnicodeEncodeError):
        body, certain = value.data, False
    if "\ufffd" in text or not (certain or text.isascii()):
        doubts.append(
            f"{place.key}: line {place.node.line}: `responses` recorded a text here, and its bytes "
            f"are not certain ({kind or 'no content type'}): record this call with a cassette"
        )
    return body
