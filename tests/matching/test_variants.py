"""Fields with which a request chooses among the answers of one URL."""

import http.server
import itertools
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import pytest
import requests
from messages import call_of, post, request
from servers.threads import serving

import cassette
from cassette.matching import Index, Matching
from cassette.model import Interaction, Response
from cassette.redaction import Redactor

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n\r\n"


def varying(*names, status=b"200 OK", line=b"Vary"):
    fields = b"".join(b"%b: %b\r\n" % (line, name.encode()) for name in names)
    return b"HTTP/1.1 %b\r\n%bContent-Length: 2\r\n\r\nok" % (status, fields)


def index(*exchanges, repeat=False, **options):
    """An index over requests, each alone or with its answer."""
    pairs = [one if isinstance(one, tuple) else (one, OK) for one in exchanges]
    calls = [call_of(sent) for sent, _ in pairs]
    at = datetime(2026, 11, 23, tzinfo=UTC)

    def fetch(i):
        sent, answer = pairs[i]
        return Interaction(calls[i], sent, Response(answer, sent.method), at)

    return Index(calls, fetch, Matching(**options), repeat=repeat)


def find(found, message):
    answer = found.find(call_of(message), message)
    return None if answer is None else answer.number


def answers(recorded, incoming, **options):
    return find(index(recorded, **options), incoming) == 0


CHOOSING = [
    ("Range", "bytes=0-99", "bytes=100-199"),
    ("If-Range", '"v1"', '"v2"'),
    ("x-ms-range", "bytes=0-99", "bytes=100-199"),
    ("Content-Range", "bytes 0-9/20", "bytes 10-19/20"),
    ("Upload-Offset", "0", "100"),
    ("X-HTTP-Method-Override", "PATCH", "DELETE"),
    ("X-HTTP-Method", "PATCH", "DELETE"),
    ("X-Method-Override", "PATCH", "DELETE"),
    ("SOAPAction", '"urn:get"', '"urn:list"'),
    ("X-Amz-Target", "DynamoDB_20120810.ListTables", "DynamoDB_20120810.DescribeLimits"),
    ("x-amz-copy-source", "a/1", "a/2"),
    ("x-amz-copy-source-range", "bytes=0-99", "bytes=100-199"),
    ("Depth", "0", "1"),
    ("Destination", "http://a.example/1", "http://a.example/2"),
    ("Overwrite", "T", "F"),
    ("Prefer", "return=minimal", "return=representation"),
    ("Accept-Profile", "public", "private"),
    ("Content-Profile", "public", "private"),
]


@pytest.mark.parametrize("make", [request, lambda **fields: post(b"{}", **fields)])
@pytest.mark.parametrize(("name", "one", "other"), CHOOSING)
def test_a_field_that_chooses_tells_two_requests_apart(make, name, one, other):
    def sent(value, agent="a/1"):
        return make(User_Agent=agent, **({name.replace("-", "_"): value} if value else {}))

    assert answers(sent(one), sent(one))
    assert answers(sent(one), sent(one, agent="a/2"))
    for values in itertools.permutations((one, other, ""), 2):
        assert not answers(*map(sent, values))
    assert answers(sent(one), sent(other), ignore=[f"header:{name}"])
    assert answers(sent(one), sent(other), match_on=("method", "path", "body"))


def test_names_have_no_case_and_values_no_blanks_around_them():
    assert answers(request(Range="bytes=0-9"), request(RANGE=" bytes=0-9 "))


@pytest.mark.parametrize(
    "field",
    ["Idempotency-Key", "X-Request-Id", "User-Agent", "Accept", "Accept-Encoding", "If-None-Match"],
)
def test_what_differs_on_every_run_or_with_the_client_chooses_nothing(field):
    name = field.replace("-", "_")
    assert answers(request(**{name: "1"}), request(**{name: "2"}))
    assert answers(request(**{name: "1"}), request())


@pytest.mark.parametrize("repeat", [False, True])
def test_pieces_are_answered_in_whatever_order_they_are_asked_for(repeat):
    pieces = [request(Range=f"bytes={n}0-{n}9") for n in range(4)]
    for order in itertools.permutations(range(4)):
        found = index(*pieces, repeat=repeat)
        assert [find(found, pieces[n]) for n in order] == [*order]
        assert [find(found, pieces[n]) for n in order] == ([*order] if repeat else [None] * 4)


@pytest.mark.parametrize(
    ("vary", "name", "one", "other"),
    [
        ("Accept", "Accept", "text/html", "application/json"),
        ("accept-encoding,ACCEPT", "Accept", "text/html", "application/json"),
        ("Accept-Language", "Accept-Language", "de", "fr"),
        ("X-Tenant, Accept", "X-Tenant", "1", "2"),
    ],
)
def test_a_field_that_the_answer_depends_on_tells_two_requests_apart(vary, name, one, other):
    def sent(value):
        return request(**{name.replace("-", "_"): value})

    found = index((sent(one), varying(vary)), (sent(other), varying(vary)))
    assert find(found, sent(other)) == 1
    assert find(found, sent(one)) == 0
    assert not answers((sent(one), varying(vary)), sent(other))
    assert not answers((sent(one), varying(vary)), request())
    assert answers((sent(one), varying(vary)), sent(other), ignore=[f"header:{name}"])
    assert answers((sent(one), OK), sent(other))


@pytest.mark.parametrize(("name", "default"), [("Accept", "*/*"), ("Accept-Language", "*")])
def test_a_client_that_says_anything_asks_for_what_one_that_says_nothing_asks_for(name, default):
    said = request(**{name.replace("-", "_"): default})
    assert answers((said, varying(name)), request())
    assert answers((request(), varying(name)), said)


@pytest.mark.parametrize(
    "field", ["Accept-Encoding", "User-Agent", "Cookie", "Authorization", "Sec-CH-UA", "X-Api-Key"]
)
def test_a_cassette_plays_for_other_clients_and_users_whatever_the_answer_says(field):
    name = field.replace("-", "_")
    exchange = request(**{name: "1"}), varying(f"{field}, *")
    assert answers(exchange, request())
    assert answers(exchange, request(**{name: "2"}))
    if field != "X-Api-Key":  # which has no meaning of its own where nothing is masked
        assert answers(exchange, request(), redactor=Redactor.off())


def test_vary_counts_on_every_line_and_behind_interim_responses():
    sent, other = request(X_A="1", Accept="text/html"), request(X_A="2", Accept="text/html")
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    for answer in (varying("Accept", "X-A"), early + varying("X-A"), varying("X-A", line=b"vary")):
        assert not answers((sent, answer), other)
    # A body that only looks like a head says nothing.
    assert answers((sent, OK + b"\r\nVary: X-A\r\n"), other)


def test_not_modified_answers_only_the_condition_that_it_was_an_answer_to():
    asked = request(If_None_Match='"a"')
    assert answers((asked, NOT_MODIFIED), request(If_None_Match='"a"', User_Agent="b"))
    assert not answers((asked, NOT_MODIFIED), request(If_None_Match='"b"'))
    assert not answers((asked, NOT_MODIFIED), request())
    dated = request(If_Modified_Since="Mon, 23 Nov 2026 00:00:00 GMT")
    later = request(If_Modified_Since="Tue, 24 Nov 2026 00:00:00 GMT")
    assert answers((dated, NOT_MODIFIED), later)
    assert not answers((dated, NOT_MODIFIED), request())
    failed = varying(status=b"412 Precondition Failed")
    assert not answers((post(b"1", If_Match='"a"'), failed), post(b"1", If_Match='"b"'))


def test_graphql_is_told_apart_by_its_body():
    def operation(name):
        return post(b'{"query": "query A {a} query B {b}", "operationName": "%b"}' % name)

    found = index(operation(b"A"), operation(b"B"))
    assert [find(found, operation(name)) for name in (b"B", b"A")] == [1, 0]


def test_what_chooses_is_shown_where_nothing_matches():
    found = index((request(Range="bytes=0-9", Accept="text/html"), varying("Accept")))
    sent = request(Range="bytes=10-19", Accept="text/plain")
    explanation = found.explain(call_of(sent), sent)
    (near,) = explanation.nearest
    assert near.splitlines() == [
        "#0 GET https://api.example.com/",
        "  variant",
        "    - accept: text/html",
        "    + accept: text/plain",
        "    - range: bytes=0-9",
        "    + range: bytes=10-19",
    ]
    assert explanation.ignore == ("header:accept", "header:range")


class Pieces(http.server.BaseHTTPRequestHandler):
    """Gives pieces of a content of 100 bytes."""

    def do_GET(self):
        start, stop = self.headers["Range"].removeprefix("bytes=").split("-")
        piece = bytes(range(int(start), int(stop) + 1))
        self.send_response(206)
        self.send_header("Content-Length", str(len(piece)))
        self.end_headers()
        self.wfile.write(piece)

    def log_message(self, *args):
        pass


def fetch(url, start):
    headers = {"Range": f"bytes={start}-{start + 9}"}
    return requests.get(url, headers=headers, timeout=5).content


def fetch_by_urllib(url, start):
    asked = urllib.request.Request(url, headers={"Range": f"bytes={start}-{start + 9}"})
    with urllib.request.urlopen(asked, timeout=5) as response:
        return response.read()


@pytest.mark.parametrize("replay", [fetch, fetch_by_urllib])
def test_a_download_in_parallel_is_put_together_again(tmp_path, replay):
    path = tmp_path / "a.yaml"
    starts = [*range(0, 100, 10)]
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pieces)) as server:
        url = f"http://127.0.0.1:{server.server_port}/"
        with cassette.use(path, mode="rewrite"):
            for start in starts:
                fetch(url, start)
    with cassette.use(path, mode="none", on_unplayed="fail"), ThreadPoolExecutor(5) as pool:
        pieces = list(pool.map(partial(replay, url), reversed(starts)))
    assert b"".join(reversed(pieces)) == bytes(range(100))
