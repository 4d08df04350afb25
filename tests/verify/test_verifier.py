"""The record mode ``verify``: live responses are held against the recorded ones."""

import gzip
import http.client
import http.server
import json
from textwrap import dedent

import httpx
import pytest
import requests
from servers import calls
from servers.threads import serving

import cassette
from cassette import Verification
from cassette.clock import Clock

JSON = {"Content-Type": "application/json"}


class Handler(http.server.BaseHTTPRequestHandler):
    """Gives the answers that the test has put there, by path."""

    protocol_version = "HTTP/1.1"
    request_number = 0

    def do_GET(self):
        path = self.path.partition("?")[0]
        status, fields, body = self.server.answers[path]
        if status == 0:  # the server hangs up
            self.close_connection = True
            return
        Handler.request_number += 1
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("X-Request-Id", str(Handler.request_number))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Service(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = {}
        self.url = f"http://127.0.0.1:{self.server_port}"

    def go(self):
        """Let nobody connect any more."""
        self.shutdown()
        self.server_close()

    def answer(self, path, value=None, *, status=200, body=None, **fields):
        fields = {name.replace("_", "-"): text for name, text in fields.items()}
        content = json.dumps(value).encode() if body is None else body
        self.answers[path] = status, {**JSON, **fields}, content


@pytest.fixture
def service():
    with serving(Service()) as server:
        yield server


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / "tapes" / "a.yaml"


def get(service, *targets):
    with requests.Session() as session:
        return [session.get(service.url + target, timeout=5) for target in targets]


def record(path, service, *targets, **options):
    with cassette.use(path, mode="rewrite", **options):
        get(service, *targets)


def drift(path, service, *targets, **options):
    """Verify, and return what the error says about the differences."""
    with pytest.raises(cassette.DriftError) as caught, cassette.use(path, mode="verify", **options):
        get(service, *targets)
    first, blank, legend, *lines = str(caught.value).replace(service.url, "URL").split("\n")
    assert first.endswith(f"drifted from tapes/a.yaml (recorded {Clock.now():%Y-%m-%d})")
    assert (blank, legend) == ("", "What was recorded (-) and what is live (+):")
    end = lines.index("")
    return dedent("\n".join(lines[:end])), lines[end + 1 :]


USERS = {"users": [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}], "next": None}


# -- what is no drift


def test_the_client_sees_what_is_live_and_nothing_is_written(path, service):
    service.answer("/users", USERS)
    record(path, service, "/users")
    before = path.read_bytes(), path.stat().st_mtime_ns
    service.answer("/users", {"users": [{"id": 3, "name": "Eve"}], "next": "/users?page=2"})
    with cassette.use(path, mode="verify") as tape:
        (answer,) = get(service, "/users")
    assert answer.json()["users"] == [{"id": 3, "name": "Eve"}]
    assert (tape.verified, tape.recorded, tape.played, tape.left) == (1, 0, 0, 0)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [*path.parent.iterdir()] == [path]


def test_nothing_is_written_where_everything_has_drifted_or_there_is_no_cassette(path, service):
    service.answer("/users", USERS)
    with pytest.raises(cassette.DriftError) as caught, cassette.use(path, mode="verify"):
        get(service, "/users")
    assert str(caught.value) == (
        "1 live interaction drifted from tapes/a.yaml (there is no such file)\n"
        "\n"
        "What was recorded (-) and what is live (+):\n"
        f"  not recorded: GET {service.url}/users\n"
        "\n"
        f"To record it anew: cassette.use('{path}', mode='rewrite')"
    )
    assert not path.parent.exists()
    record(path, service, "/users")
    before = path.read_bytes()
    service.answer("/users", status=500)
    drift(path, service, "/users")
    assert [*path.parent.iterdir()] == [path]
    assert path.read_bytes() == before


@pytest.mark.parametrize("client", ["requests", "http.client", "httpx"])
def test_every_client_verifies_what_another_recorded(path, service, client):
    service.answer("/users", USERS)
    record(path, service, "/users")
    service.answer("/users", {"users": "gone"})
    with (
        pytest.raises(cassette.DriftError, match="users: array"),
        cassette.use(path, mode="verify"),
    ):
        if client == "requests":
            get(service, "/users")
        elif client == "httpx":
            with httpx.Client() as session:
                session.get(service.url + "/users")
        else:
            connection = http.client.HTTPConnection("127.0.0.1", service.server_port)
            connection.request("GET", "/users")
            connection.getresponse().read()
            connection.close()


def test_the_same_server_has_not_drifted(path, web_server):
    """What varies by nature from one answer to the next is no drift, whatever the server."""
    host, port = web_server.plain
    asked = [call for call in web_server.calls if call is not calls.BIG]

    def ask():
        for call in asked:
            url = f"http://{host}:{port}{call.path}"
            requests.request(
                call.method, url, data=call.body, headers=dict(call.headers), timeout=5
            )

    with cassette.use(path, mode="rewrite") as tape:
        ask()
    recorded = tape.recorded
    strict = Verification(compare=("status", "headers", "body"))
    with cassette.use(path, mode="verify", verify=strict) as tape:
        ask()
    assert (tape.verified, tape.left) == (recorded, 0)


def test_another_framing_and_another_validator_are_no_drift(path, service):
    service.answer("/a", USERS, ETag='"1"', Last_Modified="Mon, 23 Nov 2026 01:26:42 GMT", Age="1")
    record(path, service, "/a")
    service.answer("/a", USERS, ETag='"2"', Last_Modified="Tue, 24 Nov 2026 01:26:42 GMT")
    with cassette.use(path, mode="verify") as tape:
        get(service, "/a")
    assert tape.verified == 1


def test_new_secrets_are_no_drift(path, service):
    fields = {"Set_Cookie": "sid=first-secret-value"}
    first = {"token": "first-secret-token", "secret": {"value": "first-secret-key"}, "n": 1}
    service.answer("/login", first, **fields)
    record(path, service, "/login?api_key=first-secret-key")
    fields = {"Set_Cookie": "sid=other-secret-value"}
    other = {"token": "another-secret-token", "secret": "other-secret-key", "n": 1}
    service.answer("/login", other, **fields)
    for aspect in ("shape", "body"):
        verify = Verification(compare=("status", "headers", aspect))
        with cassette.use(path, mode="verify", verify=verify) as tape:
            get(service, "/login?api_key=other-secret-key")
        assert tape.verified == 1


def test_what_is_not_compared_does_not_count(path, service):
    service.answer("/a", {"n": 1}, X_A="1")
    record(path, service, "/a")
    service.answer("/a", {"m": 1}, X_A="2")
    with cassette.use(path, mode="verify", verify=Verification(compare=["status"])) as tape:
        get(service, "/a")
    assert tape.verified == 1


def test_how_much_of_a_body_was_read_is_no_drift(path, service):
    service.answer("/a", {"n": ["x" * 100_000]})
    record(path, service, "/a")
    with cassette.use(path, mode="verify") as tape:
        connection = http.client.HTTPConnection("127.0.0.1", service.server_port)
        connection.request("GET", "/a")
        assert connection.getresponse().read(10) == b'{"n": ["xx'
        connection.close()
    assert tape.verified == 1


def test_a_body_that_was_recorded_decoded_is_compared_decoded(path, service):
    body = gzip.compress(json.dumps(USERS).encode())
    service.answer("/users", body=body, Content_Encoding="gzip")
    record(path, service, "/users", decode=True)
    with cassette.use(path, mode="verify") as tape:
        get(service, "/users")
    assert tape.verified == 1


def test_what_an_extra_cassette_answers_needs_no_recording(path, service, tmp_path):
    service.answer("/login", {"n": 1})
    service.answer("/users", USERS)
    record(tmp_path / "login.yaml", service, "/login")
    record(path, service, "/users")
    with cassette.use(path, mode="verify", extra=[tmp_path / "login.yaml"]) as tape:
        get(service, "/login", "/users")
    assert tape.left == 0


# -- what is


def test_status_headers_and_shape_are_compared(path, service):
    service.answer("/users", USERS, X_Api="1", Vary="Accept", ETag='"1"')
    record(path, service, "/users")
    changed = {"users": [{"id": "1", "name": "Ann"}, {"id": "2"}], "count": 2, "next": None}
    service.answer("/users", changed, status=203, X_Api="2", X_New="a")
    assert drift(path, service, "/users") == (
        (
            "#0 GET URL/users\n"
            "  - status: 200 OK\n"
            "  + status: 203 Non-Authoritative Information\n"
            "  headers\n"
            '    - etag: "1"\n'
            "    - vary: Accept\n"
            "    - x-api: 1\n"
            "    + x-api: 2\n"
            "    + x-new: a\n"
            "  body (JSON shape)\n"
            "    - $.users[*].id: number\n"
            "    + $.users[*].id: string\n"
            "    + $.count: number"
        ),
        [f"To record it anew: cassette.use('{path}', mode='rewrite')"],
    )


def test_what_could_be_ignored_is_proposed_and_would_help(path, service):
    service.answer("/users", USERS, X_Api="1")
    record(path, service, "/users")
    service.answer("/users", {**USERS, "count": 2}, X_Api="2")
    _, (advice, _) = drift(path, service, "/users")
    proposed = "verify=cassette.Verification(ignore=['header:x-api', 'json:$.count'])"
    assert advice == f"If this is of no account, leave it out: {proposed}"
    verify = Verification(ignore=["header:x-api", "json:$.count"])
    with cassette.use(path, mode="verify", verify=verify):
        get(service, "/users")


def test_an_answer_that_is_no_longer_json_is_shown(path, service):
    service.answer("/users", USERS)
    service.answer("/empty", body=b"")
    record(path, service, "/users", "/empty")
    service.answer("/users", body=b"<h1>Sorry</h1>\n")
    service.answer("/empty", body=b"x")
    text, _ = drift(path, service, "/users", "/empty")
    assert text == (
        "#0 GET URL/users\n"
        "  body\n"
        '    - {"users": [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}], "next": null}\n'
        "    + <h1>Sorry</h1>\\n\n"
        "#1 GET URL/empty\n"
        "  body\n"
        "    - no body\n"
        "    + x"
    )


def test_values_are_compared_where_that_is_asked_for(path, service):
    service.answer("/users", USERS)
    service.answer("/text", body=b"one\ntwo\n", Content_Type="text/plain")
    record(path, service, "/users", "/text")
    changed = {"users": [{"id": 9}, *USERS["users"]], "next": None}
    service.answer(
        "/users", body=gzip.compress(json.dumps(changed).encode()), Content_Encoding="gzip"
    )
    service.answer("/text", body=b"one\n2\n", Content_Type="text/plain")
    text, _ = drift(path, service, "/users", "/text", verify=Verification(compare=["body"]))
    assert text == (
        "#0 GET URL/users\n"
        "  body (JSON, gzip undone)\n"
        '    + $.users[0]: {"id": 9}\n'
        "#1 GET URL/text\n"
        "  body (text)\n"
        "    @@ -1,2 +1,2 @@\n"
        "      one\n"
        "    - two\n"
        "    + 2"
    )


def test_numbers_may_differ_by_a_share(path, service):
    huge = 10**400
    service.answer("/price", {"eur": 100.0, "big": [1000], "huge": huge, "name": "a"})
    record(path, service, "/price")
    service.answer("/price", {"eur": 100.9, "big": [1200], "huge": huge + 1, "name": "b"})
    verify = Verification(compare=["body"], tolerance=0.01)
    text, _ = drift(path, service, "/price", verify=verify)
    assert [line[:20] for line in text.splitlines()[2:]] == [
        *("    - $.big[0]: 1000", "    + $.big[0]: 1200"),
        *("    - $.huge: ...000", "    + $.huge: ...000"),
        *('    - $.name: "a"', '    + $.name: "b"'),
    ]


def test_numbers_near_enough_are_no_drift(path, service):
    service.answer("/price", {"eur": [100.0, 200]})
    record(path, service, "/price")
    service.answer("/price", {"eur": [100.9, 199]})
    verify = Verification(compare=["body"], tolerance=0.01)
    with cassette.use(path, mode="verify", verify=verify) as tape:
        get(service, "/price")
    assert tape.verified == 1


def test_what_was_not_recorded_is_drift_and_shows_what_is_near(path, service):
    for name in ("/a", "/b"):
        service.answer(name, {})
    record(path, service, "/a?page=1")
    text, advice = drift(path, service, "/a?page=2", "/a?page=1", "/a?page=1")
    assert text == (
        "not recorded: GET URL/a?page=2\n"
        "  #0 GET URL/a?page=1\n"
        "    query\n"
        "      - page: 1\n"
        "      + page: 2\n"
        "not recorded: GET URL/a?page=1\n"
        "  #0 is the last recording of it: then it was asked for less often"
    )
    assert len(advice) == 1


def test_what_is_asked_for_more_often_is_compared_with_the_last_recording_under_repeat(
    path, service
):
    service.answer("/a", {"n": 1})
    record(path, service, "/a")
    with cassette.use(path, mode="verify", repeat=True) as tape:
        get(service, "/a", "/a", "/a")
    assert tape.verified == 3


def test_interactions_that_are_not_asked_for_are_unplayed(path, service):
    service.answer("/a", {})
    record(path, service, "/a", "/a")
    with (
        pytest.raises(cassette.UnplayedInteractionsError, match="1 of 2"),
        cassette.use(path, mode="verify", on_unplayed="fail"),
    ):
        get(service, "/a")


def test_many_drifts_make_a_message_that_fits_a_screen(path, service):
    targets = [f"/{number}" for number in range(20)]
    for target in targets:
        service.answer(target, {f"a{n}": 1 for n in range(20)})
    record(path, service, *targets)
    for target in targets:
        service.answer(target, {f"a{n}": "1" for n in range(20)})
    text, _ = drift(path, service, *targets)
    lines = text.splitlines()
    assert len(lines) <= 36
    assert lines[0] == "#0 GET URL/0"
    assert lines[-1] == "... 14 more"


# -- failures


def test_a_server_that_is_gone_has_drifted_however_often_it_is_asked(path, service):
    service.answer("/a", {})
    record(path, service, "/a")
    service.go()
    with cassette.use(path, mode="verify") as tape:
        for _ in range(3):
            with pytest.raises(requests.ConnectionError):
                get(service, "/a")
        (error,) = tape.errors
        assert isinstance(error, cassette.DriftError)
        (told,) = error.drifts
        assert [line.replace(service.url, "URL") for line in told.lines(9)] == [
            "#0 GET URL/a",
            "  - connection: answered 200 OK",
            "  + connection: refused (Connection refused)",
        ]
        tape.errors.clear()


def test_a_server_that_was_never_asked_and_is_not_there_has_drifted(path, service):
    service.go()
    with cassette.use(path, mode="verify") as tape:
        with pytest.raises(requests.ConnectionError):
            get(service, "/a")
        (error,) = tape.errors
        assert [line.replace(service.url, "URL") for line in error.drifts[0].lines(9)] == [
            "not recorded: connect URL",
            "  refused (Connection refused)",
        ]
        tape.errors.clear()


def test_a_server_that_still_is_not_there_has_not_drifted(path, service):
    service.go()
    for mode in ("rewrite", "verify"):
        with cassette.use(path, mode=mode) as tape, pytest.raises(requests.ConnectionError):
            get(service, "/a")
    assert (tape.verified, tape.left) == (1, 0)


def test_a_server_that_is_there_now_has_drifted(path):
    with Service() as gone:
        address = gone.server_address
    gone.answer("/a", {})
    with cassette.use(path, mode="rewrite"), pytest.raises(requests.ConnectionError):
        get(gone, "/a")
    server = http.server.ThreadingHTTPServer(address, Handler)
    server.answers = gone.answers
    with serving(server):
        text, _ = drift(path, gone, "/a")
    assert text == (
        "#0 GET URL/a\n"
        "  - connection: refused (Connection refused)\n"
        "  + connection: answered 200 OK"
    )


def test_a_server_that_hangs_up_has_drifted(path, service):
    service.answer("/a", {})
    record(path, service, "/a")
    service.answer("/a", status=0)
    with cassette.use(path, mode="verify") as tape:
        with pytest.raises(requests.ConnectionError):
            get(service, "/a")
        (error,) = tape.errors
        assert "  + connection: cut short" in error.drifts[0].lines(9)
        tape.errors.clear()


def test_code_that_fails_is_told_what_has_drifted(path, service):
    service.answer("/a", {"n": 1})
    record(path, service, "/a")
    service.answer("/a", {"m": 1})
    with pytest.raises(KeyError) as caught, cassette.use(path, mode="verify"):
        get(service, "/a")[0].json()["n"]
    (note,) = caught.value.__notes__
    assert note.startswith("DriftError: 1 live interaction drifted from tapes/a.yaml")
    assert "- $.n: number" in note


def test_a_damaged_recording_is_told_at_the_end_and_not_to_the_client(path, service):
    service.answer("/a", {"n": 1})
    record(path, service, "/a")
    path.write_bytes(path.read_bytes().replace(b"  response:\n", b"  response: 7\n"))
    with pytest.raises(cassette.CassetteFormatError), cassette.use(path, mode="verify"):
        (answer,) = get(service, "/a")
        assert answer.status_code == 200


# -- secrets and options


def test_a_report_holds_no_secret(path, service):
    def answer(secret):
        service.answer(
            "/login",
            {"token": secret, "note": f"it is {secret}", "n": secret[:1]},
            Set_Cookie=f"sid={secret}",
            X_Note=f"{secret} in a header",
            status=200 if secret.startswith("f") else 201,
        )

    answer("first-secret-value")
    record(path, service, "/login?token=first-secret-value")
    answer("other-secret-value")
    strict = Verification(("status", "headers", "body"))
    service.answer("/other/other-secret-value", {})
    with (
        pytest.raises(cassette.DriftError) as caught,
        cassette.use(path, mode="verify", verify=strict),
    ):
        get(service, "/login?token=other-secret-value", "/other/other-secret-value")
    text = str(caught.value)
    assert "secret-value" not in text
    assert '- $.n: "f"' in text
    assert "not recorded: GET" in text


def test_what_is_no_verification_is_refused(path):
    with pytest.raises(cassette.OptionError) as caught:
        cassette.use(path, verify=["body"])
    assert str(caught.value) == (
        "verify: expected a cassette.Verification, found ['body']\n"
        "Write verify=cassette.Verification(compare=..., ignore=..., tolerance=...)."
    )
