"""Ours and the stock module agree, whatever the bytes, the segmentation and the calls."""

from __future__ import annotations

import os
import random  # noqa: TC003 - Hypothesis may look at the annotations
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

import fuzz
import generate
import outcomes

# From 3.13 on, a stock response that never got a file complains about that when it is collected.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

WHOLE = settings(
    max_examples=int(os.environ.get("CASSETTE_FUZZ_EXAMPLES", "300")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

randoms = st.randoms(use_true_random=False)
calls = st.one_of(
    st.just(("read",)),
    st.tuples(st.just("read"), st.integers(0, 50)),
    st.tuples(st.sampled_from(["read1", "readline", "peek"]), st.integers(-2, 50)),
    st.tuples(st.just("readinto"), st.integers(0, 50)),
    st.just(("iter",)),
)


def assert_agree(case: outcomes.Case) -> None:
    stock = outcomes.response_outcome(outcomes.STOCK, case)
    ours = outcomes.response_outcome(outcomes.OURS, case)
    if not outcomes.agree(stock, ours):
        assert ours == stock


@WHOLE
@given(randoms)
def test_answers_are_read_alike(rng: random.Random) -> None:
    assert_agree(generate.case(rng))


@WHOLE
@given(randoms)
def test_requests_are_sent_alike(rng: random.Random) -> None:
    script = generate.script(rng)
    stock = outcomes.request_outcome(outcomes.STOCK, script)
    ours = outcomes.request_outcome(outcomes.OURS, script)
    if not outcomes.agree(stock, ours):
        assert ours == stock


@WHOLE
@given(st.lists(st.binary(max_size=40), max_size=8), st.lists(calls, max_size=4))
def test_any_bytes_behind_a_status_line_are_read_alike(pieces, reads) -> None:
    assert_agree(outcomes.Case((b"HTTP/1.1 200 OK\r\n", *pieces), (*reads, ("read",))))


@WHOLE
@given(st.lists(st.binary(max_size=40), max_size=4))
def test_any_bytes_at_all_are_read_alike(pieces) -> None:
    assert_agree(outcomes.Case(tuple(pieces), (("read",),)))


@WHOLE
@given(st.binary(max_size=200), st.lists(calls, min_size=1, max_size=6), randoms)
def test_any_bytes_in_a_chunked_body_are_read_alike(body, reads, rng) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert_agree(outcomes.Case(generate.pieces_of(rng, head + body), tuple(reads)))


@WHOLE
@given(
    st.integers(1, 60),
    st.integers(0, 400),
    st.binary(max_size=20),
    st.lists(calls, min_size=1, max_size=8),
    randoms,
)
def test_runs_of_equal_chunks_are_read_alike(size, count, rest, reads, rng) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"%x\r\n%b\r\n" % (size, rng.randbytes(size)) for _ in range(count))
    wire = head + chunks + rest + b"0\r\n\r\n"
    assert_agree(outcomes.Case(generate.pieces_of(rng, wire), (*reads, ("read", 8192), ("read",))))


@pytest.mark.parametrize("start", range(0, 8000, 1000))
def test_seeded_cases_agree(start: int) -> None:
    for seed in range(start, start + 1000):
        pair = fuzz.differ(seed)
        assert pair is None, f"case {seed}: python {fuzz.__file__} --only {seed}"
