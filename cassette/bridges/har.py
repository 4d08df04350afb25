"""HTTP archives (HAR 1.2), as browsers and proxies write them, both ways.

An archive keeps parts: fields by name, bodies decoded and without their framing, no bytes. What was
on the wire besides is put together anew. Source: the specification of HAR 1.2.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from cassette.bridges.recordings import JsonNode, ReadCassette, bytes_of, json_root
from cassette.bridges.synthesis import encode_request, encode_response
from cassette.client.status import responses as phrases
from cassette.model import CONNECT, Ended, Interaction, Request, Response, url_of
from cassette.wire.lenient import has_body

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from cassette.model import Message
    from cassette.wire.headers import Field

_CHARSET: Final = re.compile(r"(?i);\s*charset\s*=\s*[\"']?([^\s\"';]+)")
_WEB: Final = re.compile(r"(?i)https?://")
_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d+)?([eE][-+]?\d{1,2})?", re.ASCII)


def read(path: str | PathLike[str]) -> ReadCassette:
    """Return what an archive holds.

    What a cassette cannot hold is left out, with a note: entries without an answer, or with a URL
    that is not of HTTP. Bodies stand decoded in an archive, so no Content-Encoding is kept; what
    came over HTTP/2 is said in HTTP/1.1.

    Args:
        path: The file; it is only read.

    Raises:
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: It cannot be read, is no archive, or holds what cannot be said in HTTP.
    """
    text = bytes_of(path, "an archive (.har)")
    root = _HarNode(json_root(text, str(path), _HarNode.remedy), str(path))
    notes: list[str] = []
    log = root.keys({"log"})["log"]
    entries = log.keys({"entries"})["entries"].items()
    found = [_interaction(entry, notes) for entry in entries]
    return ReadCassette([one for one in found if one is not None], notes)


class _HarNode(JsonNode):
    """A place in an archive."""

    __slots__ = ()

    remedy = "Save the archive again, with its contents."

    def header_fields(self) -> list[Field]:
        """Return header fields; those of HTTP/2 that begin with a colon are no fields of ours."""
        fields: list[Field] = []
        for item in self.items():
            pair = item.keys({"name", "value"})
            name = pair["name"].data()
            if name.startswith(b":"):
                continue
            if not name or b" " in name or not name.isascii():
                raise item.error(f"{name.decode()!r} is no name of a header field")
            # Browsers join the values of a name by line breaks, cookies above all.
            value = pair["value"].text_data() if "value" in pair else b""
            fields += [(name, one.strip()) for one in value.replace(b"\r", b"").split(b"\n")]
        return fields

    def amount(self) -> float:
        """Return a number; 0 where it is not known, which archives write as -1."""
        return max(float(self.number(_NUMBER, "a number")), 0.0)


def _interaction(entry: _HarNode, notes: list[str]) -> Interaction | None:
    places = entry.keys({"startedDateTime", "request", "response"})
    asked, got = places["request"].keys({"method", "url"}), places["response"].keys({"status"})
    address = asked["url"].data().decode()
    if not _WEB.match(address):
        notes.append(f"{asked['url'].key}: left out: {address[:40]} is not asked for by HTTP")
        return None
    status = int(got["status"].amount())
    if not 200 <= status <= 999:  # noqa: PLR2004 - three digits, and final
        notes.append(f"{entry.key}: left out: {address[:80]} has got no answer")
        return None
    method = asked["method"].method()
    endpoint, target = asked["url"].url()
    url = url_of(endpoint, target)
    fields = asked["headers"].header_fields() if "headers" in asked else []
    sent_body = _posted(asked["postData"], notes) if "postData" in asked else b""
    sent = encode_request(method, endpoint, target, fields, [sent_body] if sent_body else [])
    body = _content(got["content"], notes) if "content" in got else b""
    if body and not has_body(method, status):
        notes.append(f"{entry.key}: left out: a {status} that answers {method} has no body")
        body = b""
    fields = got["headers"].header_fields() if "headers" in got else []
    kept = [one for one in fields if one[0].lower() != b"content-encoding"] if body else fields
    reason = got["statusText"].line_data() if "statusText" in got else b""
    version = got["httpVersion"].line_data().upper() if "httpVersion" in got else b""
    start = (
        b"HTTP/1.0" if version == b"HTTP/1.0" else b"HTTP/1.1",
        status,
        reason or phrases.get(status, "").encode(),
    )
    answer = encode_response(method, start, kept, body)
    interaction = Interaction(
        f"{method} {url}",
        Request(sent.raw, url),
        Response(answer.raw, method),
        at=places["startedDateTime"].moment(),
        took=places["time"].amount() / 1000 if "time" in places else 0.0,
        ended=Ended.CLOSED if answer.closes else Ended.OPEN,
        decoded=tuple(
            role
            for role, is_decoded in (("request", sent.decoded), ("response", kept != fields))
            if is_decoded
        ),
    )
    for role in ("request", "response"):
        message: Message = getattr(interaction, role)
        if not message.parsed.complete:
            raise places[role].error(f"this {role} cannot be said in HTTP/1.1")
    return interaction


def _posted(place: _HarNode, notes: list[str]) -> bytes:
    """Return the body of a request."""
    parts = place.keys()
    kind = parts["mimeType"].data().decode() if "mimeType" in parts else ""
    if "text" in parts:
        return _encoded(parts["text"].data().decode(), kind)
    params = [one.keys({"name"}) for one in parts["params"].items()] if "params" in parts else []
    if params and "multipart" in kind:
        notes.append(f"{place.key}: left out: the archive does not say how the parts were sent")
        return b""
    pairs = [(one["name"].data(), one["value"].data() if "value" in one else b"") for one in params]
    return urlencode(pairs).encode()


def _content(place: _HarNode, notes: list[str]) -> bytes:
    """Return the body of a response as its client read it, decoded."""
    parts = place.keys()
    if "text" not in parts:
        if "size" in parts and parts["size"].amount():
            notes.append(f"{place.key}: the archive was saved without this body, so it is empty")
        return b""
    text = parts["text"].data()
    encoding = parts["encoding"].data().lower() if "encoding" in parts else b""
    if encoding == b"base64":
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise parts["text"].error(f"broken base64: {error}") from None
    kind = parts["mimeType"].data().decode() if "mimeType" in parts else ""
    return _encoded(text.decode(), kind)


def _encoded(text: str, kind: str) -> bytes:
    """Return a text in the charset that its type names; archives hold it in their own."""
    charset = _CHARSET.search(kind)
    try:
        return text.encode(charset[1] if charset else "utf-8")
    except (LookupError, UnicodeEncodeError):
        return text.encode()


def written(interactions: Iterable[Interaction]) -> str:
    """Return interactions as an archive: masked as they are, with bodies decoded.

    An attempt to connect that failed is an entry with status 0 and ``_error``, as browsers have it.
    """
    from importlib.metadata import version  # noqa: PLC0415 - hardly anybody writes archives

    log = {
        "version": "1.2",
        "creator": {"name": "cassette", "version": version("pytest-cassette")},
        "entries": [_entry(one) for one in interactions],
    }
    return json.dumps({"log": log}, indent=2, ensure_ascii=False) + "\n"


def _entry(one: Interaction) -> dict[str, Any]:
    took = round(one.took * 1000, 3)
    entry: dict[str, Any] = {
        "startedDateTime": one.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "time": took,
        "request": _request(one),
        "response": _response(one),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
    }
    if one.failure is not None:
        entry["response"]["_error"] = one.failure.message
    return entry


def _request(one: Interaction) -> dict[str, Any]:
    request = one.request
    url = one.call.partition(" ")[2]
    if one.call.startswith(CONNECT) or not request.raw:
        method, version = "CONNECT", "HTTP/1.1"
    else:
        method, version = request.method, "HTTP/1.1"
    query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    told: dict[str, Any] = {
        "method": method,
        "url": url,
        "httpVersion": version,
        "cookies": [],
        "headers": _headers(request),
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": len(request.raw) - len(request.body) if request.raw else -1,
        "bodySize": len(request.body),
    }
    if request.body:
        kind = request.headers.get("content-type") or ""
        told["postData"] = {"mimeType": kind, "params": [], "text": request.text}
    return told


def _response(one: Interaction) -> dict[str, Any]:
    response = one.response
    answered = bool(response.raw)
    content = response.content
    told: dict[str, Any] = {
        "size": len(content),
        "mimeType": (response.headers.get("content-type") or "") if answered else "",
    }
    if content:
        told |= _content_text(content, told["mimeType"])
    return {
        "status": response.status if answered else 0,
        "statusText": response.reason if answered else "",
        "httpVersion": response.version if answered else "HTTP/1.1",
        "cookies": [],
        "headers": _headers(response),
        "content": told,
        "redirectURL": (response.headers.get("location") or "") if answered else "",
        "headersSize": -1,
        "bodySize": len(response.body),
    }


def _content_text(content: bytes, kind: str) -> dict[str, str]:
    charset = _CHARSET.search(kind)
    try:
        text = content.decode(charset[1] if charset else "utf-8")
        if text.encode(charset[1] if charset else "utf-8") == content:
            return {"text": text}
    except (LookupError, UnicodeError):
        pass
    return {"text": base64.b64encode(content).decode(), "encoding": "base64"}


def _headers(message: Message) -> list[dict[str, str]]:
    if not message.raw:
        return []
    # A line that begins with its colon is kept in cassettes, and has no name to be told by.
    return [{"name": name, "value": value} for name, value in message.headers.items() if name]
