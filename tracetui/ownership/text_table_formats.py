"""The formats of AS tables in text files, one range or prefix per line, and how they are parsed.

iptoasn.com    FIRST <tab> LAST <tab> ASN <tab> COUNTRY <tab> NAME       AS 0: nobody announces it
CAIDA pfx2as   PREFIX <tab> LENGTH <tab> ASN[_ASN ...][,ASN ...]         `_` MOAS, `,` an AS set (RFC 4271)
pyasn          PREFIX/LENGTH <tab> ASN
"""

import zlib
from collections.abc import Callable, Iterable
from socket import AF_INET, AF_INET6, inet_pton
from typing import Final, NamedTuple

from tracetui.files.read_file import FileTooLargeError
from tracetui.model import safe_text
from tracetui.model.reference import parse_asn
from tracetui.ownership.range_table import RangeTable, TableBuilder

NAME_LIMIT: Final = 200

MAX_BYTES: Final = 192 << 20
"""Of a table, unpacked; full ones have 20 to 60 MiB."""

MAX_LINE: Final = 1 << 16
"""Bytes; longer lines belong to no table and are read in pieces."""

MAX_LINES: Final = 2_000_000
"""Full tables have 500,000 to 1,300,000."""

MAX_RANGES_V6: Final = 600_000
"""Full tables have a quarter of a million. Each takes ten times the memory of an IPv4 range."""

MAX_HOLDERS: Final = 300_000
"""Different ends of lines: AS, country and name. Full tables have a hundred thousand."""

MAX_HOLDER_TEXT: Final = 24 << 20
"""Characters of all of them; full tables have 4 million."""

_COMMENTS: Final = ("#", ";")

Located = tuple[int, int, int, str]
"""IP version (4 or 6), first address, last address, and the rest of the line."""


class LineFormat(NamedTuple):
    """How one format is parsed. Both functions raise OSError or ValueError for a line of another format."""

    name: str
    locate: Callable[[str], Located]
    origin: Callable[[str], tuple[tuple[int, ...], str]]
    """From the rest of a line to the origin ASes, none for space that nobody announces, and the holder."""

    def takes(self, line: str) -> bool:
        """Tell whether a line has this format."""
        try:
            self.origin(self.locate(line)[3])
        except (OSError, ValueError):
            return False
        return True


class ParsedTable(NamedTuple):
    """A table and the errors in its file."""

    table: RangeTable
    bad_lines: int
    first_bad_line: int | None
    """Its number, counted from 1."""

    broken_off: str | None
    """Why the file could not be read to its end; None when it could."""

    too_large: str | None = None
    """What it has more of than any table; nothing of it is taken then."""


def parse_table(lines: Iterable[bytes], form: LineFormat) -> ParsedTable:
    """Parse a table. Empty lines and comments are skipped, bad lines are skipped and counted.

    Never raises: of a truncated file (a broken download) the table has what was read until then, of one that
    is larger than any real table nothing.
    """
    builder = TableBuilder()
    marks: dict[str, int] = {}  # by the rest of the line, which repeats
    bad_lines, first_bad_line, broken_off = 0, None, None
    limits = _Limits()
    locate = form.locate
    try:
        for number, raw in enumerate(lines, 1):
            limits.count_line(number)
            line = raw.decode("utf-8", "replace")
            try:
                version, first, last, rest = locate(line)
                mark = marks.get(rest)
                if mark is None:
                    asns, name = form.origin(rest)
                    limits.count_holder(rest)
                    mark = marks[rest] = builder.mark(asns, _safe_name(name) if asns else "")
            except (OSError, ValueError):
                if line.strip() and not line.startswith(_COMMENTS):
                    bad_lines += 1
                    first_bad_line = first_bad_line or number
            else:
                if version == 6:
                    limits.count_range_v6()
                builder.append(version, first, last, mark)
    except _TooLargeError as error:
        return ParsedTable(TableBuilder().build(), 0, None, None, f"more than {error}")
    except FileTooLargeError as error:
        return ParsedTable(TableBuilder().build(), 0, None, None, error.strerror)
    except (OSError, EOFError, zlib.error) as error:
        broken_off = str(error)
    return ParsedTable(builder.build(), bad_lines, first_bad_line, broken_off)


class _TooLargeError(Exception):
    """There is more of something than in any table."""


class _Limits:
    """Counts what takes time or memory. Its methods raise _TooLargeError."""

    def __init__(self) -> None:
        self._holders = self._holder_text = self._ranges_v6 = 0

    def count_line(self, number: int) -> None:
        if number > MAX_LINES:
            raise _TooLargeError(f"{MAX_LINES:,} lines")

    def count_holder(self, text: str) -> None:
        self._holders += 1
        self._holder_text += len(text)
        if self._holders > MAX_HOLDERS:
            raise _TooLargeError(f"{MAX_HOLDERS:,} holders")
        if self._holder_text > MAX_HOLDER_TEXT:
            raise _TooLargeError(f"{MAX_HOLDER_TEXT:,} characters of holders")

    def count_range_v6(self) -> None:
        self._ranges_v6 += 1
        if self._ranges_v6 > MAX_RANGES_V6:
            raise _TooLargeError(f"{MAX_RANGES_V6:,} ranges of IPv6")


def _safe_name(name: str) -> str:
    """Return a safe name, quickly for the great majority that are plain ASCII."""
    plain = name.isascii() and name.isprintable() and len(name) <= NAME_LIMIT and "  " not in name
    return name.strip() if plain else safe_text(name, limit=NAME_LIMIT)


def _locate_range(line: str) -> Located:
    first_text, last_text, rest = line.split("\t", 2)
    version, family = (6, AF_INET6) if ":" in first_text else (4, AF_INET)
    first, last = int.from_bytes(inet_pton(family, first_text)), int.from_bytes(inet_pton(family, last_text))
    if first > last:
        raise ValueError("the range ends before it starts")
    return version, first, last, rest


def _range_origin(rest: str) -> tuple[tuple[int, ...], str]:
    number, *more = rest.rstrip("\r\n").split("\t", 2)
    asn = parse_asn(number)
    return ((asn,) if asn else ()), more[1] if len(more) > 1 else ""


def _locate_columns(line: str) -> Located:
    prefix, length, rest = line.split("\t", 2)
    return _prefix(prefix, length, rest)


def _columns_origin(rest: str) -> tuple[tuple[int, ...], str]:
    numbers = rest.rstrip("\r\n").replace("_", ",").split(",")
    return tuple(dict.fromkeys(asn for asn in map(parse_asn, numbers) if asn)), ""


def _locate_prefix(line: str) -> Located:
    prefix, rest = line.split("\t", 1)
    base, length = prefix.split("/", 1)
    return _prefix(base, length, rest)


def _prefix_origin(rest: str) -> tuple[tuple[int, ...], str]:
    asn = parse_asn(rest.rstrip("\r\n"))
    return ((asn,) if asn else ()), ""


def _prefix(base: str, length: str, rest: str) -> Located:
    version, family, bits = (6, AF_INET6, 128) if ":" in base else (4, AF_INET, 32)
    if not (length.isascii() and length.isdigit() and len(length) <= 3) or int(length) > bits:
        raise ValueError(f"{length!r} is not a prefix length")
    spare = bits - int(length)
    first = int.from_bytes(inet_pton(family, base)) >> spare << spare
    return version, first, first + (1 << spare) - 1, rest


IPTOASN: Final = LineFormat("iptoasn", _locate_range, _range_origin)
PFX2AS: Final = LineFormat("CAIDA pfx2as", _locate_columns, _columns_origin)
PYASN: Final = LineFormat("pyasn", _locate_prefix, _prefix_origin)

LINE_FORMATS: Final = (IPTOASN, PFX2AS, PYASN)
"""No line has two of these formats: the second column of a range is an address, of pfx2as a length."""
