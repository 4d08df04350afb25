"""What files that other libraries recorded have in common: how they are read, and kept."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self
from urllib.parse import quote, urlsplit

from cassette.errors import CassetteFormatError, CassetteNotFoundError
from cassette.model import DEFAULT_PORTS, Endpoint
from cassette.store.document import MAX_DEPTH, Node
from cassette.store.files import Journal
from cassette.store.places import Stamp
from cassette.store.schema import LocatedNode
from cassette.system import System

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from os import PathLike

    from cassette.model import Interaction
    from cassette.redaction import Redactor

_TOKEN: Final = re.compile(rb"[!#-'*+\-.0-9A-Z^-z|~]+")
"""RFC 9110, section 5.6.2."""

_FOLD: Final = re.compile(rb"\r?\n[ \t]+")
_URI: Final = re.compile(
    r"(https?)://([!\"$-.0->@-~]+)([/?][^#]*)?(?:#.*)?", re.IGNORECASE | re.DOTALL
)
"""Scheme, authority, path with query. The fragment is never sent (RFC 9112, section 3.2)."""

_VISIBLE: Final = "".join(map(chr, range(0x21, 0x7F)))


class ReadCassette(NamedTuple):
    """What a file that another library recorded holds.

    Attributes:
        interactions: In the order of the file, secrets and all.
        notes: What was left out, since a cassette of ours has no place for it, or is not certain; a
            sentence for each.
    """

    interactions: list[Interaction]
    notes: list[str]


class ForeignNode(LocatedNode):
    """A place in a file that another library has recorded."""

    __slots__ = ()

    def data(self) -> bytes:
        """Return a text in UTF-8, or what stands there in base64."""
        return self.value().data

    def text_data(self) -> bytes:
        """Return a text as it stood on the wire: in ISO-8859-1, as clients decode fields.

        Text beyond that was decoded otherwise, and is UTF-8. RFC 9110, section 5.5.
        """
        data = self.data()
        if self.is_binary:
            return data
        try:
            return data.decode().encode("latin-1")
        except UnicodeEncodeError:
            return data

    @property
    def is_binary(self) -> bool:
        """Bytes stand here, not a text."""
        return self.node.tag == "tag:yaml.org,2002:binary"

    def line_data(self) -> bytes:
        """Return a text that fits into one line of a head."""
        data = _FOLD.sub(b" ", self.text_data()).strip(b" \t")
        if not {*b"\r\n\0"}.isdisjoint(data):
            raise self.error("a line of HTTP holds no line break and no NUL")
        return data

    def method(self) -> str:
        """Return the method of a request."""
        method = self.line_data()
        if not _TOKEN.fullmatch(method):
            raise self.error(f"expected a method, found {method.decode('latin-1')[:40]!r}")
        return method.decode()

    def url(self) -> tuple[Endpoint, bytes]:
        """Return where a URL leads, and the target that a client asks for there."""
        text = self.data().decode()
        found = _URI.fullmatch(text)
        try:
            authority = urlsplit(f"//{found[2]}") if found else None
            host, port = (authority.hostname, authority.port) if authority else (None, None)
        except ValueError:
            host = port = None
        if found is None or not host:
            raise self.error(f"expected an http or https URL, found {text[:80]!r}")
        scheme = found[1].lower()
        target = found[3] or "/"
        # A client asks for "/?page=1" where the URL has no path (RFC 9112, section 3.2.1).
        target = target if target.startswith("/") else "/" + target
        default = DEFAULT_PORTS[scheme]
        endpoint = Endpoint(scheme, host, default if port is None else port)
        return endpoint, quote(target, safe=_VISIBLE).encode()

    def fields(self) -> Iterator[tuple[bytes, Self]]:
        """Yield the name of each header field in a mapping, and the place of its value."""
        value = self.node.value
        for name, place in self.mapping(value.keys() if isinstance(value, dict) else set()).items():
            data = name.encode("utf-8", "replace")
            if not _TOKEN.fullmatch(data):
                raise place.error(f"{name!r} is no name of a header field")
            yield data, place


class JsonNode(ForeignNode):
    """A place in a file in JSON."""

    __slots__ = ()

    def keys(self, required: AbstractSet[str] = frozenset()) -> dict[str, Self]:
        """Return the places of an object that hold something, those of unknown keys included."""
        value = self.node.value
        places = self.mapping(value.keys() if isinstance(value, dict) else required, required)
        return {
            name: place
            for name, place in places.items()
            if not (place.node.plain and place.node.value == "null")
        }

    def moment(self) -> datetime:
        """Return a moment; it is in UTC where no zone is said."""
        text = self.data().decode()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self.error(f"expected a date as ISO 8601 has it, found {text[:40]!r}") from None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def write_cassette(
    path: Path, interactions: Sequence[Interaction], redactor: Redactor
) -> list[str]:
    """Make a cassette of interactions; what stands at the path is replaced.

    Args:
        path: The cassette; its folder is made when needed.
        interactions: At least one, secrets and all.
        redactor: Masks the secrets; it learns those of all interactions first, since one may stand
            unnamed before its name is met.

    Returns:
        The places where secrets were masked, each once.

    Raises:
        CassetteError: The file cannot be written.
    """
    path = Path(System.realpath(path))
    journal = Journal(path, interactions[0].at, before=Stamp.of(path))
    masked: dict[str, None] = {}
    for interaction in interactions:
        redactor.redact(interaction)
    try:
        for interaction in interactions:
            redacted = redactor.redact(interaction)
            masked.update(dict.fromkeys(redacted.redacted))
            journal.append(redacted)
        journal.commit()
    finally:
        journal.abandon()
    return list(masked)


def bytes_of(path: str | PathLike[str], what: str) -> bytes:
    """Return the bytes of a file.

    Args:
        path: The file.
        what: What it should be, such as ``a cassette of Betamax``.

    Raises:
        CassetteNotFoundError: There is no file at the path.
        CassetteFormatError: It cannot be read.
    """
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise CassetteNotFoundError(path, f"Name {what}.") from None
    except OSError as error:
        raise CassetteFormatError(f"it cannot be read: {error.strerror}", path=path) from None


def json_root(text: bytes, path: str, remedy: str) -> Node:
    """Return the root of a file in JSON, whose lines are not known.

    Args:
        text: The file; a mark of the byte order may stand before it.
        path: Names it in errors.
        remedy: What to do about a file that is damaged.

    Raises:
        CassetteFormatError: It is no JSON, or nested too deep.
    """
    try:
        return _node(
            json.loads(
                text.decode("utf-8-sig"), parse_int=str, parse_float=str, parse_constant=str
            ),
            1,
        )
    except json.JSONDecodeError as error:
        problem, line = f"not valid JSON: {error.msg}", error.lineno
    except UnicodeError:
        problem, line = "not valid JSON: it holds what is no character", 0
    except RecursionError:
        problem, line = f"nested deeper than {MAX_DEPTH} levels", 0
    raise CassetteFormatError(problem, path=path, line=line, remedy=remedy)


def _node(value: Any, depth: int) -> Node:  # noqa: ANN401 - JSON is any value
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, dict):
        return Node({_whole(key): _node(item, depth + 1) for key, item in value.items()}, None, 0)
    if isinstance(value, list):
        return Node([_node(item, depth + 1) for item in value], None, 0)
    if isinstance(value, str):
        return Node(_whole(value), None, 0)
    return Node({None: "null", True: "true", False: "false"}[value], None, 0, plain=True)


def _whole(text: str) -> str:
    """Return a text; raise UnicodeError where it holds half a character."""
    text.encode()
    return text
