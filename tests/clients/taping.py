"""The one experiment of these tests: live, recorded and replayed, a program gets the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clients.drivers import Driver, Way
from clients.outcome import Outcome
from servers.address import Address, refuses
from servers.calls import Call
from servers.tap import Tap

import cassette

UNMASKED: dict[str, Any] = {"redact": False}


@dataclass(frozen=True, slots=True)
class Taping:
    """What one program got three times, and the file that was written meanwhile.

    Attributes:
        live: Without cassette.
        recorded: While a cassette was recorded.
        replayed: From the cassette, the server gone.
        path: The cassette.
    """

    live: list[Outcome]
    recorded: list[Outcome]
    replayed: list[Outcome]
    path: Path

    @property
    def sent(self) -> bytes:
        """All request bytes in the cassette, in its order."""
        return b"".join(each.request.raw for each in cassette.load(self.path).interactions)

    def assert_same(self) -> None:
        """Fail where the three runs differ in what a program can see.

        Two live runs differ in their times, so those are left out between them.
        """
        assert _timeless(self.recorded) == _timeless(self.live)
        assert self.replayed == self.recorded

    def assert_exact(self, tap: Tap, *, unread: bool = False) -> None:
        """Fail where the cassette holds other bytes than crossed the tap.

        Args:
            tap: The relay between client and server, or proxy.
            unread: The client may have left bytes of the server unread; they are in no cassette.
        """
        kept = [each.response.raw for each in cassette.load(self.path).interactions]
        crossed = [bytes(each.received) for each in tap.conversations]
        if unread:  # one interaction a conversation, or it could not be told where each one is cut
            crossed = [data[: len(read)] for read, data in zip(kept, crossed, strict=True)]
        # Where they part is told first: the whole of it is rarely readable.
        assert _parting(self.sent, tap.sent) is None
        assert _parting(b"".join(kept), b"".join(crossed)) is None


def _parting(kept: bytes, crossed: bytes) -> tuple[int, bytes, bytes] | None:
    """Return where two byte strings part, and what follows in each of them."""
    if kept == crossed:
        return None
    start = next(
        (n for n, (one, other) in enumerate(zip(kept, crossed, strict=False)) if one != other),
        min(len(kept), len(crossed)),
    )
    return start, kept[max(start - 20, 0) :][:80], crossed[max(start - 20, 0) :][:80]


def _timeless(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome.without_time() for outcome in outcomes]


def tape(
    driver: Driver,
    way: Way,
    calls: Sequence[Call],
    path: Path,
    *taps: Tap,
    masked: bool = False,
) -> Taping:
    """Run a program live, while recording, and from the cassette alone.

    Args:
        driver: The program's client library.
        way: How it gets to the server.
        calls: What it asks.
        path: Cassette to write; it must not exist yet.
        taps: Relays on the way. They keep what crossed them during the recording, and refuse
            afterwards, so that a replay which reaches for the network fails.
        masked: Whether secrets are masked, as they are unless a user says otherwise. Exactness
            is the point of most tests here, and masks change bytes.

    Returns:
        What it got each time.
    """
    options: dict[str, Any] = {"failures": True, **({} if masked else UNMASKED)}
    live = driver.run(way, calls)
    for tap in taps:
        tap.forget()
    with cassette.use(path, mode="once", **options):
        recorded = driver.run(way, calls)
    for tap in taps:
        tap.settle()
        tap.refuse()
        assert refuses(tap.address)
    with cassette.use(path, mode="none", **options):
        replayed = driver.run(way, calls)
    return Taping(live, recorded, replayed, path)


def origin(address: Address, *, tls: bool = False) -> str:
    """Return the origin of a server as URLs begin with it."""
    return f"{'https' if tls else 'http'}://{address.host}:{address.port}"
