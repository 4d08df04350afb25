"""Files of a recording: written beside the cassette, put in its place when complete.

The journal ``NAME.yaml.partial`` grows by one entry after the other. Each is handed to the
operating system when it is complete, so a killed process loses none; a torn one at the end lacks
its last line, ``ended``, and is left out when the journal is loaded. ``commit`` renames the journal
onto the cassette, which is one step for whoever looks.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cassette.errors import CassetteError
from cassette.store.names import journal_of
from cassette.store.writer import encode_entry, encode_header

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from os import PathLike

    from cassette.model import Interaction
    from cassette.store.reader import CassetteReader

if sys.platform == "win32":
    import msvcrt

    def lock_file(descriptor: int) -> None:
        """Lock an open file for this journal; raise OSError if another one has it."""
        os.lseek(descriptor, 1 << 62, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)

else:
    import fcntl

    def lock_file(descriptor: int) -> None:
        """Lock an open file for this journal; raise OSError if another one has it."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Journal:
    """A recording under way. Nothing touches the disk before the first interaction.

    It may be used from several threads. Whoever made it calls ``commit`` or ``abandon``.

    Args:
        path: The cassette that it shall become.
        recorded: When the recording began.
    """

    def __init__(self, path: str | PathLike[str], recorded: datetime) -> None:
        self.path = Path(path)
        self.partial = journal_of(self.path)
        self._header = encode_header(recorded)
        self._descriptor = -1
        self._size = 0
        self._mutex = threading.Lock()

    @classmethod
    def over(cls, reader: CassetteReader) -> Self:
        """Return a journal for a cassette that is being read; it starts as that file does."""
        journal = cls(reader.path, reader.recorded)
        journal._header = reader.header
        return journal

    def append(self, interaction: Interaction) -> None:
        """Write an interaction; it is safe from a killed process when this returns.

        Raises:
            CassetteError: The file cannot be written, or another journal writes to it.
        """
        self.append_entry(encode_entry(interaction))

    def append_entry(self, text: bytes | Iterable[bytes]) -> None:
        """Write an interaction whose text is known already.

        Raises:
            CassetteError: As for ``append``.
        """
        with self._mutex:
            try:
                self._append([text] if isinstance(text, bytes) else text)
            except OSError as error:
                raise self._error(error) from None  # it tells all of it

    def commit(self) -> None:
        """Make the journal the cassette; without a single interaction, do nothing.

        Raises:
            CassetteError: It cannot be put in its place.
        """
        with self._mutex:
            if self._descriptor < 0:
                return
            try:
                os.fsync(self._descriptor)
                self._close()
                self.partial.replace(self.path)
                _sync_directory(self.path.parent)
            except OSError as error:
                raise self._error(error) from None  # it tells all of it

    def abandon(self) -> None:
        """Close the journal and leave it where it is, for a person to look at."""
        with self._mutex:
            if self._descriptor >= 0:
                self._close()

    def _append(self, pieces: Iterable[bytes]) -> None:
        if self._descriptor < 0:
            self._descriptor = _open_locked(self.partial)
        written = self._size
        try:
            for piece in pieces:
                # The header goes with the first entry: there is no journal without one.
                text = piece if written else self._header + piece
                rest = memoryview(text)
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
                written += len(text)
        except BaseException:
            # Whatever comes next must not stand behind a torn entry.
            os.ftruncate(self._descriptor, self._size)
            os.lseek(self._descriptor, self._size, os.SEEK_SET)
            raise
        self._size = written

    def _close(self) -> None:
        os.close(self._descriptor)
        self._descriptor = -1
        self._size = 0

    def _error(self, error: OSError) -> CassetteError:
        return CassetteError(
            f"{self.partial}: the recording cannot be written: {error.strerror or error}\n"
            "Record into a folder that can be written to, or only replay: mode='none'."
        )


def _open_locked(path: Path) -> int:
    """Return a descriptor of a journal that is empty and locked for this process.

    A journal that nobody has locked is left from a process that was killed; this one takes its
    place.

    Raises:
        CassetteError: Another journal is being written there.
        OSError: The file cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        # O_BINARY keeps Windows from writing CRLF.
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        descriptor = os.open(path, flags, 0o666)
        try:
            try:
                lock_file(descriptor)
            except OSError:
                raise CassetteError(
                    f"{path}: another recording is being written there\n"
                    "Give each test a cassette of its own, or run them one after the other."
                ) from None
            if _is_at(path, descriptor):
                os.ftruncate(descriptor, 0)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        # Between opening and locking, the other process made its journal a cassette.
        os.close(descriptor)


def _is_at(path: Path, descriptor: int) -> bool:
    """Return whether an open file is still the one at a path."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _sync_directory(path: Path) -> None:
    """See to it that a rename outlives a power cut; Windows cannot and need not."""
    if sys.platform != "win32":
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
