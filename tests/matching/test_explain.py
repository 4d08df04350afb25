"""What is said about the nearest recordings where none answers."""

import hashlib
import json
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from messages import (
    FORM,
    MULTIPART,
    Numbers,
    call_of,
    chunked,
    compressed,
    find,
    index,
    multipart,
    post,
    request,
)

from cassette.errors import UnmatchedRequestError
from cassette.matching import Matching
from cassette.model import Request
from cassette.redaction import Redactor


def explain(messages, incoming, **options):
    found = index(*messages, matching=Matching(**options))
    assert find(found, incoming) is None
    return found.explain(call_of(incoming), incoming)


def shown(messages, incoming, **options):
    return list(explain(messages, incoming, **options).nearest)


def test_the_nearest_recordings_come_first():
    messages = [request("/user"), request("/users?page=1"), request("/users?page=2"), post(b"1")]
    assert shown(messages, request("/users?page=3")) == [
        "#1 GET https://api.example.com/users?page=1\n  query\n    - page: 1\n    + page: 3",
        "#2 GET https://api.example.com/users?page=2\n  query\n    - page: 2\n    + page: 3",
        (
            "#0 GET https://api.example.com/user\n"
            "  - path: /user\n"
            "  + path: /users\n"
            "  query\n"
            "    + page: 3"
        ),
    ]


def test_the_recording_with_fewest_differences_is_nearest():
    messages = [request("/u?page=1&sort=up"), request("/u?page=3"), request("/u?page=1&sort=down")]
    assert shown(messages, request("/u?page=2&sort=up"))[0].startswith("#0 ")


def test_another_body_is_nearer_than_another_place():
    messages = [post(b'{"a": 1, "b": 2, "c": 3}', target="/u"), request("/other", "POST")]
    incoming = post(b'{"a": 0, "b": 0, "c": 0, "d": 0}', target="/u")
    assert shown(messages, incoming)[0].startswith("#0 ")


def test_the_body_of_a_request_to_another_place_is_not_gone_into():
    messages = [post(b"[1]", target="/a"), post(b"[1]", target="/b")]
    assert shown(messages, post(b"[2]", target="/c")) == [
        (
            "#0 POST https://api.example.com/a\n"
            "  - path: /a\n"
            "  + path: /c\n"
            "  body (JSON)\n"
            "    - $[0]: 1\n"
            "    + $[0]: 2"
        ),
        "#1 POST https://api.example.com/b\n  - path: /b\n  + path: /c\n    the body too",
    ]


def test_what_was_recorded_and_played_already_is_told_and_nothing_else():
    messages = [request("/a"), request("/b"), request("/a")]
    found = index(*messages)
    assert [find(found, request("/a")) for _ in range(3)] == [0, 2, None]
    explanation = found.explain(call_of(request("/a")), request("/a"))
    assert explanation == ((), (0, 2), (), ())


def test_other_origins_are_told_about_for_the_same_path():
    found = Numbers(["GET http://h:1/a", "GET http://h:1/b"], lambda i: request(), Matching())
    explanation = found.explain("GET http://h:2/a", request("/a"))
    assert explanation.nearest == ("#0 GET http://h:1/a\n  - port: 1\n  + port: 2",)


def test_where_nothing_is_near_the_known_origins_are_told():
    found = Numbers(["GET http://h:1/a", "GET http://h:1/b"], lambda i: request(), Matching())
    explanation = found.explain("GET http://h:2/c", request("/c"))
    assert explanation == ((), (), (), ("http://h:1",))


def test_failures_to_connect_are_explained_by_their_origin():
    found = Numbers(["GET https://h.example/"], lambda i: request(), Matching())
    assert found.explain("connect https://h.example", Request(b"")).nearest == (
        "#0 GET https://h.example/\n  - method: GET\n  + method: connect",
    )


@pytest.mark.parametrize(
    ("recorded", "incoming", "said"),
    [
        (
            post(b'{"a": {"b": [1, "x"]}, "c d": 1}'),
            post(b'{"a": {"b": [1, "y", 2]}}'),
            """
            body (JSON)
              - $.a.b[1]: "x"
              + $.a.b[1]: "y"
              + $.a.b[2]: 2
              - $['c d']: 1
            """,
        ),
        (
            post(b"[1]"),
            post(b"[true]"),
            """
            body (JSON)
              - $[0]: 1
              + $[0]: true
            """,
        ),
        (
            post(b'{"password": 1}'),
            post(b"{}"),
            """
            body (JSON)
              - $.password: (a secret)
            """,
        ),
        (
            post(b'{"q": "query {\\n  a\\n  b\\n}\\n", "n": 1}'),
            post(b'{"q": "query {\\n  a\\n  c \\n}\\n", "n": 1}'),
            """
            body (JSON)
                $.q:
              @@ -1,4 +1,4 @@
                query {
                  a
              -   b
              +   c\\x20
                }
            """,
        ),
        (
            post(b"a=1&b=2", FORM),
            post(b"a=1&b=3&c=&d=%0a", FORM),
            """
            body (form)
              - b: 2
              + b: 3
              + c: ''
              + d: '\\n'
            """,
        ),
        (
            post(b"a=1&b=2&b=3", FORM),
            post(b"a=1&b=3", FORM),
            """
            body (form)
              - b: 2
              - b: 3
              + b: 3
            """,
        ),
        (
            multipart(b"o", MULTIPART.replace(b"1\r\n", b"2\r\n").replace(b"\xff", b"\xfe")),
            multipart(b"o"),
            """
            body (multipart)
              - a: 2
              + a: 1
                f:
                2 bytes recorded, 2 now; the first difference is at offset 1 (0x1)
              - 000000  00 fe                                            ..
              + 000000  00 ff                                            ..
                           ^^                                             ^
            """,
        ),
        (
            multipart(b"o", MULTIPART.replace(b'"x"', b'"y"')),
            multipart(b"o"),
            """
            body (multipart)
              - f (head): Content-Disposition: form-data; name="f"; filename="y"
              + f (head): Content-Disposition: form-data; name="f"; filename="x"
            """,
        ),
        (
            multipart(b"o", MULTIPART.replace(b'"a"', b'"password"')),
            multipart(b"o"),
            """
            body (multipart)
              - password: (a secret)
              + a: 1
            """,
        ),
        (
            multipart(b"o"),
            multipart(b"o", MULTIPART[:65] % {b"b": b"o"}),
            """
            body (multipart)
              - f: 2 bytes
            """,
        ),
        (
            post(bytes(range(100)), "image/png"),
            post(bytes(range(50)) + b"\xff" + bytes(range(51, 70)), "image/png"),
            """
            body (binary)
                100 bytes recorded, 70 now; the first difference is at offset 50 (0x32)
                000020  20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f   !"#$%&'()*+,-./
              - 000030  30 31 32 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f  0123456789:;<=>?
              + 000030  30 31 ff 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f  01.3456789:;<=>?
                              ^^                                           ^
              - 000040  40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f  @ABCDEFGHIJKLMNO
              + 000040  40 41 42 43 44 45                                @ABCDE
                                          ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^        ^^^^^^^^^^
              - 000050  50 51 52 53 54 55 56 57 58 59 5a 5b 5c 5d 5e 5f  PQRSTUVWXYZ[\\]^_
                        ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^ ^^  ^^^^^^^^^^^^^^^^
            """,
        ),
        (
            post(b"one\ntwo\nthree\r\n", "text/plain"),
            post(b"one\n2\nthree\n", "text/plain"),
            """
            body (text)
              @@ -1,3 +1,3 @@
                one
              - two
              - three\\r
              + 2
              + three
            """,
        ),
        (
            post(b"<a/>", "text/xml"),
            post(b"<b/>", "text/xml"),
            """
            body (text)
              - <a/>
              + <b/>
            """,
        ),
        (
            request("/", "POST"),
            post(b"x"),
            """
            body
              - no body
              + x
            """,
        ),
        (
            post(b"\x00\x01", "image/png"),
            request("/", "POST"),
            """
            body
              - 00 01
              + no body
            """,
        ),
        (
            post(b'{"a": 1'),
            post(b'{"a": 2'),
            """
            body (text)
              - {"a": 1
              + {"a": 2
            """,
        ),
        (
            post(b"a=1", FORM),
            post(b"a=1", "text/plain"),
            """
            body (text)
              - content type: application/x-www-form-urlencoded
              + content type: text/plain
            """,
        ),
        (
            compressed(b'{"a":  1}', 1),
            chunked(b'{"a": 2}', 3, 5),
            """
            body (JSON, gzip undone)
              - $.a: 1
              + $.a: 2
            """,
        ),
        (
            post(b"xx", Content_Encoding="br"),
            post(b"yy", Content_Encoding="br"),
            """
            body (text, still br)
              - xx
              + yy
            """,
        ),
        (
            post("é".encode("latin-1"), "text/plain; charset=latin-1"),
            post("é".encode(), "text/plain; charset=utf-8"),
            """
            body (text)
                1 byte recorded, 2 now; the first difference is at offset 0 (0x0)
              - 000000  e9                                               .
              + 000000  c3 a9                                            ..
                        ^^ ^^                                            ^^
            """,
        ),
    ],
)
def test_bodies_are_explained_by_what_they_are(recorded, incoming, said):
    (near,) = shown([recorded], incoming)
    first, *lines = near.splitlines()
    assert first == "#0 POST https://api.example.com/"
    assert dedent("\n".join(lines)) == dedent(said).strip()


def test_headers_and_raw_bodies_are_explained():
    (near,) = shown(
        [post(b"[1]", X_A="1", Cookie="a=b")],
        post(b"[ 1]", X_A="2"),
        match_on=["headers", "raw_body"],
    )
    assert near.splitlines()[1:] == [
        "  headers",
        "    - content-length: 3",
        "    + content-length: 4",
        "    - cookie: (a secret)",
        "    - x-a: 1",
        "    + x-a: 2",
        "  raw_body",
        "    - [1]",
        "    + [ 1]",
    ]


def test_what_a_function_says_is_shown_line_by_line():
    def one_tenant(recorded, incoming):
        raise AssertionError("another tenant\n  X-Tenant: " + "x" * 200)

    def anything(recorded, incoming):
        return True

    (near,) = shown([request()], request(), match_on=[anything, one_tenant])
    assert near.splitlines()[1:] == [
        "  one_tenant",
        "      another tenant",
        "        X-Tenant: " + "x" * 75 + "...",
    ]


# -- what to do about it


@pytest.mark.parametrize(
    ("recorded", "incoming", "ignore"),
    [
        (request("/?a=1&ts=1"), request("/?ts=2&a=1"), ["query:ts"]),
        (post(b"a=1&n=1", FORM), post(b"a=1", FORM), ["form:n"]),
        (multipart(b"o"), multipart(b"o", MULTIPART[:65] % {b"b": b"o"}), ["form:f"]),
        (post(b'{"m": {"id": 1}}'), post(b'{"m": {"id": 2}}'), ["json:$.m.id"]),
        (
            post(b'[{"id": 1, "n": 1}, {"id": 2, "n": 2}]'),
            post(b'[{"id": 3, "n": 1}, {"id": 4, "n": 2}]'),
            ["json:$[*].id"],
        ),
        (
            post(b'{"a b": 1, "it\'s": 1}', target="/?ts=1"),
            post(b'{"a b": 2, "it\'s": 2}', target="/?ts=2"),
            ["query:ts", "json:$['a b']", 'json:$["it\'s"]'],
        ),
        (request(X_A="1"), request(X_A="2"), ["header:x-a"]),
    ],
)
def test_what_could_be_ignored_is_proposed_and_would_help(recorded, incoming, ignore):
    match_on = ("query", "headers", "body") if "header:x-a" in ignore else ("query", "body")
    explanation = explain([recorded], incoming, match_on=match_on)
    assert list(explanation.ignore) == ignore
    assert find(index(recorded, matching=Matching(match_on, ignore)), incoming) == 0


@pytest.mark.parametrize(
    ("recorded", "incoming"),
    [
        (request("/a?ts=1"), request("/b?ts=2")),
        (post(b"[1]"), post(b"[1, 2]")),
        (post(b"1"), post(b"2")),
        (post(b"<a/>", "text/xml"), post(b"<b/>", "text/xml")),
        (post(b'{"a": 1, "b": 1, "c": 1, "d": 1}'), post(b'{"a": 2, "b": 2, "c": 2, "d": 2}')),
        (post(b'{"a\\"\'": 1}'), post(b'{"a\\"\'": 2}')),
        (post(b'{"a\\n": 1}'), post(b'{"a\\n": 2}')),
        (request("/?%20=1"), request("/?%20=2")),
    ],
)
def test_nothing_is_proposed_that_would_not_help_or_would_be_much(recorded, incoming):
    assert explain([recorded], incoming).ignore == ()


NAMES = st.sampled_from(["a", "b c", "it's", "", "é", "[0]", "a.b", "*", '"'])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "x", "x\ny", "'"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=3),
)


@settings(max_examples=300, deadline=None)
@given(JSON, JSON)
def test_a_proposal_always_helps(one, other):
    recorded, incoming = (post(json.dumps({"v": value}).encode()) for value in (one, other))
    found = index(recorded)
    if find(found, incoming) == 0:
        return
    ignore = found.explain(call_of(incoming), incoming).ignore
    if ignore:
        assert find(index(recorded, matching=Matching(ignore=ignore)), incoming) == 0


# -- how much is said


def message(found, incoming):
    return str(
        UnmatchedRequestError(
            call_of(incoming),
            path="cassettes/users.yaml",
            mode="none",
            total=4,
            remedy="To record it: pytest --cassette-mode=new_episodes test_users.py::test_page",
            **found.explain(call_of(incoming), incoming)._asdict(),
        )
    )


BODIES = st.one_of(
    JSON.map(lambda value: post(repr([value] * 3).replace("'", '"').encode())),
    st.lists(st.sampled_from(["one", "two", " ", "x" * 300, "\x1b[31m"]), max_size=60).map(
        lambda lines: post("\n".join(lines).encode(), "text/plain")
    ),
    st.binary(max_size=300).map(lambda body: post(body, "image/png", target="/?a=1")),
    st.lists(st.tuples(st.text(max_size=4), st.text(max_size=200)), max_size=30).map(
        lambda pairs: post(
            "&".join(f"{n}={v}" for n, v in pairs).encode("utf-8", "surrogatepass"), FORM
        )
    ),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(BODIES, min_size=3, max_size=5), BODIES)
def test_a_message_has_40_lines_that_fit_a_terminal(recorded, incoming):
    text = message(index(*recorded), incoming)
    lines = text.splitlines()
    assert len(lines) <= 40
    assert all(len(line) <= 100 for line in lines)
    assert all(line.isprintable() for line in text.split("\n"))


def test_a_huge_body_is_compared_without_aligning_all_of_it():
    recorded = post(b"[%b]" % b",".join(b'{"n": %d}' % n for n in range(5_000)))
    incoming = post(b"[%b]" % b",".join(b'{"n": %d}' % (n + n % 2) for n in range(5_000)))
    explained = shown([recorded] * 20, incoming)
    assert [line.strip() for line in explained[0].splitlines()[2:4]] == [
        "- $[1].n: 1",
        "+ $[1].n: 2",
    ]


def test_in_a_huge_cassette_only_the_near_ones_are_looked_into():
    calls = [f"GET https://h.example/{n}?a=1" for n in range(5000)]
    read = []

    def fetch(i):
        read.append(i)
        return request()

    found = Numbers(calls, fetch, Matching())
    (nearest, *_) = found.explain("GET https://h.example/4321?a=2", request()).nearest
    assert nearest.startswith("#4321 ")
    (nearest, *_) = found.explain("PUT https://h.example/x", request()).nearest
    assert nearest.startswith("#0 ")
    assert found.explain("PUT https://g.example/x", request()).nearest == ()
    assert len(read) <= 60


# -- secrets

# All look as if a machine had made them, and none is part of a word that the message holds anyway.
SECRETS = st.tuples(st.integers(0), st.integers(9, 40)).map(
    lambda pair: "9Zq" + hashlib.sha256(b"%d" % pair[0]).hexdigest()[: pair[1]]
)


def requests_with(secret):
    """Yield requests that hold a secret in each place where redaction finds it."""
    yield request(f"/u/{secret}?token={secret}&n={secret}", Authorization=f"Bearer {secret}")
    yield post(f'{{"password": "{secret}", "note": ["{secret}"]}}'.encode())
    yield post(f'{{"text": "a\\n{secret}", "token": {{"value": "{secret}"}}}}'.encode())
    yield post(f"password={secret}&note=it+is+{secret}".encode(), FORM)
    yield post(f"<a>\n<pwd>{secret}</pwd>\n{secret}\n</a>".encode(), "text/xml")
    yield post(f"https://u:{secret}@h/ {secret}".encode(), "text/plain", X_Api_Key=secret)
    yield multipart(
        b"o", MULTIPART.replace(b'"a"', b'"password"').replace(b"1\r\n", f"{secret}\r\n".encode())
    )
    yield compressed(f'{{"secret": "{secret}", "{secret}": 1}}'.encode(), 6)
    yield request("/", Cookie=f"sid={secret}", X_A=secret, Authorization=f"Bearer {secret}")


@settings(max_examples=60, deadline=None)
@given(SECRETS, SECRETS, st.integers(0, 8), st.integers(0, 8))
def test_an_explanation_holds_no_secret(secret, another, at, other):
    redactor = Redactor()
    matching = Matching(("uri", "query", "headers", "body", "raw_body"), redactor=redactor)
    incoming = list(requests_with(secret))[at]
    recorded = list(requests_with(another))[other]
    # What is recorded is masked, and in the call too.
    masked = redactor.mask_request(recorded)
    calls = [redactor.mask_call(call_of(recorded))]
    found = Numbers(calls, lambda _: masked, matching)
    text = ""
    if found.find(call_of(incoming), incoming) is None:
        text = message(found, incoming).replace(call_of(incoming), "")
    assert secret not in text
    assert another not in text
    assert secret.encode().hex(" ") not in text


def test_a_secret_that_stands_elsewhere_shows_as_its_mask():
    redactor = Redactor()
    found = index(request("/u/REDACTED-1-xx"), post(b"[1]"), matching=Matching(redactor=redactor))
    incoming = post(
        b'["abcdefghijkl"]',
        target="/u/abcdefghijkl/x?n=abcdefghijkl",
        Authorization="Bearer abcdefghijkl",
    )
    assert find(found, incoming) is None
    (nearest, *_) = found.explain(call_of(incoming), incoming).nearest
    assert "+ n: REDACTED" in nearest
