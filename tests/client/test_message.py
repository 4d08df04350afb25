"""A header section becomes the message that the e-mail parser makes of it, by whichever way."""

from __future__ import annotations

import email.parser
import io

import pytest

from cassette import client
from cassette.client.message import parse_odd, split_fields

WELL_FORMED = [
    b"A: b\r\n\r\n",
    b"A:b\r\na: \t c \r\nEmpty:\r\n\r\n",
    b"X: \xe9\x00\x0b\x85\r\n(x): y:z\r\n\r\n",
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n",
]
ODD = [
    b"\r\n",
    b"",
    b"A: b\r\n",
    b"A: b\n\n",
    b"A: b\r\n folded\r\n\r\n",
    b"no colon\r\n\r\n",
    b": no name\r\n\r\n",
    b"a b: c\r\n\r\n",
    b"A: b\rc: d\r\n\r\n",
    b"A: b\n\r\n",
    b"From me\r\nA: b\r\n\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"\xe9: b\r\n\r\n",
    b"X: " + b"y" * 65000 + b"\r\nZ: " + b"y" * 65000 + b"\r\n\r\n",
]


def split(section: bytes) -> list[tuple[str, str]] | None:
    text = section.decode("latin-1")
    return split_fields(text, section.count(b"\n"), "\n" + text.lower())


@pytest.mark.parametrize("section", WELL_FORMED)
def test_well_formed_sections_are_split_directly(section: bytes) -> None:
    assert split(section) == parse_odd(section.decode("latin-1"), client.HTTPMessage).items()


@pytest.mark.parametrize("section", ODD)
def test_odd_sections_are_left_to_the_email_parser(section: bytes) -> None:
    assert split(section) is None


@pytest.mark.parametrize("section", WELL_FORMED + ODD)
def test_both_ways_lead_to_the_same_message(section: bytes) -> None:
    ours = client.parse_headers(io.BytesIO(section))
    theirs = email.parser.Parser(_class=client.HTTPMessage).parsestr(section.decode("latin-1"))
    if ours.is_multipart():
        assert theirs.is_multipart()
    else:
        assert vars(ours).keys() == vars(theirs).keys()
        assert ours.get_payload() == theirs.get_payload()
    assert ours.items() == theirs.items()
    assert [type(defect) for defect in ours.defects] == [type(defect) for defect in theirs.defects]


def test_classes_with_a_constructor_of_their_own_get_the_email_parser() -> None:
    class Message(client.HTTPMessage):
        def __init__(self) -> None:
            super().__init__()
            self.made = True

    assert client.parse_headers(io.BytesIO(b"A: b\r\n\r\n"), Message).made


def test_nothing_is_read_behind_the_empty_line() -> None:
    fp = io.BytesIO(b"A: b\r\n\r\nbody")
    client.parse_headers(fp)
    assert fp.read() == b"body"
