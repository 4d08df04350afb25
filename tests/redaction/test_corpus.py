"""The corpus: nearly all that is planted is hidden, ordinary pages stay, and everything replays."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from redaction.corpus import ENVIRONMENT, hides, plants, readings
from redaction.pages import pages

import cassette
from cassette.bridges.recordings import write_cassette
from cassette.model import Endpoint, Interaction, Request, Response
from cassette.redaction import Redactor

PLANTS = plants()


def interaction(sent, received):
    method, target, _ = sent.decode("latin-1").split(" ", 2)
    url = f"https://api.example.com{target}"
    return Interaction(
        f"{method} {url}", Request(sent, url), Response(received, method), datetime.now(UTC)
    )


def texts_of(done):
    """All that stands in a cassette of an interaction, bodies decoded as well."""
    lists = " ".join([*done.redacted, *done.masks, done.call]).encode("utf-8", "surrogateescape")
    return (
        done.request.raw,
        done.response.raw,
        done.request.content,
        done.response.content,
        lists,
    )


@pytest.fixture
def environment(monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def test_nearly_all_secrets_of_the_corpus_are_hidden(environment):
    missed = []
    for plant in PLANTS:
        done = Redactor().redact(interaction(plant.sent, plant.received))
        if not all(hides(text, plant.secret) for text in texts_of(done)):
            missed.append(f"{plant.group}: {plant.name}")
    assert len(PLANTS) > 450
    assert min(Counter(plant.group for plant in PLANTS).values()) > 5
    assert len(missed) <= len(PLANTS) * 0.03, missed


def test_a_masked_exchange_holds_no_more_secrets(environment):
    for plant in PLANTS[::5]:
        done = Redactor().redact(interaction(plant.sent, plant.received))
        assert Redactor().secrets_in(done) == [], plant
        assert Redactor().redact(done) is done, plant
        assert len(done.rules) == len(done.redacted)


def test_ordinary_pages_are_not_touched():
    ordinary = pages()
    touched = [
        name
        for name, sent, received in ordinary
        if Redactor().redact(one := interaction(sent, received)) is not one
    ]
    assert len(ordinary) >= 100
    assert len(touched) <= 2, touched


def test_everything_replays_with_the_live_secrets_in_the_requests(environment, tmp_path):
    path = tmp_path / "corpus.yaml"
    write_cassette(path, [interaction(p.sent, p.received) for p in PLANTS], Redactor())
    said = b"\0".join(readings(path.read_bytes()))
    shown = [plant.name for plant in PLANTS if plant.secret.encode() in said]
    assert len(shown) <= len(PLANTS) * 0.03, shown
    recorded = list(cassette.load(path).interactions)
    with cassette.tape(path, mode="none", on_unplayed="fail") as tape:
        for plant, known in zip(PLANTS, recorded, strict=True):
            transport = tape.connect(Endpoint("https", "api.example.com", 443), no_network)
            transport.sendall(plant.sent)
            received, buffer = b"", memoryview(bytearray(1 << 16))
            while len(received) < len(known.response.raw):
                count = transport.recv_into(buffer)
                assert count, plant
                received += buffer[:count]
            assert received == known.response.raw, plant
            transport.close()


def no_network():
    raise AssertionError("a replay dials nothing")
