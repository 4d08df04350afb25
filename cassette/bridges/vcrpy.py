"""Cassettes of VCR.py, format version 1: read with safe means, and their messages put together.

VCR.py keeps parts: a method, a URI, fields by name, a body without its framing. What was on the
wire besides is not known any more. ``docs/migrating.md`` says what stands in its place.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from cassette.bridges.recordings import ForeignNode, ReadCassette, bytes_of, json_root
from cassette.bridges.synthesis import encode_request, encode_response
from cassette.client.status import responses as phrases
from cassette.errors import CassetteFormatError
from cassette.model import Ended, Interaction, Request, Response, url_of
from cassette.store.document import Node, compose
from cassette.wire.headers import first_value
from cassette.wire.lenient import has_body

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from os import PathLike

    from cassette.wire.headers import Field

_TAG: Final = "tag:yaml.org,2002:"
_TEXT_TAGS: Final = (_TAG + "python/unicode", _TAG + "python/str")
_FILE_TAG: Final = _TAG + "python/object/new:_io.BytesIO"
_ITERATOR_TAG: Final = _TAG + "python/object/apply:builtins.iter"
_TUPLE_TAG: Final = _TAG + "python/tuple"

_STATUS: Final = re.compile(r"[1-9]\d\d", re.ASCII)


def read(path: str | PathLike[str]) -> ReadCassette:
    """Return what a cassette of VCR.py holds, written by its YAML or its JSON serializer.

    An interaction's time is the field Date of its response; without one that of the interaction
    before, and before the first one that of the file.

    Args:
        path: The file; it is only read. Of the tags of Python that older versions wrote, those
            for texts, tuples, ``BytesIO`` and iterators stand for their contents. No tag ever
            runs code.

    Raises:
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: It cannot be read, is no cassette of VCR.py, is one of a version
            before 1, holds an object of Python, or something that cannot be said in HTTP.
    """
    text = bytes_of(path, "a cassette of VCR.py")
    return read_text(text, path, datetime.fromtimestamp(Path(path).stat().st_mtime, UTC))


def read_text(text: bytes, path: str | PathLike[str], at: datetime) -> ReadCassette:
    """Return what a text in the format of VCR.py holds.

    Args:
        text: YAML or JSON.
        path: Names it in errors, which are those of ``read``.
        at: The time of what has none of its own.
    """
    return _Reader(at).read(_root(text, str(path)))


class _VcrNode(ForeignNode):
    """A place in a file of VCR.py."""

    __slots__ = ()

    remedy = "Repair it by hand, or leave it out and record the test again."

    @property
    def is_null(self) -> bool:
        """Nothing stands here."""
        node = self.node
        return node.plain and node.tag is None and node.value in ("", "~", "null", "Null", "NULL")

    def untagged(self) -> Self:
        """Return this place as what it is without its tag."""
        node = self.node
        return type(self)(Node(node.value, None, node.line), self.path, self.key)

    def data(self) -> bytes:
        """Return a text in UTF-8, or what stands there in base64; null stands for nothing."""
        if self.node.tag in _TEXT_TAGS:
            return self.untagged().data()
        return b"" if self.is_null else super().data()

    def sequence(self) -> list[Self]:
        """Return the items of a list or a tuple."""
        return (self.untagged() if self.node.tag == _TUPLE_TAG else self).items()


class _Reader:
    """Reads one file.

    Args:
        at: The time of what has none of its own; from there on the latest that was read.
    """

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._notes: list[str] = []

    def read(self, root: _VcrNode) -> ReadCassette:
        value = root.node.value
        if isinstance(value, dict) and "cassette" in value:
            raise root.error("this is a cassette of ours already", "Leave it as it is.")
        if isinstance(value, list) and value and "request" in value[0].value:
            raise root.error(
                "a cassette from before VCR.py 1.0, which has no version",
                "Bring it up to date first, with VCR.py: python -m vcr.migration FILE",
            )
        if not isinstance(value, dict) or "interactions" not in value:
            raise root.error(
                "this is no cassette of VCR.py: the key 'interactions' is missing",
                "Name the folders and files that hold cassettes.",
            )
        places = self._places(root, {"interactions", "version"})
        if "version" in places and (version := places["version"].text("int")) != "1":
            raise places["version"].error(
                f"expected format version 1 of VCR.py, found {version[:40]!r}"
            )
        if places["interactions"].is_null:
            return ReadCassette([], self._notes)
        interactions = [self._interaction(place) for place in places["interactions"].items()]
        return ReadCassette(interactions, self._notes)

    def _interaction(self, place: _VcrNode) -> Interaction:
        places = self._places(place, {"request", "response"}, {"request", "response"})
        asked = self._places(
            places["request"], {"method", "uri", "headers", "body"}, {"method", "uri"}
        )
        method = asked["method"].method()
        endpoint, target = asked["uri"].url()
        pieces = _pieces(asked["body"]) if "body" in asked else []
        sent = encode_request(
            method,
            endpoint,
            target,
            _fields(asked["headers"]) if "headers" in asked else [],
            pieces,
        )
        url = url_of(endpoint, target)
        request = Request(sent.raw, url)
        if not request.parsed.complete or request.body != b"".join(pieces):
            raise places["request"].error("this request cannot be said in HTTP/1.1")
        response, decoded, ended = self._response(places["response"], method)
        self._at = _date(response) or self._at
        roles = (("request", sent.decoded), ("response", decoded))
        return Interaction(
            call=f"{method} {url}",
            request=request,
            response=response,
            at=self._at,
            ended=ended,
            decoded=tuple(role for role, is_decoded in roles if is_decoded),
        )

    def _response(self, place: _VcrNode, method: str) -> tuple[Response, bool, Ended]:
        places = self._places(
            place,
            {"status", "status_code", "http_version", "headers", "body", "content", "url"},
        )
        status, reason = self._status(place, places)
        version = places["http_version"].line_data() if "http_version" in places else b""
        # What came over HTTP/2 is said in HTTP/1.1, the only one that a cassette can say.
        version = version if version == b"HTTP/1.0" else b"HTTP/1.1"
        body = self._body(places, method, status)
        fields = _fields(places["headers"]) if "headers" in places else []
        got = encode_response(method, (version, status, reason), fields, body)
        response = Response(got.raw, method)
        if not response.parsed.complete or response.body != body:
            raise place.error("this response cannot be said in HTTP/1.1")
        return response, got.decoded, Ended.CLOSED if got.closes else Ended.OPEN

    def _status(self, place: _VcrNode, places: dict[str, _VcrNode]) -> tuple[int, bytes]:
        parts = self._places(places["status"], {"code", "message"}) if "status" in places else {}
        code = parts.get("code") or places.get("status_code")
        if code is None:
            raise place.error("the status code is missing")
        status = int(code.number(_STATUS, "a status code"))
        message = parts.get("message")
        if message is None or message.is_null:
            return status, phrases.get(status, "").encode()
        return status, message.line_data()

    def _body(self, places: dict[str, _VcrNode], method: str, status: int) -> bytes:
        place = places.get("body") or places.get("content")
        if place is None:
            return b""
        if isinstance(place.node.value, dict) and place.node.tag != _FILE_TAG:
            # aiohttp's cassettes have an empty mapping for a body that was not there.
            held = self._places(place, {"string"})
            if "string" not in held:
                return b""
            place = held["string"]
        body = b"".join(_pieces(place))
        if body and not has_body(method, status):
            self._notes.append(
                f"{place.key}: left out: a {status} that answers {method} has no body"
            )
            return b""
        return body

    def _places(
        self, place: _VcrNode, known: AbstractSet[str], required: AbstractSet[str] = frozenset()
    ) -> dict[str, _VcrNode]:
        """Return the places of a mapping; of a key that says nothing to us a note is made."""
        value = place.node.value
        places = place.mapping(value.keys() if isinstance(value, dict) else known, required)
        for name in [name for name in places if name not in known]:
            self._notes.append(f"{places.pop(name).key}: left out: a cassette has no place for it")
        return places


def _root(text: bytes, path: str) -> _VcrNode:
    """Return the root of a file in YAML or JSON."""
    # JSON is no YAML: there a pair of surrogates, as json.dumps writes it, is no character.
    is_json = text.lstrip()[:1] == b"{"
    node = json_root(text, path, _VcrNode.remedy) if is_json else compose(text, path=path)
    if node is None:
        raise CassetteFormatError("the file is empty", path=path, remedy="Delete it.")
    return _VcrNode(node, path)


def _fields(place: _VcrNode) -> list[Field]:
    """Return header fields, which stand as a list of values, or one value, behind each name."""
    if place.is_null:
        return []
    fields: list[Field] = []
    for name, one in place.fields():
        values = one.sequence() if isinstance(one.node.value, list) else [one]
        fields += [(name, each.line_data()) for each in values]
    return fields


def _pieces(place: _VcrNode) -> list[bytes]:
    """Return a body in the pieces in which the client sent it; most are one."""
    tag = place.node.tag
    if tag == _FILE_TAG:
        state = place.untagged().mapping({"state"}, {"state"})["state"].sequence()
        return [state[0].data()] if state else []
    if tag == _ITERATOR_TAG:
        args = place.untagged().mapping({"args", "state"}, {"args"})["args"].sequence()
        return [piece.data() for piece in args[0].sequence()] if args else []
    if isinstance(place.node.value, list):
        return [piece.data() for piece in place.sequence()]
    return [place.data()]


def _date(response: Response) -> datetime | None:
    value = first_value(response.parsed.fields, b"date")
    try:
        moment = parsedate_to_datetime((value or b"").decode("latin-1"))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None
