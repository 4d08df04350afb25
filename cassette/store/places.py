"""What stands at the places of a recording: looked at, opened, and put where it belongs.

What stands there is trusted at no time: another program, a checkout or a hostile repository may
have put anything there, and may do so at any moment.
"""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from cassette.errors import CassetteError
from cassette.system import System
from cassette.wording import from_here

if TYPE_CHECKING:
    from pathlib import Path

FLAGS: Final = (
    os.O_RDWR
    | os.O_CREAT
    | getattr(os, "O_BINARY", 0)  # keeps Windows from writing CRLF
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe would wait for a reader
)


class Stamp(NamedTuple):
    """What tells a file from the one that stood there before.

    Attributes:
        device: The file system that it is on.
        inode: Its number there.
        size: Its bytes.
        changed: When it was last written to, in nanoseconds.
        mode: Its kind and permissions.
    """

    device: int
    inode: int
    size: int
    changed: int
    mode: int

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """Return the stamp of what a path leads to; None where there is nothing.

        Raises:
            OSError: That cannot be told.
        """
        try:
            found = System.stat(os.fspath(path))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode)


def make_folder(path: Path) -> None:
    """Make a folder where there is none, and those above it."""
    try:
        System.mkdir(os.fspath(path))
    except FileNotFoundError:
        make_folder(path.parent)
        make_folder(path)
    except FileExistsError:
        pass


def open_locked(partial: Path, path: Path) -> int:
    """Return a descriptor of a journal that is empty and locked for this process.

    A journal that nobody has locked is left from a process that was killed; this one takes its
    place.

    Raises:
        CassetteError: Another journal is being written there, or something else stands there.
        OSError: The file cannot be made.
    """
    while True:
        if is_link(partial):
            raise _no_journal(partial, "a symbolic link")
        # Where the system has a flag for it, a link that appears now is not followed either.
        descriptor = System.open(os.fspath(partial), FLAGS, 0o666)
        try:
            if _has_taken(partial, descriptor, path):
                System.ftruncate(descriptor, 0)
                return descriptor
        except BaseException:
            System.close(descriptor)
            raise
        System.close(descriptor)


def _has_taken(partial: Path, descriptor: int, path: Path) -> bool:
    """Lock a journal that was opened, and return whether it still stands at its place.

    Raises:
        CassetteError: As for ``open_locked``.
    """
    if not stat.S_ISREG(System.fstat(descriptor).st_mode):
        raise _no_journal(partial, "something that is no regular file")
    try:
        System.lock(descriptor)
    except OSError:
        raise CassetteError(
            f"{from_here(partial)}: another recording is being written there\n"
            "Give each test a cassette of its own, or run them one after the other."
        ) from None
    if not is_at(partial, descriptor):
        # Between opening and locking, the other process made its journal a cassette.
        return False
    names = System.fstat(descriptor).st_nlink
    if names == 1:
        return True
    if names != len((partial, path)) or not is_at(path, descriptor):
        raise _no_journal(partial, "a file that has other names too")
    # Killed right behind ``has_linked``: the cassette is complete.
    System.unlink(os.fspath(partial))
    return False


def _no_journal(partial: Path, what: str) -> CassetteError:
    return CassetteError(
        f"{from_here(partial)}: the journal of a recording belongs there, and there is {what}\n"
        "Nothing was written to it. Remove it, and record again."
    )


def is_link(path: Path) -> bool:
    """Return whether a symbolic link stands at a path."""
    try:
        return stat.S_ISLNK(System.lstat(os.fspath(path)).st_mode)
    except (OSError, ValueError):
        return False


def is_at(path: Path, descriptor: int) -> bool:
    """Return whether an open file is still the one at a path; a link to it is not."""
    try:
        return os.path.samestat(System.lstat(os.fspath(path)), System.fstat(descriptor))
    except FileNotFoundError:
        return False


def has_linked(partial: Path, path: Path) -> bool:
    """Give a journal the name of its cassette as well, where that is free; say whether it has it.

    Unlike a renaming, this never takes the place of a file that appears at this very moment.

    Raises:
        FileExistsError: One has appeared.
    """
    try:
        System.link(os.fspath(partial), os.fspath(path))
    except FileExistsError:
        raise
    except OSError:  # a file system on which no file has two names
        return False
    return True


def sync_directory(path: Path) -> None:
    """See to it that a rename outlives a power cut; Windows cannot and need not."""
    if sys.platform != "win32":
        descriptor = System.open(os.fspath(path), os.O_RDONLY)
        try:
            System.fsync(descriptor)
        finally:
            System.close(descriptor)
