"""Masks keep the shape of what they hide; they differ where secrets do, and say nothing of them."""

import base64
import json
import re
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redaction.corpus import MAKE, request, response

from cassette.model import Interaction, Request, Response
from cassette.redaction import Redactor, has_mask, without_masks
from cassette.redaction.memory import SecretMemory


def masks_of(redactor, member, *values):
    """What stands under a member of JSON once it was masked, one value after the other."""
    found = []
    for value in values:
        known = Interaction(
            "GET https://h/x",
            Request(request("/x"), "https://h/x"),
            Response(response(json.dumps({member: value}).encode()), "GET"),
            datetime.now(UTC),
        )
        found.append(redactor.redact(known).response.json()[member])
    return found


def mask(value, member="secret"):
    return masks_of(Redactor(), member, value)[0]


def test_a_uuid_stays_one():
    made = uuid.UUID(mask(MAKE.uuid("a")))
    assert (made.version, made.variant) == (4, uuid.RFC_4122)


@pytest.mark.parametrize("size", [16, 32, 40, 64])
def test_hexadecimal_digits_stay_so(size):
    secret = MAKE.text("hex", "0123456789abcdef", size)
    assert re.fullmatch(rf"5ec4e7ed[0-9a-f]{{{size - 8}}}", mask(secret))
    assert re.fullmatch(rf"5EC4E7ED[0-9A-F]{{{size - 8}}}", mask(secret.upper()))


@pytest.mark.parametrize("size", [16, 31, 32, 64])
def test_base64_decodes_to_as_many_bytes(size):
    made = mask(MAKE.base64("b", size))
    assert base64.b64decode(made, validate=True).startswith(b"REDACTED-1-")
    assert len(base64.b64decode(made)) == size


def test_a_jwt_keeps_its_header_and_its_dates_and_nothing_else():
    claims = {
        "sub": "user-4711",
        "email": "bob@example.com",
        "exp": 1795000000,
        "n": 1234567,
        "admin": True,
    }
    parts = [json.dumps(p).encode() for p in ({"alg": "HS256", "typ": "JWT"}, claims)]
    packed = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]
    token = ".".join([*packed, "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"])
    made = mask(token, "access_token")
    header, payload, signature = made.split(".")
    assert (len(made), header) == (len(token), packed[0])
    found = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert (found["exp"], found["admin"], [*found]) == (1795000000, True, [*claims])
    assert not {"user-4711", "bob@example.com", 1234567} & set(found.values())
    assert base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))


def test_a_token_keeps_the_prefix_that_says_what_it_is():
    assert mask("ghp_" + MAKE.text("gh", "abcdef0123456789XYZ", 36)).startswith("ghp_REDACTED-1-x")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(10**5, 10**12), unique=True, max_size=20))
def test_numbers_stay_numbers_of_the_same_length_and_differ(numbers):
    made = masks_of(Redactor(), "session_id", *numbers)
    assert [len(str(m)) for m in made] == [len(str(n)) for n in numbers]
    assert len(set(made)) == len(numbers)
    assert all(old != new for old, new in zip(numbers, made, strict=True))


SECRETS = st.one_of(
    st.text("abcdefghijkLMNOP0123456789-_./+", min_size=2, max_size=40),
    st.text("0123456789", min_size=3, max_size=20),
    st.text("0123456789abcdef", min_size=4, max_size=40),
    st.uuids().map(str),
    st.binary(min_size=9, max_size=30).map(lambda data: base64.b64encode(data).decode()),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(SECRETS, unique=True, max_size=25))
def test_different_secrets_have_different_masks_and_the_same_the_same(secrets):
    memory = SecretMemory()
    data = [secret.encode() for secret in secrets]
    made = [memory.mask(secret, len(secret)) for secret in data]
    assert len(set(made)) == len(secrets)
    assert list(map(len, made)) == list(map(len, data))
    assert made == [memory.mask(secret, len(secret)) for secret in data]
    assert all(map(memory.is_mask, made))


@settings(max_examples=100, deadline=None)
@given(SECRETS.filter(lambda text: len(text) >= 16))
def test_a_mask_shows_in_a_text_and_all_are_alike_there(secret):
    if secret.isdigit():
        return
    memory = SecretMemory()
    one = memory.mask(secret.encode(), len(secret)).decode()
    other = memory.mask(secret[::-1].encode() + b"x", len(secret)).decode()
    assert has_mask(f"see {one}.")
    assert without_masks(f"/u/{one}/x") == "/u/REDACTED/x"
    assert without_masks(f"/u/{other}/x") == "/u/REDACTED/x"


def test_what_a_file_lists_are_masks_and_nothing_that_looks_like_one():
    memory = SecretMemory()
    memory.reserve(b'- call: x\n  masks: [REDACTED-3-xxx, "5ec4e7ed00000000"]\n')
    assert memory.is_mask(b"REDACTED-3-xxx")
    assert memory.is_mask(b"5ec4e7ed00000000")
    assert not memory.is_mask(b"REDACTED-2-xxx")


def test_of_an_older_file_what_looks_like_a_mask_is_one():
    memory = SecretMemory()
    memory.reserve(
        b"- call: GET https://h/?token=REDACTED-3-xxx\n  redacted: [request.query.token]\n"
    )
    assert memory.is_mask(b"REDACTED-3-xxx")
    assert memory.mask(b"abcdefghijkl", 12) == b"REDACTED-4-x"
