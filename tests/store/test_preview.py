import gzip
import zlib

import pytest

from cassette.store.preview import MAX_BYTES, MAX_LINES, MAX_WIDTH, preview
from cassette.wire.headers import Fields


def head(*lines):
    return Fields("".join(line + "\r\n" for line in lines).encode())


GZIP = head("Content-Encoding: gzip")


def test_a_gzip_body_shows_its_text():
    assert preview(gzip.compress(b"one\ntwo\n"), GZIP) == (
        b"    # gzip, decoded:\n    #   one\n    #   two\n"
    )


def test_json_is_shown_line_by_line():
    assert preview(gzip.compress(b'{"a":1,"b":2}'), GZIP).decode().splitlines()[1:] == [
        "    #   {",
        '    #     "a":1,',
        '    #     "b":2',
        "    #   }",
    ]


@pytest.mark.parametrize("raw", [False, True])
def test_deflate_is_understood_with_and_without_its_wrapper(raw):
    body = zlib.compress(b"hello")
    body = body[2:-4] if raw else body
    assert b"hello" in preview(body, head("Content-Encoding: deflate"))


def test_codings_upon_each_other_are_undone():
    body = gzip.compress(zlib.compress(b"hello"))
    assert preview(body, head("Content-Encoding: deflate, gzip")) == (
        b"    # deflate, gzip, decoded:\n    #   hello\n"
    )


def test_a_declared_charset_is_decoded():
    body = "caf\u00e9".encode("latin-1")
    shown = preview(body, head("Content-Type: text/plain; charset=ISO-8859-1"))
    assert "caf\u00e9" in shown.decode()


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", ()),
        (b"no gzip", ("Content-Encoding: gzip",)),
        (b"brotli", ("Content-Encoding: br",)),
        (b"\xff\xfe", ("Content-Type: text/plain; charset=nonsense",)),
        (gzip.compress(b"\x00\x01\x02\xff", mtime=0), ("Content-Encoding: gzip",)),
        (gzip.compress(b"\x00\x01\x02", mtime=0), ("Content-Encoding: gzip",)),
        (gzip.compress(b" \n ", mtime=0), ("Content-Encoding: gzip",)),
    ],
)
def test_what_is_no_text_has_no_preview(body, lines):
    assert preview(body, head(*lines)) == b""


def test_a_preview_is_short():
    shown = preview(gzip.compress(b"x" * 500 + b"\nline" * 10_000), GZIP).splitlines()
    assert len(shown) == MAX_LINES + 2
    assert max(map(len, shown)) <= MAX_WIDTH + 10
    assert shown[-1] == b"    #   ..."


def test_a_body_that_unpacks_to_much_is_not_unpacked():
    bomb = gzip.compress(bytes(50 * MAX_BYTES))
    assert preview(bomb, GZIP) == b""


def test_no_character_of_the_body_can_end_the_comment():
    body = gzip.compress("a\rb\x85c\u2028d\x0be\n".encode() + b"words " * 20)
    shown = preview(body, GZIP).decode()
    assert all(line.startswith("    #") for line in shown.split("\n")[:-1])
    assert not set("\r\x85\u2028\x0b") & set(shown)
