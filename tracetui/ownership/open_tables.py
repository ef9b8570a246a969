"""Opens AS table files of any supported format, recognised by their content."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tracetui.model import TableError
from tracetui.ownership.interfaces import AttributionSource
from tracetui.ownership.table_file import TableFile
from tracetui.ownership.text_table import TextTable
from tracetui.ownership.text_table_formats import LINE_FORMATS, LineFormat

_LOOKED_AT: Final = 16 << 10
"""Bytes of a file in which a line of a known format must be found."""

_WANTED: Final = (
    "give a table of iptoasn.com, an ASN database in mmdb, CAIDA's pfx2as, a pyasn file,"
    " or PeeringDB's ixpfx or netixlan"
)


@dataclass(frozen=True, slots=True)
class Tables:
    """The AS sources made from the files."""

    exchanges: tuple[AttributionSource, ...]
    origins: tuple[AttributionSource, ...]
    """In the order of the files."""


def open_tables(paths: Sequence[Path], narrate: Callable[[str], None] = lambda _: None) -> Tables:
    """Open files of any format; PeeringDB's are joined. `narrate` gets remarks when a file is read.

    Raises TableError, one line, for the first file of no known format.
    """
    from tracetui.ownership.mmdb_table import MARKER, METADATA_LIMIT, MmdbTable

    origins: list[AttributionSource] = []
    exchanges: list[TableFile] = []
    for path in paths:
        content = TableFile(path)
        if MARKER in content.tail(METADATA_LIMIT):
            origins.append(MmdbTable(path))
        elif content.read(_LOOKED_AT).lstrip()[:1] in {b"{", b"["}:
            exchanges.append(content)
        else:
            origins.append(TextTable(content, _line_format(content), narrate))
    if not exchanges:
        return Tables((), tuple(origins))
    from tracetui.ownership.exchange_table import ExchangeTable

    return Tables((ExchangeTable(exchanges, narrate),), tuple(origins))


def _line_format(content: TableFile) -> LineFormat:
    """Return the format of the first line that has one. Raises TableError."""
    head = content.read(_LOOKED_AT)
    for line in head.decode("utf-8", "replace").splitlines():
        for form in LINE_FORMATS:
            if form.takes(line):
                return form
    what = "it is empty" if not head else "no line of its beginning is a range or a prefix with an AS number"
    raise TableError(f"{content.path}: not an AS table: {what}: {_WANTED}")
