"""What programs do with the time, they do on replay as they did when they were recorded."""

import contextlib
import datetime as dt
import time
import uuid
from datetime import UTC

import boto3
import botocore.config
import botocore.credentials
import freezegun
import jwt
import pytest
import requests
import urllib3
from recordings import OK, THEN, URL, after, interaction, write

import cassette
from cassette.clock import Clock
from cassette.transport.sockets import CassetteSocket


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


def play(path, **options):
    return cassette.use(path, mode="none", freeze=True, **options)


def test_a_token_that_was_valid_then_is_valid_now(path):
    key = "a key that is as long as one has to be"
    token = jwt.encode({"sub": "ada", "iat": THEN, "exp": after(3600)}, key)
    body = token.encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    write(path, interaction(1, raw=answer), interaction(1800, "/b"), interaction(3700, "/c"))

    def program():
        received = requests.get(URL + "/", timeout=5).text
        requests.get(URL + "/b", timeout=5)
        return received

    with cassette.use(path, mode="none"), pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(program(), key, ["HS256"])
    with play(path):
        received = requests.get(URL + "/", timeout=5).text
        assert jwt.decode(received, key, ["HS256"])["sub"] == "ada"
        requests.get(URL + "/b", timeout=5)
        with pytest.raises(jwt.ExpiredSignatureError):  # as it was when this was recorded
            jwt.decode(received, key, ["HS256"])


@pytest.mark.parametrize(
    "life", [b"Expires=Sat, 29 Feb 2020 13:00:00 GMT", b"Max-Age=3600", b"Max-Age=3601"]
)
def test_cookies_live_as_long_as_they_did(path, life):
    answer = OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=1; Path=/; %b\r\n\r\n" % life)
    write(path, interaction(0, raw=answer), interaction(3599, "/b"), interaction(3601, "/c"))
    sent = []

    def keep(recorded, incoming):
        sent.append(incoming.headers.get("cookie"))
        return True

    with play(path, match_on=["uri", keep], redact=False), requests.Session() as session:
        for target in ("/", "/b", "/c"):
            session.get(URL + target, timeout=5)
    assert [value for value in sent if value] == ["a=1"]


def test_credentials_are_fetched_anew_when_they_were(path):
    write(path, interaction(1), interaction(3500, "/b"))
    fetched = []

    def fetch():
        fetched.append(dt.datetime.now(UTC))
        return {
            "access_key": "AKIAIOSFODNN7EXAMPLE",
            "secret_key": "x",
            "token": "y",
            "expiry_time": (dt.datetime.now(UTC) + dt.timedelta(hours=1)).isoformat(),
        }

    with play(path):
        credentials = botocore.credentials.RefreshableCredentials.create_from_metadata(
            fetch(), fetch, "sts"
        )
        credentials.get_frozen_credentials()
        assert fetched == [after(1)]
        requests.get(URL + "/", timeout=5)
        credentials.get_frozen_credentials()
        assert fetched == [after(1), after(3500)]


@pytest.fixture
def sent(monkeypatch):
    """What boto3 sends to a transport, but for a random number, which no clock brings back."""
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=7))
    pieces = []
    original = CassetteSocket.sendall

    def sendall(transport, data, *flags):
        pieces.append(bytes(data))
        original(transport, data, *flags)

    monkeypatch.setattr(CassetteSocket, "sendall", sendall)
    return pieces


def store(address):
    """Sign and send three requests, each on a connection of its own."""
    client = boto3.Session("AKIAIOSFODNN7EXAMPLE", "a secret", region_name="eu-west-1").client(
        "s3",
        endpoint_url=f"http://{address.host}:{address.port}",
        config=botocore.config.Config(s3={"addressing_style": "path"}),
    )
    bucket = f"frozen-{address.port}"
    where = {"LocationConstraint": "eu-west-1"}
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    client.put_object(Bucket=bucket, Key="a", Body=b"one")
    return client.get_object(Bucket=bucket, Key="a")["Body"].read()


@contextlib.contextmanager
def connecting_slowly(seconds):
    """Run at a time of our choice, on which only connecting takes time; cassettes take it for real.

    So each request is signed in one second and sent in another.
    """
    connect = urllib3.util.connection.create_connection

    def create_connection(*args, **kwargs):
        clock.tick(seconds)
        return connect(*args, **kwargs)

    with freezegun.freeze_time(after(0.9)) as clock, pytest.MonkeyPatch.context() as patch:
        patch.setattr(urllib3.util.connection, "create_connection", create_connection)
        patch.setattr(Clock, "wall", time.time)
        # Else a slow answer would end, on replay, after the next request was signed.
        patch.setattr(Clock, "monotonic", time.monotonic)
        yield


@pytest.mark.parametrize("handshake", [0, 1.5], ids=["at once", "after a slow handshake"])
def test_what_was_signed_then_is_signed_with_the_same_bytes(path, s3, tap, sent, handshake):
    relay = tap(s3.plain)
    with connecting_slowly(handshake), cassette.use(path, mode="once", freeze=True):
        assert store(relay.address) == b"one"
    relay.settle()
    relay.refuse()
    assert [one.at for one in cassette.load(path).interactions] == [
        after(0.9 + handshake * n) for n in (1, 2, 3)
    ]
    assert b"Authorization: AWS4-HMAC-SHA256 " in relay.sent
    assert b"".join(sent) == relay.sent
    sent.clear()
    with play(path):
        assert store(relay.address) == b"one"
    assert b"".join(sent) == relay.sent
    sent.clear()
    with cassette.use(path, mode="none"):
        assert store(relay.address) == b"one"
    assert b"".join(sent) != relay.sent
