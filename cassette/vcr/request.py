"""Requests and responses in the shape that functions written for VCR.py take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

from cassette.bridges.synthesis import encode_request, encode_response
from cassette.errors import CassetteError
from cassette.model import DEFAULT_PORTS, Endpoint, Response, url_of
from cassette.model import Request as OwnRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cassette.wire.headers import Field


class HeadersDict(dict[str, Any]):
    """Header fields by name; the case of a name does not matter, and is kept."""

    def __init__(self, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        for name, value in dict(fields or {}).items():
            self[name] = value

    def _own(self, name: object) -> Any:
        folded = str(name).lower()
        return next((own for own in self if own.lower() == folded), name)

    def __setitem__(self, name: str, value: object) -> None:
        super().__setitem__(self._own(name), value)

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(self._own(name))

    def __delitem__(self, name: str) -> None:
        super().__delitem__(self._own(name))

    def __contains__(self, name: object) -> bool:
        return super().__contains__(self._own(name))

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value, or the default."""
        return super().get(self._own(name), default)

    def pop(self, name: str, *default: Any) -> Any:
        """Take a field out, and return its value."""
        return super().pop(self._own(name), *default)


class Request:
    """A request, as VCR.py has it.

    Attributes:
        method: Its method.
        uri: The URL that it asks for.
        body: Its body without chunk framing; None for none.

    Args:
        method: As above, and so are the others.
        uri: As above.
        body: Bytes or text.
        headers: Values by name; a value may be a list of them.
    """

    def __init__(
        self, method: str, uri: str, body: bytes | str | None, headers: Mapping[str, Any]
    ) -> None:
        self.method = method
        self.uri = uri
        self.body = body
        self.headers = headers

    @classmethod
    def of(cls, request: OwnRequest) -> Self:
        """Return a request of ours."""
        fields: dict[str, str] = {}
        for name, value in request.headers.items():
            known = next((own for own in fields if own.lower() == name.lower()), name)
            fields[known] = f"{fields[known]}, {value}" if known in fields else value
        return cls(request.method, request.url, request.body or None, fields)

    @property
    def body(self) -> Any:
        """The body in bytes."""
        return self._body

    @body.setter
    def body(self, value: Any) -> None:
        self._body = value.encode() if isinstance(value, str) else value

    @property
    def headers(self) -> HeadersDict:
        """The header fields."""
        return self._headers

    @headers.setter
    def headers(self, value: Mapping[str, Any]) -> None:
        self._headers = HeadersDict(value)

    def add_header(self, name: str, value: str) -> None:
        """Set a header field."""
        self._headers[name] = value

    @property
    def scheme(self) -> str:
        """The scheme of the URL."""
        return urlsplit(self.uri).scheme

    protocol = scheme

    @property
    def host(self) -> str | None:
        """The host of the URL."""
        return urlsplit(self.uri).hostname

    @property
    def port(self) -> int | None:
        """The port of the URL, that of the scheme where it has none."""
        return urlsplit(self.uri).port or DEFAULT_PORTS.get(self.scheme)

    @property
    def path(self) -> str:
        """The path of the URL."""
        return urlsplit(self.uri).path

    @property
    def query(self) -> list[tuple[str, str]]:
        """The pairs of the query, sorted."""
        return sorted(parse_qsl(urlsplit(self.uri).query))

    @property
    def url(self) -> str:
        """The URL by its other name."""
        return self.uri

    def __repr__(self) -> str:
        return f"<Request ({self.method}) {self.uri}>"

    def copy(self) -> Self:
        """Return a request that may be changed while this one stays."""
        return type(self)(self.method, self.uri, self.body, self.headers)

    def same(self, other: Request) -> bool:
        """Return whether another request says the same."""
        return vars(self) == vars(other)

    def encoded(self) -> OwnRequest:
        """Return it as a request of ours.

        Raises:
            CassetteError: It cannot be said in HTTP.
        """
        parts = urlsplit(self.uri)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise CassetteError(
                f"{self.uri!r} is no http or https URL\n"
                "What before_record_request returns is to have one, or to be None."
            )
        endpoint = Endpoint(parts.scheme, parts.hostname, self.port or 0)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        data = target.encode("utf-8")
        message = encode_request(
            self.method, endpoint, data, [*_fields(self.headers)], [self.body or b""]
        )
        return OwnRequest(message.raw, url_of(endpoint, data))


def response_of(response: Response) -> dict[str, Any]:
    """Return a response in the shape of VCR.py."""
    headers = HeadersDict()
    for name, value in response.headers.items():
        headers.setdefault(headers._own(name), []).append(value)  # noqa: SLF001 - its own module
    return {
        "status": {"code": response.status, "message": response.reason},
        "headers": dict(headers),
        "body": {"string": response.body},
    }


def encoded_response(response: Mapping[str, Any], method: str) -> Response:
    """Return a response in the shape of VCR.py as one of ours.

    Args:
        response: Status, header fields and body.
        method: Method of the request.
    """
    body = response.get("body", {}).get("string", b"") or b""
    body = body.encode() if isinstance(body, str) else body
    status = response["status"]
    line = (b"HTTP/1.1", int(status["code"]), (status.get("message") or "").encode("latin-1"))
    fields = [*_fields(response.get("headers") or {})]
    return Response(encode_response(method, line, fields, body).raw, method)


def _fields(headers: Mapping[str, Any]) -> Iterator[Field]:
    for name, value in headers.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            data = one if isinstance(one, bytes) else str(one).encode("utf-8")
            yield name.encode("latin-1"), data
