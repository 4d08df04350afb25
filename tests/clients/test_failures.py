import contextlib
import http.client
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import requests
import urllib3
from clients.drivers import ALL, BOTO3, XMLRPC, Driver, Way
from clients.outcome import Failure
from clients.taping import Taping, origin, tape
from servers.address import LOOPBACK, Address, free_port
from servers.calls import Call
from servers.raw import RawServer, Script, Step
from servers.tap import Tap
from servers.tls import Authority

import cassette

SOON = 0.15  # seconds until a client gives up waiting

RawFactory = Callable[..., RawServer]
TapFactory = Callable[..., Tap]
OK = b"HTTP/1.1 200 OK\r\n"


def name(value: object) -> str | None:
    return value.name if isinstance(value, Driver) else None


every_client = pytest.mark.parametrize("driver", ALL, ids=name)


def asked_by(driver: Driver) -> tuple[Call, ...]:
    """Return one call that this client can make."""
    if driver is XMLRPC:
        return (Call("POST", "/rpc"),)
    return (Call("GET", "/tapes/side-a.txt" if driver is BOTO3 else "/"),)


def assert_fails_alike(taping: Taping) -> None:
    taping.assert_same()
    assert all(isinstance(outcome, Failure) for outcome in taping.replayed)


@every_client
def test_a_refused_connection_is_refused_again(driver: Driver, tmp_path: Path):
    way = Way(origin(Address(LOOPBACK, free_port())))
    assert_fails_alike(tape(driver, way, asked_by(driver), tmp_path / "tape.yaml"))


@every_client
def test_a_name_that_was_not_found_is_not_found_again(driver: Driver, tmp_path: Path):
    way = Way("http://nowhere.invalid")  # RFC 6761, section 6.4: it never exists
    assert_fails_alike(tape(driver, way, asked_by(driver), tmp_path / "tape.yaml"))


@every_client
def test_a_certificate_of_a_stranger_fails_again(
    driver: Driver,
    authority: Authority,
    raw_server: RawFactory,
    tap: TapFactory,
    tmp_path: Path,
):
    relay = tap(raw_server([Step.HANG], context=authority.server_context()).address)
    way = Way(origin(relay.address, tls=True))
    assert_fails_alike(tape(driver, way, asked_by(driver), tmp_path / "tape.yaml", relay))


@every_client
def test_tls_to_a_server_without_tls_fails_again(
    driver: Driver, raw_server: RawFactory, tap: TapFactory, tmp_path: Path
):
    relay = tap(raw_server([b"HTTP/1.1 400 Bad Request\r\n\r\n"]).address)
    way = Way(origin(relay.address, tls=True))
    assert_fails_alike(tape(driver, way, asked_by(driver), tmp_path / "tape.yaml", relay))


@every_client
def test_a_connection_that_took_too_long_takes_too_long_again(
    driver: Driver, deaf_address: Address, tmp_path: Path
):
    way = Way(origin(deaf_address), timeout=SOON)
    assert_fails_alike(tape(driver, way, asked_by(driver), tmp_path / "tape.yaml"))


SILENCES: dict[str, Script] = {
    "before the answer": [Step.HANG],
    "in the head": [OK + b"Content-Le", Step.HANG],
    "in the body": [OK + b"Content-Length: 9\r\n\r\nhalf", Step.HANG],
    "between chunks": [OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", Step.HANG],
}


@every_client
@pytest.mark.parametrize("script", SILENCES.values(), ids=SILENCES)
def test_an_answer_that_took_too_long_takes_too_long_again(
    driver: Driver, script: Script, raw_server: RawFactory, tap: TapFactory, tmp_path: Path
):
    relay = tap(raw_server([Step.READ_REQUEST, *script]).address)
    way = Way(origin(relay.address), timeout=SOON)
    taping = tape(driver, way, asked_by(driver), tmp_path / "tape.yaml", relay)
    assert_fails_alike(taping)
    taping.assert_exact(relay)


BREAKS: dict[str, Script] = {
    "reset before the answer": [Step.RESET],
    "reset in the head": [OK + b"Content-Le", Step.RESET],
    "reset in the body": [OK + b"Content-Length: 9\r\n\r\nhalf", Step.RESET],
    "end before the answer": [],
    "end in the head": [OK + b"Content-Le"],
    "end in the body": [OK + b"Content-Length: 9\r\n\r\nhalf"],
    "end between chunks": [OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"],
}


@every_client
@pytest.mark.parametrize("script", BREAKS.values(), ids=BREAKS)
def test_an_answer_that_broke_off_breaks_off_again(
    driver: Driver, script: Script, raw_server: RawFactory, tap: TapFactory, tmp_path: Path
):
    relay = tap(raw_server([Step.READ_REQUEST, *script]).address)
    way = Way(origin(relay.address))
    taping = tape(driver, way, asked_by(driver), tmp_path / "tape.yaml", relay)
    taping.assert_same()
    taping.assert_exact(relay)


def pieces() -> Iterator[bytes]:
    """Yield more than any buffer on the way takes, so that sending fails."""
    for n in range(200):
        yield b"%05d" % n * 10_000


def upload_by_http_client(address: Address) -> tuple[int, bytes]:
    """Stop where sending fails, as a program does that expects no answer then."""
    with contextlib.closing(http.client.HTTPConnection(*address, timeout=5)) as connection:
        connection.request("POST", "/", pieces())
        response = connection.getresponse()
        return response.status, response.read()


def upload_by_urllib3(address: Address) -> tuple[int, bytes]:
    url = origin(address)
    with urllib3.PoolManager() as pool:
        response = pool.request("POST", url, body=pieces(), retries=False, timeout=5)
        return response.status, response.data


def upload_by_requests(address: Address) -> tuple[int, bytes]:
    response = requests.post(origin(address), pieces(), timeout=5)
    return response.status_code, response.content


def upload_by_httpx(address: Address) -> tuple[int, bytes]:
    response = httpx.post(origin(address), content=pieces(), timeout=5)
    return response.status_code, response.content


REFUSED = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig"


@pytest.mark.parametrize("answer", [[REFUSED], []], ids=["an answer", "no answer"])
@pytest.mark.parametrize(
    "upload", [upload_by_http_client, upload_by_urllib3, upload_by_requests, upload_by_httpx]
)
def test_an_upload_that_was_cut_short_ends_again_as_it_did(
    upload: Callable[[Address], tuple[int, bytes]],
    answer: list[bytes],
    raw_server: RawFactory,
    tmp_path: Path,
):
    def outcome() -> tuple[int, bytes] | str:
        try:
            return upload(server.address)
        except Exception as error:  # noqa: BLE001 - whatever the client makes of it
            return repr(error)

    server = raw_server([Step.READ_HEAD, *answer, Step.RESET])
    path = tmp_path / "tape.yaml"
    with cassette.use(path, mode="once"):
        recorded = outcome()
    server.close()
    (one,) = cassette.load(path).interactions
    assert not one.request.parsed.complete
    with cassette.use(path, mode="none", on_unplayed="fail"):
        assert outcome() == recorded
    if answer and upload is not upload_by_http_client:
        assert recorded == (413, b"big")
