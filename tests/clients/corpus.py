"""The recorded conversations in ``fixtures/cassettes``: what each of them must give.

Beside each cassette stands a JSON file of the same name: who was asked what and how, what came of
it, and fingerprints of the bytes that crossed the wire when it was recorded.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from clients.drivers import ALL, Driver, Way
from clients.outcome import Answer, Failure, Outcome
from servers.address import Address
from servers.calls import Call

FOLDER = Path(__file__).parents[2] / "fixtures" / "cassettes"
DRIVERS = {driver.name: driver for driver in ALL}


@dataclass(frozen=True, slots=True)
class Session:
    """Some calls of one program, and what it got.

    Attributes:
        driver: Its client library.
        way: How it got to the server.
        calls: What it asked.
        outcomes: One for each call.
    """

    driver: Driver
    way: Way
    calls: tuple[Call, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """What is known about one cassette of the corpus.

    Attributes:
        name: Name of both files, without suffix.
        sessions: The conversations in it, in the order they were held.
        masked: Whether secrets are masked in it; then nothing is known about its bytes.
        sent: SHA-256 of all bytes that clients sent, in hexadecimal digits.
        received: The same for servers.
    """

    name: str
    sessions: tuple[Session, ...]
    masked: bool
    sent: str
    received: str

    @property
    def path(self) -> Path:
        """The cassette."""
        return FOLDER / f"{self.name}.yaml"

    def save(self) -> None:
        """Write what is known beside the cassette."""
        known = {
            "masked": self.masked,
            "sent": self.sent,
            "received": self.received,
            "sessions": [dump_session(session) for session in self.sessions],
        }
        self.path.with_suffix(".json").write_text(json.dumps(known, indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> "Recording":
        """Return what is known about the cassette at ``path``."""
        known = json.loads(path.with_suffix(".json").read_text())
        return cls(
            path.stem,
            tuple(load_session(session) for session in known["sessions"]),
            known["masked"],
            known["sent"],
            known["received"],
        )


def recordings() -> Iterator[Recording]:
    """Yield the whole corpus in the order of names."""
    for path in sorted(FOLDER.glob("*.yaml")):
        yield Recording.load(path)


def fingerprint(data: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal digits."""
    return sha256(data).hexdigest()


def dump_session(session: Session) -> dict[str, Any]:
    """Return a session as JSON has it."""
    way = session.way
    return {
        "client": session.driver.name,
        "origin": way.origin,
        "proxy": list(way.proxy) if way.proxy else None,
        "tunnel": way.tunnel,
        "calls": [
            [call.method, call.path, [list(field) for field in call.headers], _text(call.body)]
            for call in session.calls
        ],
        "outcomes": [_dump_outcome(outcome) for outcome in session.outcomes],
    }


def load_session(known: dict[str, Any]) -> Session:
    """Return the session that was dumped."""
    proxy = Address(*known["proxy"]) if known["proxy"] else None
    return Session(
        DRIVERS[known["client"]],
        Way(known["origin"], proxy=proxy, tunnel=known["tunnel"]),
        tuple(
            Call(method, path, tuple((name, value) for name, value in headers), _bytes(body))
            for method, path, headers, body in known["calls"]
        ),
        tuple(_load_outcome(outcome) for outcome in known["outcomes"]),
    )


def _dump_outcome(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Failure):
        return {"failure": outcome.kind, "partial": _text(outcome.partial)}
    return {
        "status": outcome.status,
        "reason": outcome.reason,
        "headers": [list(field) for field in outcome.headers],
        "body": _text(outcome.body),
    }


def _load_outcome(known: dict[str, Any]) -> Outcome:
    if "failure" in known:
        return Failure(known["failure"], partial=_bytes(known["partial"]))
    headers = tuple((name, value) for name, value in known["headers"])
    return Answer(known["status"], known["reason"], headers, _bytes(known["body"]) or b"")


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("latin-1")


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("latin-1")
