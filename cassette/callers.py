"""Who is calling, as the frames on the stack tell it."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import CodeType, FrameType

_DEBUGGERS: Final = frozenset(
    ("debugpy", "pydevd", "pydevd_pycharm", "_pydev_bundle", "_pydevd_bundle")
)
"""Packages that connect to the editor which debugs the test; they must go on doing so."""

_STANDARD: Final = (str(PurePath(os.__file__).parent), "<frozen ")
"""What the names of the files of the standard library start with."""


def callers() -> list[FrameType]:
    """Return the frames that lead here, but for ours, the nearest first."""
    frames = []
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - there is no other way
    while frame is not None:
        if package_of(frame) != "cassette":
            frames.append(frame)
        frame = frame.f_back
    return frames


def is_exempt(frames: list[FrameType]) -> bool:
    """Return whether it is Python itself, or the debugger, that connects to this machine."""
    # Where the system has no socket pairs (Windows), they are made of such a connection.
    if frames and package_of(frames[0]) == "socket" and "socketpair" in frames[0].f_code.co_name:
        return True
    outside = next((frame for frame in frames if not _is_standard(frame)), None)
    return outside is not None and package_of(outside) in _DEBUGGERS


def asks_about_a_proxy(frames: list[FrameType]) -> bool:
    """Return whether it is urllib that wants to know if a host is reached through a proxy.

    Where the system's settings name networks, macOS and Windows look up every host that is asked
    for, also on behalf of requests and botocore, and go on where there is no answer.
    """
    return any("proxy_bypass" in frame.f_code.co_name for frame in frames[:2])


def who(frames: list[FrameType]) -> list[str]:
    """Return the function that went into the standard library, and the user's own nearest to it.

    Each with its file and line; one where they are the same. A thread that runs the standard
    library alone has neither: then it is named.
    """
    outside = [frame for frame in frames if not _is_standard(frame)]
    if not outside:
        return [f"the thread {threading.current_thread().name!r}"]
    own = [frame for frame in outside if is_own(frame)]
    return [_describe(frame) for frame in dict.fromkeys([outside[0], *own[:1]])]


def client_of(frames: list[FrameType]) -> str:
    """Return the package that the user's own code has called, or that own code where it is none."""
    packages: list[str] = []
    for frame in frames:
        if is_own(frame):
            return packages[-1] if packages else _describe(frame)
        if not _is_standard(frame):
            packages.append(package_of(frame))
    return packages[-1] if packages else who(frames)[0]


def is_own(frame: FrameType) -> bool:
    """Return whether a frame runs code of the user's own, not of Python, a package or us."""
    return not (
        package_of(frame) == "cassette" or _is_standard(frame) or _is_installed(frame.f_code)
    )


def _describe(frame: FrameType) -> str:
    path = PurePath(frame.f_code.co_filename)
    with contextlib.suppress(OSError, ValueError):  # no such folder any more; not below it
        path = path.relative_to(_site(path) or os.getcwd())  # noqa: PTH109 - a string will do
    name = frame.f_globals.get("__name__", "?")
    return f"{name}.{frame.f_code.co_qualname} ({path}:{frame.f_lineno})"


def package_of(frame: FrameType) -> str:
    """Return the name of the package whose code a frame runs; empty where it has none."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _is_standard(frame: FrameType) -> bool:
    # By its file as well: "test" is a package of Python, and of many a project.
    return package_of(frame) in sys.stdlib_module_names and frame.f_code.co_filename.startswith(
        _STANDARD
    )


def _is_installed(code: CodeType) -> bool:
    """Whether code belongs to a package, or is a command that one has installed."""
    path = PurePath(code.co_filename)
    return _site(path) is not None or path.parent == PurePath(sys.executable).parent


def _site(path: PurePath) -> PurePath | None:
    """The folder of installed packages that a file is in."""
    for folder in path.parents:
        if folder.name in ("site-packages", "dist-packages"):
            return folder
    return None
