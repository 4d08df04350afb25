import pytest

from cassette.store.parts import MessageError, join_message
from cassette.store.scalars import Value

HEAD = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"


def value(data, *, binary=False):
    return Value(data, binary)


HEAD_VALUE = value(b"HTTP/1.1 200 OK\nA: b\n")


@pytest.mark.parametrize(
    ("values", "style", "chunks", "raw"),
    [
        ({}, None, None, b""),
        ({"raw": value(b"a\n")}, None, None, b"a\n"),
        ({"head": HEAD_VALUE}, None, None, HEAD),
        ({"head": value(b"HTTP/1.1 200 OK\nA: b")}, None, None, HEAD),
        ({"head": value(b"x", binary=True)}, None, None, b"x"),
        ({"head": HEAD_VALUE, "text": value(b"a\n")}, None, None, HEAD + b"a\n"),
        (
            {"head": HEAD_VALUE, "json": value(b'{\n"a": 1\n}\n')},
            "compact",
            None,
            HEAD + b'{"a":1}',
        ),
        ({"head": HEAD_VALUE, "wire": value(b"0\r\n")}, None, None, HEAD + b"0\r\n"),
        (
            {"head": HEAD_VALUE, "text": value(b"ab"), "trailers": value(b"T: 1\n")},
            None,
            [1, 1],
            HEAD + b"1\r\na\r\n1\r\nb\r\n0\r\nT: 1\r\n\r\n",
        ),
        (
            {"head": HEAD_VALUE, "text": value(b"ab"), "cut": value(b"3\r\nc")},
            None,
            [2],
            HEAD + b"2\r\nab\r\n3\r\nc",
        ),
        (
            {"head": HEAD_VALUE, "trailers": value(b"T: \xe9\n", binary=True)},
            None,
            [],
            HEAD + b"0\r\nT: \xe9\n\r\n",
        ),
    ],
)
def test_the_parts_of_a_message_are_joined(values, style, chunks, raw):
    assert join_message(values, style, chunks) == raw


TEXT = value(b"ab")


@pytest.mark.parametrize(
    ("values", "style", "chunks", "key", "problem"),
    [
        ({"raw": TEXT, "head": TEXT}, None, None, "head", "beside raw"),
        ({"raw": TEXT}, None, [2], "chunks", "beside raw"),
        ({"text": TEXT}, None, None, "text", "needs a head"),
        ({"head": TEXT, "text": TEXT, "wire": TEXT}, None, None, "wire", "one body"),
        ({"head": TEXT, "body": TEXT}, None, None, "body", "expected !!binary"),
        ({"head": TEXT, "json": TEXT}, None, None, "json", "needs its style"),
        ({"head": TEXT, "json": value(b"a", binary=True)}, "compact", None, "json", "is a text"),
        ({"head": TEXT, "text": TEXT}, "compact", None, "style", "belongs to json"),
        ({"head": TEXT, "text": TEXT, "trailers": TEXT}, None, None, "trailers", "needs chunks"),
        ({"head": TEXT, "text": TEXT, "cut": TEXT}, None, None, "cut", "needs chunks"),
        (
            {"head": TEXT, "text": TEXT, "trailers": TEXT, "cut": TEXT},
            None,
            [2],
            "trailers",
            "cannot stand beside cut",
        ),
        ({"head": TEXT, "wire": TEXT}, None, [2], "chunks", "already"),
        ({"head": TEXT, "text": TEXT}, None, [3], "chunks", "add up to 3 bytes"),
    ],
)
def test_parts_that_contradict_each_other_are_refused(values, style, chunks, key, problem):
    with pytest.raises(MessageError, match=problem) as caught:
        join_message(values, style, chunks)
    assert caught.value.key == key
