"""Reads the lines of a register's file, plain or gzip, and keeps them packed, so that it can be quoted."""

import gzip
import os
import stat
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from tracetui.model import EvidenceError

MAX_BYTES: Final = 512 << 20
"""Of a file, unpacked; registers have tens of MiB."""

MAX_LINE: Final = 1 << 20
"""Bytes of a line that are read; what follows is not."""

_CHUNK: Final = 64 << 10
_GZIP_MAGIC: Final = b"\x1f\x8b"
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """What tells a file from others, and from what it was before it was written again."""

    device: int
    inode: int
    size: int
    modified_ns: int


@contextmanager
def open_register(path: Path) -> Iterator[tuple[BinaryIO, FileIdentity]]:
    """Open a regular file, unpacked. Raises EvidenceError, also for what goes wrong while it is read."""
    try:
        # Not blocking: opening a pipe that nobody writes to would wait for ever.
        descriptor = os.open(path.expanduser(), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise EvidenceError(f"{path}: not a file: give the file of a block register")
            identity = FileIdentity(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
            packed = file.peek(2).startswith(_GZIP_MAGIC)
            yield (gzip.GzipFile(fileobj=file) if packed else file), identity  # type: ignore[misc]
    except (OSError, EOFError, zlib.error, RuntimeError) as error:
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else error
        raise EvidenceError(f"{path}: cannot be read ({reason}): give another file") from None
    except ValueError as error:  # a null byte in its name
        raise EvidenceError(f"{str(path)!r}: cannot be read ({error}): give another file") from None


def raw_lines(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """Yield the lines with their ends, each at most `MAX_LINE` long. Raises EvidenceError at `MAX_BYTES`."""
    total = 0
    while line := file.readline(MAX_LINE):
        if not total:
            line = line.removeprefix(_BOM)
        total += len(line)
        yield line
        while not line.endswith(b"\n") and (line := file.readline(MAX_LINE)):  # the rest of a long line
            total += len(line)
            if total > MAX_BYTES:
                break
        if total > MAX_BYTES:
            raise EvidenceError(f"{path}: more than {MAX_BYTES >> 20} MiB of text: give a smaller file")


def line_text(raw: bytes) -> str:
    """Return a line without its end, in UTF-8 or else in cp1251: Russian registers mix them."""
    try:
        return raw.rstrip(b"\r\n").decode()
    except UnicodeDecodeError:
        return raw.rstrip(b"\r\n").decode("cp1251", errors="replace")


class KeptLines:
    """The lines of a file, packed; any of them can be had again."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._firsts = array("I")
        """Number of the first line of each chunk."""

        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self.count = 0

    def append(self, raw: bytes) -> None:
        """Keep the next line."""
        self._waiting.append(raw.rstrip(b"\r\n"))
        self._waiting_bytes += len(raw)
        self.count += 1
        if self._waiting_bytes >= _CHUNK:
            self.pack()

    def pack(self) -> None:
        """Pack what waits: after the last line."""
        if self._waiting:
            self._firsts.append(self.count - len(self._waiting) + 1)
            self._chunks.append(zlib.compress(b"\n".join(self._waiting), 1))
            self._waiting, self._waiting_bytes = [], 0

    def line(self, number: int) -> str:
        """Return line `number`, from 1."""
        chunk = bisect_right(self._firsts, number) - 1
        lines = zlib.decompress(self._chunks[chunk]).split(b"\n")
        return line_text(lines[number - self._firsts[chunk]])
