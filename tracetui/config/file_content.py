"""The bytes of a small file, however the path came about: nothing at it may hold the program up."""

import errno
import os
import stat
from pathlib import Path


def read_bytes(path: Path, most: int) -> bytes:
    """Return a file's content; of one longer than `most` bytes, one byte more than that.

    Pipes of a shell's (`<(command)`, `/dev/stdin`) are read to their end. A named pipe may never have a
    writer, and a terminal never an end: neither is read.

    Raises OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:  # noqa: PTH123  (a descriptor)
        # The name of a shell's pipe leads to no file.
        if stat.S_ISFIFO(os.fstat(descriptor).st_mode) and os.path.exists(os.path.realpath(path)):  # noqa: PTH110
            raise OSError(errno.EINVAL, "it is a named pipe: give a file, or <(command)")
        if os.isatty(descriptor):
            raise OSError(errno.EINVAL, "it is a terminal: give a file, or <(command)")
        os.set_blocking(descriptor, True)
        return file.read(most + 1)
