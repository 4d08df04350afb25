"""Rules of the user's: what they find is masked, where they say so, as they say it."""

import http.client
import re
from datetime import UTC, datetime

import pytest

import cassette
from cassette.errors import HookError, OptionError
from cassette.model import Interaction, Request, Response
from cassette.redaction import Redactor

URL = "http://a.example/orders/shop_12ab/x?ref=shop_12ab"
REQUEST = (
    b"POST /orders/shop_12ab/x?ref=shop_12ab HTTP/1.1\r\nHost: a.example\r\nX-Size: shop_12ab\r\n"
    b"Content-Length: 21\r\n\r\n"
    b'{"id": "shop_12ab!!"}'
)
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n{"id": "shop_12ab"}'


def done(*rules, **options):
    at = datetime(2026, 11, 23, tzinfo=UTC)
    one = Interaction(f"POST {URL}", Request(REQUEST, URL), Response(ANSWER, "POST"), at)
    return Redactor(rules, **options).redact(one)


def text(one):
    return (one.request.raw + one.response.raw).decode()


SHAPE = re.compile(r"shop_[0-9a-z]{4}")


@pytest.mark.parametrize(
    "rule",
    [
        SHAPE,
        Redactor.shape(r"shop_[0-9a-z]{4}"),
        Redactor.shape(r"(shop_\w{4})\b"),
        Redactor.value("shop_12ab"),
        lambda given: re.findall("shop_[0-9a-z]{4}", given),
        Redactor.function(SHAPE.findall),
    ],
)
def test_what_a_rule_finds_is_masked_everywhere_alike(rule):
    one = done(rule)
    assert "shop_12ab" not in text(one)
    assert "shop_12ab" not in one.call
    masks = set(re.findall(r"REDACTED-\d|[A-Z]+-\d[x-]*", text(one)))
    assert len(one.masks) == 1
    assert text(one).count(one.masks[0]) == 5
    assert one.call == f"POST {URL}".replace("shop_12ab", one.masks[0])
    assert len(one.request.raw) == len(REQUEST)
    assert masks


def test_the_list_of_rules_says_which_it_was():
    assert set(done(SHAPE).rules) <= {"shape", "known"}
    assert "shape" in done(SHAPE).rules
    assert "function own" in done(own).rules


def own(given):
    return SHAPE.findall(given)


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("request", 4),
        ("response", 1),
        ("request.headers", 1),
        ("request.headers.x-size", 1),
        ("request.headers.x", 0),
        ("request.target", 2),
        ("request.body", 1),
        (["request.body", "response.body"], 2),
    ],
)
def test_a_rule_applies_where_it_says(where, count):
    for rule in (
        Redactor.shape(SHAPE, where=where),
        Redactor.value("shop_12ab", where=where),
        Redactor.function(own, where=where),
    ):
        assert text(done(rule)).count("shop_12ab") == 5 - count


def test_a_name_is_secret_where_the_rule_says():
    assert b"X-Size: shop_12ab" not in done("x-size").request.raw
    assert b"X-Size: shop_12ab" not in done(Redactor.name("x-size")).request.raw
    within = done(Redactor.name("x-size", where="request.headers"))
    assert b"X-Size: shop_12ab" not in within.request.raw
    assert b"X-Size: shop_12ab" in done(Redactor.name("x-size", where="response")).request.raw


def test_what_is_to_stand_instead_is_fitted():
    assert b"X-Size: DUMMYxxxx\r\n" in done(Redactor.value("shop_12ab", mask="DUMMY")).request.raw
    assert b"X-Size: a-long-ma\r\n" in done(Redactor.shape(SHAPE, mask="a-long-mask")).request.raw


def test_other_spellings_of_a_value_are_masked_too():
    secret = "p\xe4ss word/42=="
    raw = b"GET /x?a=p%C3%A4ss%20word%2F42%3D%3D HTTP/1.1\r\nHost: a.example\r\n\r\n"
    at = datetime(2026, 11, 23, tzinfo=UTC)
    url = "http://a.example/x?a=p%C3%A4ss%20word%2F42%3D%3D"
    one = Interaction(f"GET {url}", Request(raw, url), Response(b"", "GET"), at)
    assert b"word" not in Redactor([Redactor.value(secret)]).redact(one).request.raw


def test_a_request_with_another_value_is_answered(tmp_path, poll):
    path = tmp_path / "a.yaml"

    def get(token):
        connection = http.client.HTTPConnection("127.0.0.1", poll.port)
        connection.request("GET", f"/of/{token}/x", headers={"X-Own": token})
        answer = connection.getresponse().read()
        connection.close()
        return answer

    def rules(token):
        return Redactor([Redactor.value(token)])

    with cassette.use(path, mode="rewrite", redact=rules("corn flakes".replace(" ", "_"))):
        first = get("corn_flakes")
    assert b"corn_flakes" not in path.read_bytes()
    with cassette.use(path, mode="none", redact=rules("rice_krispy")):
        assert get("rice_krispy") == first


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: Redactor([7]), "expected names of fields, patterns, values or functions, found 7"),
        (lambda: Redactor([""]), "expected names of fields, found ''"),
        (lambda: Redactor("token"), "expected a list of names"),
        (lambda: Redactor([re.compile(b"x")]), "not of bytes"),
        (lambda: Redactor.shape("("), "is no pattern"),
        (lambda: Redactor.shape("a*"), "matches the empty text"),
        (lambda: Redactor.shape("a", where="body"), "where: 'body' is no place"),
        (lambda: Redactor.shape("a", mask='a"b'), "mask: "),
        (lambda: Redactor.value("abc"), "4 characters or more, not one of 3"),
        (lambda: Redactor.value("----"), "4 characters or more"),
        (lambda: Redactor.value(None), "not a NoneType"),
        (lambda: Redactor.function(None), "None is no function"),
        (lambda: Redactor.name("a", where="nowhere"), "is no place"),
    ],
)
def test_a_wrong_rule_is_refused_when_it_is_made(make, problem):
    with pytest.raises(OptionError, match=problem):
        make()


def test_a_value_is_never_shown():
    assert "s3cr3t" not in repr(Redactor.value("s3cr3t-value"))
    with pytest.raises(OptionError) as caught:
        Redactor.value("s3c")
    assert "s3c" not in str(caught.value)


@pytest.mark.parametrize(
    ("function", "problem"),
    [(lambda given: given.index("\0"), "ValueError"), (lambda _: [1], "it gave int")],
)
def test_an_error_in_a_function_is_told(function, problem):
    with pytest.raises(HookError, match=problem):
        done(function)
