"""Reads a table file, plain or gzip, from a disk or a pipe."""

import io
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tracetui.files.read_file import UNREADABLE, open_file, unpacked
from tracetui.model import TableError

MAX_SIZE: Final = 1 << 30
"""Bytes of a table, unpacked; the largest have a hundred MiB."""

_GZIP_MAGIC: Final = b"\x1f\x8b"


class TableFile:
    """A file that may be opened repeatedly; the content of a pipe (`--asn-table <(...)`) is kept until
    `forget`."""

    def __init__(self, path: Path) -> None:
        """Raises TableError when the file does not exist or is no file."""
        self.path = path
        self._kept: bytes | None = None
        try:
            with open_file(path, MAX_SIZE, pipes=True) as file:
                status = os.fstat(file.fileno())
                if stat.S_ISFIFO(status.st_mode):  # can be read only once
                    self._kept = file.read()
        except OSError as error:
            raise self.error(error) from None
        self._modified_s = status.st_mtime

    def open(self, limit: int = MAX_SIZE) -> io.BufferedReader:
        """Open the content, unpacked; reading more than `limit` bytes raises FileTooLargeError.

        Raises OSError.
        """
        return unpacked(self._raw(), limit)

    def read(self, limit: int) -> bytes:
        """Return the first `limit` bytes, unpacked. Raises TableError."""
        try:
            with self.open() as file:
                return file.read(limit)
        except UNREADABLE as error:
            raise self.error(error) from None

    def tail(self, size: int) -> bytes:
        """Return the last bytes of the file, not decompressed. Raises TableError."""
        try:
            with self._raw() as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - size))
                return file.read(size)
        except OSError as error:
            raise self.error(error) from None

    def date(self) -> str:
        """Return the day in the gzip header (RFC 1952), else the day the file was modified."""
        with self._raw() as file:
            header = file.read(8)
        packed_s = int.from_bytes(header[4:8], "little") if header.startswith(_GZIP_MAGIC) else 0
        return datetime.fromtimestamp(packed_s or self._modified_s, UTC).date().isoformat()

    def forget(self) -> None:
        """Free the content of a pipe; it cannot be opened again after that."""
        self._kept = None

    def error(self, error: Exception) -> TableError:
        """Return the error for a failure to read."""
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else error
        return TableError(f"{self.path}: cannot be read as an AS table ({reason}): give another file")

    def _raw(self) -> io.BufferedReader:
        if self._kept is not None:
            return io.BufferedReader(io.BytesIO(self._kept))
        return open_file(self.path, MAX_SIZE)
