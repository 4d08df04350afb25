"""Content codings are undone as far as they are known, and put back."""

from __future__ import annotations

import gzip
import zlib

import pytest

from cassette.wire.codings import beginning, codings_of, pack, unpack


@pytest.mark.parametrize(
    ("codings", "encode"),
    [
        ([b"gzip"], gzip.compress),
        ([b"X-GZip "], gzip.compress),
        ([b"deflate"], zlib.compress),
        ([b"deflate"], lambda data: zlib.compress(data, wbits=-15)),
        ([b"identity", b""], bytes),
        ([b"deflate, gzip"], lambda data: gzip.compress(zlib.compress(data))),
        ([b"deflate", b"identity,gzip"], lambda data: gzip.compress(zlib.compress(data))),
        ([], bytes),
    ],
)
def test_codings_are_undone_and_put_back(codings, encode):
    names = codings_of(codings)
    content, packings = unpack(encode(b"text"), names)
    assert content == b"text"
    assert len(packings) == len(names)
    assert unpack(pack(b"other text", packings), names).content == b"other text"


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"br", b"gzip, br"])
def test_what_cannot_be_undone_is_left_as_it_is(coding):
    body = b"not compressed"
    assert unpack(body, codings_of([coding])) == (body, [])


@pytest.mark.parametrize("padding", [b"", b"\0\0", b"junk"])
def test_all_members_are_undone_and_padding_is_passed_over(padding):
    body = gzip.compress(b"one, ", mtime=0) + gzip.compress(b"two", mtime=0) + padding
    assert unpack(body, [b"gzip"]).content == b"one, two"


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_what_was_cut_short_is_undone_so_far_and_stays_cut_short(coding):
    body = pack(
        b"text" * 9,
        unpack(
            {"gzip": gzip, "deflate": zlib}[coding].compress(b"")[:-6], [coding.encode()]
        ).packings,
    )
    content, packings = unpack(body, [coding.encode()])
    assert content == b"text" * 9
    assert [packing.truncated for packing in packings] == [True]


@pytest.mark.parametrize(
    ("body", "codings", "content"),
    [
        (b"plain text", [], b"plain"),
        (gzip.compress(b"plain text", mtime=0), [b"gzip"], b"plain"),
        (gzip.compress(b"pla", mtime=0) + gzip.compress(b"in text", mtime=0), [b"gzip"], b"plain"),
        (gzip.compress(b"plain text", mtime=0)[:-9], [b"gzip"], b"plain"),
        (gzip.compress(b"pla", mtime=0), [b"gzip"], b"pla"),
        (b"plain text", [b"gzip"], None),
        (gzip.compress(b"plain text", mtime=0), [b"br", b"gzip"], None),
    ],
)
def test_the_beginning_of_a_body_is_what_all_its_codings_give(body, codings, content):
    assert beginning(body, codings, 5) == content


def test_a_bomb_is_not_decompressed():
    assert unpack(gzip.compress(b"a" * 101), [b"gzip"], limit=100).content is None
    assert unpack(gzip.compress(b"a" * 100), [b"gzip"], limit=100).content == b"a" * 100
    two = gzip.compress(b"a" * 100) + gzip.compress(b"a", mtime=0)
    assert unpack(two, [b"gzip"], limit=100).content is None
    assert unpack(gzip.compress(two), [b"gzip", b"gzip"], limit=100).content is None
