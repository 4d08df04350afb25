"""What VCR.py lets a user change, or leave out, before anything is recorded or matched."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from cassette.vcr.request import Request, encoded_response, response_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cassette.model import Interaction
    from cassette.model import Request as OwnRequest

    RequestFunction = Callable[[Request], Request | None]
    ResponseFunction = Callable[[dict[str, Any]], dict[str, Any] | None]
    Rule = str | tuple[str, Any]
    Replacement = Callable[[str, str, Request], str | None]


@dataclass(frozen=True, slots=True)
class Filters:
    """Functions of requests, and functions of responses, in the order in which they are applied.

    Attributes:
        requests: Each returns a request, or None for one that the cassette has nothing to do with.
        responses: Each returns a response, or None for one that is not kept.
    """

    requests: tuple[RequestFunction, ...] = ()
    responses: tuple[ResponseFunction, ...] = ()

    def request(self, request: Request) -> Request | None:
        """Return a request as it is kept and matched; the one that is given stays as it is."""
        filtered: Request | None = request.copy()
        for function in self.requests:
            if filtered is None:
                return None
            filtered = function(filtered)
        return filtered

    def incoming(self, request: OwnRequest) -> OwnRequest | None:
        """Return a request of ours as it is matched; None where it is to be left alone."""
        if not self.requests:
            return request
        given = Request.of(request)
        filtered = self.request(given)
        if filtered is None:
            return None
        return request if filtered.same(given) else filtered.encoded()

    def interaction(self, interaction: Interaction) -> Interaction | None:
        """Return an interaction as it is kept; None where it is not."""
        if not interaction.request.raw:  # no connection came about
            return interaction
        request = self.incoming(interaction.request)
        if request is None:
            return None
        if request is not interaction.request:
            call = f"{request.method} {request.url}"
            interaction = replace(interaction, call=call, request=request)
        if not self.responses or not interaction.response.raw:
            return interaction
        given = response_of(interaction.response)
        filtered: dict[str, Any] | None = response_of(interaction.response)
        for function in self.responses:
            if filtered is None:
                return None
            filtered = function(filtered)
        if filtered is None or filtered == given:
            return interaction if filtered is not None else None
        return replace(interaction, response=encoded_response(filtered, request.method), arrived=())


def replace_headers(rules: Iterable[Rule]) -> RequestFunction:
    """Return a function that takes out, or replaces, header fields.

    Args:
        rules: A name alone takes the field out. With a text behind it, it gets that value; with a
            function, the one that this returns for ``key``, ``value`` and ``request``.
    """
    pairs = _pairs(rules)

    def function(request: Request) -> Request:
        for name, rule in pairs:
            if name in request.headers:
                value = request.headers.pop(name)
                kept = _applied(rule, name, value, request)
                if kept is not None:
                    request.headers[name] = kept
        return request

    return function


def replace_query_parameters(rules: Iterable[Rule]) -> RequestFunction:
    """Return a function that takes out, or replaces, parameters; rules as for header fields."""
    pairs = dict(_pairs(rules))

    def function(request: Request) -> Request:
        # VCR.py sorts the query of every URL where it has such a rule, and so do its recordings.
        query = urlencode(_kept(request.query, pairs, request))
        request.uri = urlunsplit(urlsplit(request.uri)._replace(query=query))
        return request

    return function


def replace_post_data_parameters(rules: Iterable[Rule]) -> RequestFunction:
    """Return a function that does the same to forms, and to objects in JSON, that are posted."""
    pairs = dict(_pairs(rules))

    def function(request: Request) -> Request:
        if request.method != "POST" or not request.body:
            return request
        if "json" in str(request.headers.get("Content-Type", "")):
            try:
                data = json.loads(request.body)
            except ValueError:
                return request
            if isinstance(data, dict) and not pairs.keys().isdisjoint(data):
                request.body = json.dumps(dict(_kept([*data.items()], pairs, request)))
            return request
        given = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        if not pairs.keys().isdisjoint(name for name, _ in given):
            request.body = urlencode(_kept(given, pairs, request))
        return request

    return function


_GONE: Final = None


def _kept(
    given: Sequence[tuple[str, Any]], pairs: dict[str, Any], request: Request
) -> list[tuple[str, Any]]:
    kept = []
    for name, value in given:
        new = _applied(pairs[name], name, value, request) if name in pairs else value
        if name not in pairs or new is not _GONE:
            kept.append((name, new))
    return kept


def _pairs(rules: Iterable[Rule]) -> list[tuple[str, Any]]:
    return [(rule, _GONE) if isinstance(rule, str) else (rule[0], rule[1]) for rule in rules]


def _applied(rule: Any, name: str, value: Any, request: Request) -> Any:
    return rule(key=name, value=value, request=request) if callable(rule) else rule
