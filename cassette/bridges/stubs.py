"""Stubs of ``responses`` that answer as an interaction of a cassette does.

Imported only when they are wanted: it needs ``responses``, which need not be installed.
"""

from __future__ import annotations

import re
import ssl
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

import requests
import responses
from urllib3._collections import HTTPHeaderDict
from urllib3.exceptions import InvalidHeader, ProtocolError
from urllib3.response import HTTPResponse

from cassette import client
from cassette.errors import RecordingEndedError
from cassette.matching import Index
from cassette.matching.calls import origin_of
from cassette.model import CONNECT, DEFAULT_PORTS, Ended, Endpoint, Request, url_of
from cassette.transport.failures import rebuild
from cassette.transport.scripted import ScriptedTransport
from cassette.wire.encode import encode_chunks

if TYPE_CHECKING:
    from pathlib import Path

    from cassette.matching import Matching
    from cassette.model import Interaction


_FOLD: Final = re.compile(r"\r?\n[ \t]+")


class Incoming(NamedTuple):
    """A request as a cassette sees it.

    Attributes:
        call: Its call line.
        request: Its bytes.
        keys: What its call line says to the matchers: as sent, and with its secrets masked.
    """

    call: str
    request: Request
    keys: frozenset[str]


class Desk:
    """Takes requests apart for the stubs of one cassette, each request once for all of them.

    Args:
        matching: When a request is a recorded one.
    """

    def __init__(self, matching: Matching) -> None:
        self.matching: Final = matching
        self._latest: tuple[object, Incoming] | None = None

    def look(self, prepared: requests.PreparedRequest) -> Incoming:
        """Return a request as a cassette sees it."""
        latest = self._latest
        # A program may change a request and send it again.
        if latest is None or latest[0] != _state(prepared):
            call, request = _as_sent(prepared)
            matching = self.matching
            matching.redactor.learn(request)
            masked = matching.redactor.mask_call(call)
            keys = frozenset([matching.call_key(call), matching.call_key(masked)])
            latest = self._latest = _state(prepared), Incoming(call, request, keys)
        return latest[1]


def _state(prepared: requests.PreparedRequest) -> object:
    return prepared.method, prepared.url, prepared.body, [*prepared.headers.items()]


class Stub(responses.Response):
    """One interaction as a stub of ``responses``.

    It answers what the interaction would answer in a cassette, and what requests gets is made of
    the recorded bytes in the way in which urllib3 makes it. The interaction of a failure to
    connect answers every request to its origin.

    Args:
        interaction: The interaction.
        desk: Of the cassette.
        path: The cassette, for errors.
    """

    def __init__(self, interaction: Interaction, desk: Desk, path: Path) -> None:
        method, _, url = interaction.call.partition(" ")
        answer = interaction.response
        self._desk = desk
        self._call = interaction.call
        desk.matching.redactor.recall(interaction)
        self._key = desk.matching.call_key(interaction.call)
        self._connected = not interaction.call.startswith(CONNECT)
        # The only interaction of an index of its own: how often a stub answers is for the
        # registry of ``responses`` to say.
        calls = [interaction.call]
        self._index = Index(calls, lambda _: interaction, desk.matching, repeat=True)
        # An empty piece would be the end.
        self._script: list[bytes | BaseException] = [answer.raw] if answer.raw else []
        self._late = requests.ReadTimeout if self._connected else requests.ConnectTimeout
        if interaction.failure is not None:
            self._script.append(rebuild(interaction.failure))
        elif interaction.ended is Ended.ABANDONED:
            received = len(answer.raw)
            self._script.append(RecordingEndedError(self._call, path=path, received=received))
        # What stands in the fields is for people: ``get_response`` goes by the bytes. A list of
        # header fields keeps duplicates, and ``add`` takes one too.
        super().__init__(
            method,
            url,
            body=answer.body,
            status=answer.status,
            headers=answer.headers.items(),  # type: ignore[arg-type]
            content_type=None,
        )

    def matches(self, request: requests.PreparedRequest) -> tuple[bool, str]:
        """Return whether this stub answers a request, and if not, why."""
        call, sent, keys = self._desk.look(request)
        if not self._connected:
            same = origin_of(call) == origin_of(self._call)
            return same, "" if same else "another origin"
        # An index that is asked for every stub would take ten times as long.
        if self._key in keys and self._index.find(call, sent) is not None:
            return True, ""
        if call.partition("?")[0] != self._call.partition("?")[0]:
            return False, "another method or URL"
        # A number and the call stand first, which are known.
        near = self._index.explain(call, sent).nearest[:1]
        told = [line for text in near for line in text.split("\n")[1:]]
        return False, "\n".join(["recorded (-) and sent (+):", *told])

    def get_response(self, request: requests.PreparedRequest) -> HTTPResponse:
        """Return the recorded response.

        Raises:
            requests.RequestException: The recorded program met one.
            RecordingEndedError: The recorded program had read no further.
        """
        try:
            return self._answer(request.method)
        except TimeoutError as error:
            raise self._late(error, request=request) from None
        except ssl.SSLError as error:
            raise requests.exceptions.SSLError(error, request=request) from None
        except InvalidHeader as error:
            raise requests.exceptions.InvalidHeader(error, request=request) from None
        except (HTTPException, OSError) as error:
            broken = ProtocolError("Connection aborted.", error) if self._connected else error
            raise requests.ConnectionError(broken, request=request) from None

    def _answer(self, method: str | None) -> HTTPResponse:
        transport: Any = ScriptedTransport(self._script)  # all of a socket that a response needs
        answer = client.HTTPResponse(transport, method=method)
        answer.begin()
        # A folded line means a blank (RFC 9112, section 5.2); urllib3 says so too from 2.8 on.
        fields = [(name, _FOLD.sub(" ", value)) for name, value in answer.getheaders()]
        return HTTPResponse(
            body=answer,
            headers=HTTPHeaderDict(fields),
            status=answer.status,
            reason=answer.reason,
            version=answer.version,
            preload_content=False,
            original_response=answer,
            request_method=method,
        )


def _as_sent(request: requests.PreparedRequest) -> tuple[str, Request]:
    """Return a request as it would stand in a cassette: its call line and its bytes."""
    parts = urlsplit(request.url or "")
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    target = request.path_url.encode("latin-1", "replace")
    url = url_of(Endpoint(parts.scheme, host, port), target)
    fields = [f"{_text(name)}: {_text(value)}\r\n" for name, value in request.headers.items()]
    if "Host" not in request.headers:
        fields.insert(0, f"Host: {parts.netloc.rpartition('@')[2]}\r\n")
    head = b"%b %b HTTP/1.1\r\n" % ((request.method or "").encode(), target)
    raw = head + "".join(fields).encode("latin-1", "replace") + b"\r\n" + _framed_body(request)
    return f"{request.method} {url}", Request(raw, url)


def _framed_body(request: requests.PreparedRequest) -> bytes:
    body: Any = request.body
    if body is None:
        return b""
    if not isinstance(body, str | bytes):
        # A generator can be read once; the next stub wants it too.
        body = request.body = b"".join(map(_bytes, body))
    content = _bytes(body)
    if "Transfer-Encoding" in request.headers:
        return encode_chunks(content, [len(content)] if content else [])
    return content


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value
