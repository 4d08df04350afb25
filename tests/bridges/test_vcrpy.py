"""Cassettes of VCR.py say in our format what they said in theirs."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
import requests
import yaml
from clients.corpus import load_session
from hypothesis import given
from hypothesis import strategies as st

import cassette
from cassette.bridges.vcrpy import read
from cassette.commands.convert import run
from cassette.redaction import Redactor

FOLDER = Path(__file__).parents[2] / "fixtures" / "vcrpy"
CONVERSATIONS = sorted(FOLDER.glob("*.expected"))
DECODED = {"decoded", "requests", "urllib3"}
"""Cassettes in which VCR.py, told to or not, has kept a decoded body."""

LOST = {"content-encoding", "content-length"}
"""Fields that say another thing of such a body than they said of the compressed one."""


def written(path, folder):
    """Convert a file as it is, secrets and all, and return the path of the cassette."""
    assert run("vcrpy", [path], to=folder, redactor=Redactor.off()) == 0
    (converted,) = folder.glob("*.yaml")
    return converted


def known(outcome, lost=frozenset()):
    """Return what VCR.py keeps of an outcome: not the order of the names, nor always their case."""
    headers = ((name.lower(), value) for name, value in outcome.without_time().headers)
    kept = sorted((pair for pair in headers if pair[0] not in lost), key=lambda pair: pair[0])
    return replace(outcome.without_time(), headers=tuple(kept))


@pytest.mark.parametrize("expected", CONVERSATIONS, ids=lambda path: path.stem)
def test_a_client_meets_again_what_it_met_when_vcrpy_recorded_it(expected, tmp_path):
    session = load_session(json.loads(expected.read_text(encoding="utf-8")))
    (source,) = (path for path in FOLDER.glob(f"{expected.stem}.*") if path != expected)
    with cassette.use(written(source, tmp_path), mode="none", redact=False) as tape:
        outcomes = session.driver.run(session.way, session.calls)
    assert tape.unplayed == []
    lost = LOST if expected.stem in DECODED else set()
    live = [known(each, lost) for each in session.outcomes]
    assert [known(each, lost) for each in outcomes] == live


def test_every_client_that_vcrpy_records_too_is_among_the_fixtures():
    names = {path.stem for path in CONVERSATIONS}
    clients = {"http.client", "urllib.request", "urllib3", "requests", "httplib2", "httpx"}
    assert names == clients | {"decoded", "json-serializer"}


def test_a_cassette_plays_for_other_clients_than_the_one_that_vcrpy_recorded(tmp_path):
    source = written(FOLDER / "requests.yaml", tmp_path)
    url = cassette.load(source).interactions[0].request.url
    with cassette.use(source, mode="none", repeat=True):
        assert httpx.get(url).json() == requests.get(url, timeout=10).json()


# -- what stands in the place of what was not kept


def tape(tmp_path, request=(), response=(), name="a.yaml"):
    """Write a cassette of VCR.py with one interaction and read it."""
    asked = {"method": "GET", "uri": "http://a.example/x", "body": None, "headers": {}}
    got = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": ""}}
    interaction = {"request": {**asked, **dict(request)}, "response": {**got, **dict(response)}}
    path = tmp_path / name
    document = {"version": 1, "interactions": [interaction]}
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return read(path)


def test_a_request_is_what_a_client_would_have_sent(tmp_path):
    asked = {
        "method": "POST",
        "uri": "https://a.example:8443/é?q=ü x#part",
        "headers": {"X-A": ["1"], "X-B": "2"},
        "body": "grüß dich",
    }
    (one,) = tape(tmp_path, asked).interactions
    assert one.call == "POST https://a.example:8443/%C3%A9?q=%C3%BC%20x"
    assert one.request.raw == (
        b"POST /%C3%A9?q=%C3%BC%20x HTTP/1.1\r\nHost: a.example:8443\r\nX-A: 1\r\nX-B: 2\r\n"
        b"Content-Length: 11\r\n\r\ngr\xc3\xbc\xc3\x9f dich"
    )


@pytest.mark.parametrize(
    ("uri", "line"),
    [
        ("http://a.example", b"GET / HTTP/1.1"),
        ("http://a.example?page=2", b"GET /?page=2 HTTP/1.1"),
        ("HTTP://A.example:80/x", b"GET /x HTTP/1.1"),
        ("http://ada:secret@[::1]:8080/x", b"GET /x HTTP/1.1"),
    ],
)
def test_the_target_is_in_origin_form(uri, line, tmp_path):
    (one,) = tape(tmp_path, {"uri": uri}).interactions
    assert one.request.raw.startswith(line + b"\r\nHost: ")
    assert b"secret" not in one.request.raw


CASES = {
    "the length is corrected": (
        {"headers": {"Content-Length": ["3", "4"]}, "body": {"string": "hello"}},
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "open",
    ),
    "a chunked body becomes one chunk": (
        {"headers": {"transfer-encoding": ["chunked"]}, "body": {"string": "hello"}},
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "open",
    ),
    "a length beside chunks goes": (
        {
            "headers": {"Transfer-Encoding": ["chunked"], "Content-Length": ["5"]},
            "body": {"string": "hello"},
        },
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "open",
    ),
    "another transfer coding was undone": (
        {"headers": {"Transfer-Encoding": ["gzip, chunked"]}, "body": {"string": "hello"}},
        b"HTTP/1.1 200 OK\r\n\r\nhello",
        "closed",
    ),
    "a body without a length ends where the connection does": (
        {"headers": {"Server": ["x"]}, "body": {"string": "hello"}},
        b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\nhello",
        "closed",
    ),
    "a server that says so closes": (
        {"headers": {"Connection": ["Close"], "Content-Length": ["0"]}},
        b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n",
        "closed",
    ),
    "the length in a response without a body stays": (
        {"status": {"code": 304, "message": None}, "headers": {"Content-Length": ["99"]}},
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
        "open",
    ),
    "every value of a field has a line": (
        {"headers": {"Set-Cookie": ["a=1", "b=2"], "X-Empty": [""], "Content-Length": ["0"]}},
        (
            b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Empty:\r\n"
            b"Content-Length: 0\r\n\r\n"
        ),
        "open",
    ),
    "fields are ISO-8859-1, or else UTF-8": (
        {"headers": {"X-A": ["ü"], "X-B": ["€"], "X-C": [b"\xff"], "Content-Length": ["0"]}},
        (
            b"HTTP/1.1 200 OK\r\nX-A: \xfc\r\nX-B: \xe2\x82\xac\r\nX-C: \xff\r\n"
            b"Content-Length: 0\r\n\r\n"
        ),
        "open",
    ),
    "a folded line is one": (
        {"headers": {"X-A": ["1,\r\n  2"], "Content-Length": ["0"]}},
        b"HTTP/1.1 200 OK\r\nX-A: 1, 2\r\nContent-Length: 0\r\n\r\n",
        "open",
    ),
    "a phrase that is empty stays so": (
        {"status": {"code": 200, "message": ""}, "headers": {"Content-Length": ["0"]}},
        b"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
        "open",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_framing_is_that_of_the_body_which_is_there(case, tmp_path):
    response, raw, ended = case
    (one,) = tape(tmp_path, response=response).interactions
    assert (one.response.raw, one.ended) == (raw, ended)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, zstd"])
def test_a_body_that_was_decoded_is_not_said_to_be_compressed(coding, tmp_path):
    response = {"headers": {"Content-Encoding": [coding]}, "body": {"string": "hello"}}
    (one,) = tape(tmp_path, response=response).interactions
    assert (one.response.raw, one.decoded) == (b"HTTP/1.1 200 OK\r\n\r\nhello", ("response",))


@pytest.mark.parametrize(
    ("coding", "body"), [("gzip", b"\x1f\x8b\x08rest"), ("br", b"\x0b\x02\x80hello\x03")]
)
def test_a_body_that_is_compressed_stays_so(coding, body, tmp_path):
    response = {"headers": {"Content-Encoding": [coding]}, "body": {"string": body}}
    (one,) = tape(tmp_path, response=response).interactions
    assert (one.response.body, one.decoded) == (body, ())
    assert one.response.headers["Content-Encoding"] == coding


def test_the_shape_of_httpx_cassettes_before_vcrpy_8_is_read(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(
        "interactions:\n"
        "- request: {body: '', headers: {host: [a.example]}, method: GET, uri: 'http://a.example'}\n"
        "  response:\n"
        "    content: '{}'\n"
        "    headers: {content-encoding: [gzip], content-length: ['20']}\n"
        "    http_version: HTTP/2\n"
        "    status_code: 404\n"
        "version: 1\n"
    )
    (one,) = read(path).interactions
    assert one.response.raw == b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}"


def test_an_interaction_happened_when_its_response_says(tmp_path):
    interactions = [
        {
            "request": {"method": "GET", "uri": "http://a/"},
            "response": {"status": {"code": 204}, **head},
        }
        for head in ({}, {"headers": {"date": ["Tue, 24 Nov 2026 08:00:00 GMT"]}}, {})
    ]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"interactions": interactions}), encoding="utf-8")
    said = datetime(2026, 11, 24, 8, tzinfo=UTC)
    of_the_file = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    assert [one.at for one in read(path).interactions] == [of_the_file, said, said]


# -- bodies that are objects of Python


def test_a_file_that_was_sent_is_its_contents():
    (one,) = read(FOLDER / "upload-file.yaml").interactions
    assert one.request.body == b"\x00\xffa file"


def test_pieces_that_were_sent_are_the_chunks():
    (one,) = read(FOLDER / "upload-pieces.yaml").interactions
    assert one.request.raw.endswith(b"\r\n\r\na\r\none piece,\r\n8\r\n another\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("!!python/unicode 'a'", b"a"),
        ("!!python/str 'a'", b"a"),
        ("!!binary YQ==", b"a"),
        ("null", b""),
        ("'null'", b"null"),
        ("!!python/object/new:_io.BytesIO {state: [!!binary YQ==, 0, null]}", b"a"),
        ("!!python/object/new:_io.BytesIO {state: !!python/tuple []}", b""),
        ("[a, b]", b"ab"),
    ],
)
def test_a_harmless_tag_stands_for_its_contents(text, body, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(
        f"interactions:\n- request: {{method: POST, uri: 'http://a.example/', body: {text}}}\n"
        "  response: {status: {code: 204}}\n"
    )
    (one,) = read(path).interactions
    assert one.request.body == body


ANY_FIELDS = st.dictionaries(
    st.sampled_from(
        ["X-A", "content-encoding", "Content-Length", "transfer-encoding", "Connection"]
    ),
    st.lists(
        st.sampled_from(["chunked", "gzip", "gzip, chunked", "br", "5", "0", "close", "", "é"])
    ),
)
ANY_BODY = (
    st.binary(max_size=40)
    | st.text(max_size=40).map(lambda text: text.encode())
    | st.just(b"\x1f\x8b")
)


MESSAGES = st.tuples(ANY_FIELDS, ANY_BODY)


@given(
    st.sampled_from(["GET", "HEAD", "POST"]),
    st.sampled_from([200, 204, 304, 599]),
    MESSAGES,
    MESSAGES,
)
def test_whatever_the_fields_say_the_bodies_are_those_that_were_kept(method, status, sent, got):
    request = {"method": method, "uri": "http://a.example/", "headers": sent[0], "body": sent[1]}
    response = {"status": {"code": status}, "headers": got[0], "body": {"string": got[1]}}
    with TemporaryDirectory() as folder:
        (one,), notes = tape(Path(folder), request, response)
    bodiless = status in (204, 304) or method == "HEAD"
    assert one.request.body == sent[1]
    assert one.response.body == (b"" if bodiless else got[1])
    assert bool(notes) == (bodiless and bool(got[1]))


# -- what is refused


DAMAGE = {
    "": "the file is empty",
    "[]": ":1: this is no cassette of VCR.py: the key 'interactions' is missing",
    "a: [": ": a[0]: not valid YAML",
    "{": ":1: not valid JSON",
    '{"a": "\\ud800"}': ": not valid JSON: it holds what is no character",
    "[" * 99: "nested deeper than 12 levels",
    '{"a":' + "[" * 99 + "]" * 99 + "}": ": nested deeper than 12 levels",
    "cassette: 1\ninteractions: []": ":1: this is a cassette of ours already",
    "- request: {}": ":1: a cassette from before VCR.py 1.0, which has no version",
    "interactions: 5": ":1: interactions: expected a list, found a text",
    "interactions: []\nversion: 2": ":2: version: expected format version 1 of VCR.py, found '2'",
    "interactions:\n- request: {}": ":2: interactions[0]: the key 'response' is missing",
}


@pytest.mark.parametrize("text", DAMAGE)
def test_a_damaged_file_is_refused_with_the_place(text, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(cassette.CassetteFormatError) as caught:
        read(path)
    first, _, remedy = str(caught.value).partition("\n")
    assert first.startswith(str(path))
    assert DAMAGE[text] in first
    assert remedy


MENDED = "\nRepair it by hand, or leave it out and record the test again."

WRONG = {
    "request: {method: 'G T', uri: 'http://a/'}": "request.method: expected a method, found 'G T'",
    "request: {method: GET, uri: 'ftp://a/'}": (
        "request.uri: expected an http or https URL, found 'ftp://a/'"
    ),
    "request: {method: GET, uri: 'http://a:99999/'}": (
        "request.uri: expected an http or https URL, found 'http://a:99999/'"
    ),
    "request: {method: GET, uri: 'http://a/', headers: {'a b': [c]}}": (
        "request.headers.a b: 'a b' is no name of a header field"
    ),
    'request: {method: GET, uri: "http://a/", headers: {a: ["b\\r\\nc: d"]}}': (
        "request.headers.a[0]: a line of HTTP holds no line break and no NUL"
    ),
    "request: {method: GET, uri: 'http://a/', body: {a: b}}": (
        "request.body: expected a text, found a mapping"
    ),
    "request: {method: GET, uri: 'http://a/', body: !!python/object/apply:os.system [ls]}": (
        "request.body: expected a list, found the tag 'python/object/apply:os.system'"
    ),
    "request: {method: GET, uri: 'http://a/', body: !!python/name:os.system ''}": (
        "request.body: expected a text, found the tag 'python/name:os.system'"
    ),
    "request: &a {method: GET, uri: 'http://a/', body: !!binary 'a'}": (
        "request.body: broken base64: 1 characters, which is no multiple of 4"
    ),
}


@pytest.mark.parametrize("line", WRONG)
def test_what_cannot_have_been_a_request_is_refused_with_its_key(line, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(f"interactions:\n- {line}\n  response: {{status: {{code: 200}}}}\n")
    with pytest.raises(cassette.CassetteFormatError) as caught:
        read(path)
    assert str(caught.value) == f"{path}:2: interactions[0].{WRONG[line]}{MENDED}"


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        ("{}", "response: the status code is missing"),
        ("{status: {code: 99}}", "response.status.code: expected a status code, found '99'"),
        ("{status: {code: 100}}", "response: this response cannot be said in HTTP/1.1"),
        (
            '{status: {code: 200, message: "O\\nK"}}',
            "response.status.message: a line of HTTP holds no line break and no NUL",
        ),
        (
            "{status: {code: 200}, headers: []}",
            "response.headers: expected a mapping, found a list",
        ),
    ],
)
def test_what_cannot_have_been_a_response_is_refused_with_its_key(response, problem, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(
        f"interactions:\n- request: {{method: GET, uri: 'http://a/'}}\n  response: {response}\n"
    )
    with pytest.raises(cassette.CassetteFormatError) as caught:
        read(path)
    assert str(caught.value) == f"{path}:3: interactions[0].{problem}{MENDED}"


@pytest.mark.parametrize("name", ["log-in.yaml", "upload-file.yaml", "json-serializer.json"])
def test_a_mutated_file_is_read_or_refused_by_an_error_of_ours(name, tmp_path):
    """Deleted, doubled, swapped and changed bytes, from a fixed seed."""
    seed = random.Random(20261124)
    whole = (FOLDER / name).read_bytes()
    path = tmp_path / name
    outcomes = set()
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(seed.randint(1, 3)):
            at = seed.randrange(len(data) - 20)
            data[at : at + seed.randint(0, 9)] = seed.choice(
                (b"", b"\n", b"!!x", b"- ", b"\x00", b": ", b"null", data[at : at + 15] * 2)
            )
        path.write_bytes(data)
        try:
            read(path)
            outcomes.add("read")
        except cassette.CassetteFormatError:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(cassette.CassetteNotFoundError, match="there is no cassette at"):
        read(tmp_path / "a.yaml")


def test_what_has_no_place_in_a_cassette_is_told(tmp_path):
    response = {"status": {"code": 204, "message": "x"}, "body": {"string": "a"}, "seconds": 3}
    assert tape(tmp_path, {"method": "PUT"}, response).notes == [
        "interactions[0].response.seconds: left out: a cassette has no place for it",
        "interactions[0].response.body.string: left out: a 204 that answers PUT has no body",
    ]
