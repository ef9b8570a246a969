"""Reads and writes the user's small files: never blocks on what is no file, never leaves half a file."""

import contextlib
import errno
import os
import stat
import tempfile
from pathlib import Path
from typing import Final

from tracetui.config.paths import Owner

MAX_FILE_SIZE: Final = 1_000_000


def read_bytes(path: Path) -> bytes:
    """Return a file's content; of one larger than `MAX_FILE_SIZE`, one byte more than that.

    A shell's pipes (`<(command)`, `/dev/stdin`) are read to their end. A named pipe may never get a
    writer, and a terminal may never end: neither is read.

    Raises OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:  # noqa: PTH123  (a descriptor)
        # The path of a shell's pipe resolves to no file; that of a named pipe does.
        if stat.S_ISFIFO(os.fstat(descriptor).st_mode) and os.path.exists(os.path.realpath(path)):  # noqa: PTH110
            raise OSError(errno.EINVAL, "it is a named pipe: give a file, or <(command)")
        if os.isatty(descriptor):
            raise OSError(errno.EINVAL, "it is a terminal: give a file, or <(command)")
        os.set_blocking(descriptor, True)
        return file.read(MAX_FILE_SIZE + 1)


def write_atomically(path: Path, text: str, owner: Owner | None) -> None:
    """Write a file completely or not at all, readable by its owner only; missing directories are made.

    Raises OSError.
    """
    make_directories(path.parent, owner)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            if owner is not None:
                # By descriptor: another user who controls the directory may have replaced the file.
                os.fchown(file.fileno(), owner.uid, owner.gid)
            file.write(text)
        os.replace(temporary, path)  # noqa: PTH105  (a name, not a Path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)  # noqa: PTH108  (a name, not a Path)
        raise


def make_directories(directory: Path, owner: Owner | None) -> None:
    """Make a directory and its missing parents, readable by their owner only. Raises OSError."""
    missing = [each for each in (directory, *directory.parents) if not each.exists()]
    for each in reversed(missing):
        with contextlib.suppress(FileExistsError):
            each.mkdir(mode=0o700)
            if owner is not None:
                _give(each, owner)


def _give(directory: Path, owner: Owner) -> None:
    """Give a directory that this process has just made to its owner; never something that replaced it."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(descriptor).st_uid == os.geteuid():
            os.fchown(descriptor, owner.uid, owner.gid)
    finally:
        os.close(descriptor)
