"""Reads files of others and standard input whole, up to a limit."""

import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

from tracetui.model import EvidenceError

MAX_SIZE: Final = 16 << 20
"""Bytes that are read; more is refused."""


def read_file(path: Path, limit: int = MAX_SIZE) -> bytes:
    """Return what is in a regular file. Raises EvidenceError, also for pipes and devices, and never waits."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123  (not a name)
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise EvidenceError(f"{path}: no regular file; give - to read from standard input")
            return read_stream(file, str(path), limit)
    except IsADirectoryError:
        raise EvidenceError(f"{path}: no regular file, but a directory") from None
    except OSError as error:
        raise EvidenceError(f"cannot read {path}: {error.strerror}") from None
    except ValueError:  # a null character in the name
        raise EvidenceError(f"cannot read {str(path)!r}: it cannot be the name of a file") from None


def read_stream(stream: BinaryIO, name: str, limit: int = MAX_SIZE) -> bytes:
    """Return what is in a stream, called `name` in errors. Raises EvidenceError."""
    try:
        data = stream.read(limit + 1)
    except OSError as error:
        raise EvidenceError(f"cannot read {name}: {error.strerror}") from None
    if len(data) > limit:
        raise EvidenceError(f"{name}: more than {limit >> 20} MiB; give the traces alone")
    return data
