"""The messages of an interaction: the bytes of the wire, with views on them."""

from __future__ import annotations

import codecs
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from cassette.errors import OptionError
from cassette.wire.codings import codings_of, unpack
from cassette.wire.headers import Headers
from cassette.wire.parser import MessageParser, RequestParser, ResponseParser
from cassette.wire.rewrite import parts_of, with_content, with_fields, with_first_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cassette.wire.rewrite import Parts

_SLICE = 1 << 20
_LARGEST = 256 << 20
"""Bytes up to which a body is decompressed: a few kilobytes may hold gigabytes."""


class Standing(NamedTuple):
    """A message as it stands in a file.

    Attributes:
        raw: Its bytes, to be played as they are.
        edited: A hand has changed them since they were recorded, as far as that can be told.
    """

    raw: bytes
    edited: bool = False


class Message:
    """The bytes of one message, with views on them that are made when asked for.

    It is never changed; ``Interaction`` has methods that give another one.

    Args:
        raw: The bytes exactly as on the wire, or a function that gives them, alone or as a
            standing message: a cassette decodes a large one only when somebody looks at it.
    """

    _source: Callable[[], bytes | Standing]
    _edited = False

    def __init__(self, raw: bytes | Callable[[], bytes | Standing]) -> None:
        # Past ``__setattr__``.
        self.__dict__["raw" if isinstance(raw, bytes) else "_source"] = raw

    def __setattr__(self, name: str, value: object) -> None:
        """Keep what is known of the message; refuse to change it.

        Raises:
            AttributeError: The name is none of these.
        """
        if name not in ("parsed", "_edited"):
            raise AttributeError(
                f"a message is never changed, its {name!r} neither: make another interaction "
                "with interaction.with_request(...) or interaction.with_response(...)"
            )
        super().__setattr__(name, value)

    @cached_property
    def raw(self) -> bytes:
        """The bytes exactly as on the wire."""
        found = self._source()
        if isinstance(found, bytes):
            return found
        self._edited = found.edited
        return found.raw

    @property
    def edited(self) -> bool:
        """Whether a hand has changed it in the file, as far as that can be told."""
        _ = self.raw  # a large message is decoded only now, and tells
        return self._edited

    @cached_property
    def parsed(self) -> MessageParser:
        """Where the parts of the message are."""
        parser = self._new_parser()
        raw = self.raw
        # In slices, because the parser copies what it is fed while it looks for the head.
        for start in range(0, len(raw), _SLICE):
            parser.feed(raw[start : start + _SLICE])
        parser.close()
        return parser

    def _new_parser(self) -> MessageParser:
        raise NotImplementedError

    @cached_property
    def headers(self) -> Headers:
        """The header fields; empty where the bytes are no HTTP."""
        return Headers(self.parsed.fields)

    @cached_property
    def body(self) -> bytes:
        """The body without its chunk framing, still compressed if it was sent so."""
        raw, spans = self.raw, self.parsed.payload
        if len(spans) == 1:
            return raw[slice(*spans[0])]
        return b"".join([raw[start:stop] for start, stop in spans])

    @cached_property
    def content(self) -> bytes:
        """The body with its codings undone; as it is where that fails, or is too large."""
        codings = codings_of(self.parsed.fields.every(b"content-encoding"))
        content = unpack(self.body, codings, _LARGEST).content if codings else self.body
        return self.body if content is None else content

    @property
    def kind(self) -> str:
        """The media type with its parameters, as Content-Type has it; empty without one."""
        return b", ".join(self.parsed.fields.every(b"content-type")).decode("latin-1")

    def check_changeable(self) -> None:
        """See to it that there is something that can be changed.

        Raises:
            OptionError: The message is no HTTP, or has no whole head.
        """
        if not self.parsed.head_size:
            raise OptionError("what is no HTTP, or has no whole head, cannot be changed")

    def content_of(self, content: bytes | None, text: str | None, value: object) -> bytes | None:
        """Return what stands for a new body, whichever way it was given; None where it was not.

        Args:
            content: The bytes.
            text: A text, for the charset that ``text`` is read in.
            value: What JSON shall say, in the style that the body has; ``...`` for none.

        Raises:
            OptionError: It was given in several ways, or cannot be written so.
        """
        given = [content is not None, text is not None, value is not ...]
        if sum(given) > 1:
            raise OptionError("a body is one of content, text and json")
        try:
            if value is not ...:
                return self._dumped(value)
            return content if text is None else text.encode(self._charset)
        except (TypeError, ValueError) as error:
            raise OptionError(f"this cannot be the body: {error}") from None

    def _dumped(self, value: object) -> bytes:
        old = self.content
        spaced = b'": ' in old or b'":' not in old
        ascii_only = old.isascii()
        text = json.dumps(
            value,
            ensure_ascii=ascii_only,
            allow_nan=False,
            separators=(", ", ": ") if spaced else (",", ":"),
        )
        return text.encode() + (b"\n" if old.endswith(b"\n") else b"")

    def changed(
        self, first_line: str | None, headers: Mapping[str, str | None], content: bytes | None
    ) -> Parts:
        """Return the parts of the same message with others.

        Args:
            first_line: Its first line; None for the one that it has.
            headers: Header fields, as ``wire.rewrite.with_fields`` takes them.
            content: Its body, not compressed; None for the one that it has.

        Raises:
            OptionError: The message is no HTTP, or would be none.
        """
        raw, parser = self.raw, self.parsed
        try:
            parts = parts_of(raw, parser)
            if content is not None:
                parts = with_content(raw, parser, content)
            head = parts.head if first_line is None else with_first_line(parts.head, first_line)
            return parts._replace(head=with_fields(head, headers))
        except ValueError as error:
            raise OptionError(str(error)) from None

    def same_body(self, other: Message) -> bool:
        """Return whether another message has a body of the same bytes, coding and media type."""
        if self.body != other.body:
            return False
        if not self.body:
            return True
        fields, others = self.parsed.fields, other.parsed.fields
        return all(
            fields.every(name) == others.every(name)
            for name in (b"content-type", b"content-encoding")
        )

    @property
    def text(self) -> str:
        """The content as text, in the charset of Content-Type, else UTF-8; errors replaced."""
        return self.content.decode(self._charset, "replace")

    @property
    def _charset(self) -> str:
        charset = self.kind.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
        try:
            return codecs.lookup(charset or "utf-8").name
        except LookupError:
            return "utf-8"

    def json(self) -> Any:  # noqa: ANN401 - JSON is any value
        """Return the content read as JSON.

        Raises:
            ValueError: It is no JSON.
        """
        return json.loads(self.content)


class Request(Message):
    """What the client sent.

    Args:
        raw: As for every message.
        url: The URL that it asks for.
    """

    url: str

    def __init__(self, raw: bytes | Callable[[], bytes | Standing], url: str = "") -> None:
        super().__init__(raw)
        self.__dict__["url"] = url

    def _new_parser(self) -> RequestParser:
        return RequestParser()

    @property
    def parsed_request(self) -> RequestParser:
        """The parts of the request."""
        parser = self.parsed
        assert isinstance(parser, RequestParser)  # noqa: S101 - narrows what _new_parser made
        return parser

    @property
    def method(self) -> str:
        """The method; empty where the bytes are no HTTP."""
        return self.parsed_request.method.decode("latin-1")

    @property
    def host(self) -> str:
        """The host that is asked, in lower case and without brackets; never a proxy in between."""
        return urlsplit(self.url).hostname or ""

    @property
    def path(self) -> str:
        """The path of the URL, escapes and all; ``/`` where it is empty."""
        return urlsplit(self.url).path or "/"

    @property
    def query(self) -> list[tuple[str, str]]:
        """The parameters of the URL in their order, escapes undone."""
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=True)

    @property
    def target(self) -> bytes:
        """The request target as sent (RFC 9112, section 3.2)."""
        return self.parsed_request.target


class Response(Message):
    """What came back, interim responses included.

    Args:
        raw: As for every message.
        method: Method of the request, which decides whether there is a body.
    """

    _method: str

    def __init__(self, raw: bytes | Callable[[], bytes | Standing], method: str = "") -> None:
        super().__init__(raw)
        self.__dict__["_method"] = method

    def _new_parser(self) -> ResponseParser:
        return ResponseParser(self._method.encode("latin-1", "replace"))

    @property
    def parsed_response(self) -> ResponseParser:
        """The parts of the response."""
        parser = self.parsed
        assert isinstance(parser, ResponseParser)  # noqa: S101 - narrows what _new_parser made
        return parser

    @property
    def status(self) -> int:
        """Status code of the final response; 0 where there is none."""
        return self.parsed_response.status

    @property
    def reason(self) -> str:
        """Reason phrase of the final response; may be empty."""
        return self.parsed_response.reason.decode("latin-1")

    @property
    def version(self) -> str:
        """Protocol version, such as ``HTTP/1.1``."""
        return self.parsed_response.version.decode("latin-1")
