"""AS tables in the form of iptoasn.com: a range a line, tab-separated, plain or gzip, IPv4 and IPv6 mixed.

    FIRST <tab> LAST <tab> ASN <tab> COUNTRY <tab> NAME

AS 0 stands for space that nobody announces.
"""

import gzip
import io
import os
import stat
import threading
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from socket import AF_INET, AF_INET6, inet_pton
from typing import Final, NamedTuple

from tracetui.model import AsSource, Attribution, TableError, safe_text
from tracetui.ownership.table import RangeTable, TableBuilder

_LINES_LOOKED_AT: Final = 100
"""How far into a file one line of a table must be found for it to be taken as one."""

_LONGEST_LINE: Final = 4096
_NAME_LIMIT: Final = 200
_GZIP_MAGIC: Final = b"\x1f\x8b"
_WANTED: Final = "a table of iptoasn.com, such as ip2asn-combined.tsv.gz"


class Range(NamedTuple):
    """One line of a table."""

    version: int
    """4 or 6."""

    first: int
    last: int
    asn: int
    """0 for space that nobody announces."""

    name: str
    """As it stands in the file, unsafe."""


class ParsedTable(NamedTuple):
    """A table with what was wrong with its lines."""

    table: RangeTable
    bad_lines: int
    first_bad_line: int | None
    """Its number, counted from 1."""

    broken_off: str | None
    """Why the file could not be read to its end; None when it could."""


def parse_line(line: str) -> Range:
    """Read one line; country and name may be missing. Raises OSError or ValueError when it is no range."""
    first_text, last_text, rest = line.split("\t", 2)
    return Range(*_addresses(first_text, last_text), *_origin(rest))


def _addresses(first_text: str, last_text: str) -> tuple[int, int, int]:
    """Return IP version, first and last address. Raises OSError or ValueError."""
    version, family = (6, AF_INET6) if ":" in first_text else (4, AF_INET)
    first, last = int.from_bytes(inet_pton(family, first_text)), int.from_bytes(inet_pton(family, last_text))
    if first > last:
        raise ValueError("the range ends before it starts")
    return version, first, last


def _origin(rest: str) -> tuple[int, str]:
    """Return AS number and name from what follows the addresses. Raises ValueError."""
    number, *more = rest.rstrip("\r\n").split("\t", 2)
    if not (number.isascii() and number.isdigit() and len(number) <= 10) or int(number) >> 32:
        raise ValueError(f"{number!r} is not an AS number")
    return int(number), more[1] if len(more) > 1 else ""


def parse_table(lines: Iterable[bytes]) -> ParsedTable:
    """Read a table. Empty lines and `#` comments count for nothing, bad lines are counted and left out.

    Never raises: a file that breaks off (a truncated download) gives what was read until then.
    """
    builder = TableBuilder()
    marks: dict[str, int] = {}  # by all that follows the addresses: it repeats, the addresses do not
    bad_lines, first_bad_line, broken_off = 0, None, None
    try:
        for number, raw in enumerate(lines, 1):
            line = raw.decode("utf-8", "replace")
            try:
                first_text, last_text, rest = line.split("\t", 2)
                version, first, last = _addresses(first_text, last_text)
                mark = marks.get(rest)
                if mark is None:
                    mark = marks[rest] = _mark(builder, rest)
            except (OSError, ValueError):
                if line.strip() and not line.startswith("#"):
                    bad_lines += 1
                    first_bad_line = first_bad_line or number
            else:
                builder.append(version, first, last, mark)
    except (OSError, EOFError, zlib.error) as error:
        broken_off = str(error)
    return ParsedTable(builder.build(), bad_lines, first_bad_line, broken_off)


def _mark(builder: TableBuilder, rest: str) -> int:
    asn, name = _origin(rest)
    if not asn:
        return builder.mark((), "")
    plain = name.isascii() and name.isprintable() and len(name) <= _NAME_LIMIT and "  " not in name
    return builder.mark((asn,), name.strip() if plain else safe_text(name, limit=_NAME_LIMIT))


class IptoasnTable:
    """An `AttributionSource`: looked at when made, read at the first question (a full table takes seconds).

    Thread-safe.
    """

    def __init__(self, path: Path) -> None:
        """Raises TableError, one line, when the file is no such table or cannot be opened."""
        self._path = path
        self._content: bytes | None = None
        self._table: RangeTable | None = None
        self._lock = threading.Lock()
        self.notes: tuple[str, ...] = ()
        """Remarks for the user, once the table is read."""
        try:
            status = path.stat()
            if stat.S_ISFIFO(status.st_mode):  # as in --asn-table <(zcat ...): it can be read only once
                self._content = path.read_bytes()
            elif not stat.S_ISREG(status.st_mode):
                raise TableError(f"{path}: not a file: give {_WANTED}")
            with self._open() as lines:
                head = [lines.readline(_LONGEST_LINE) for _ in range(_LINES_LOOKED_AT)]
        except (OSError, EOFError, zlib.error) as error:
            reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else error
            raise TableError(f"{path}: cannot be read as an AS table ({reason}): give {_WANTED}") from None
        if not any(_is_range(line) for line in head):
            raise TableError(
                f"{path}: not an AS table: no line of it is a range (first address, last address, AS number,"
                f" with tabs between): give {_WANTED}"
            )
        self.info = AsSource(safe_text(path.name), self._date(status.st_mtime))

    def attribute(self, address: str) -> Attribution | None:
        """Answer from the table, reading it first if that is still to be done."""
        with self._lock:
            if self._table is None:
                self._table = self._read()
            table = self._table
        holder = table.lookup(address)
        if holder is None:
            return None
        prefix = table.prefix(address)
        return Attribution(holder.asns, holder.name, prefix, self.info.name, self.info.date)

    def _read(self) -> RangeTable:
        with self._open() as lines:
            parsed = parse_table(lines)
        self._content = None
        if parsed.bad_lines:
            self.notes += (
                f"{self._path}: {parsed.bad_lines} of its lines are not ranges and were left out,"
                f" the first is line {parsed.first_bad_line}",
            )
        if parsed.broken_off is not None:
            self.notes += (
                f"{self._path}: broken off after {len(parsed.table)} ranges ({parsed.broken_off}):"
                " fetch it again",
            )
        return parsed.table

    def _open(self) -> io.BufferedIOBase:
        packed = self._head(2) == _GZIP_MAGIC
        if self._content is not None:
            plain = io.BytesIO(self._content)
            return gzip.GzipFile(fileobj=plain) if packed else plain
        return gzip.GzipFile(self._path) if packed else self._path.open("rb")

    def _head(self, size: int) -> bytes:
        if self._content is not None:
            return self._content[:size]
        with self._path.open("rb") as file:
            return file.read(size)

    def _date(self, modified_s: float) -> str:
        """The day the data was packed, when the gzip header says so (RFC 1952), else the file's own date."""
        header = self._head(8)
        if header.startswith(_GZIP_MAGIC):
            modified_s = int.from_bytes(header[4:8], "little") or modified_s
        return datetime.fromtimestamp(modified_s, UTC).date().isoformat()


def read_table(path: Path) -> IptoasnTable:
    """Return the table at `path`. Raises TableError, one line, when it is none."""
    return IptoasnTable(path)


def _is_range(line: bytes) -> bool:
    try:
        parse_line(line.decode("utf-8", "replace"))
    except (OSError, ValueError):
        return False
    return True
