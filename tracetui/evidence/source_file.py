"""Reads what the user imports, a file or standard input, whole; each failure is one line about it."""

import errno
from pathlib import Path
from typing import BinaryIO, Final

from tracetui.files.read_file import FileTooLargeError, read_file, read_stream
from tracetui.model import EvidenceError

MAX_SIZE: Final = 16 << 20
"""Bytes that are read; more is refused."""


def read_source_file(path: Path) -> bytes:
    """Return what is in a file. Raises EvidenceError, also for pipes and devices, and never waits."""
    try:
        return read_file(path, MAX_SIZE)
    except OSError as error:
        raise _problem(repr(str(path)) if "\0" in str(path) else str(path), error) from None


def read_source_stream(stream: BinaryIO, name: str) -> bytes:
    """Return what is in a stream, called `name` in errors. Raises EvidenceError."""
    try:
        return read_stream(stream, MAX_SIZE)
    except OSError as error:
        raise _problem(name, error) from None


def _problem(name: str, error: OSError) -> EvidenceError:
    if isinstance(error, FileTooLargeError):
        return EvidenceError(f"{name}: {error.strerror}; give the traces alone")
    instead = "; give - to read from standard input" if error.errno == errno.EINVAL else ""
    return EvidenceError(f"cannot read {name}: {error.strerror}{instead}")
