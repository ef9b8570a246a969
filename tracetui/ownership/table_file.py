"""Reads a table file, plain or gzip, from a disk or a pipe."""

import gzip
import io
import os
import stat
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tracetui.model import TableError

_GZIP_MAGIC: Final = b"\x1f\x8b"


class TableFile:
    """A file that may be opened repeatedly; the content of a pipe (`--asn-table <(...)`) is kept until
    `forget`."""

    def __init__(self, path: Path) -> None:
        """Raises TableError when the file does not exist or is no file."""
        self.path = path
        self._kept: bytes | None = None
        try:
            status = path.stat()
            if stat.S_ISFIFO(status.st_mode):  # can be read only once
                self._kept = path.read_bytes()
        except OSError as error:
            raise self.error(error) from None
        if not (stat.S_ISFIFO(status.st_mode) or stat.S_ISREG(status.st_mode)):
            raise TableError(f"{path}: not a file: give an AS table")
        self._modified_s = status.st_mtime

    def open(self) -> io.BufferedIOBase:
        """Open the content, unpacked. Raises OSError."""
        packed = self._raw_head(2) == _GZIP_MAGIC
        if self._kept is not None:
            plain = io.BytesIO(self._kept)
            return gzip.GzipFile(fileobj=plain) if packed else plain
        return gzip.GzipFile(self.path) if packed else self.path.open("rb")

    def read(self, limit: int) -> bytes:
        """Return the first `limit` bytes, unpacked. Raises TableError."""
        try:
            with self.open() as file:
                return file.read(limit)
        except (OSError, EOFError, zlib.error) as error:
            raise self.error(error) from None

    def tail(self, size: int) -> bytes:
        """Return the last bytes of the file, not decompressed. Raises TableError."""
        if self._kept is not None:
            return self._kept[-size:]
        try:
            with self.path.open("rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - size))
                return file.read(size)
        except OSError as error:
            raise self.error(error) from None

    def date(self) -> str:
        """Return the day in the gzip header (RFC 1952), else the day the file was modified."""
        header = self._raw_head(8)
        packed_s = int.from_bytes(header[4:8], "little") if header.startswith(_GZIP_MAGIC) else 0
        return datetime.fromtimestamp(packed_s or self._modified_s, UTC).date().isoformat()

    def forget(self) -> None:
        """Free the content of a pipe; it cannot be opened again after that."""
        self._kept = None

    def error(self, error: Exception) -> TableError:
        """Return the error for a failure to read."""
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else error
        return TableError(f"{self.path}: cannot be read as an AS table ({reason}): give another file")

    def _raw_head(self, size: int) -> bytes:
        if self._kept is not None:
            return self._kept[:size]
        with self.path.open("rb") as file:
            return file.read(size)
