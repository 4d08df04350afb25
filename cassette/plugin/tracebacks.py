"""Tracebacks of our errors end at the code of the user: pytest shows none below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cassette.callers import is_own
from cassette.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Iterator


def shorten(call: pytest.CallInfo[None]) -> None:
    """End the traceback of each error of ours at the nearest code of the user's own.

    The message tells what is below it, and masks the secrets. The frames of the client that sent
    the request do not: pytest prints the arguments of the last frame, and they are the request.

    Args:
        call: A phase of a test that has failed.
    """
    assert call.excinfo is not None  # noqa: S101 - it has failed
    error = call.excinfo.value
    ours = [one for one in _linked(error) if isinstance(one, CassetteError)]
    for one in ours:
        _end_at_own(one)
    if ours:
        # The old ExceptionInfo may have cached the frames that were cut off.
        call.excinfo = pytest.ExceptionInfo.from_exception(error)


def _linked(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, and those that it came of or holds."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions


def _end_at_own(error: BaseException) -> None:
    nearest = None
    entry = error.__traceback__
    while entry is not None:
        if is_own(entry.tb_frame):
            nearest = entry
        entry = entry.tb_next
    if nearest is not None:
        nearest.tb_next = None
