"""One small program for each client library: make these calls that way, tell what you got.

Every program keeps its connections for as long as its library would, closes them at the end, and
goes on with the next call after a failure, as a robust program does.
"""
# ruff: noqa: PLC0415 - a library that is missing stops its own driver only

import asyncio
import contextlib
import functools
import gc
import http.client
import ssl
import urllib.error
import urllib.request
import warnings
import xmlrpc.client
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from clients.outcome import Answer, Failure, Outcome, fields
from servers.address import Address
from servers.calls import Call

from cassette import CassetteError

Ask = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Way:
    """How to get to a server.

    Attributes:
        origin: Scheme, host and port of the server, without a slash at the end.
        trust: Certificate to trust (PEM); None trusts what the system trusts.
        proxy: Forward proxy to go through.
        tunnel: Whether an ``http`` origin is reached by CONNECT too, where the client can.
        timeout: Seconds that a client waits for bytes.
    """

    origin: str
    trust: Path | None = None
    proxy: Address | None = None
    tunnel: bool = False
    timeout: float = 10.0

    @property
    def address(self) -> Address:
        """Where the origin listens."""
        parts = urlsplit(self.origin)
        return Address(f"{parts.hostname}", parts.port or (443 if self.secure else 80))

    @property
    def secure(self) -> bool:
        """Whether the server speaks TLS."""
        return self.origin.startswith("https:")

    @property
    def tunnelled(self) -> bool:
        """Whether the way leads through a CONNECT tunnel."""
        return self.proxy is not None and (self.secure or self.tunnel)

    @property
    def forwarded(self) -> bool:
        """Whether a proxy reads the requests, which are in absolute form then."""
        return self.proxy is not None and not self.tunnelled

    @property
    def proxy_url(self) -> str | None:
        """The proxy as most clients want to be told it."""
        return f"http://{self.proxy.host}:{self.proxy.port}" if self.proxy else None

    def context(self) -> ssl.SSLContext | None:
        """Return a TLS context that trusts what is to be trusted, if TLS is spoken at all."""
        return _context(self.trust) if self.secure else None


@functools.cache
def _context(trust: Path | None) -> ssl.SSLContext:
    # Loading the certificates of the system takes 10 ms each time.
    return ssl.create_default_context(cafile=trust)


@dataclass(frozen=True, slots=True)
class Driver:
    """A client library, ready to be driven.

    Attributes:
        name: Name of the library.
        open: Opens a session that makes one call at a time.
        needs: Modules that must be installed for it.
    """

    name: str
    open: Callable[[Way], AbstractContextManager[Ask]]
    needs: tuple[str, ...] = ()

    def run(self, way: Way, calls: Sequence[Call]) -> list[Outcome]:
        """Make the calls one after the other and return what each of them gave."""
        # tinyproxy closes after each answer and does not say so beforehand. Whether a client that
        # kept the connection notices in time is chance; with a session for each call it is not.
        sessions = [[call] for call in calls] if way.forwarded else [calls]
        outcomes: list[Outcome] = []
        for session in sessions:
            with self.open(way) as ask:
                for call in session:
                    try:
                        outcomes.append(ask(call))
                    except CassetteError:
                        raise  # no outcome that a server could bring about
                    except Exception as error:  # noqa: BLE001 - whatever it is, it is the outcome
                        outcomes.append(Failure.of(error))
        return outcomes


@contextlib.contextmanager
def open_http_client(way: Way) -> Iterator[Ask]:
    first = way.proxy or way.address
    # Looked up here: what stands there while a cassette is in use is the point.
    if way.secure:
        connection = http.client.HTTPSConnection(*first, timeout=way.timeout, context=way.context())
    else:
        connection = http.client.HTTPConnection(*first, timeout=way.timeout)
    if way.tunnelled:
        connection.set_tunnel(*way.address)
    prefix = way.origin if way.forwarded else ""

    def ask(call: Call) -> Answer:
        try:
            connection.request(call.method, prefix + call.path, call.body, dict(call.headers))
            with connection.getresponse() as response:
                body = response.read()
                headers = fields(response.getheaders())
                return Answer(response.status, response.reason, headers, body)
        except BaseException:
            connection.close()  # or the connection would refuse the next call
            raise

    with contextlib.closing(connection):
        yield ask


@contextlib.contextmanager
def open_urllib_request(way: Way) -> Iterator[Ask]:
    proxies = {"http": way.proxy_url, "https": way.proxy_url} if way.proxy else {}
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies),
        # Without one it makes a context of its own, even where no TLS is spoken.
        urllib.request.HTTPSHandler(context=_context(way.trust)),
    )

    def ask(call: Call) -> Answer:
        request = urllib.request.Request(
            way.origin + call.path, call.body, dict(call.headers), method=call.method
        )
        try:
            response = opener.open(request, timeout=way.timeout)
        except urllib.error.HTTPError as answer:
            response = answer
        with response:
            body = response.read()
            return Answer(response.status, response.reason, fields(response.headers.items()), body)

    yield ask
    opener.close()


@contextlib.contextmanager
def open_xmlrpc(way: Way) -> Iterator[Ask]:
    proxy: xmlrpc.client.ServerProxy | None = None
    context = way.context()

    def ask(call: Call) -> Answer:
        nonlocal proxy
        if proxy is None:
            transport = _timed_transport(way, context)
            proxy = xmlrpc.client.ServerProxy(way.origin + call.path, transport)
        total = proxy.add(2, 3)
        return Answer(200, "", (), f"{total!r}".encode())

    yield ask
    if proxy is not None:
        proxy("close")()


def _timed_transport(way: Way, context: ssl.SSLContext | None) -> xmlrpc.client.Transport:
    """Return a transport that has a timeout: the library itself offers none."""
    base = xmlrpc.client.SafeTransport if way.secure else xmlrpc.client.Transport

    class Timed(base):  # type: ignore[misc, valid-type]
        def make_connection(self, host: Any) -> http.client.HTTPConnection:
            connection = super().make_connection(host)
            connection.timeout = way.timeout
            return connection

    return Timed(context=context) if way.secure else Timed()


@contextlib.contextmanager
def open_urllib3(way: Way) -> Iterator[Ask]:
    import urllib3

    trust = {"ca_certs": f"{way.trust}"} if way.trust else {}
    # It tries again three times unless told otherwise; once shows as much in less time.
    retries = urllib3.Retry(1)
    options: dict[str, Any] = {"timeout": way.timeout, "maxsize": 1, "retries": retries, **trust}
    manager = (
        urllib3.ProxyManager(way.proxy_url, use_forwarding_for_https=False, **options)
        if way.proxy
        else urllib3.PoolManager(**options)
    )

    def ask(call: Call) -> Answer:
        response = manager.request(
            call.method, way.origin + call.path, body=call.body, headers=dict(call.headers)
        )
        headers = fields(response.headers.items())
        return Answer(response.status, response.reason or "", headers, response.data)

    yield ask
    _close_pools(manager)


def _close_pools(manager: Any) -> None:
    """Close every connection now: clearing a manager leaves that to the garbage collector."""
    for key in manager.pools.keys():  # noqa: SIM118 - it cannot be iterated otherwise
        manager.pools[key].close()
    manager.clear()


@contextlib.contextmanager
def open_requests(way: Way) -> Iterator[Ask]:
    import requests

    with requests.Session() as session:
        session.trust_env = False
        session.verify = f"{way.trust}" if way.trust else True
        if way.proxy_url:
            session.proxies = {"http": way.proxy_url, "https": way.proxy_url}

        def ask(call: Call) -> Answer:
            response = session.request(
                call.method,
                way.origin + call.path,
                data=call.body,
                headers=dict(call.headers),
                timeout=way.timeout,
            )
            headers = fields(response.raw.headers.items())
            return Answer(response.status_code, response.reason or "", headers, response.content)

        yield ask
        for adapter in session.adapters.values():
            for manager in (adapter.poolmanager, *adapter.proxy_manager.values()):
                _close_pools(manager)


@contextlib.contextmanager
def open_httplib2(way: Way) -> Iterator[Ask]:
    import httplib2

    proxy = None
    if way.proxy:
        import socks  # PySocks, without which it goes through no proxy

        # Always a tunnel: the kind that sends absolute-form requests left with the bundled socks.
        proxy = httplib2.ProxyInfo(socks.HTTP, *way.proxy)
    client = httplib2.Http(
        timeout=way.timeout, proxy_info=proxy, ca_certs=f"{way.trust}" if way.trust else None
    )

    def ask(call: Call) -> Answer:
        response, body = client.request(
            way.origin + call.path, call.method, call.body, dict(call.headers)
        )
        return Answer(response.status, response.reason, fields(response.items()), body)

    yield ask
    client.close()


@contextlib.contextmanager
def open_httpx(way: Way) -> Iterator[Ask]:
    import httpx

    with httpx.Client(
        verify=way.context() or False,
        proxy=way.proxy_url,
        timeout=way.timeout,
        follow_redirects=True,
        trust_env=False,
    ) as client:

        def ask(call: Call) -> Answer:
            response = client.request(
                call.method, way.origin + call.path, content=call.body, headers=dict(call.headers)
            )
            headers = fields(response.headers.raw)
            return Answer(response.status_code, response.reason_phrase, headers, response.content)

        yield ask


@contextlib.contextmanager
def open_httpx_async(way: Way) -> Iterator[Ask]:
    import httpx

    async def ask(call: Call) -> Answer:
        response = await client.request(
            call.method, way.origin + call.path, content=call.body, headers=dict(call.headers)
        )
        headers = fields(response.headers.raw)
        return Answer(response.status_code, response.reason_phrase, headers, response.content)

    client = httpx.AsyncClient(
        verify=way.context() or False,
        proxy=way.proxy_url,
        timeout=way.timeout,
        follow_redirects=True,
        trust_env=False,
    )
    with asyncio.Runner() as runner:
        yield lambda call: runner.run(ask(call))
        runner.run(client.aclose())


@contextlib.contextmanager
def open_aiohttp(way: Way) -> Iterator[Ask]:
    import aiohttp

    async def start() -> aiohttp.ClientSession:
        # A session belongs to a loop that runs.
        patience = {"total": None, "sock_connect": way.timeout, "sock_read": way.timeout}
        return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(**patience))

    async def ask(call: Call) -> Answer:
        asked = session.request(
            call.method,
            way.origin + call.path,
            data=call.body,
            headers=dict(call.headers),
            proxy=way.proxy_url,
            ssl=way.context() or True,
        )
        async with asked as response:
            body = await response.read()
            return Answer(
                response.status, response.reason or "", fields(response.raw_headers), body
            )

    with _collected(), asyncio.Runner() as runner:
        session = runner.run(start())
        yield lambda call: runner.run(ask(call))
        runner.run(session.close())


@contextlib.contextmanager
def _collected() -> Iterator[None]:
    """Collect at the end what came up within.

    Where a server closes in TLS, aiohttp may leave the transport to the garbage collector.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.freeze()  # a collection of all that pytest holds would take 0.1 s
        try:
            yield
            gc.collect()
        finally:
            gc.unfreeze()


@contextlib.contextmanager
def open_boto3(way: Way) -> Iterator[Ask]:
    from botocore.config import Config
    from botocore.exceptions import ClientError

    proxies = {"http": way.proxy_url, "https": way.proxy_url} if way.proxy else None
    client = _aws_session().client(
        "s3",
        endpoint_url=way.origin,
        region_name="us-east-1",
        aws_access_key_id="side-a",
        aws_secret_access_key="side-b",
        verify=f"{way.trust}" if way.trust else None,
        config=Config(
            connect_timeout=way.timeout,
            read_timeout=way.timeout,
            retries={"total_max_attempts": 1},  # it sleeps before it tries again
            proxies=proxies,
            s3={"addressing_style": "path"},
        ),
    )

    def ask(call: Call) -> Answer:
        operation, arguments = _s3_operation(call)
        try:
            result = client._make_api_call(operation, arguments)  # noqa: SLF001
        except ClientError as error:
            result = error.response
        body = result["Body"].read() if "Body" in result else repr(_content(result)).encode()
        about = result["ResponseMetadata"]
        return Answer(about["HTTPStatusCode"], "", fields(about["HTTPHeaders"].items()), body)

    yield ask
    client.close()


@functools.cache
def _aws_session() -> Any:
    """Return the one session: reading its service models takes longer than all the calls."""
    import boto3

    return boto3.Session()


def _s3_operation(call: Call) -> tuple[str, dict[str, Any]]:
    """Return the operation and the arguments that make this call."""
    path, _, query = call.path.partition("?")
    bucket, _, key = path.strip("/").partition("/")
    if not key:
        listing = "ListObjectsV2" if "list-type" in parse_qs(query) else None
        names = {"GET": listing, "PUT": "CreateBucket", "DELETE": "DeleteBucket"}
        return names[call.method] or "ListBuckets", {"Bucket": bucket} if bucket else {}
    names = {"GET": "GetObject", "PUT": "PutObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}
    where = {"Bucket": bucket, "Key": key}
    body = {"Body": call.body} if call.method == "PUT" else {}
    return names[call.method], where | body


def _content(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sorted(result.items()) if name != "ResponseMetadata"}


HTTP_CLIENT = Driver("http.client", open_http_client)
URLLIB_REQUEST = Driver("urllib.request", open_urllib_request)
XMLRPC = Driver("xmlrpc.client", open_xmlrpc)
URLLIB3 = Driver("urllib3", open_urllib3, ("urllib3",))
REQUESTS = Driver("requests", open_requests, ("requests",))
HTTPLIB2 = Driver("httplib2", open_httplib2, ("httplib2", "socks"))
HTTPX = Driver("httpx", open_httpx, ("httpx",))
HTTPX_ASYNC = Driver("httpx async", open_httpx_async, ("httpx",))
AIOHTTP = Driver("aiohttp", open_aiohttp, ("aiohttp",))
BOTO3 = Driver("boto3", open_boto3, ("boto3",))

ASYNCHRONOUS = (HTTPX_ASYNC, AIOHTTP)
GENERAL = (HTTP_CLIENT, URLLIB_REQUEST, URLLIB3, REQUESTS, HTTPLIB2, HTTPX, *ASYNCHRONOUS)
"""Clients that can ask any server anything."""
ALL = (*GENERAL, XMLRPC, BOTO3)
