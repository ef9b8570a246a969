"""Fetches the AS table of iptoasn.com; a new table replaces the old one only when it is complete."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tracetui.files.owner import Owner, acting_as
from tracetui.files.read_file import open_file
from tracetui.files.write_file import make_directories
from tracetui.model import CannotRunError, TableError
from tracetui.ownership.open_sources import FETCHED_TABLE
from tracetui.ownership.table_file import TableFile
from tracetui.ownership.text_table_formats import IPTOASN, MAX_BYTES, MAX_LINE, parse_table

TABLE_URL: Final = "https://iptoasn.com/data/ip2asn-combined.tsv.gz"
_TIMEOUT_S: Final = 30.0
_MAX_SIZE: Final = 256 << 20
_PIECE: Final = 1 << 16
_MAX_BAD_LINES: Final = 0.01
"""A table with a larger share of bad lines is rejected."""


def update_table(
    directory: Path, file: Path | None, url: str = TABLE_URL, *, owner: Owner | None = None
) -> str:
    """Store a new table in `directory`, from `file` or else from `url`; return a line about it.

    The old table stays when anything fails. `owner`: whose directory it is, where that is not this process's
    user. Raises CannotRunError when it cannot be fetched or stored, TableError when it is not a complete
    table of iptoasn's.
    """
    origin = str(file) if file is not None else url
    try:
        # A file that is named may be one that only root reads.
        source = open_file(file, _MAX_SIZE, pipes=True) if file is not None else None
        make_directories(directory, owner)
        with acting_as(owner), _temporary(directory) as temporary:
            with temporary.open("wb") as target:
                _copy(source, url, target)
            ranges = _check(temporary, origin)
            temporary.replace(directory / FETCHED_TABLE)
    except (OSError, HTTPException, ValueError) as error:
        if isinstance(error, HTTPError):
            error.close()
        raise CannotRunError(
            f"{origin}: cannot be fetched ({_reason(error)}), the old table is kept:"
            " fetch it elsewhere and give it with --from FILE"
        ) from None
    return f"{directory / FETCHED_TABLE}: {ranges} ranges from {origin}"


def _copy(file: BinaryIO | None, url: str, target: BinaryIO) -> None:
    """Raises OSError, HTTPException or ValueError when not all of it arrives."""
    if file is not None:
        with file:
            _pour(file, target)
        return
    request = Request(url, headers={"User-Agent": "tracetui"})  # noqa: S310  (ours, or a test's)
    with urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310  (as above)
        size = _pour(answer, target)
        wanted = answer.headers.get("Content-Length", "")
    if wanted.isdigit() and int(wanted) != size:
        raise ValueError(f"{size} of {wanted} bytes arrived")


def _pour(source: BinaryIO, target: BinaryIO) -> int:
    """Copy all to the disk; return its size. Raises OSError, HTTPException or ValueError."""
    size = 0
    while piece := source.read(_PIECE):
        size += len(piece)
        if size > _MAX_SIZE:
            raise ValueError(f"more than {_MAX_SIZE >> 20} MB")
        target.write(piece)
    target.flush()
    os.fsync(target.fileno())
    return size


def _check(path: Path, origin: str) -> int:
    """Return the number of ranges. Raises TableError when it is not a whole table."""
    content = TableFile(path)
    with content.open(MAX_BYTES) as lines:
        parsed = parse_table(iter(partial(lines.readline, MAX_LINE), b""), IPTOASN)
    if parsed.too_large is not None:
        raise TableError(f"{origin}: not a table of iptoasn.com ({parsed.too_large}), the old table is kept")
    if parsed.broken_off is not None:
        raise TableError(f"{origin}: ends early ({parsed.broken_off}), the old table is kept")
    count = len(parsed.table)
    if not count or parsed.bad_lines > count * _MAX_BAD_LINES:
        raise TableError(f"{origin}: not a table of iptoasn.com, the old table is kept")
    return count


@contextlib.contextmanager
def _temporary(directory: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=directory, prefix=".fetching-")
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(getattr(error, "reason", error))
