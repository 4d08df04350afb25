"""Cassettes of Betamax, in its JSON: read, and their messages put together.

Betamax keeps parts: a method, a URI, fields by name, a body as text or in base64 without its
framing. What was on the wire besides is filled in as for VCR.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cassette.bridges.recordings import JsonNode, ReadCassette, bytes_of, json_root
from cassette.bridges.synthesis import encode_request, encode_response
from cassette.client.status import responses as phrases
from cassette.model import Ended, Interaction, Request, Response, url_of
from cassette.store.document import Node
from cassette.wire.lenient import has_body

if TYPE_CHECKING:
    from os import PathLike

    from cassette.wire.headers import Field

_STATUS: Final = re.compile(r"[2-9]\d\d", re.ASCII)
_BINARY: Final = "tag:yaml.org,2002:binary"


def read(path: str | PathLike[str]) -> ReadCassette:
    """Return what a cassette of Betamax holds.

    Args:
        path: The file; it is only read.

    Raises:
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: It cannot be read, is no cassette of Betamax, or holds what cannot be
            said in HTTP.
    """
    text = bytes_of(path, "a cassette of Betamax")
    root = _BetamaxNode(json_root(text, str(path), _BetamaxNode.remedy), str(path))
    notes: list[str] = []
    entries = root.keys({"http_interactions"})["http_interactions"].items()
    return ReadCassette([_interaction(entry, notes) for entry in entries], notes)


class _BetamaxNode(JsonNode):
    """A place in a cassette of Betamax."""

    __slots__ = ()

    remedy = "Repair it by hand, or leave it out and record the test again."

    def body(self, notes: list[str]) -> bytes:
        """Return a body; older files have it as a text by itself."""
        if isinstance(self.node.value, str):
            return self.data()
        parts = self.keys()
        if "base64_string" in parts:
            place = parts["base64_string"]
            node = Node(place.node.value, _BINARY, place.node.line)
            return type(self)(node, place.path, place.key).data()
        text = parts["string"].data().decode() if "string" in parts else ""
        if "\ufffd" in text:
            notes.append(f"{self.key}: Betamax has lost bytes of this body: record it again")
        encoding = parts["encoding"].data().decode() if "encoding" in parts else "utf-8"
        try:
            return text.encode(encoding)
        except (LookupError, UnicodeEncodeError):
            return text.encode()

    def header_fields(self) -> list[Field]:
        """Return header fields, a list of values behind each name, or one value in older files."""
        fields: list[Field] = []
        for name, one in self.fields():
            values = one.items() if isinstance(one.node.value, list) else [one]
            fields += [(name, each.line_data()) for each in values]
        return fields


def _interaction(entry: _BetamaxNode, notes: list[str]) -> Interaction:
    places = entry.keys({"request", "response", "recorded_at"})
    asked = places["request"].keys({"method", "uri"})
    got = places["response"].keys({"status"})
    method = asked["method"].method()
    endpoint, target = asked["uri"].url()
    url = url_of(endpoint, target)
    sent_body = asked["body"].body(notes) if "body" in asked else b""
    sent = encode_request(
        method,
        endpoint,
        target,
        asked["headers"].header_fields() if "headers" in asked else [],
        [sent_body] if sent_body else [],
    )
    parts = got["status"].keys({"code"})
    status = int(parts["code"].number(_STATUS, "a status code"))
    reason = parts["message"].line_data() if "message" in parts else b""
    body = got["body"].body(notes) if "body" in got else b""
    if body and not has_body(method, status):
        notes.append(f"{entry.key}: left out: a {status} that answers {method} has no body")
        body = b""
    answer = encode_response(
        method,
        (b"HTTP/1.1", status, reason or phrases.get(status, "").encode()),
        got["headers"].header_fields() if "headers" in got else [],
        body,
    )
    response = Response(answer.raw, method)
    if not response.parsed.complete or response.body != body:
        raise places["response"].error("this response cannot be said in HTTP/1.1")
    roles = (("request", sent.decoded), ("response", answer.decoded))
    return Interaction(
        f"{method} {url}",
        Request(sent.raw, url),
        response,
        at=places["recorded_at"].moment(),
        ended=Ended.CLOSED if answer.closes else Ended.OPEN,
        decoded=tuple(role for role, is_decoded in roles if is_decoded),
    )
