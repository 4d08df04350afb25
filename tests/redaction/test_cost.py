"""What redaction costs, in calls: linear in the bytes, the same for any number of secrets."""

import cProfile
import json
import random
import string
from datetime import UTC, datetime

import pytest
from redaction.corpus import request, response

from cassette.model import Interaction, Request, Response
from cassette.redaction import Redactor
from cassette.redaction.memory import SecretMemory

ITEM = {
    "id": 17,
    "name": "User number 17",
    "email": "user@example.com",
    "created_at": "2026-11-23T01:26:42Z",
    "url": "https://api.example.com/users/17?expand=all",
    "description": "A longer sentence that says something about the item.",
    "tags": ["alpha", "beta"],
}


def calls_of(function):
    """How many functions are called."""
    profile = cProfile.Profile()
    profile.runcall(function)
    return sum(entry.callcount for entry in profile.getstats())


def exchange(body, kind="application/json"):
    return Interaction(
        "GET https://h/x?page=2",
        Request(request("/x?page=2"), "https://h/x?page=2"),
        Response(response(body, kind=kind), "GET"),
        datetime.now(UTC),
    )


def test_an_ordinary_exchange_takes_few_calls():
    redactor = Redactor()
    known = exchange(json.dumps([ITEM] * 4).encode())
    redactor.redact(known)
    assert calls_of(lambda: redactor.redact(known)) < 330


@pytest.mark.parametrize(
    "piece",
    [
        json.dumps(ITEM).encode() + b",",
        "ein Übergrößenträger, ".encode(),
        b"?token=",
        b"%3ftoken%3d",
        b'"token":[',
        b"password: x\n",
        b"<a token='b'>",
        b"://a:b@",
        b"abcdefgh" * 3 + b" ",
        b'\\"password\\": ',
    ],
)
def test_twice_the_bytes_cost_twice_as_much(piece):
    def cost(count):
        return calls_of(lambda: Redactor().redact(exchange(b"[" + piece * count, "text/plain")))

    cost(10)  # the shapes are compiled once
    assert cost(1000) < 2.3 * cost(500) + 500


def test_ten_thousand_secrets_are_looked_for_as_fast_as_ten():
    rng = random.Random(7)
    text = " ".join(
        "".join(rng.choices(string.ascii_lowercase, k=14)) for _ in range(2000)
    ).encode()

    def cost(count):
        memory = SecretMemory()
        for _ in range(count):
            memory.learn("".join(rng.choices(string.ascii_letters + string.digits, k=32)).encode())
        return calls_of(lambda: list(memory.known.sightings(text)))

    assert cost(3000) < 1.2 * cost(10) + 100
