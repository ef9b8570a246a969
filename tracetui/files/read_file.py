"""Reads files, the only place that opens any: regular ones, up to a limit, and never waiting for a writer.

Whatever is wrong is an OSError whose `strerror` says so in a few words.
"""

import bz2
import errno
import gzip
import io
import os
import stat
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

UNREADABLE: Final = (OSError, EOFError, zlib.error)
"""What reading a packed file may raise."""

_GZIP: Final = b"\x1f\x8b"
_PACKED: Final[dict[bytes, Callable[[BinaryIO], BinaryIO]]] = {
    _GZIP: lambda file: cast("BinaryIO", gzip.GzipFile(fileobj=file)),
    b"BZh": lambda file: cast("BinaryIO", bz2.BZ2File(file)),
}
_BUFFER: Final = 1 << 16
_NULL_DEVICE: Final = os.makedev(1, 3)
_TERMINALS: Final = (4, 5, *range(136, 144))
"""Major numbers of consoles, of `/dev/tty` and of pseudo-terminals (Linux, admin-guide/devices.txt)."""


class FileTooLargeError(OSError):
    """There is more in a file than its reader takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(errno.EFBIG, f"more than {_size_words(limit)}")


def read_file(path: Path, limit: int, *, pipes: bool = False) -> bytes:
    """Return what is in a file. Raises OSError as `open_file` does, FileTooLargeError beyond `limit`."""
    with open_file(path, limit, pipes=pipes) as file:
        return file.read()


def read_stream(stream: BinaryIO, limit: int) -> bytes:
    """Return what is in an open stream. Raises OSError; FileTooLargeError beyond `limit` bytes."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise FileTooLargeError(limit)
    return data


def open_file(path: Path, limit: int, *, pipes: bool = False) -> io.BufferedReader:
    """Open a file; reading more than `limit` bytes of it raises FileTooLargeError.

    With `pipes` also a shell's pipe (`<(command)`, `/dev/stdin`), which is read to its end. A named pipe may
    never get a writer, and a device may never end: neither is opened; only the null device is, which is
    empty. Nor is a file waited for that has no end, as some of the kernel's. Raises OSError.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
    try:
        _check(path, os.stat(path), pipes=pipes)  # noqa: PTH116  (before it is opened: that alone does something to a device)
        descriptor = os.open(path, flags)
    except ValueError:  # a null character in it
        raise OSError(errno.EINVAL, "it cannot be the name of a file") from None
    try:
        status = os.fstat(descriptor)
        _check(path, status, pipes=pipes)
        _check_size(status, limit)
        if stat.S_ISFIFO(status.st_mode):
            os.set_blocking(descriptor, True)
        return io.BufferedReader(_Limited(io.FileIO(descriptor, "r"), limit), _BUFFER)
    except BaseException:
        os.close(descriptor)
        raise


def unpacked(file: io.BufferedReader, limit: int) -> io.BufferedReader:
    """Return what an open file holds, packed with gzip, bzip2 or not at all; at most `limit` bytes of it.

    Closing it closes the file. Reading raises one of `UNREADABLE`.
    """
    beginning = file.peek(3)
    for magic, opened in _PACKED.items():
        if beginning.startswith(magic):
            return io.BufferedReader(_Limited(opened(file), limit, file), _BUFFER)
    return file


def _check(path: Path, status: os.stat_result, *, pipes: bool) -> None:
    """Raise OSError for what is no file."""
    mode = status.st_mode
    if stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and status.st_rdev == _NULL_DEVICE):
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    instead = ": give a file, or <(command)" if pipes else ""
    if stat.S_ISFIFO(mode):
        # The path of a shell's pipe resolves to no file; that of a named pipe does.
        named = os.path.exists(os.path.realpath(path))  # noqa: PTH110
        if pipes and not named:
            return
        raise OSError(errno.EINVAL, f"it is a {'named ' if named else ''}pipe{instead}")
    raise OSError(errno.EINVAL, f"it is a {_kind(status)}{instead}")


def _check_size(status: os.stat_result, limit: int) -> None:
    if stat.S_ISREG(status.st_mode) and status.st_size > limit:
        raise FileTooLargeError(limit)


def _kind(status: os.stat_result) -> str:
    if stat.S_ISSOCK(status.st_mode):
        return "socket"
    return "terminal" if stat.S_ISCHR(status.st_mode) and os.major(status.st_rdev) in _TERMINALS else "device"


def _size_words(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size} bytes"


class _Limited(io.RawIOBase):
    """A file of which no more than a number of bytes is read."""

    def __init__(
        self, raw: io.RawIOBase | BinaryIO, limit: int, packed: io.BufferedReader | None = None
    ) -> None:
        """`packed`: what `raw` unpacks, to be closed with it."""
        self._raw, self._limit, self._packed = raw, limit, packed
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._raw.seekable()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._place = self._raw.seek(offset, whence)
        return self._place

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        size = cast("io.RawIOBase", self._raw).readinto(buffer)
        if size is None:  # /proc/kmsg, trace_pipe: regular files to `stat`, and they wait for what comes next
            raise BlockingIOError(errno.EAGAIN, "it has no end")
        self._place += size
        if self._place > self._limit:
            raise FileTooLargeError(self._limit)
        return size

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
            if self._packed is not None:
                self._packed.close()
        super().close()
