"""The operating system's own functions for files, also while a test fakes them.

A recording holds a descriptor for as long as a use lasts, and a test may put a faked file system in
place meanwhile: a number that the fake has given out stands for another file in the real system.
pyfakefs and ``unittest.mock`` replace names in ``os``, ``io`` and ``pathlib``, and names of modules
that hold these. They look neither into a class nor into the module behind ``os``.
"""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import msvcrt
    import nt as _system
else:
    import fcntl
    import posix as _system


class System:
    """Functions of ``os`` by their names there, and locks."""

    open = staticmethod(_system.open)
    read = staticmethod(_system.read)
    write = staticmethod(_system.write)
    close = staticmethod(_system.close)
    lseek = staticmethod(_system.lseek)
    fstat = staticmethod(_system.fstat)
    fsync = staticmethod(_system.fsync)
    ftruncate = staticmethod(_system.ftruncate)
    chmod = staticmethod(_system.chmod)
    stat = staticmethod(_system.stat)
    lstat = staticmethod(_system.lstat)
    mkdir = staticmethod(_system.mkdir)
    link = staticmethod(_system.link)
    unlink = staticmethod(_system.unlink)
    replace = staticmethod(_system.replace)
    getcwd = staticmethod(_system.getcwd)
    getpid = staticmethod(_system.getpid)
    realpath = staticmethod(os.path.realpath)

    if sys.platform == "win32":
        _locking = staticmethod(msvcrt.locking)

        @classmethod
        def lock(cls, descriptor: int) -> None:
            """Lock an open file; raise OSError if somebody else has it."""
            cls.lseek(descriptor, 1 << 62, os.SEEK_SET)
            cls._locking(descriptor, msvcrt.LK_NBLCK, 1)
            cls.lseek(descriptor, 0, os.SEEK_SET)

    else:
        _flock = staticmethod(fcntl.flock)
        _lockf = staticmethod(fcntl.lockf)

        @classmethod
        def lock(cls, descriptor: int) -> None:
            """Lock an open file; raise OSError if somebody else has it."""
            cls._flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

        pread = staticmethod(_system.pread)

        @classmethod
        def hold(cls, descriptor: int) -> None:
            """Wait until this process alone has an open file that it shares with its children."""
            cls._lockf(descriptor, fcntl.LOCK_EX)

        @classmethod
        def let_go(cls, descriptor: int) -> None:
            """Let the next process have it."""
            cls._lockf(descriptor, fcntl.LOCK_UN)
