import pytest
import yaml
from clients.corpus import FOLDER, Recording, Session, fingerprint, recordings
from clients.drivers import ASYNCHRONOUS, GENERAL, HTTP_CLIENT, HTTPX, REQUESTS, URLLIB3, Driver
from clients.outcome import Answer, Failure, Outcome
from servers import calls

import cassette

CORPUS = list(recordings())

each_cassette = pytest.mark.parametrize("recording", CORPUS, ids=lambda each: each.name)


def test_the_corpus_has_every_server_client_and_way():
    words = {word for each in CORPUS for word in each.name.split("-")}
    assert words >= {"nginx", "apache", "node", "http_server", "uvicorn", "hypercorn", "s3"}
    # The asynchronous ones read the same bytes of the same servers, and need no recordings here.
    synchronous = {driver.name for driver in GENERAL if driver not in ASYNCHRONOUS}
    assert words >= synchronous | {"xmlrpc.client", "boto3"}
    assert words >= {"plain", "tls", "forwarded", "tunnel", "masked", "odd", "failures"}


def test_every_cassette_says_what_to_expect_of_it():
    assert {path.stem for path in FOLDER.glob("*.json")} == {each.name for each in CORPUS}


@each_cassette
def test_the_bytes_are_those_that_crossed_the_wire(recording: Recording):
    interactions = cassette.load(recording.path).interactions
    sent = b"".join(each.request.raw for each in interactions)
    received = b"".join(each.response.raw for each in interactions)
    if recording.masked:
        assert any(each.redacted for each in interactions)
    else:
        assert (fingerprint(sent), fingerprint(received)) == (recording.sent, recording.received)


@each_cassette
def test_plain_yaml_reads_it(recording: Recording):
    document = yaml.safe_load(recording.path.read_bytes())
    calls_ = [each.call for each in cassette.load(recording.path).interactions]
    assert [each["call"] for each in document["interactions"]] == calls_


@each_cassette
def test_it_replays_what_was_recorded(recording: Recording):
    with cassette.use(recording.path, mode="none", redact=recording.masked) as tape:
        for session in recording.sessions:
            replayed = session.driver.run(session.way, session.calls)
            assert [known(each) for each in replayed] == [known(each) for each in session.outcomes]
    assert tape.unplayed == []


def known(outcome: Outcome) -> Outcome:
    """Return what an upgrade of the client library may not change."""
    if isinstance(outcome, Failure):
        return Failure(outcome.kind, partial=outcome.partial)
    return outcome


ACROSS = [
    pytest.param(recording, driver, id=f"{recording.name}-{driver.name}")
    for recording in CORPUS
    for driver in (HTTP_CLIENT, URLLIB3, HTTPX)
    if recording.sessions[0].driver is REQUESTS and not recording.masked
    # urllib3 tries again after a failure, which requests did not when it was recorded.
    if not (driver is URLLIB3 and recording.name.startswith("failures"))
]


@pytest.mark.parametrize(("recording", "driver"), ACROSS)
def test_what_requests_recorded_plays_for_any_client(recording: Recording, driver: Driver):
    for session in recording.sessions:
        asked, expected = common(session)
        with cassette.use(recording.path, mode="none", redact=False):
            replayed = driver.run(session.way, asked)
        assert [plain(each) for each in replayed] == [plain(each) for each in expected]


def common(session: Session) -> tuple[list[calls.Call], list[Outcome]]:
    """Return the calls, and what came of them, in which clients do not differ by design."""
    differ = (calls.REDIRECTED.path, calls.COMPRESSED.path)  # some follow, some decompress
    pairs = zip(session.calls, session.outcomes, strict=True)
    kept = [(call, outcome) for call, outcome in pairs if call.path not in differ]
    return [call for call, _ in kept], [outcome for _, outcome in kept]


def plain(outcome: Outcome) -> object:
    """Return what all clients tell alike."""
    if isinstance(outcome, Answer):
        names = sorted({name.lower() for name, _ in outcome.headers})
        return outcome.status, outcome.reason, names, outcome.body
    return Failure
