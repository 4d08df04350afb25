"""A cassette that is recorded anew, and what counts as a change of it."""

import http.client
import re
from datetime import timedelta

import pytest
from recordings import after, interaction, write

import cassette
from cassette.store.reader import CassetteReader
from cassette.tapes.sameness import confirmed

NOW = after(1000)


def answer(*fields, body=b"ok", first=b"", end=b"\r\n"):
    lines = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *fields]
    return first + b"".join(line + end for line in lines) + end + body


def held(tmp_path, old, new, recorded=NOW):
    """What stays of a cassette with these interactions where those are recorded."""
    partial = write(tmp_path / "a.yaml.partial", *new)
    return confirmed(write(tmp_path / "a.yaml", *old), partial, recorded)


PASSING = [
    (
        answer(b"Date: Mon, 01 Jan 2024 00:00:00 GMT"),
        answer(b"date: Tue, 02 Jan 2024 01:01:01 GMT"),
    ),
    (answer(b"X-Request-Id: 1", b"Age: 4"), answer(b"X-Request-Id: 234", b"Age: 12")),
    (
        answer(b"Date: 1", first=b"HTTP/1.1 103 Early Hints\r\nDate: 1\r\n\r\n"),
        answer(b"Date: 2", first=b"HTTP/1.1 103 Early Hints\r\nDate: 2\r\n\r\n"),
    ),
]


@pytest.mark.parametrize(("old", "new"), [PASSING[1], PASSING[2]])
def test_moments_and_fields_that_pass_are_no_change(tmp_path, old, new):
    text = held(
        tmp_path,
        [interaction(raw=old, took=1.0)],
        [interaction(500, raw=new, took=2.0, arrived=((0.1, 5), (0.2, len(new) - 5)))],
    )
    kept = (tmp_path / "a.yaml").read_bytes()
    assert text == kept.replace(
        b"recorded: 2020-02-29T12:00:00Z", b"recorded: 2020-02-29T12:16:40Z"
    )
    assert text != kept


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (answer(body=b"ok"), answer(body=b"no")),
        (answer(b"Date: 1"), answer()),
        (answer(b"Server: a"), answer(b"Server: b")),
        (answer(body=b"\r\nDate: 1"), answer(body=b"\r\nDate: 2")),
        (answer(b"Content-Type: a"), answer(b"content-type: a")),
        (answer(b"Date: 1", end=b"\n"), answer(b"Date: 2", end=b"\n")),
        (PASSING[0]),
    ],
)
def test_whatever_else_differs_is_a_change(tmp_path, old, new):
    assert held(tmp_path, [interaction(raw=old)], [interaction(raw=new)]) is None


def test_a_request_may_say_another_date_and_nothing_else(tmp_path):
    def sent(fields):
        return [interaction(fields=fields)]

    date = b"X-Amz-Date: 2024010%dT000000Z\r\n"
    assert held(tmp_path, sent(date % 1), sent(date % 2)) is not None
    assert held(tmp_path, sent(b"User-Agent: 1\r\n"), sent(b"User-Agent: 2\r\n")) is None


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("ab", "ba", True),
        ("aba", "baa", True),
        ("ab", "a", False),
        ("ab", "abb", False),
    ],
)
def test_only_the_order_of_equal_calls_counts(tmp_path, old, new, same):
    def sequence(paths):
        return [
            interaction(path=f"/{path}", raw=answer(body=b"%d" % paths[:n].count(path)))
            for n, path in enumerate(paths)
        ]

    assert (held(tmp_path, sequence(old), sequence(new)) is not None) is same


def test_facts_beside_the_bytes_count(tmp_path):
    old = [interaction(ended=cassette.Ended.CLOSED)]
    assert held(tmp_path, old, [interaction(ended=cassette.Ended.OPEN)]) is None


def test_a_header_that_a_hand_has_written_stays(tmp_path):
    path = write(tmp_path / "a.yaml", interaction())
    path.write_bytes(b"# ours\n" + path.read_bytes().replace(b"recorded: ", b"recorded:  "))
    partial = write(tmp_path / "a.yaml.partial", interaction(5))
    text = confirmed(path, partial, NOW)
    assert text.startswith(b"# ours\ncassette: 1\nrecorded:  2020-02-29T12:16:40Z\n")
    path.write_bytes(path.read_bytes().replace(b"# ours", b"# ours\nrecorded: 2020-01-01"))
    assert confirmed(path, partial, NOW) is None  # it is damaged


def get(port, target="/", method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request(method, target)
        return connection.getresponse().read()
    finally:
        connection.close()


def recorded_line(path):
    return re.search(rb"recorded: (\S+)", path.read_bytes())[1]


def age(path):
    """Let a cassette be an old one; return its text."""
    old = path.read_bytes().replace(recorded_line(path), b"2020-01-01T00:00:00Z", 1)
    path.write_bytes(old)
    return old


@pytest.fixture
def port(raw_server):
    """A server that gives the same answer each time, at another date."""
    answers = [answer(b"Date: %d" % n, b"Connection: close") for n in range(4)]
    return raw_server(*([one] for one in answers)).address.port


@pytest.mark.parametrize("mode", ["rewrite", "all"])
def test_a_cassette_that_says_the_same_stays_but_for_its_time(tmp_path, port, mode):
    path = tmp_path / "a.yaml"
    with cassette.use(path, mode=mode) as tape:
        get(port)
    assert not tape.unchanged
    kept = age(path)
    with cassette.use(path, mode=mode) as tape:
        get(port)
    assert tape.unchanged
    assert path.read_bytes() == kept.replace(b"2020-01-01T00:00:00Z", recorded_line(path))
    assert recorded_line(path) > b"2026"
    assert list(tmp_path.iterdir()) == [path]


def test_the_age_of_a_cassette_counts_from_where_it_was_last_the_same(tmp_path):
    path = write(tmp_path / "a.yaml", interaction(), interaction(50, path="/2"))
    assert CassetteReader.open(path).oldest == after(0)
    path.write_bytes(path.read_bytes().replace(b"recorded: 2020-02-29", b"recorded: 2020-03-01"))
    assert CassetteReader.open(path).oldest == after(0) + timedelta(days=1)


def test_what_was_not_asked_for_again_keeps_its_time(tmp_path, port):
    path = tmp_path / "a.yaml"
    with cassette.use(path, mode="once"):
        get(port, "/new"), get(port, "/old")
    kept = age(path)
    with cassette.use(path, mode="all") as tape:
        get(port, "/new")
    assert tape.unchanged
    assert path.read_bytes() == kept
