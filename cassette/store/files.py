"""Files of a recording: written beside the cassette, put in its place when complete.

The journal ``NAME.yaml.partial`` grows by one entry after the other. Each is handed to the
operating system when it is complete, so a killed process loses none; a torn one at the end lacks
its last line, ``ended``, and is left out when the journal is loaded. ``commit`` renames the journal
onto the cassette, which is one step for whoever looks.

What stands at these two places is trusted at no time. A journal is opened without following a link,
and only a regular file of one name is written to. When the recording ends, the journal must still
be that file, and at the place of the cassette must be what was there when the recording began.
"""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, Final, Self

from cassette.errors import CassetteError
from cassette.locks import make_lock
from cassette.store.names import PARTIAL, journal_of
from cassette.store.places import (
    FLAGS,
    Stamp,
    has_linked,
    is_at,
    make_folder,
    open_locked,
    sync_directory,
)
from cassette.store.writer import encode_entry, encode_header
from cassette.system import System
from cassette.wording import from_here

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from cassette.model import Interaction
    from cassette.store.reader import CassetteReader

_COPIED: Final = 1 << 20


class Journal:
    """A recording under way. Nothing touches the disk before the first interaction.

    It may be used from several threads. Whoever made it calls ``commit`` or ``abandon``.

    Attributes:
        path: The cassette that it shall become; no link.
        partial: Where the journal stands.

    Args:
        path: The cassette that it shall become; no link.
        recorded: When the recording began.
        before: What stood there when the recording began; None for nothing.
    """

    def __init__(self, path: Path, recorded: datetime, *, before: Stamp | None = None) -> None:
        self.path = path
        self.partial = journal_of(self.path)
        self._before = before
        self._header = encode_header(recorded)
        self._descriptor = -1
        self._size = 0
        self._mutex = make_lock()

    @classmethod
    def over(cls, reader: CassetteReader, path: Path, *, before: Stamp | None) -> Self:
        """Return a journal for a cassette that is being read; it starts as that file does.

        Args:
            reader: The cassette as it was when the recording began.
            path: As for the class, and so is ``before``.
            before: What stood there then.
        """
        journal = cls(path, reader.recorded, before=before)
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

    def rewrite(self, text: bytes) -> None:
        """Let the journal hold this text, and nothing of what was written to it.

        Raises:
            CassetteError: As for ``append``.
        """
        with self._mutex:
            try:
                System.ftruncate(self._descriptor, 0)
                System.lseek(self._descriptor, 0, os.SEEK_SET)
                self._write(text)
            except OSError as error:
                raise self._error(error) from None  # it tells all of it

    def commit(self) -> None:
        """Make the journal the cassette; without a single interaction, do nothing.

        Raises:
            CassetteError: It cannot be put in its place, or something else stands at one of the
                two places by now.
        """
        with self._mutex:
            if self._descriptor < 0:
                return
            try:
                System.fsync(self._descriptor)
                if not self._is_in_place():
                    raise self._rescued()
                if Stamp.of(self.path) != self._before:
                    raise self._overtaken()
                self._put_in_place()
                sync_directory(self.path.parent)
            except OSError as error:
                raise self._error(error) from None  # it tells all of it

    def abandon(self) -> None:
        """Close the journal and leave it where it is, for a person to look at."""
        with self._mutex:
            if self._descriptor < 0:
                return
            try:
                if not self._is_in_place():
                    self._rescued()
            except OSError as error:
                raise self._error(error) from None  # it tells all of it
            finally:
                self._close()

    def forget(self) -> None:
        """Let go of the file, which belongs to the process that this one was forked from."""
        self._close()

    def _is_in_place(self) -> bool:
        """Return whether the journal is still the file that was opened, and has no other name."""
        descriptor = self._descriptor
        return is_at(self.partial, descriptor) and System.fstat(descriptor).st_nlink == 1

    def _append(self, pieces: Iterable[bytes]) -> None:
        if self._descriptor < 0:
            self._descriptor = self._open()
        written = self._size
        try:
            for piece in pieces:
                # The header goes with the first entry: there is no journal without one.
                text = piece if written else self._header + piece
                self._write(text)
                written += len(text)
        except BaseException:
            # Whatever comes next must not stand behind a torn entry.
            System.ftruncate(self._descriptor, self._size)
            System.lseek(self._descriptor, self._size, os.SEEK_SET)
            raise
        self._size = written

    def _write(self, text: bytes) -> None:
        rest = memoryview(text)
        while rest:
            rest = rest[System.write(self._descriptor, rest) :]

    def _open(self) -> int:
        make_folder(self.path.parent)
        descriptor = open_locked(self.partial, self.path)
        # On Windows a mode says only whether a file may be written to.
        if self._before is not None and sys.platform != "win32":
            System.chmod(descriptor, stat.S_IMODE(self._before.mode))
        return descriptor

    def _put_in_place(self) -> None:
        if sys.platform == "win32":
            self._close()  # an open file cannot be renamed there
        try:
            if self._before is None and has_linked(self.partial, self.path):
                System.unlink(os.fspath(self.partial))
            else:
                System.replace(os.fspath(self.partial), os.fspath(self.path))
        except FileExistsError:
            raise self._overtaken() from None
        # Not earlier: it would be free for another recording, which empties it.
        self._close()

    def _close(self) -> None:
        descriptor, self._descriptor, self._size = self._descriptor, -1, 0
        if descriptor >= 0:
            System.close(descriptor)

    def _rescued(self) -> CassetteError:
        """Write what was recorded to a file of its own, and return the error that names it."""
        lost = self.partial
        self.partial = lost.with_name(f"{self.path.name}.{os.urandom(4).hex()}{PARTIAL}")
        make_folder(self.path.parent)
        copy = System.open(os.fspath(self.partial), FLAGS | os.O_EXCL, 0o600)
        try:
            System.lseek(self._descriptor, 0, os.SEEK_SET)
            while piece := System.read(self._descriptor, _COPIED):
                while piece:
                    piece = piece[System.write(copy, piece) :]
        finally:
            System.close(copy)
        self._close()
        return CassetteError(
            f"{from_here(lost)}: the journal was replaced or removed while it was written\n"
            f"{from_here(self.path)} was left as it is; "
            f"what was recorded stands in {from_here(self.partial)}"
        )

    def _overtaken(self) -> CassetteError:
        what = "something appeared there" if self._before is None else "the cassette was changed"
        return CassetteError(
            f"{from_here(self.path)}: {what} while this recording was made\n"
            f"It was left as it is; what was recorded stands in {from_here(self.partial)}"
        )

    def _error(self, error: OSError) -> CassetteError:
        return CassetteError(
            f"{from_here(self.partial)}: the recording cannot be written: "
            f"{error.strerror or error}\n"
            "Record into a folder that can be written to, or only replay: mode='none'."
        )
