"""Clients in C and Rust, whose sockets no cassette can take: refused on replay, told of otherwise.

They ask the operating system themselves, so neither a patch of sockets nor an audit event sees
them. What they have is an entry in Python, and there they are met: a function is wrapped, and a
class that nobody can change is replaced by a subclass. Whoever took such a class by its name
before, or has made an object of it, is not seen.
"""

from __future__ import annotations

import functools
import re
import weakref
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from cassette.callers import callers, who
from cassette.errors import UninterceptedClientError
from cassette.model import DEFAULT_PORTS
from cassette.patching.imports import when_imported
from cassette.patching.network.decision import ask
from cassette.patching.undo import UndoLog
from cassette.tapes.in_force import current, is_lifted
from cassette.wording import callers_listed, from_here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from cassette.tapes.in_force import TapeInForce

__tracebackhide__ = True  # pytest then shows the code that tried, and none of ours


class Destination(NamedTuple):
    """Where a call leads; the host is empty, or the port 0, where that is not known."""

    host: str = ""
    port: int = 0


class EntryPoint(NamedTuple):
    """Calls that reach the network.

    Attributes:
        module: Module that has them.
        owner: Class in it, or the start of the names of several; empty for functions of the module.
        names: The methods or functions.
        place: Tells from the arguments where a call leads.
        http: It speaks HTTP, and so should have been recorded; else it is a driver.
    """

    module: str
    owner: str
    names: tuple[str, ...]
    place: Callable[..., Destination]
    http: bool = True

    @property
    def client(self) -> str:
        """What to call the client."""
        return self.module.partition(".")[0]


_urls: Final[weakref.WeakKeyDictionary[Any, str]] = weakref.WeakKeyDictionary()
"""The URLs that handles of libcurl have been given."""

_CURLOPT_URL: Final = 10002
_LIBPQ: Final = re.compile(r"\b(host|hostaddr|port)\s*=\s*'?([^\s']+)")


def _of_url(*args: object, **kwargs: object) -> Destination:
    """The first URL among the arguments."""
    for value in (*args, *kwargs.values()):
        if isinstance(value, str) and "://" in value:
            return _place_of(value)
    return Destination()


def _of_handle(*handles: Any, **_: object) -> Destination:
    """The URL that the last of the arguments, a handle of libcurl, was given."""
    known = (_urls.get(handle) for handle in reversed(handles) if hasattr(handle, "setopt"))
    return _place_of(next((url for url in known if url), ""))


def _of_channel(callable_: Any, *_: object, **__: object) -> Destination:
    target = callable_._channel.target  # noqa: SLF001 - no public name
    target = target() if callable(target) else target  # grpc.aio has the bytes there
    text = target.decode() if isinstance(target, bytes) else target
    return _place_of(f"https://{text.rpartition('/')[2]}")


def _of_dsn(*args: object, **_: object) -> Destination:
    """The server of a connection string of libpq; its default is a socket of this machine."""
    dsn = next((value for value in args if isinstance(value, str)), "")
    if "://" in dsn:
        return _place_of(dsn)
    found = dict(_LIBPQ.findall(dsn))
    host = found.get("hostaddr") or found.get("host", "")
    return Destination(
        "localhost" if host.startswith(("/", "@")) or not host else host, _port(found)
    )


def _port(found: dict[str, str]) -> int:
    given = found.get("port", "")
    return int(given) if given.isascii() and given.isdigit() else 5432


def _place_of(url: str) -> Destination:
    try:
        parts = urlsplit(url if "://" in url or not url else f"http://{url}")
        port = parts.port or {**DEFAULT_PORTS, "postgresql": 5432}.get(parts.scheme, 0)
    except ValueError:
        return Destination()
    return Destination(parts.hostname or "", port)


_METHODS: Final = ("get", "head", "options", "delete", "post", "put", "patch", "request")
_CALLS: Final = ("__call__", "with_call", "future")

ENTRIES: Final = (
    EntryPoint("pycurl", "Curl", ("perform", "perform_rb", "perform_rs"), _of_handle),
    EntryPoint("pycurl", "CurlMulti", ("add_handle",), _of_handle),
    EntryPoint("curl_cffi.curl", "Curl", ("perform",), _of_handle),
    EntryPoint("curl_cffi.aio", "AsyncCurl", ("add_handle",), _of_handle),
    EntryPoint("primp", "", _METHODS, _of_url),
    EntryPoint("primp", "Client", _METHODS, _of_url),
    EntryPoint("primp", "AsyncClient", _METHODS, _of_url),
    EntryPoint("rnet", "", (*_METHODS, "trace", "websocket"), _of_url),
    EntryPoint("rnet", "Client", (*_METHODS, "trace", "websocket"), _of_url),
    EntryPoint("rnet", "BlockingClient", (*_METHODS, "trace", "websocket"), _of_url),
    EntryPoint("rnet.blocking", "BlockingClient", (*_METHODS, "trace", "websocket"), _of_url),
    EntryPoint("grpc._channel", "*MultiCallable", _CALLS, _of_channel),
    EntryPoint("grpc.aio._channel", "*MultiCallable", _CALLS, _of_channel),
    EntryPoint("psycopg.generators", "", ("connect",), _of_dsn, http=False),
    EntryPoint("psycopg2", "", ("_connect",), _of_dsn, http=False),
)


_MODULES: Final = tuple(dict.fromkeys(entry.module for entry in ENTRIES))


class CClientsPatcher:
    """Patches the entries of clients in C and Rust, now or when they are imported."""

    def __init__(self) -> None:
        self._log = UndoLog()

    def apply(self) -> None:
        """Patch."""
        for module in _MODULES:
            when_imported(module, self._patch, self._log)

    def undo(self) -> None:
        """Put everything back."""
        self._log.undo()

    def _patch(self, module: ModuleType) -> None:
        for entry in ENTRIES:
            if entry.module != module.__name__:
                continue
            for owner in _owners(module, entry.owner):
                self._patch_owner(module, owner, entry)

    def _patch_owner(self, module: ModuleType, owner: Any, entry: EntryPoint) -> None:
        there = {name: getattr(owner, name) for name in entry.names if hasattr(owner, name)}
        asking = {name: _asking(entry, call) for name, call in there.items()}
        curl = hasattr(owner, "setopt") and owner.__name__ == "Curl"
        if curl:
            asking["setopt"] = _noting(owner.setopt)
        try:
            self._log.set_all(owner, asking)
        except TypeError:  # a class of C that nobody can change
            self._log.set(module, owner.__name__, type(owner.__name__, (owner,), asking))


def _owners(module: ModuleType, name: str) -> Iterator[Any]:
    """The module itself, a class in it, or all whose names end so."""
    if not name:
        yield module
    elif name.startswith("*"):
        for value in list(vars(module).values()):
            ours = getattr(value, "__module__", "") == module.__name__
            if isinstance(value, type) and ours and value.__name__.endswith(name[1:]):
                yield value
    elif hasattr(module, name):
        yield getattr(module, name)


def _noting(original: Callable[..., Any]) -> Callable[..., Any]:
    """``setopt`` of a handle of libcurl: the URL that it is given is noted."""

    @functools.wraps(original)
    def setopt(handle: Any, option: Any, *value: Any) -> Any:
        if option == _CURLOPT_URL and value:
            url = value[0]
            _urls[handle] = url.decode("latin-1") if isinstance(url, bytes) else str(url)
        return original(handle, option, *value)

    return setopt


def _asking(entry: EntryPoint, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not is_lifted():
            _pass(entry, entry.place(*args, **kwargs))
        return original(*args, **kwargs)

    return call


def _pass(entry: EntryPoint, place: Destination) -> None:
    """Let a call through, noted where a cassette records, or refuse it."""
    host, port = place
    tape = current()
    if entry.http and tape is not None and not (host and tape.allow_hosts.allow(host, port)):
        if tape.policy.play and not tape.policy.record:
            error = _refusal(entry.client, host, tape)
            tape.note_error(error)
            raise error
        name = host or entry.client
        if tape.policy.writes and not tape.bypasses.knows(name):
            tape.bypasses.note(name, _told(entry.client, host, tape))
    if host:
        ask("connection", host, port)


_PROBLEM: Final = "its connections are made outside of Python, where no cassette can take them"
_REMEDY: Final = "Use a client that cassettes replay (such as requests, httpx, aiohttp)"


def _refusal(client: str, host: str, tape: TapeInForce) -> UninterceptedClientError:
    return UninterceptedClientError(
        client, path=tape.path, host=host, problem=_PROBLEM, who=who(callers()), remedy=_REMEDY
    )


def _told(client: str, host: str, tape: TapeInForce) -> str:
    to = f" to {host}" if host else ""
    said = f"{client} went{to} past {from_here(tape.path)}: it is not in the cassette, and a replay"
    remedy = f"{_REMEDY}, or let the host through: allow_hosts=[{host or '*'!r}]."
    return "\n".join([f"{said} will refuse it", *callers_listed(who(callers())), remedy])
