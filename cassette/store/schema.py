"""What a cassette may hold: nodes to interactions, with an error for every deviation.

``schema.json`` says the same for other programs; the tests hold both against each other.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Self

from cassette.errors import CassetteFormatError, CassetteVersionError
from cassette.model import Ended, Failure, Interaction, Request, Response, Standing
from cassette.store.edits import refit, settled
from cassette.store.jsonform import STYLES
from cassette.store.parts import (
    CHANGE_LISTS,
    MESSAGE_KEYS,
    VALUE_KEYS,
    ChunksError,
    MessageError,
    join_message,
)
from cassette.store.scalars import Value, decode_binary
from cassette.store.writer import VERSION

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from cassette.store.document import Node

_TAG: Final = "tag:yaml.org,2002:"
_SECONDS: Final = re.compile(r"\d{1,20}(?:\.\d{0,20})?(?:[eE](?:-\d{1,3}|\+?\d\d?))?", re.ASCII)
_COUNT: Final = re.compile(r"0|[1-9]\d{0,14}", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}", re.ASCII)
_ERRNO: Final = re.compile(r"-?\d{1,9}", re.ASCII)

_HEADER_KEYS: Final = frozenset(("cassette", "recorded", "interactions"))
_REQUIRED_KEYS: Final = frozenset(("call", "request", "response", "at", "took", "ended"))
_MESSAGE_KEYS: Final = frozenset(MESSAGE_KEYS)
_ENDINGS: Final = {ended.value: ended for ended in Ended}
ENTRY_KEYS: Final = _REQUIRED_KEYS | {"failure", *CHANGE_LISTS, "digest"}


@cache
def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the data that ``yaml.safe_load`` gives for a cassette."""
    text = files("cassette.store").joinpath("schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


class LocatedNode:
    """A node and the way to it, so that an error can name both.

    Args:
        node: The node.
        path: The file.
        name: Its key, or its number in a list.
        parent: The place that it is in; None for where the names start.

    Attributes:
        remedy: What to do about an error where nothing better is known.
    """

    __slots__ = ("_name", "_parent", "node", "path")

    remedy = "Repair it by hand (docs/format.md), or record the cassette again."

    def __init__(
        self, node: Node, path: str, name: str | int = "", parent: Self | None = None
    ) -> None:
        self.node = node
        self.path = path
        self._name = name
        self._parent = parent

    @property
    def key(self) -> str:
        """The way to it, such as ``interactions[2].response``."""
        name = f"[{self._name}]" if isinstance(self._name, int) else f".{self._name}"
        return f"{self._parent.key if self._parent else ''}{name}".removeprefix(".")

    def error(self, problem: str, remedy: str = "") -> CassetteFormatError:
        """Return an error about this place."""
        return CassetteFormatError(
            problem,
            path=self.path,
            line=self.node.line,
            key=self.key,
            remedy=remedy or self.remedy,
        )

    def mapping(
        self, keys: AbstractSet[str], required: AbstractSet[str] = frozenset()
    ) -> dict[str, Self]:
        """Return the places of a mapping by key; raise unless it has these keys."""
        value = self.node.value
        if not isinstance(value, dict) or self.node.tag not in (None, _TAG + "map"):
            raise self.error(f"expected a mapping, found {self._found()}")
        path, kind = self.path, type(self)
        places = {key: kind(node, path, key, self) for key, node in value.items()}
        if not value.keys() <= keys:
            unknown = next(key for key in value if key not in keys)
            raise places[unknown].error(f"unknown key; here stand {', '.join(sorted(keys))}")
        if not value.keys() >= required:
            missing = sorted(required - value.keys())
            raise self.error(f"the key {missing[0]!r} is missing")
        return places

    def items(self) -> list[Self]:
        """Return the places of a list."""
        value = self.node.value
        if not isinstance(value, list) or self.node.tag not in (None, _TAG + "seq"):
            raise self.error(f"expected a list, found {self._found()}")
        path, kind = self.path, type(self)
        return [kind(node, path, i, self) for i, node in enumerate(value)]

    def text(self, *tags: str) -> str:
        """Return the text of a scalar that has no tag but ``str`` and these."""
        text, tag = self.node.value, self.node.tag
        if not isinstance(text, str) or (
            tag is not None and tag != "!" and tag.removeprefix(_TAG) not in ("str", *tags)
        ):
            raise self.error(f"expected a text, found {self._found()}")
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                raise self.error("an escape stands for half a character") from None
        return text

    def value(self) -> Value:
        """Return a text or ``!!binary``."""
        if self.node.tag != _TAG + "binary":
            return Value(self.text().encode())
        if not isinstance(self.node.value, str):
            raise self.error(f"expected base64, found {self._found()}")
        try:
            data = "".join(self.node.value.split()).encode()
            return Value(decode_binary(data), binary=True)
        except ValueError as error:
            raise self.error(f"broken base64: {error}") from None

    def number(self, pattern: re.Pattern[str], expected: str, *tags: str) -> str:
        """Return the text of a number that looks like this."""
        text = self.text("int", *tags)
        if not pattern.fullmatch(text):
            raise self.error(f"expected {expected}, found {text[:40]!r}")
        return text

    def count(self) -> int:
        """Return a number of bytes."""
        return int(self.number(_COUNT, "a number of bytes"))

    def seconds(self) -> float:
        """Return a duration in seconds."""
        return float(self.number(_SECONDS, "seconds", "float"))

    def moment(self) -> datetime:
        """Return a moment in UTC."""
        text = self.text("timestamp")
        try:
            moment = datetime.fromisoformat(text)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            found = repr(text[:40])
            raise self.error(
                f"expected a time such as 2026-11-23T01:26:42.103Z, found {found}"
            ) from None

    def _found(self) -> str:
        tag = (self.node.tag or "").removeprefix(_TAG)
        if tag not in ("", "str", "seq", "map", "!"):
            return f"the tag {tag!r}"
        kinds: dict[type, str] = {str: "a text", list: "a list", dict: "a mapping"}
        return kinds[type(self.node.value)]


def read_header(root: LocatedNode) -> tuple[datetime, list[LocatedNode]]:
    """Return when a cassette was recorded and the places of its interactions.

    Raises:
        CassetteVersionError: It was written by a newer version of this package.
        CassetteFormatError: It is no cassette.
    """
    value = root.node.value
    if not isinstance(value, dict) or "cassette" not in value:
        raise root.error(
            "this is no cassette: the key 'cassette' is missing",
            "If VCR.py recorded it: cassette convert --from vcr --overwrite PATH"
            if isinstance(value, dict) and "interactions" in value
            else "A cassette starts with the line: cassette: 1",
        )
    version_place = LocatedNode(value["cassette"], root.path, "cassette")
    version = int(version_place.number(_COUNT, "the version of the format"))
    if version > VERSION:
        raise CassetteVersionError(
            f"format version {version}; this version of the package reads up to {VERSION}",
            path=root.path,
            line=version_place.node.line,
            key="cassette",
            remedy="Please update: python -m pip install --upgrade pytest-cassette",
        )
    if version < 1:
        raise version_place.error(f"there is no format version {version}")
    places = root.mapping(_HEADER_KEYS, _HEADER_KEYS)
    interactions = places["interactions"]
    recorded = places["recorded"].moment()
    if interactions.node.value == "" and interactions.node.plain:
        return recorded, []
    return recorded, interactions.items()


def read_call(entry: LocatedNode) -> str:
    """Return the call of an interaction; raise unless all keys that must be there are."""
    return entry.mapping(ENTRY_KEYS, _REQUIRED_KEYS)["call"].text()


def read_entry(entry: LocatedNode) -> Interaction:
    """Return an interaction.

    Raises:
        CassetteFormatError: Something in it is not as ``docs/format.md`` says.
    """
    places = entry.mapping(ENTRY_KEYS, _REQUIRED_KEYS)
    call = places["call"].text()
    method, _, url = call.partition(" ")
    sent, request_arrived = _read_message(places["request"])
    if request_arrived:
        raise places["request"].error("only a response has 'arrived'")
    received, arrived = _read_message(places["response"])
    ended = places["ended"].text()
    if ended not in _ENDINGS:
        known = ", ".join(_ENDINGS)
        raise places["ended"].error(f"expected one of {known}, found {ended[:40]!r}")
    lists = {
        key: tuple(item.text() for item in places[key].items())
        for key in CHANGE_LISTS
        if key in places
    }
    if "rules" in lists and len(lists["rules"]) != len(lists.get("redacted", ())):
        raise places["rules"].error("expected as many rules as 'redacted' has places")
    found = Interaction(
        call,
        Request(sent.raw, url),
        Response(received.raw, method),
        at=places["at"].moment(),
        took=places["took"].seconds(),
        arrived=arrived,
        ended=_ENDINGS[ended],
        failure=_read_failure(places["failure"]) if "failure" in places else None,
    )
    for key, items in lists.items():
        setattr(found, key, items)
    digest = None
    if "digest" in places:
        digest = places["digest"].number(_DIGEST, "a digest such as 3f2a81bc-09ab44de").encode()
    rechunked = [role for role, one in (("request", sent), ("response", received)) if one.edited]
    return settled(found, digest, rechunked=rechunked)


def _read_message(
    message: LocatedNode,
) -> tuple[Standing, tuple[tuple[float, int], ...]]:
    places = message.mapping(_MESSAGE_KEYS)
    values: dict[str, Value] = {key: places[key].value() for key in VALUE_KEYS if key in places}
    style = places["style"].text() if "style" in places else None
    if style is not None and style not in STYLES:
        raise places["style"].error(f"expected one of {', '.join(STYLES)}, found {style[:40]!r}")
    chunks = [place.count() for place in places["chunks"].items()] if "chunks" in places else None
    arrived = []
    for piece in places["arrived"].items() if "arrived" in places else []:
        pair = piece.items()
        if len(pair) != 2:  # noqa: PLR2004 - a pair
            raise piece.error("expected a pair of seconds and bytes")
        arrived.append((pair[0].seconds(), pair[1].count()))
    try:
        return Standing(join_message(values, style, chunks)), tuple(arrived)
    except ChunksError as error:
        sizes = refit(chunks or [], error.body)
        return Standing(join_message(values, style, sizes), edited=True), tuple(arrived)
    except MessageError as error:
        raise places[error.key].error(error.problem) from None


def _read_failure(place: LocatedNode) -> Failure:
    places = place.mapping({"kind", "errno", "message"}, {"kind", "message"})
    errno = places["errno"].number(_ERRNO, "an error number") if "errno" in places else None
    return Failure(
        places["kind"].text(), None if errno is None else int(errno), places["message"].text()
    )
