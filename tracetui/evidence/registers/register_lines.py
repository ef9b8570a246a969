"""Reads the lines of a register file, plain or gzip, and keeps them compressed, for quoting."""

import os
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from tracetui.files.read_file import UNREADABLE, FileTooLargeError, open_file, unpacked
from tracetui.model import EvidenceError

MAX_BYTES: Final = 512 << 20
"""Of a file, unpacked; registers have tens of MiB."""

MAX_LINE: Final = 1 << 20
"""Bytes of a line that are read; what follows is not."""

_CHUNK: Final = 64 << 10
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """Identifies a file and its version: it changes when the file is replaced or rewritten."""

    device: int
    inode: int
    size: int
    modified_ns: int


@contextmanager
def open_register(path: Path) -> Iterator[tuple[BinaryIO, FileIdentity]]:
    """Open a regular file, unpacked. Raises EvidenceError, also for what goes wrong while it is read."""
    try:
        with open_file(path.expanduser(), MAX_BYTES) as file:
            status = os.fstat(file.fileno())
            identity = FileIdentity(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
            yield unpacked(file, MAX_BYTES), identity
    except FileTooLargeError as error:
        raise EvidenceError(f"{path}: {error.strerror} of text: give a smaller file") from None
    except (*UNREADABLE, RuntimeError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else error
        raise EvidenceError(f"{path}: cannot be read ({reason}): give another file") from None
    except ValueError as error:  # a null byte in its name
        raise EvidenceError(f"{str(path)!r}: cannot be read ({error}): give another file") from None


def raw_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines with their ends, each at most `MAX_LINE` long."""
    line = file.readline(MAX_LINE).removeprefix(_BOM)
    while line:
        yield line
        while not line.endswith(b"\n") and (line := file.readline(MAX_LINE)):
            pass  # the rest of a long line
        line = file.readline(MAX_LINE)


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
