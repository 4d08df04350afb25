"""Sizes and durations, short enough for a column."""

from __future__ import annotations

from typing import Final

_KIB: Final = 1024
_SHOWN_WITH_A_DIGIT: Final = 10


def size_text(count: int) -> str:
    """Return a number of bytes, such as ``369 B``, ``3.0 K`` or ``12 M``."""
    size = float(count)
    for unit in ("B", "K", "M"):
        if size < 1000:  # noqa: PLR2004 - so that it takes at most three digits
            whole = unit == "B" or size >= _SHOWN_WITH_A_DIGIT
            return f"{size:.0f} {unit}" if whole else f"{size:.1f} {unit}"
        size /= _KIB
    return f"{size:.1f} G"


def time_text(seconds: float) -> str:
    """Return a duration, such as ``<1 ms``, ``91 ms`` or ``1.22 s``."""
    if seconds < 0.001:  # noqa: PLR2004 - recordings know milliseconds
        return "<1 ms"
    if seconds < 0.9995:  # noqa: PLR2004 - what is rounded to less than a second
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.2f} s" if seconds < 100 else f"{seconds:.0f} s"  # noqa: PLR2004 - as above
