"""Locks that are free in a child that was forked while another thread held them.

That thread does not exist in the child, so nobody would ever release them there.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from threading import Lock, RLock

_made: Final[weakref.WeakSet[Any]] = weakref.WeakSet()


def make_lock() -> Lock:
    """Return a new ``threading.Lock``."""
    made = threading.Lock()
    _made.add(made)
    return made


def make_rlock() -> RLock:
    """Return a new ``threading.RLock``; where the thread that forks holds it, it still does."""
    made = threading.RLock()
    _made.add(made)
    return made


def _renew() -> None:
    for one in list(_made):
        if not (hasattr(one, "_is_owned") and one._is_owned()):  # noqa: SLF001 - what Condition asks
            one._at_fork_reinit()  # noqa: SLF001 - as threading and logging do it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
