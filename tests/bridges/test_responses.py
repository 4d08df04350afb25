"""A cassette as stubs of `responses`, and recordings of `responses` as cassettes."""

import gzip
import http.client
import io
import sys

import pytest
import requests
import responses
import tomli_w
import yaml
from clients.odd_bytes import ODDITIES
from hypothesis import given
from hypothesis import strategies as st
from responses import _recorder
from servers.address import free_port
from servers.calls import Call
from servers.raw import Step

import cassette
from cassette.bridges.responses import (
    MATCH_ON,
    read,
    register,
)
from cassette.client import HTTPResponse
from cassette.commands.main import main

GET = Call("GET", "/")
OK = b"HTTP/1.1 200 OK\r\n"
SOON = 0.15  # seconds until a client gives up waiting


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.yaml"


@pytest.fixture
def serve(raw_server):
    """Start a server that says these answers, one a connection; return its URL."""

    def start(*answers):
        scripts = [[Step.READ_REQUEST, *(a if isinstance(a, list) else [a])] for a in answers]
        return f"http://127.0.0.1:{raw_server(*scripts).address.port}"

    return start


def convert(file, path, *options):
    """Make a cassette of a recording, as a person does."""
    folder = path.parent / "new"
    assert main(["convert", "--from", "responses", str(file), "--to", str(folder), *options]) == 0
    (folder / file.name).rename(path)


def ok(body, *lines):
    fields = b"".join(b"%b\r\n" % line for line in lines)
    return b"%bContent-Length: %d\r\n%b\r\n%b" % (OK, len(body), fields, body)


def ask(url, call=GET, **options):
    """What requests gives a program for a call: all that can be compared of it."""
    try:
        with requests.Session() as session:
            options = {"data": call.body, "timeout": 5, **options}
            answer = session.request(call.method, url + call.path, **options)
    except Exception as error:  # noqa: BLE001 - whatever the program meets
        return type(error)
    fields = list(answer.raw.headers.iteritems())
    cookies = [(cookie.name, cookie.value) for cookie in answer.cookies]
    return answer.status_code, answer.reason, answer.raw.version, fields, answer.content, cookies


def record(path, *asks, **options):
    with cassette.use(path, mode="rewrite", **options):
        return [each() for each in asks]


def as_stubs(path, *asks):
    with responses.RequestsMock() as mock:
        register(path, mock)
        return [each() for each in asks]


# A cassette as stubs.


@pytest.mark.parametrize("oddity", ODDITIES, ids=lambda oddity: oddity.name)
def test_requests_gets_from_stubs_what_it_got_from_the_server(oddity, raw_server, path):
    url = f"http://127.0.0.1:{raw_server(*oddity.scripts).address.port}"
    asks = [lambda call=call: ask(url, call) for call in oddity.calls]
    live = record(path, *asks)
    assert as_stubs(path, *asks) == live


@pytest.mark.parametrize("kind", ["refused", "unknown name", "connect timeout", "read timeout"])
def test_a_failure_is_the_exception_that_requests_raised(kind, serve, deaf_address, path):
    url, timeout = {
        "refused": (f"http://127.0.0.1:{free_port()}", 5),
        "unknown name": ("http://nowhere.invalid", 5),
        "connect timeout": (f"http://127.0.0.1:{deaf_address.port}", (SOON, 5)),
        "read timeout": (serve([Step.HANG]), (5, SOON)),
    }[kind]

    def attempt():
        return ask(url, timeout=timeout)

    live = record(path, attempt)
    assert issubclass(live[0], requests.RequestException)
    assert as_stubs(path, attempt) == live


def test_a_certificate_that_nobody_trusts_is_an_ssl_error_again(raw_server, authority, path):
    server = raw_server([Step.READ_REQUEST, ok(b"")], context=authority.server_context())

    def attempt():
        return ask(f"https://127.0.0.1:{server.address.port}")

    assert record(path, attempt) == [requests.exceptions.SSLError]
    assert as_stubs(path, attempt) == [requests.exceptions.SSLError]


def test_a_connection_that_failed_fails_whatever_is_asked_of_that_origin_first(serve, path):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    record(path, lambda: ask(url))
    with responses.RequestsMock() as mock:
        register(path, mock)
        with pytest.raises(requests.ConnectionError, match="refused by Responses"):
            requests.get("http://127.0.0.1:1/", timeout=5)
        with pytest.raises(requests.ConnectionError, match=r"\[Errno \d+\] Connection refused"):
            requests.post(f"{url}/anything", timeout=5)


def test_a_compressed_body_reaches_the_program_compressed_and_decoded(serve, path):
    packed = gzip.compress(b"hello")
    url = serve(ok(packed, b"Content-Encoding: gzip"))
    record(path, lambda: ask(url))
    with responses.RequestsMock() as mock:
        register(path, mock)
        assert requests.get(url, timeout=5).content == b"hello"
        raw = requests.get(url, timeout=5, stream=True).raw
        assert raw.read(decode_content=False) == packed


def test_cookies_and_other_fields_of_one_name_all_arrive(serve, path):
    url = serve(ok(b"", b"Set-Cookie: a=1", b"X-A: 1", b"set-cookie: b=2", b"x-a: 2"))
    live = record(path, lambda: ask(url), redact=False)
    assert live[0][5] == [("a", "1"), ("b", "2")]
    assert as_stubs(path, lambda: ask(url)) == live


def test_a_body_that_was_not_read_to_its_end_says_so_only_where_it_ends(serve, path):
    url = serve([OK + b"Content-Length: 90\r\n\r\nhalf", Step.HANG])

    def first_half():
        with requests.get(url, stream=True, timeout=5) as answer:
            return answer.raw.read(4)

    assert record(path, first_half) == as_stubs(path, first_half) == [b"half"]
    assert as_stubs(path, lambda: ask(url)) == [cassette.RecordingEndedError]


def test_what_responses_shows_of_a_stub_is_what_was_recorded(serve, path):
    url = serve(b"HTTP/1.1 404 Nope\r\nContent-Length: 4\r\nX-A: b\r\n\r\ngone")
    record(path, lambda: ask(url, Call("GET", "/a?b=c")))
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        [stub] = register(path, mock)
        assert mock.registered() == [stub]
    assert (stub.method, stub.url) == ("GET", f"{url}/a?b=c")
    assert (stub.status, stub.body) == (404, b"gone")
    assert repr(stub) == (
        f"<Response(url='{url}/a?b=c' status=404 content_type='None' "
        """headers='[["Content-Length", "4"], ["X-A", "b"]]')>"""
    )


def test_equal_requests_are_answered_in_order_and_the_last_answers_on(serve, path):
    url = serve(ok(b"one"), ok(b"two"), ok(b"three"))
    record(path, *[lambda: ask(url)] * 3)
    bodies = [answer[4] for answer in as_stubs(path, *[lambda: ask(url)] * 5)]
    assert bodies == [b"one", b"two", b"three", b"three", b"three"]


def test_a_stub_that_is_not_called_fails_the_mock(serve, path):
    url = serve(ok(b"one"), ok(b"two"))
    calls = [lambda: ask(url, Call("GET", "/a")), lambda: ask(url, Call("GET", "/b"))]
    record(path, *calls)
    with pytest.raises(AssertionError, match=r"Not all requests have been executed .*/b"):
        as_stubs(path, calls[0])


@pytest.mark.parametrize(
    "body",
    [b'{"a": 1, "b": 2}', '{"b": 2, "a": 1}', io.BytesIO(b'{"a":1,"b":2}'), [b'{"b":2,', '"a":1}']],
    ids=["bytes", "str", "file", "pieces"],
)
def test_bodies_match_by_meaning_in_whatever_form_they_are_given(body, serve, path):
    url = serve(ok(b"one"), ok(b"two"))

    def post(data):
        headers = {"Content-Type": "application/json"}
        return requests.post(url, data=data, headers=headers, timeout=5).text

    record(path, lambda: post('{"a": 1, "b": 3}'), lambda: post('{"a": 1, "b": 2}'))
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        register(path, mock)
        assert post(iter(body) if isinstance(body, list) else body) == "two"


def test_other_credentials_and_what_is_ignored_do_not_matter(serve, path):
    url = serve(ok(b"in"))
    record(path, lambda: ask(url, Call("GET", "/?api_key=secret-of-mine&time=1")))
    with responses.RequestsMock() as mock:
        register(path, mock, ignore=["query:time"])
        assert requests.get(f"{url}/?time=2&api_key=yours", timeout=5).text == "in"


def test_a_request_that_was_changed_and_sent_again_is_another_one(serve, path):
    url = serve(ok(b"one"), ok(b"two"))
    with responses.RequestsMock() as mock, requests.Session() as session:
        record(
            path,
            *[lambda body=body: ask(url, Call("PUT", "/", body=body)) for body in (b"1", b"2")],
        )
        register(path, mock)
        prepared = requests.Request("PUT", url, data=b"1").prepare()
        one = session.send(prepared).text
        prepared.body = b"2"
        assert (one, session.send(prepared).text) == ("one", "two")


def test_without_a_mock_the_default_one_gets_the_stubs(serve, path):
    url = serve(ok(b"one"))
    record(path, lambda: ask(url))

    @responses.activate
    def replay():
        register(path)
        return requests.get(url, timeout=5).text, len(responses.calls)

    assert replay() == ("one", 1)


def test_a_request_that_no_stub_answers_is_told_what_differs(serve, path):
    url = serve(ok(b"one"))
    record(path, lambda: ask(url, Call("GET", "/a?page=1")))
    with (
        responses.RequestsMock(assert_all_requests_are_fired=False) as mock,
        pytest.raises(requests.ConnectionError) as raised,
    ):
        register(path, mock)
        requests.get(f"{url}/a?page=2", timeout=5)
    assert (
        f"- GET {url}/a?page=1 recorded (-) and sent (+):\n  query\n    - page: 1\n    + page: 2\n"
    ) in str(raised.value)


def test_stubs_and_another_cassette_go_together(serve, path, tmp_path):
    url = serve(ok(b"one"), ok(b"two"))
    record(path, lambda: ask(url, Call("GET", "/one")))
    with responses.RequestsMock() as mock, cassette.use(tmp_path / "b.yaml", mode="rewrite"):
        register(path, mock)
        answers = [requests.get(f"{url}/{name}", timeout=5).text for name in ("one", "two")]
    assert answers == ["one", "two"]


def test_without_responses_the_error_says_what_to_install(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "responses", None)
    monkeypatch.delitem(sys.modules, "cassette.bridges.stubs", raising=False)
    with pytest.raises(cassette.CassetteError) as raised:
        register(path)
    assert str(raised.value) == (
        "a cassette becomes stubs of `responses`, but responses is not installed\n"
        "Install it: python -m pip install 'pytest-cassette[responses]'"
    )


# A recording of `responses` as a cassette.


def made_by_responses(file, *asks, **options):
    """Let the recorder of `responses` write a file."""
    recorder = _recorder.Recorder()

    @recorder.record(file_path=file, **options)
    def run():
        return [each() for each in asks]

    return run()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "response.yaml"


def write(file, **response):
    response = {"method": "GET", "url": "http://a.example/", "body": "", **response}
    file.write_text(yaml.dump({"responses": [{"response": response}]}))


def test_what_responses_recorded_replays_through_requests_and_http_client(serve, file, path):
    url = serve(
        ok(b'{"a": 1}', b"Content-Type: application/json", b"X-A: b", b"Date: now"),
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        b"HTTP/1.1 404 Nope\r\nContent-Length: 4\r\nContent-Type: text/html\r\n\r\ngone",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        OK + b"Content-Length: 9\r\n\r\n",
    )
    methods = ["GET", "GET", "GET", "DELETE", "HEAD"]
    calls = [Call(method, f"/{n}?q=a%20b") for n, method in enumerate(methods)]
    live = made_by_responses(file, *[lambda call=call: ask(url, call) for call in calls])
    convert(file, path)

    with cassette.use(path, mode="none", on_unplayed="fail"):
        replayed = [ask(url, call) for call in calls]
    assert [(a[0], a[4]) for a in replayed] == [(a[0], a[4]) for a in live]
    assert [answer[3] for answer in replayed] == [
        [("Content-Type", "application/json"), ("X-A", "b"), ("Content-Length", "8")],
        [("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")],
        [("Content-Type", "text/html"), ("Content-Length", "4")],
        [("Content-Type", "text/plain")],
        [("Content-Type", "text/plain")],
    ]
    with cassette.use(path, mode="none", on_unplayed="fail"):
        for call, (status, *_, content, _) in zip(calls, live, strict=True):
            connection = http.client.HTTPConnection(url.removeprefix("http://"))
            connection.request(call.method, call.path)
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (status, content)
            connection.close()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", '{"a": "é€"}'.encode()),
        ("text/html", "é€".encode()),
        ("text/html", b"\xe9\x80\xff"),
        ("text/plain; charset=UTF-8", "é€".encode()),
        ("text/plain; charset='shift_jis'", "日本".encode("shift_jis")),
        ("image/svg+xml", b"<svg/>"),
    ],
)
def test_the_bytes_of_a_text_are_those_of_the_server(kind, body, serve, file):
    url = serve(ok(body, b"Content-Type: " + kind.encode()))
    made_by_responses(file, lambda: ask(url))
    [interaction] = read(file).interactions
    assert interaction.response.body == body
    assert interaction.response.headers["content-type"] == kind


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"Content-Type: image/png", b"\x89PNG\xff\xfe\x00"),
        (b"X-No: type", "é€".encode()),
        (b"Content-Type: text/css; charset=utf-8", b"\xff"),
    ],
    ids=["binary", "no type", "wrong charset"],
)
def test_a_body_whose_bytes_are_not_certain_is_told(kind, body, serve, file):
    url = serve(ok(body, kind))
    made_by_responses(file, lambda: ask(url))
    [note] = read(file).notes
    assert note.startswith(
        "responses[0].response.body: line 4: `responses` recorded a text here, and its bytes are "
        "not certain ("
    )


def test_a_body_that_a_hand_wrote_as_bytes_is_taken_as_it_is(file):
    write(file, body=b"\x89PNG\xff", content_type="image/png")
    assert read(file).interactions[0].response.body == b"\x89PNG\xff"


def test_cookies_that_requests_joined_are_apart_again(serve, file):
    expires = b"Expires=Wed, 09 Jun 2027 10:18:14 GMT"
    url = serve(ok(b"", b"Set-Cookie: a=1; " + expires, b"Set-Cookie: b=2; Path=/, x"))
    made_by_responses(file, lambda: ask(url))
    assert read(file).interactions[0].response.headers.get_all("set-cookie") == [
        f"a=1; {expires.decode()}",
        "b=2; Path=/, x",
    ]


def test_a_body_that_was_compressed_stands_decoded_and_says_so_where_that_is_known(serve, file):
    url = serve(ok(gzip.compress(b"hello"), b"Content-Encoding: gzip", b"Content-Type: text/css"))
    made_by_responses(file, lambda: ask(url), keep_headers=["Content-Encoding", "Content-Length"])
    [interaction] = read(file).interactions
    assert interaction.response.content == b"hello"
    assert interaction.response.headers.items() == [
        ("Content-Type", "text/css"),
        ("Content-Length", "5"),
    ]
    assert interaction.decoded == ("response",)


def test_requests_with_bodies_are_answered_without_comparing_them(serve, file, path):
    url = serve(ok(b"made"))
    post = Call("POST", "/", body=b"what responses does not keep")
    made_by_responses(file, lambda: ask(url, post))
    convert(file, path)
    with cassette.use(path, mode="none", match_on=MATCH_ON):
        assert ask(url, post)[4] == b"made"


def test_a_cassette_that_was_converted_holds_no_secret(serve, file, path, tmp_path):
    url = serve(ok(b'{"access_token": "hunter2"}', b"Content-Type: application/json"))
    made_by_responses(file, lambda: ask(url, Call("GET", "/?api_key=hunter2")))
    convert(file, path)
    assert "hunter2" not in path.read_text()
    convert(file, tmp_path / "b.yaml", "--no-redact")
    assert "hunter2" in (tmp_path / "b.yaml").read_text()


def test_a_secret_is_masked_also_where_it_stood_before_its_name(serve, file, path):
    url = serve(ok(b"for correct-horse"), ok(b""))
    made_by_responses(
        file, lambda: ask(url), lambda: ask(url, Call("GET", "/?api_key=correct-horse"))
    )
    convert(file, path)
    assert "correct-horse" not in path.read_text()


def test_toml_says_the_same_as_yaml(tmp_path):
    response = {
        "method": "GET",
        "url": "http://a.example/x?y=z",
        "body": "hello",
        "status": 201,
        "content_type": "text/css",
        "headers": {"X-A": "b"},
        "auto_calculate_content_length": False,
    }
    data = {"responses": [{"response": response}]}
    (tmp_path / "a.toml").write_text(tomli_w.dumps(data))
    (tmp_path / "a.yaml").write_text(yaml.dump(data))
    [[one], [other]] = (read(tmp_path / name).interactions for name in ("a.toml", "a.yaml"))
    assert (one.call, one.response.raw) == (other.call, other.response.raw)
    assert one.response.raw == (
        b"HTTP/1.1 201 Created\r\nContent-Type: text/css\r\nX-A: b\r\nContent-Length: 5\r\n\r\n"
        b"hello"
    )


FIELD_NAMES = st.sampled_from(
    ["X-A", "Set-Cookie", "Content-Length", "Transfer-Encoding", "Content-Encoding", "Content-Type"]
)
FIELD_VALUES = st.one_of(
    st.sampled_from(["chunked", "gzip", "3", "text/css"]),
    st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"])),
)


@given(
    headers=st.dictionaries(FIELD_NAMES, FIELD_VALUES),
    body=st.text(st.characters(max_codepoint=127)),
    status=st.integers(200, 599).filter(lambda status: status not in (204, 304)),
)
def test_every_recording_gives_a_whole_message_with_its_body(
    headers, body, status, tmp_path_factory
):
    file = tmp_path_factory.mktemp("recording") / "a.yaml"
    write(file, headers=headers, body=body, status=status)
    [interaction] = read(file).interactions
    assert interaction.response.parsed.complete
    answer = HTTPResponse(cassette.ScriptedTransport([interaction.response.raw]), method="GET")
    answer.begin()
    assert (answer.status, answer.read()) == (status, body.encode())


@pytest.mark.parametrize(
    ("wrong", "line", "said"),
    [
        ("{}", 1, "the key 'responses' is missing"),
        ("", 1, "expected a mapping, found a text"),
        ("responses: {}", 1, "responses: expected a list, found a mapping"),
        (
            "responses:\n- response: {method: GET}",
            2,
            "responses[0].response: the key 'url' is missing",
        ),
        (
            "responses:\n- response:\n    method: G T\n    url: http://a/",
            3,
            "responses[0].response.method: expected a method, found 'G T'",
        ),
        (
            "responses:\n- response:\n    method: GET\n    url: ftp://a/",
            4,
            "responses[0].response.url: expected an http or https URL, found 'ftp://a/'",
        ),
        (
            "responses:\n- response:\n    method: GET\n    url: http://a:x/",
            4,
            "responses[0].response.url: expected an http or https URL, found 'http://a:x/'",
        ),
        (
            "responses:\n- response: {method: GET, url: http://a/, status: 100}",
            2,
            "responses[0].response.status: expected a final status, found '100'",
        ),
        (
            'responses:\n- response: {method: GET, url: http://a/, headers: {A: "b\\r\\nC: d"}}',
            2,
            "responses[0].response.headers.A: a line of HTTP holds no line break and no NUL",
        ),
        (
            "responses:\n- response: {method: GET, url: http://a/, headers: {A B: c}}",
            2,
            "responses[0].response.headers.A B: 'A B' is no name of a header field",
        ),
        (
            "responses:\n- response: {method: HEAD, url: http://a/, body: x}",
            2,
            "responses[0].response.body: an answer 200 to HEAD has no body",
        ),
        (
            "responses:\n- response:\n    method: GET\n    url: !!python/name:os.system ''",
            4,
            "responses[0].response.url: expected a text, found the tag 'python/name:os.system'",
        ),
    ],
)
def test_a_file_that_is_no_recording_is_refused_with_the_place(wrong, line, said, file):
    file.write_text(wrong)
    with pytest.raises(cassette.CassetteFormatError) as raised:
        read(file)
    assert str(raised.value) == (
        f"{file}:{line}: {said}\nRepair it by hand, or record it again with `responses`."
    )


def test_broken_toml_is_refused(tmp_path):
    (tmp_path / "a.toml").write_text("responses = [")
    with pytest.raises(cassette.CassetteFormatError, match=r"a\.toml: not valid TOML: Invalid"):
        read(tmp_path / "a.toml")


def test_a_recording_that_is_not_there_is_told(tmp_path):
    with pytest.raises(cassette.CassetteNotFoundError) as raised:
        read(tmp_path / "no.yaml")
    assert str(raised.value) == (
        f"there is no cassette at {tmp_path / 'no.yaml'}\n"
        "Record it first: responses._recorder.record(file_path=...)."
    )
