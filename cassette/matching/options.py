"""How requests are compared: the options ``match_on`` and ``ignore``, read once."""

from __future__ import annotations

import copy
import inspect
import re
from typing import TYPE_CHECKING, Any, Final

from cassette.errors import CassetteError, OptionError
from cassette.matching.bodies import BodyReader
from cassette.matching.calls import (
    SECRET,
    CallKeys,
    canonical_path,
    canonical_query,
    decode_part,
    split_call,
)
from cassette.matching.variants import choosing, decisive, values_of
from cassette.model import CONNECT
from cassette.redaction import Redactor, has_mask_bytes, without_masks, without_masks_bytes
from cassette.wording import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from cassette.matching.paths import JsonPath
    from cassette.model import Interaction, Message, Request

    CustomMatcher = Callable[[Request, Request], object]
    Matcher = str | CustomMatcher

DEFAULT: Final = ("method", "scheme", "host", "port", "path", "query", "variant", "body")
"""The matchers where nothing else is said."""

CALL_MATCHERS: Final = ("method", "scheme", "host", "port", "path", "query", "uri")
"""Matchers that look at the call line only."""

BODY_MATCHERS: Final = ("body", "raw_body")
"""Matchers that look at the body only."""

REQUEST_MATCHERS: Final = ("headers", "variant", *BODY_MATCHERS)
"""Matchers that look into the request."""

_BOUNDARY: Final = re.compile(r"(?i)boundary=(?:\"[^\"]*\"|[^\s;,\"]*)")

_IGNORE_KINDS: Final = ("header", "query", "form", "json")


class Matching:
    """What two requests must have in common, so that a recording answers.

    Args:
        match_on: Names of matchers, and functions ``(recorded, incoming) -> bool``. A function may
            raise ``AssertionError`` instead of returning False; its message is then shown. None
            counts as True, so that a function may consist of assertions.
        ignore: What does not count: ``header:Date``, ``query:ts``, ``form:nonce``,
            ``json:$.meta.id``.
        redactor: Says which fields are secret; those are compared as equal whatever they hold.

    Raises:
        OptionError: A matcher has a wrong name, or what to ignore cannot be understood.
    """

    def __init__(
        self,
        match_on: Iterable[Matcher] = DEFAULT,
        ignore: Iterable[str] = (),
        redactor: Redactor | None = None,
    ) -> None:
        self.redactor: Final = Redactor() if redactor is None else redactor
        matchers = listed("match_on", match_on, "the matchers")
        self.names: Final = tuple(_matcher_name(m) for m in matchers if not callable(m))
        self.custom: Final = tuple(m for m in matchers if callable(m))
        for matcher in self.custom:
            if inspect.iscoroutinefunction(matcher):
                raise OptionError(
                    f"match_on: {matcher.__qualname__} is a coroutine function\n{_FUNCTION}"
                )
        fields = _ignored_fields(listed("ignore", ignore, "what to ignore"))
        self.ignored_headers: Final = frozenset(name.lower() for name in fields["header"])
        self.keys: Final = CallKeys(self.redactor, frozenset(fields["query"]))
        self.bodies: Final = BodyReader(
            self.redactor,
            frozenset(fields["form"]),
            _json_paths(fields["json"]),
        )
        on_call = [name for name in self.names if name in CALL_MATCHERS]
        self._call_matchers = tuple(on_call)
        self.plain: Final = {*on_call} == {*CALL_MATCHERS} - {"uri"}
        self._request_matchers = tuple(n for n in self.names if n in REQUEST_MATCHERS)
        self.deep: Final = bool(self._request_matchers or self.custom)
        self._bodies_only = "headers" not in self._request_matchers
        self.varied: Final = "variant" in self._request_matchers

    def over(self, redactor: Redactor) -> Matching:
        """Return the same options with another redactor, of the same names but a memory of its own.

        Keys of calls depend on the names alone, so what is known of them is shared.
        """
        other = copy.copy(self)
        vars(other).update(redactor=redactor, bodies=self.bodies.over(redactor))
        return other

    def call_key(self, call: str) -> str:
        """Return what the call line says to the matchers, as a key."""
        if self.plain or call.startswith(CONNECT):
            return self.keys.canonical(call)
        # A line feed stands in no call line, so these keys never meet the canonical lines.
        return "\n" + "\n".join(self.call_value(name, call) for name in self._call_matchers)

    def call_keys(self, calls: Iterable[str]) -> list[str]:
        """Return the key of each call line."""
        return list(map(self.keys.canonical if self.plain else self.call_key, calls))

    def call_value(self, name: str, call: str) -> str:
        """Return what one matcher sees of a call line, as text."""
        parts = split_call(call)
        if name == "path":
            return canonical_path(parts.path)
        if name == "query":
            return canonical_query(self.keys.pairs(parts.query))
        if name == "uri":
            return self.uri(call)
        return str(getattr(parts, name))

    def uri(self, call: str) -> str:
        """Return the URL as sent, without what does not count."""
        parts = split_call(call)
        kept = []
        for pair in parts.query.split("&"):
            name, equals, value = pair.partition("=")
            name = decode_part(name)
            if name in self.keys.ignored:
                continue
            hidden = equals and self.redactor.hides(name, decode_part(value))
            kept.append(f"{name}={SECRET}" if hidden else pair)
        mark = "?" if kept and (parts.query or len(kept) > 1) else ""
        query = "&".join(kept)
        return without_masks(f"{parts.scheme}://{parts.host}:{parts.port}{parts.path}{mark}{query}")

    def request_key(self, request: Request) -> Hashable:
        """Return what a request says to the matchers that look into it, as a key."""
        return tuple([self.request_value(name, request) for name in self._request_matchers])

    def request_value(self, name: str, request: Request) -> Hashable:
        """Return what one matcher sees of a request, as a key."""
        if name == "body":
            return self.bodies.key(request)
        if name == "raw_body":
            return self.raw_body(request)
        if name == "variant":
            names = choosing(request)
            return tuple(self.variant(request, names)) if names else ()
        return tuple(self.header_pairs(request))

    def variant(self, request: Request, names: frozenset[str]) -> list[tuple[str, str]]:
        """Return what a request says in the fields that choose among the answers of a URL."""
        names = frozenset(
            name
            for name in names
            if name not in self.ignored_headers and not self.redactor.is_secret(name)
        )
        return values_of(self.header_pairs(request), names) if names else []

    def answers(self, recorded: Interaction, incoming: Request) -> bool:
        """Return whether a recorded answer, as far as it depends on fields, answers a request."""
        names = decisive(recorded.response)
        return not names or self.variant(recorded.request, names) == self.variant(incoming, names)

    def certainly_match(self, recorded: Interaction, incoming: Request) -> bool:
        """Return whether the bytes of two requests of one call say that they match.

        Equal bytes mean the same, so nothing is read as JSON or a form. False says nothing: other
        bytes may mean the same, and what a function of the user's wants nobody knows.
        """
        if self.custom:
            return False
        request = recorded.request
        # Equal messages first: then nobody has to know where the body of the recorded one begins.
        return request.raw == incoming.raw or (
            self._bodies_only
            and request.same_body(incoming)
            and (not self.varied or self._same_variant(recorded, incoming))
        )

    def _same_variant(self, recorded: Interaction, incoming: Request) -> bool:
        chosen = (self.request_value("variant", one) for one in (recorded.request, incoming))
        return len({*chosen}) == 1 and self.answers(recorded, incoming)

    def begins(self, recorded: Request, incoming: Request) -> bool:
        """Return whether a request that was cut short may have been the beginning of another one.

        What is left of a body has no meaning of its own: its bytes must be those that the other
        body starts with, boundaries and secrets excepted.
        """
        return all(
            self._plain_body(incoming).startswith(self._plain_body(recorded))
            if name in BODY_MATCHERS
            else self.request_value(name, recorded) == self.request_value(name, incoming)
            for name in self._request_matchers
        )

    def _plain_body(self, request: Request) -> bytes:
        from cassette.redaction.multipart import boundary_of  # noqa: PLC0415 - hardly ever needed

        boundary = boundary_of(request.kind.encode("latin-1"))
        body = self.raw_body(request)
        return body.replace(b"--" + boundary, b"--") if boundary else body

    def raw_body(self, request: Request) -> bytes:
        """Return the body's bytes without chunk framing, secrets and masks made equal."""
        body = self.redactor.blanked(request.body, request.kind)
        return without_masks_bytes(body) if has_mask_bytes(body) else body

    def header_pairs(self, message: Message) -> list[tuple[str, str]]:
        """Return the header fields that count: names in lower case, sorted, secrets equal."""
        pairs = []
        for name, value in message.headers.items():
            folded = name.lower()
            if folded in self.ignored_headers:
                continue
            if self.redactor.hides(folded, value) or self.redactor.is_secret(folded):
                value = SECRET  # noqa: PLW2901 - the value as it counts
            else:
                covered = self.redactor.cover(value.encode("latin-1"))
                value = without_masks(covered.decode("latin-1"))  # noqa: PLW2901
                if folded == "content-type":
                    value = _BOUNDARY.sub("boundary=", value)  # noqa: PLW2901
            pairs.append((folded, value))
        return sorted(pairs, key=lambda pair: pair[0])

    def objection(self, matcher: CustomMatcher, recorded: Request, incoming: Request) -> str | None:
        """Ask a function whether two requests match.

        Returns:
            None where they do; else what it said.

        Raises:
            OptionError: It raised anything but an AssertionError. The client, or the code under
                test, may swallow that; this one is told at the end.
        """
        try:
            answer = matcher(recorded, incoming)
        except AssertionError as error:
            return str(error) or "an assertion failed"
        except Exception as error:
            if isinstance(error, CassetteError):
                raise
            name = getattr(matcher, "__qualname__", repr(matcher))
            raise OptionError(
                f"match_on: {name} raised {type(error).__name__}: {error}\n{_FUNCTION}"
            ) from error
        return None if answer or answer is None else f"returned {answer!r}"


_FUNCTION: Final = (
    "A function is called with a recorded and an incoming request, and returns whether they "
    "agree or raises AssertionError with the reason."
)


def listed(option: str, values: Iterable[Any], what: str) -> list[Any]:
    """Return the values of an option that holds several.

    Args:
        option: Its name.
        values: What was given.
        what: What it should be a list of, for the error.

    Raises:
        OptionError: A string was given, or nothing that has members.
    """
    if isinstance(values, str):
        raise OptionError(
            f"{option}: expected a list of {what}, found the string {values!r}\n"
            f"Write {option}=({values!r},) for a single one."
        )
    try:
        return list(values)
    except TypeError:
        raise OptionError(f"{option}: expected a list of {what}, found {values!r}") from None


def _matcher_name(name: object) -> str:
    known = (*CALL_MATCHERS, *REQUEST_MATCHERS)
    if isinstance(name, str) and name in known:
        return name
    raise OptionError(
        f"match_on: there is no matcher {name!r}{suggestion(name, known)}\n"
        f"The matchers are: {', '.join(sorted(known))}; "
        "or give a function (recorded, incoming) -> bool."
    )


def _json_paths(texts: list[str]) -> tuple[JsonPath, ...]:
    if not texts:
        return ()
    from cassette.matching.paths import JsonPath  # noqa: PLC0415 - only who ignores some pays

    return tuple(map(JsonPath.parse, texts))


def _ignored_fields(entries: list[Any]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {kind: [] for kind in _IGNORE_KINDS}
    for entry in entries:
        kind, colon, name = entry.partition(":") if isinstance(entry, str) else ("", "", "")
        if not colon or kind not in fields or not name.strip():
            wrong = kind if colon else entry
            raise OptionError(
                f"ignore: {entry!r} says nothing that can be ignored"
                f"{suggestion(wrong, _IGNORE_KINDS)}\n"
                "Write header:NAME, query:NAME, form:NAME or json:PATH, "
                "such as header:Date or json:$.meta.id"
            )
        fields[kind].append(name.strip())
    return fields
