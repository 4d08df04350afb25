"""Bodies that a hand has edited are played whole; what was recorded is played as it was."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cassette.model import Ended
from cassette.store.edits import digest_of, refit
from cassette.store.writer import encode_entry

HEADER = b"cassette: 1\nrecorded: 2026-11-23T01:26:42Z\ninteractions:\n"
OK = b"HTTP/1.1 200 OK\r\n"
JSON = b'{"price":10.5}'
POST = b"POST /x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\na=1"
EVENTS = [b"data: one\n\n", b"data: two\n\n", b"data: three\n\n"]


def sized(body, extra=b""):
    return OK + b"%bContent-Length: %d\r\n\r\n%b" % (extra, len(body), body)


def chunked(*chunks):
    head = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in chunks) + b"0\r\n\r\n"


def without_digest(entry):
    return re.sub(rb"  digest: .*\n", b"", entry)


@pytest.fixture
def reopened(opened, kit):
    """A function that records a response, edits the text, and reads what is there now."""

    def reopen(response, *edits, digest=True, **facts):
        entry = encode_entry(kit.make(response, **facts))
        entry = entry if isinstance(entry, bytes) else b"".join(entry)
        text = entry if digest else without_digest(entry)
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        return opened(HEADER + text).interaction(0)

    return reopen


@pytest.mark.parametrize("digest", [True, False])
@pytest.mark.parametrize(
    "price", [b"10.599", b"1", b'"\xc3\xa9t\xc3\xa9"', b"10.5000000000000000000000"]
)
def test_an_edited_json_body_is_played_whole(reopened, price, digest):
    found = reopened(sized(JSON), (b"10.5", price), digest=digest)
    assert found.response.raw == sized(JSON.replace(b"10.5", price))
    assert found.edited == ("response",)


@pytest.mark.parametrize("text", [b"more than hello", b"h", b"hell\xc3\xb6"])
def test_an_edited_text_is_played_whole(reopened, text):
    found = reopened(sized(b"hello"), (b"text: |-\n      hello", b'text: "%b"' % text))
    assert found.response.body == text == found.response.raw.partition(b"\r\n\r\n")[2]


def test_a_body_may_be_emptied_or_given(reopened):
    assert reopened(sized(b"hello"), (b"    text: |-\n      hello\n", b"")).response.raw == sized(
        b""
    )
    given = reopened(sized(b""), (b"Content-Length: 0\n", b"Content-Length: 0\n    text: hi\n"))
    assert given.response.raw == sized(b"hi")


def test_a_change_of_equal_length_is_an_edit_too(reopened):
    found = reopened(sized(JSON), (b"10.5", b"99.9"))
    assert found.edited == ("response",)
    assert found.response.json() == {"price": 99.9}
    assert not reopened(sized(JSON), (b"10.5", b"99.9"), digest=False).edited


def test_what_says_the_same_in_another_form_is_no_edit(reopened):
    assert not reopened(sized(b"hello"), (b"|-\n      hello", b'"hello"  # as it came')).edited


def test_an_edited_request_is_whole(reopened):
    found = reopened(sized(b"ok"), (b"a=1", b"a=1&b=2"), request=POST)
    assert found.edited == ("request",)
    assert found.request.raw == POST.replace(b": 3", b": 7").replace(b"a=1", b"a=1&b=2")
    assert found.request.url == "http://a.example/x"
    assert reopened(sized(b"ok"), (b"a=1", b"a=12"), request=POST, digest=False).edited


@pytest.mark.parametrize("size", [2, 9])
@pytest.mark.parametrize("ended", [Ended.CLOSED, Ended.OPEN])
def test_framing_that_never_fitted_stays_as_it_was_recorded(reopened, size, ended):
    raw = OK + b"Content-Length: %d\r\n\r\nhello" % size
    found = reopened(raw, ended=ended)
    assert (found.response.raw, found.edited) == (raw, ())


@pytest.mark.parametrize(
    ("raw", "facts"),
    [
        (OK + b"Content-Length: 2\r\n\r\nok and more", {}),
        (OK + b"Content-Length: 9\r\n\r\nok", {"ended": Ended.RESET}),
        (OK + b"Content-Length: 9\r\n\r\n", {}),
        (OK + b"Content-Length: two\r\n\r\nok", {}),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\nok", {}),
        (b"HTTP/1.1 OK\r\nContent-Length: 9\r\n\r\nok", {}),
        (OK + b"Content-Length: 9\r\n\r\nok", {"call": "HEAD http://a.example/x"}),
        (sized(b"ok"), {"request": POST.replace(b": 3", b": 9")}),
    ],
)
def test_what_an_older_version_may_have_recorded_plays_as_before(reopened, raw, facts):
    found = reopened(raw, digest=False, **facts)
    assert (found.response.raw, found.edited) == (raw, ())
    assert found.request.raw == facts.get("request", found.request.raw)


def test_what_no_version_can_have_recorded_is_an_edit_without_a_digest(reopened):
    short = OK + b"Content-Length: 9\r\n\r\nok"
    assert reopened(short, digest=False).response.raw == sized(b"ok")


def test_a_body_that_was_cut_short_stays_cut_short_where_it_is_edited(reopened):
    cut = OK + b"Content-Length: 90\r\n\r\nhello"
    found = reopened(cut, (b"hello", b"hello you"), ended=Ended.RESET)
    assert found.response.raw == cut + b" you"
    assert found.edited == ("response",)


def test_the_field_keeps_its_spelling_and_interim_responses_stay(reopened):
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    raw = early + b"HTTP/1.1 200 OK\r\ncontent-LENGTH:  5\r\nX: y\r\n\r\nhello"
    found = reopened(raw, (b"      hello", b"      hello again"))
    assert found.response.raw == raw.replace(b"  5", b"  11") + b" again"


def test_the_chunk_that_was_edited_changes(reopened):
    longer = b"data: two and a half\n\n"
    found = reopened(chunked(*EVENTS), (b"two", b"two and a half"))
    assert found.response.raw == chunked(EVENTS[0], longer, EVENTS[2])
    assert found.edited == ("response",)
    again = reopened(chunked(*EVENTS), (b"two", b"two and a half"), digest=False)
    assert (again.response.raw, again.edited) == (found.response.raw, ("response",))


def test_chunks_without_lines_give_and_take_at_the_end(reopened):
    found = reopened(chunked(b"abc", b"def", b"ghi"), (b"abcdefghi", b"abcde"))
    assert found.response.raw == chunked(b"abc", b"de")


def test_the_pieces_of_an_edited_stream_end_where_they_did(reopened):
    raw = sized(b"".join(EVENTS))
    first = len(raw) - len(b"".join(EVENTS[1:]))
    arrived = ((0.1, first), (0.2, len(EVENTS[1])), (0.3, len(EVENTS[2])))
    found = reopened(raw, (b"one", b"one" + b"e" * 100), arrived=arrived)
    assert found.response.raw == sized(b"".join(EVENTS).replace(b"one", b"one" + b"e" * 100))
    assert [size for _, size in found.arrived] == [first + 101, *map(len, EVENTS[1:])]


def test_a_stream_that_is_one_piece_after_an_edit_has_no_pieces(reopened):
    raw = sized(b"hello")
    arrived = ((0.1, len(raw) - 5), (0.2, 5))
    found = reopened(raw, (b"    text: |-\n      hello\n", b""), arrived=arrived)
    assert (found.response.raw, found.arrived) == (sized(b""), ())


def test_a_large_body_is_told_when_it_is_asked_for(reopened, small, kit):
    body = b"line of text\n" * 40
    found = reopened(sized(body), (b"    text: |\n", b"    text: |\n      first\n"))
    assert found.response.raw == sized(b"first\n" + body)
    assert found.edited == ("response",)
    assert reopened(sized(body)).edited == ()
    chunks = reopened(chunked(body, body), (b"    text: |\n", b"    text: |\n      first\n"))
    assert chunks.response.body == b"first\n" + body * 2
    assert chunks.edited == ("response",)


def test_an_edit_through_the_yaml_parser_is_told_as_well(reopened):
    found = reopened(sized(JSON), (b"10.5", b"10.599"), (b"took: 0.5", b"took: 0.50 # about"))
    assert found.response.raw == sized(b'{"price":10.599}')
    assert found.edited == ("response",)


@given(
    sizes=st.lists(st.integers(1, 9), max_size=5),
    data=st.text("ab\n", max_size=40).map(str.encode),
)
def test_sizes_that_are_refitted_add_up(sizes, data):
    fitted = refit(sizes, data)
    assert sum(fitted) == len(data)
    assert all(size > 0 for size in fitted)
    assert len(fitted) <= max(len(sizes), 1)


def test_a_digest_tells_both_messages():
    assert digest_of(b"", b"") == b"00000000-00000000"
    assert digest_of(b"123456789", b"") == b"cbf43926-00000000"
