"""Cassettes of cassetter, format version 1: read, and their messages put together.

cassetter keeps bodies decoded: JSON as YAML, whose spelling is lost, texts, and other bytes in hex.
Only interactions of HTTP are read. What was on the wire besides is filled in as for VCR.py.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from cassette.bridges.recordings import JsonNode, ReadCassette, bytes_of
from cassette.bridges.synthesis import encode_request, encode_response
from cassette.client.status import responses as phrases
from cassette.errors import CassetteFormatError
from cassette.model import Ended, Interaction, Request, Response, url_of
from cassette.store.document import compose
from cassette.wire.headers import first_value
from cassette.wire.lenient import has_body

if TYPE_CHECKING:
    from os import PathLike

    from cassette.store.document import Node
    from cassette.wire.headers import Field

_STATUS: Final = re.compile(r"[2-9]\d\d", re.ASCII)
_JSON: Final = re.compile(r"null|true|false|-?\d+(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
_SPELT: Final[tuple[dict[str, Any], ...]] = (
    {"separators": (",", ":")},
    {"separators": (",", ":"), "ensure_ascii": False},
    {},
    {"ensure_ascii": False},
    {"indent": 2},
)
"""How JSON may have been spelt; the announced length tells, or else it is compact."""


def read(path: str | PathLike[str]) -> ReadCassette:
    """Return what a cassette of cassetter holds.

    Args:
        path: The file; it is only read.

    Raises:
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: It cannot be read, is no cassette of cassetter, or holds what cannot be
            said in HTTP.
    """
    text = bytes_of(path, "a cassette of cassetter")
    node = compose(text, path=str(path))
    if node is None:
        raise CassetteFormatError("the file is empty", path=path, remedy="Delete it.")
    root = _CassetterNode(node, str(path))
    notes: list[str] = []
    entries = root.keys({"version", "interactions"})["interactions"].items()
    return ReadCassette([_interaction(entry, notes) for entry in entries], notes)


class _CassetterNode(JsonNode):
    """A place in a cassette of cassetter."""

    __slots__ = ()

    remedy = "Repair it by hand, or leave it out and record the test again."

    def header_fields(self) -> list[Field]:
        """Return header fields: a list of values behind each name."""
        return [(name, each.line_data()) for name, one in self.fields() for each in one.items()]

    def body(self, announced: bytes | None) -> bytes:
        """Return a body.

        Args:
            announced: The Content-Length that was recorded with it.
        """
        parts = self.keys({"type"})
        kind = parts["type"].data()
        if kind == b"none" or "content" not in parts:
            return b""
        content = parts["content"]
        if kind == b"text":
            return content.data()
        if kind == b"json":
            spellings = [json.dumps(_value(content.node), **form).encode() for form in _SPELT]
            fitting = (each for each in spellings if announced == b"%d" % len(each))
            return next(fitting, spellings[0])
        try:
            return bytes.fromhex(content.data().decode())
        except ValueError:
            raise content.error(
                f"a body of the type {kind.decode()[:20]!r} is not in hex"
            ) from None


def _value(node: Node) -> Any:  # noqa: ANN401 - JSON is any value
    if isinstance(node.value, dict):
        return {key: _value(item) for key, item in node.value.items()}
    if isinstance(node.value, list):
        return [_value(item) for item in node.value]
    if node.plain and _JSON.fullmatch(node.value):
        return json.loads(node.value)
    return None if node.plain and node.value in ("", "~") else node.value


def _interaction(entry: _CassetterNode, notes: list[str]) -> Interaction:
    places = entry.keys({"request", "response", "recorded_at"})
    asked = places["request"].keys({"method", "uri"})
    got = places["response"].keys({"status"})
    method = asked["method"].method()
    endpoint, target = asked["uri"].url()
    url = url_of(endpoint, target)
    sent_fields = asked["headers"].header_fields() if "headers" in asked else []
    fields = got["headers"].header_fields() if "headers" in got else []
    length = first_value(sent_fields, b"content-length")
    sent_body = asked["body"].body(length) if "body" in asked else b""
    body = got["body"].body(first_value(fields, b"content-length")) if "body" in got else b""
    status = int(got["status"].number(_STATUS, "a status code"))
    if body and not has_body(method, status):
        notes.append(f"{entry.key}: left out: a {status} that answers {method} has no body")
        body = b""
    sent = encode_request(method, endpoint, target, sent_fields, [sent_body] if sent_body else [])
    reason = phrases.get(status, "").encode()
    answer = encode_response(method, (b"HTTP/1.1", status, reason), fields, body)
    response = Response(answer.raw, method)
    if not response.parsed.complete or response.body != body:
        raise places["response"].error("this response cannot be said in HTTP/1.1")
    return Interaction(
        f"{method} {url}",
        Request(sent.raw, url),
        response,
        at=places["recorded_at"].moment(),
        ended=Ended.CLOSED if answer.closes else Ended.OPEN,
    )
