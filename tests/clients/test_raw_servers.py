from collections.abc import Callable
from pathlib import Path

import pytest
from clients.drivers import GENERAL, HTTP_CLIENT, HTTPX, REQUESTS, Driver, Way
from clients.odd_bytes import GET, ODDITIES, SAMPLES, Oddity
from clients.taping import origin, tape
from servers.raw import RawServer, Script, Step
from servers.tap import Tap
from servers.tls import Authority

RawFactory = Callable[..., RawServer]
TapFactory = Callable[..., Tap]


def name(value: object) -> str | None:
    return value.name if isinstance(value, Driver | Oddity) else None


@pytest.mark.parametrize("oddity", ODDITIES, ids=name)
@pytest.mark.parametrize("driver", GENERAL, ids=name)
def test_odd_bytes_are_kept_and_give_the_same_outcome(
    driver: Driver, oddity: Oddity, raw_server: RawFactory, tap: TapFactory, tmp_path: Path
):
    relay = tap(raw_server(*oddity.scripts).address)
    taping = tape(driver, Way(origin(relay.address)), oddity.calls, tmp_path / "tape.yaml", relay)
    taping.assert_same()
    taping.assert_exact(relay, unread=oddity.unread)


CUTS = [
    pytest.param(sample[:length], id=f"{kind}-{length}")
    for kind, sample in SAMPLES.items()
    for length in range(len(sample))
]


def assert_cut_replays(driver: Driver, script: Script, server, tap, folder) -> None:
    relay = tap(server(script).address)
    taping = tape(driver, Way(origin(relay.address)), [GET], folder / "tape.yaml", relay)
    taping.assert_same()
    taping.assert_exact(relay)


@pytest.mark.parametrize("answer", CUTS)
@pytest.mark.parametrize("driver", [HTTP_CLIENT, REQUESTS, HTTPX], ids=name)
def test_an_answer_cut_at_any_byte_fails_as_it_did(
    driver: Driver, answer: bytes, raw_server: RawFactory, tap: TapFactory, tmp_path: Path
):
    assert_cut_replays(driver, [Step.READ_REQUEST, answer], raw_server, tap, tmp_path)


@pytest.mark.parametrize("answer", CUTS)
@pytest.mark.parametrize("driver", [HTTP_CLIENT, HTTPX], ids=name)
def test_an_answer_reset_at_any_byte_fails_as_it_did(
    driver: Driver, answer: bytes, raw_server: RawFactory, tap: TapFactory, tmp_path: Path
):
    assert_cut_replays(driver, [Step.READ_REQUEST, answer, Step.RESET], raw_server, tap, tmp_path)


@pytest.mark.parametrize("driver", GENERAL, ids=name)
def test_odd_bytes_inside_tls_are_kept(
    driver: Driver,
    authority: Authority,
    raw_server: RawFactory,
    tap: TapFactory,
    tmp_path: Path,
):
    answer = b"HTTP/1.1 200\nX-Odd: \xff\nTransfer-Encoding: chunked\n\n2;x\nok\n0\nX-T: 1\n\n"
    server = raw_server([Step.READ_REQUEST, answer], context=authority.server_context())
    relay = tap(
        server.address,
        client_side=authority.server_context(),
        server_side=authority.client_context(),
    )
    way = Way(origin(relay.address, tls=True), authority.root)
    taping = tape(driver, way, [GET], tmp_path / "tape.yaml", relay)
    taping.assert_same()
    taping.assert_exact(relay)
