"""Which recording answers a request, and why none does."""

from __future__ import annotations

import gzip
import json
import random
import threading
from urllib.parse import quote

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

from cassette.errors import OptionError
from cassette.matching import Matching
from cassette.matching.calls import CallKeys, origin_of, split_call
from cassette.matching.paths import JsonPath
from cassette.model import Request
from cassette.redaction import Redactor


def matches(recorded, incoming, *match_on, ignore=()):
    matching = Matching(match_on, ignore) if match_on else Matching(ignore=ignore)
    return find(index(recorded, matching=matching), incoming) == 0


# -- the order of answers


def test_each_interaction_answers_once_in_recorded_order():
    found = index(request(), request("/b"), request(), request())
    assert [find(found, request()) for _ in range(4)] == [0, 2, 3, None]
    assert found.left == [1]


def test_the_last_match_repeats():
    found = index(request(), request(), request("/b"), repeat=True)
    assert [find(found, request()) for _ in range(4)] == [0, 1, 1, 1]
    assert [find(found, request("/b")) for _ in range(2)] == [2, 2]


def test_the_last_equal_body_repeats():
    found = index(post(b"1"), post(b"2"), post(b"1"), repeat=True)
    assert [find(found, post(b"1")) for _ in range(3)] == [0, 2, 2]
    assert find(found, post(b"3")) is None


def test_bodies_may_come_in_any_order():
    messages = [post(b'{"n": %d}' % (n % 7)) for n in range(50)]
    found = index(*messages)
    shuffled = list(range(50))
    random.Random(1).shuffle(shuffled)
    answers = [find(found, messages[n]) for n in shuffled]
    for rest in range(7):
        assert [a for a in answers if a % 7 == rest] == list(range(rest, 50, 7))


# -- requests that were cut short


def cut(message, missing=3):
    """A request whose server had enough of it before it was complete."""
    return Request(message.raw[:-missing])


def test_a_request_that_was_cut_short_answers_one_that_begins_so():
    found = index(cut(post(b"abcdef")), post(b"abcdef"), cut(post(b"abcdef"), 1))
    assert find(found, post(b"abd")) is None
    assert [find(found, post(b"abcdef")) for _ in range(4)] == [0, 1, 2, None]


def test_a_request_that_was_cut_short_answers_in_its_turn_once_it_is_known():
    found = index(post(b"1"), cut(post(b"abcdef")), post(b"2"), post(b"abcdef"))
    assert [find(found, post(body)) for body in (b"3", b"2", b"abcdef", b"abcdef")] == [
        None,
        2,
        1,
        3,
    ]


def test_a_request_that_was_cut_short_repeats():
    found = index(post(b"abcdef"), cut(post(b"abcdef")), post(b"2"), repeat=True)
    assert [find(found, post(b"abcdef")) for _ in range(3)] == [0, 1, 1]
    assert find(found, post(b"abcghi")) == 1


@pytest.mark.parametrize(
    ("recorded", "incoming", "options", "expected"),
    [
        (multipart(b"one"), multipart(b"another"), {}, True),
        (chunked(b"abcdef", 2, 4), chunked(b"abcdef", 6), {}, True),
        (chunked(b"abcdef", 2, 4), post(b"abcdef"), {"match_on": ["raw_body"]}, True),
        (post(b"abcdef", a="1"), post(b"abcdef", a="2"), {}, True),
        (post(b"abcdef", a="1"), post(b"abcdef", a="2"), {"match_on": ["headers"]}, False),
        (post(b"password=abcdef", FORM), post(b"password=ghijkl", FORM), {}, True),
    ],
    ids=["boundary", "chunks", "raw body", "header", "header that counts", "secret"],
)
def test_a_beginning_is_compared_as_far_as_it_counts(recorded, incoming, options, expected):
    found = index(cut(recorded, 4), matching=Matching(**options))
    assert (find(found, incoming) == 0) is expected


def test_a_request_without_body_is_not_answered_by_one_with_a_body():
    with_body, without = request(body=b"[1]"), request()
    assert find(index(with_body), without) is None
    assert find(index(without), with_body) is None
    assert find(index(with_body, without), without) == 1


@pytest.mark.parametrize("asked", [("/?a=1&b=2", "/?b=2&a=1"), ("/?b=2&a=1", "/?a=1&b=2")])
def test_the_order_of_parameters_does_not_change_the_order_of_answers(asked):
    found = index(request("/?a=1&b=2"), request("/?b=2&a=1"))
    assert [find(found, request(target)) for target in asked] == [0, 1]


@pytest.mark.parametrize("bodies", [(b"", b"1"), (b"1", b"")], ids=["without first", "with first"])
def test_what_repeats_is_the_last_one_of_that_body(bodies):
    recorded = [request("/", "POST", body) for body in bodies]
    found = index(*recorded, repeat=True)
    asked = [0, 1, 0, 0, 1, 1, 0]
    assert [find(found, request("/", "POST", bodies[i])) for i in asked] == asked


PACKED = gzip.compress(b"[1]", mtime=0)


@pytest.mark.parametrize(
    ("recorded", "sent", "options"),
    [
        (post(b"a=1", "text/plain"), post(b"a=1", FORM), {}),
        (post(PACKED), post(PACKED, Content_Encoding="gzip"), {}),
        (post(b"1"), post(b"1", X="y"), {"match_on": ["headers"]}),
        (post(b"1"), post(b"1"), {"match_on": ["method", lambda *_: False]}),
    ],
    ids=["of another type", "of another coding", "under other headers", "a function objects to"],
)
def test_equal_bytes_are_not_enough_where_more_counts(recorded, sent, options):
    assert find(index(recorded, matching=Matching(**options)), sent) is None


def test_a_marked_interaction_does_not_answer():
    found = index(request(), request(), post(b"1"), post(b"1"))
    found.mark(0)
    found.mark(0)
    assert 0 not in found.left
    found.mark(2)
    assert (find(found, request()), find(found, post(b"1"))) == (1, 3)
    assert found.left == []


def test_only_what_may_answer_is_read():
    read = []
    messages = [request(f"/{n}") for n in range(9)] + [post(b"%d" % n) for n in range(9)]

    def fetch(i):
        read.append(i)
        return messages[i]

    found = Numbers([call_of(m) for m in messages], fetch, Matching())
    assert find(found, messages[3]) == 3
    assert read == [3]
    assert find(found, messages[10]) == 10
    assert read == [3, 9, 10]
    assert find(found, messages[9]) == 9  # known by its key, so only the answer itself is read
    assert read == [3, 9, 10, 9]


def test_looking_takes_as_many_steps_in_a_large_cassette_as_in_a_small_one():
    for n in (10, 1000):
        read = []
        messages = [post(b"%d" % k) for k in range(n)]

        def fetch(i, read=read, messages=messages):
            read.append(i)
            return messages[i]

        found = Numbers(["POST https://api.example.com/"] * n, fetch, Matching())
        for k in range(n):
            assert find(found, messages[k]) == k
        assert len(read) == n


def test_no_interaction_is_given_to_two_threads():
    found = index(*[request()] * 300, *[post(b"1")] * 300)
    taken = []

    def take():
        for _ in range(75):
            taken.append(find(found, request()))
            taken.append(find(found, post(b"1")))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = [i for i in taken if i is not None]
    assert sorted(answers) == list(range(600))


def test_a_matcher_may_look_something_up_itself():
    inner = index(request("/token"))

    def matcher(recorded, incoming):
        return find(inner, request("/token")) == 0

    assert find(index(request(), matching=Matching(["method", matcher])), request()) == 0


# -- connections and heads


def test_the_earliest_unplayed_interaction_of_an_origin_is_known():
    calls = [
        "GET https://a.example/x",
        "connect https://b.example",
        "GET https://a.example:8443/",
        "GET https://a.example/y",
    ]
    found = Numbers(calls, lambda i: request(), Matching())
    assert found.next_for("https://a.example") == 0
    assert found.next_for("https://a.example") == 0
    found.mark(0)
    assert found.next_for("https://a.example") == 3
    assert found.next_for("https://a.example:8443") == 2
    assert found.next_for("https://b.example") == 1
    assert found.find(calls[1], Request(b"")) == 1
    assert found.next_for("https://b.example") is None
    assert found.next_for("https://c.example") is None


def test_the_last_interaction_of_an_origin_repeats():
    calls = ["GET https://a.example/", "connect https://a.example"]
    found = Numbers(calls, lambda i: request(), Matching(), repeat=True)
    found.mark(0)
    found.mark(1)
    assert found.next_for("https://a.example") == 1
    assert found.next_for("https://b.example") is None


def test_an_answer_is_foreseen_by_the_call_and_not_marked():
    messages = post(b"1"), request(), post(b"2"), post(b"3", target="/?b=1&a=2")
    found = index(*messages)
    call = call_of(post(b"9"))
    assert found.foresee(call) is found.foresee(call) is messages[0]
    found.mark(0)
    assert found.foresee(call) is messages[2]
    assert found.foresee("POST https://api.example.com/?a=2&b=1") is messages[3]
    assert found.foresee("PUT https://api.example.com/") is None
    found.mark(3)
    assert found.foresee("POST https://api.example.com/?a=2&b=1") is None


def test_the_last_one_is_foreseen_again_where_it_repeats():
    messages = post(b"1"), post(b"2")
    found = index(*messages, repeat=True)
    found.mark(0)
    found.mark(1)
    assert found.foresee(call_of(post(b"9"))) is messages[1]


# -- call lines


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a?x=1&y=2", "/a?y=2&x=1"),
        ("/a?x=1&y=0&x=2", "/a?x=1&x=2&y=0"),
        ("/a%7eb", "/a~b"),
        ("/a%2fb", "/a%2Fb"),
        ("/?q=a+b", "/?q=a%20b"),
        ("/?q=%c3%a9", "/?q=%C3%A9"),
        ("/?q=a%26b", "/?q=%61%26b"),
        ("/?", "/"),
        ("/?a", "/?a="),
        ("/?a=1&&b=2", "/?a=1&b=2"),
        ("/?api_key=abc", "/?api_key=xyz"),
        ("/?a=1&API-key=abc", "/?API-key=REDACTED-1-xx&a=1"),
        ("/u/REDACTED-1-xxxx/x", "/u/REDACTED-2-/x"),
        ("/u/DACTED-1", "/u/REDACTED-12-xx"),
    ],
)
def test_equal_calls(one, other):
    assert matches(request(one), request(other))
    assert matches(request(other), request(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a?x=1&x=2", "/a?x=2&x=1"),
        ("/a%2Fb", "/a/b"),
        ("/a", "/A"),
        ("/a", "/a/"),
        ("/?q=a%2Bb", "/?q=a+b"),
        ("/?q=a%26b=1", "/?q=a&b=1"),
        ("/?a%3Db=1", "/?a=b%3D1"),
        ("/?x=1", "/?X=1"),
        ("/?token=a", "/"),
        ("/RESTRICTED-1", "/RESTRICTED-2"),
        ("/?q=%00", "/?token=a"),
    ],
)
def test_different_calls(one, other):
    assert not matches(request(one), request(other))


@pytest.mark.parametrize(
    "other",
    [
        "POST https://h.example/a",
        "GET http://h.example/a",
        "GET https://h.example:444/a",
        "GET https://g.example/a",
        "GET https://h.example/b",
        "GET https://h.example/a?b=1",
    ],
)
def test_each_part_of_the_call_counts(other):
    found = Numbers([other], lambda i: request("/a"), Matching())
    assert found.find("GET https://h.example/a", request("/a")) is None


def test_spellings_of_an_origin_are_equal():
    for other in ("GET https://H.Example:443/a", "GET HTTPS://u@x:p@h.example/a"):
        found = Numbers([other], lambda i: request("/a"), Matching())
        assert found.find("GET https://h.example/a", request("/a")) == 0


def test_calls_split_into_their_parts():
    assert split_call("GET http://[::1]:80/a?b?c") == ("GET", "http", "[::1]", "80", "/a", "b?c")
    assert split_call("OPTIONS https://h*") == ("OPTIONS", "https", "h", "443", "*", "")
    assert split_call("garbage") == ("", "", "", "", "garbage", "")
    assert origin_of("GET http://[::1]:8080/a") == "http://[::1]:8080"
    assert origin_of("connect https://h.example") == "https://h.example"
    assert origin_of("GET https://H.example:443?x") == "https://h.example"


TARGETS = st.text("/?&=%+#a1AZ~ \u00e9\"'{}|\\^[]@:;,.!$*()2F0<>`", max_size=30)


@settings(max_examples=300, deadline=None)
@given(TARGETS, st.sampled_from(["h.example", "H.example", "h:80", "h:443", "u@h", "[::1]"]))
def test_a_canonical_call_stays_as_it_is(target, host):
    keys = CallKeys(Redactor())
    call = f"GET https://{host}/{target}"
    canonical = keys.canonical(call)
    assert keys.canonical(canonical) == canonical


PLAIN_NAMES = st.sampled_from(["a", "a-b", "a!", "b", "token", "ts"])


@given(st.lists(st.tuples(PLAIN_NAMES, st.text("1=-!", max_size=2)), max_size=6))
def test_parameters_mean_the_same_whether_or_not_they_have_to_be_decoded(pairs):
    keys = CallKeys(Redactor(), frozenset({"ts"}))
    plain, encoded = (
        "GET https://h/?" + "&".join(f"{spelt(name)}={value}" for name, value in pairs)
        for spelt in (str, lambda name: f"%{ord(name[0]):02x}{name[1:]}")
    )
    assert keys.canonical(plain) == keys.canonical(encoded)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=5)), max_size=5), st.randoms())
def test_the_encoding_of_a_query_does_not_count(pairs, chance):
    def encoded(text):
        raw = text.encode("utf-8", "surrogatepass")
        return "".join(quote(bytes([b])) if chance.random() < 0.5 else f"%{b:02x}" for b in raw)

    one, other = (
        "GET https://h/?" + "&".join(f"{encoded(n)}={encoded(v)}" for n, v in pairs)
        for _ in range(2)
    )
    keys = CallKeys(Redactor())
    assert keys.canonical(one) == keys.canonical(other)


# -- bodies


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (post(b'{"a": 1, "b": [1, 2]}'), post(b'{"b":[1,2],"a":1}')),
        (post(b'{"a": 1}'), post(b'{"a": 1.0}')),
        (post(b'{"a": 1e2, "b": -0.0}'), post(b'{"a": 100, "b": 0}')),
        (post(b"[1e23]"), post(b"[100000000000000000000000]")),
        (post(b'{"a": "\\u00e9"}'), post('{"a": "é"}'.encode())),
        (post(b'{"a": "b"}'), post('{"a": "b"}'.encode("utf-16"))),
        (post(b'{"a": 1}', "application/json"), post(b'{"a":1}', "application/vnd.x+json")),
        (post(b'{"a": 1}', FORM), post(b'{"a":1}', FORM)),
        (post(b"[NaN]"), post(b"[ NaN ]")),
        (post(b"a=1&b=2", FORM), post(b"b=2&a=1", FORM)),
        (post(b"a=%7e+b", FORM), post(b"a=~%20b", FORM)),
        (multipart(b"one"), multipart(b"two")),
        (compressed(b'{"a":  1}', 1), compressed(b'{"a": 1}', 9)),
        (compressed(b'{"a":  1}', 1), post(b'{"a": 1}')),
        (
            post(gzip.compress(b'{"a"') + gzip.compress(b":  1}"), Content_Encoding="gzip"),
            post(b'{"a": 1}'),
        ),
        (chunked(b"abcdef", 2, 4), chunked(b"abcdef", 6)),
        (chunked(b"abcdef", 2, 4), post(b"abcdef")),
        (post(b'{"password": "a", "n": 1}'), post(b'{"password": 12, "n": 1}')),
        (post(b'{"password": 1}'), post(b'{"password": "a"}')),
        (post(b"user=bob&password=a", FORM), post(b"user=bob&password=REDACTED-1", FORM)),
        (post(b'{"text": "it is REDACTED-1-xxx"}'), post(b'{"text": "it is REDACTED-2-"}')),
        (post(b"<Pwd>abc</Pwd>", "text/xml"), post(b"<Pwd>D-1</Pwd>", "text/xml")),
        (request("/", "POST", Content_Length="0"), request("/", "POST")),
        (post(b"x" * 5000, "text/plain"), post(b"x" * 5000, "text/css")),
        (
            post(b'{"u": "https://h/?api_key=a", "password": "b", "s": "{\\"secret\\": \\"c\\"}"}'),
            post(b'{"u": "https://h/?api_key=x", "password": "y", "s": "{\\"secret\\": \\"z\\"}"}'),
        ),
        (post(b"--B--", "multipart/form-data"), post(b"--B--", "multipart/form-data")),
    ],
)  # fmt: skip
def test_equal_bodies(one, other):
    assert matches(one, other)
    assert matches(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (post(b'{"a": 1}'), post(b'{"a": true}')),
        (post(b'{"a": 1}'), post(b'{"a": "1"}')),
        (post(b'{"a": null}'), post(b"{}")),
        (post(b"[1, 2]"), post(b"[2, 1]")),
        (post(b'{"password": "a"}'), post(b"{}")),
        (post(b"a=1&a=2", FORM), post(b"a=2&a=1", FORM)),
        (post(b"a=1", FORM), post(b"a=1", "text/plain")),
        (post(b"<a/>", "text/xml"), post(b"<a />", "text/xml")),
        (post(b"{broken", "application/json"), post(b"{broken ", "application/json")),
        (multipart(b"one"), multipart(b"one", MULTIPART.replace(b"1\r\n", b"2\r\n"))),
        (post(b"x" * 5000, "text/plain"), post(b"x" * 4999 + b"y", "text/plain")),
        (post(b"a\n", FORM), post(b"a", FORM)),
        (post(b"--B--", "multipart/form-data"), post(b"--C--", "multipart/form-data")),
        (post(b"[9007199254740993.0]"), post(b"[9007199254740992.0]")),
        (multipart(b"one", b"another %(b)b"), multipart(b"one", b"%(b)b")),
        (multipart(b"one", b"--%(b)b\r\na"), multipart(b"one", b"--%(b)b\r\nb")),
        (
            post(gzip.compress(b"a") + gzip.compress(b"b"), Content_Encoding="gzip"),
            post(gzip.compress(b"a") + gzip.compress(b"c"), Content_Encoding="gzip"),
        ),
    ],
)
def test_different_bodies(one, other):
    assert not matches(one, other)


@pytest.mark.parametrize(("depth", "by_value"), [(200, True), (201, False), (100_000, False)])
def test_json_nested_too_deeply_is_compared_by_bytes(depth, by_value):
    deep = b"[" * depth + b"]" * depth
    assert matches(post(deep), post(deep))
    assert matches(post(deep), post(b" " + deep)) == by_value
    assert matches(
        post(b"[%b]" % b",".join([b"[]"] * 300)), post(b"[%b ]" % b",".join([b"[]"] * 300))
    )


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "password"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(JSON, st.booleans(), st.integers(0, 3))
def test_the_spelling_of_json_does_not_count(value, ascii_only, indent):
    one = post(json.dumps(value).encode())
    other = post(json.dumps(value, ensure_ascii=ascii_only, indent=indent, sort_keys=True).encode())
    assert matches(one, other)


# -- secrets that stand elsewhere


def recorded_with(redactor, message):
    return redactor.mask_request(message)


def test_other_credentials_replay_a_masked_cassette():
    def message(secret):
        body = json.dumps({"note": f"token {secret} of bob"}).encode()
        return post(
            body, target=f"/u/{quote(secret, safe='')}?n=1", Authorization=f"Bearer {secret}"
        )

    masked = Redactor().mask_request(message("first/secret/of/mine"))
    call = Redactor().mask_call(call_of(masked))
    assert "first" not in call
    found = Numbers([call], lambda i: masked, Matching())
    incoming = message("a+quite+different+longer+one")
    assert found.find(call_of(incoming), incoming) == 0


def test_a_learned_secret_in_a_later_request_matches_its_mask():
    redactor = Redactor()
    found = Numbers(
        ["GET https://api.example.com/", "GET https://api.example.com/u/REDACTED-1-xx"],
        [request(), request("/u/REDACTED-1-xx")].__getitem__,
        Matching(redactor=redactor),
    )
    redactor.learn(request("/", X_Api_Key="abcdefghijklmnop"))
    assert find(found, request("/u/abcdefghijklmnop")) == 1
    assert find(found, request("/u/abcdefghijklmnop")) is None
    assert find(found, request("/v/nothing/secret")) is None
    assert find(found, request("/v/abcdefghijklmnop")) is None


def test_without_redaction_secrets_count():
    matching = Matching(redactor=Redactor.off())
    found = index(request("/?token=a"), post(b'{"password": "a"}'), matching=matching)
    assert find(found, request("/?token=b")) is None
    assert find(found, post(b'{"password": "b"}')) is None
    assert find(found, request("/?token=a")) == 0


# -- other matchers


def test_without_matchers_everything_matches_in_recorded_order():
    found = index(post(b"1"), request("/x"), matching=Matching(()))
    assert find(found, request("/y", "PUT")) == 0
    assert find(found, request("/y", "PUT")) == 1


@pytest.mark.parametrize("name", ["method", "scheme", "host", "port", "path", "query", "uri"])
def test_a_single_matcher_looks_at_its_own_part_only(name):
    calls = {
        "method": "GET http://g:1/b?c=2",
        "scheme": "PUT https://g:1/b?c=2",
        "host": "PUT http://h:1/b?c=2",
        "port": "PUT http://g/b?c=2",
        "path": "PUT http://g:1/a?c=2",
        "query": "PUT http://g:1/b?a=1",
    }
    calls["port"] = "PUT http://g:443/b?c=2"
    calls["uri"] = "PUT https://h/a?a=1"
    wanted = "GET https://h/a?a=1"
    for other, call in calls.items():
        found = Numbers([call], lambda i: request(), Matching([name]))
        equal = other == name or (other == "uri" and name != "method")
        assert (found.find(wanted, request()) == 0) == equal, (name, other)


def test_uri_compares_the_url_as_sent():
    assert matches(request("/?a=1&b=2"), request("/?a=1&b=2"), "uri")
    assert not matches(request("/?a=1&b=2"), request("/?b=2&a=1"), "uri")
    assert matches(request("/?api_key=1&b=2"), request("/?api_key=3&b=2"), "uri")
    assert matches(request("/?ts=1&b=2"), request("/?b=2"), "uri", ignore=["query:ts"])
    assert matches(request("/?ts=1"), request("/"), "uri", ignore=["query:ts"])


def test_headers_compare_names_without_case_and_secrets_by_presence():
    one = request(Accept="a", X_A="1", Authorization="Bearer abc")
    assert matches(one, request(x_a="1", ACCEPT="a", authorization="Basic x"), "headers")
    assert not matches(one, request(X_A="1", Accept="a"), "headers")
    assert not matches(one, request(X_A="2", Accept="a", Authorization="x"), "headers")
    assert matches(multipart(b"one"), multipart(b"two"), "headers")


def test_raw_body_compares_bytes_without_chunk_framing():
    assert not matches(post(b'{"a": 1}'), post(b'{"a":1}'), "raw_body")
    assert matches(chunked(b"abcdef", 2, 4), post(b"abcdef"), "raw_body")
    assert matches(post(b'{"secret": "REDACTED-1-xx"}'), post(b'{"secret": "abc"}'), "raw_body")


def test_functions_are_asked_with_the_recorded_request_first():
    asked = []

    def same_length(recorded, incoming):
        asked.append((recorded.target, incoming.target))
        return len(recorded.target) == len(incoming.target)

    found = index(request("/aa"), request("/b"), matching=Matching([same_length]))
    assert find(found, request("/c")) == 1
    assert asked == [(b"/aa", b"/c"), (b"/b", b"/c")]


def test_functions_repeat_the_last_match():
    def same_length(recorded, incoming):
        return len(recorded.target) == len(incoming.target)

    found = index(
        request("/a"), request("/b"), request("/cc"), matching=Matching([same_length]), repeat=True
    )
    assert [find(found, request("/x")) for _ in range(3)] == [0, 1, 1]
    assert find(found, request("/xxx")) is None


def test_functions_may_assert():
    def asserts(recorded, incoming):
        assert incoming.headers["X-A"] == "1", "X-A must be 1"

    found = index(request(), matching=Matching(["method", asserts]))
    assert find(found, request(X_A="2")) is None
    (near,) = found.explain(call_of(request()), request(X_A="2")).nearest
    assert near.startswith("#0 GET https://api.example.com/\n  asserts\n      X-A must be 1")
    assert find(found, request(X_A="1")) == 0


def test_a_coroutine_function_is_no_matcher():
    async def matcher(recorded, incoming):
        return False

    with pytest.raises(OptionError, match="matcher is a coroutine function"):
        Matching([matcher])


def test_functions_see_no_secrets():
    seen = []

    def matcher(recorded, incoming):
        seen.append(incoming.headers["Authorization"])
        return True

    find(
        index(request(), matching=Matching([matcher])), request(Authorization="Bearer abcdefghijkl")
    )
    assert seen == ["Bearer REDACTED-1-x"]


# -- ignoring


@pytest.mark.parametrize(
    ("ignore", "one", "other"),
    [
        ("query:ts", request("/?ts=1&a=1"), request("/?a=1&ts=2")),
        ("query:ts", request("/?ts=1"), request("/")),
        ("form:nonce", post(b"nonce=1&a=1", FORM), post(b"a=1&nonce=2", FORM)),
        (
            "form:a",
            multipart(b"one"),
            multipart(b"one", MULTIPART.replace(b"1\r\n", b"2\r\n")),
        ),
        ("json:$.id", post(b'{"id": 1, "a": 1}'), post(b'{"a": 1}')),
        ("json:$.m.id", post(b'{"m": {"id": 1, "a": 1}}'), post(b'{"m": {"id": 2, "a": 1}}')),
        ("json:$.m[*].id", post(b'{"m": [{"id": 1}, {"id": 2}]}'), post(b'{"m": [{}, {"id": 3}]}')),
        ("json:$.*.id", post(b'{"m": {"id": 1}, "n": 1}'), post(b'{"m": {"id": 2}, "n": 1}')),
        ("json:$[1]", post(b"[1, 2, 3]"), post(b"[1, 5, 3]")),
        ("json:$['a b'][\"c.d\"]", post(b'{"a b": {"c.d": 1}}'), post(b'{"a b": {"c.d": 2}}')),
    ],
)
def test_what_is_ignored_does_not_count(ignore, one, other):
    assert not matches(one, other)
    assert matches(one, other, ignore=[ignore])


def test_ignored_headers_do_not_count():
    one, other = request(Date="a", Accept="b"), request(date="c", Accept="b")
    assert not matches(one, other, "headers")
    assert matches(one, other, "headers", ignore=["header:DATE"])


def test_ignoring_elements_keeps_their_number():
    assert not matches(post(b"[1, 2]"), post(b"[1]"), ignore=["json:$[*]"])
    assert JsonPath.parse("$[*]").removed_from([1, 2]) == [None, None]


# -- wrong options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"match_on": ["metod"]},
            (
                "match_on: there is no matcher 'metod'; did you mean 'method'?\n"
                "The matchers are: body, headers, host, method, path, port, query, raw_body, "
                "scheme, uri, variant; or give a function (recorded, incoming) -> bool."
            ),
        ),
        (
            {"match_on": [3]},
            (
                "match_on: there is no matcher 3\n"
                "The matchers are: body, headers, host, method, path, port, query, raw_body, "
                "scheme, uri, variant; or give a function (recorded, incoming) -> bool."
            ),
        ),
        (
            {"match_on": "method"},
            (
                "match_on: expected a list of the matchers, found the string 'method'\n"
                "Write match_on=('method',) for a single one."
            ),
        ),
        ({"ignore": 3}, "ignore: expected a list of what to ignore, found 3"),
        (
            {"ignore": ["heder:Date"]},
            (
                "ignore: 'heder:Date' says nothing that can be ignored; did you mean 'header'?\n"
                "Write header:NAME, query:NAME, form:NAME or json:PATH, such as header:Date or "
                "json:$.meta.id"
            ),
        ),
        (
            {"ignore": ["json:$.a..b"]},
            (
                "ignore: '..b' in the JSON path '$.a..b' is no step of a path\n"
                "Write $ and steps: .name, ['a name'], [0], [*] for every element, "
                ".* for every member; such as json:$.items[*].id"
            ),
        ),
        (
            {"ignore": ["json:a"]},
            (
                "ignore: 'a' in the JSON path 'a' is no step of a path\n"
                "Write $ and steps: .name, ['a name'], [0], [*] for every element, "
                ".* for every member; such as json:$.items[*].id"
            ),
        ),
    ],
)
def test_a_wrong_option_says_what_would_be_right(options, message):
    with pytest.raises(OptionError) as error:
        Matching(**options)
    assert str(error.value) == message
